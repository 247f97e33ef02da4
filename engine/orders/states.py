"""The states of orders, items and tasks, and the one table of legal moves.

Order and item states carry the names and meanings of TM Forum TMF622.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType


class OrderState(Enum):
    """TMF622: the state of an order, and of an item of it."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"


class TaskState(Enum):
    """A fulfilment task: waiting for others, ready, in progress, done; fallout; cancelled, or undone again."""

    WAITING = "waiting"
    READY = "ready"
    IN_PROGRESS = "inProgress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    COMPENSATING = "compensating"
    COMPENSATED = "compensated"


TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = MappingProxyType(
    {
        TaskState.WAITING: frozenset({TaskState.READY, TaskState.CANCELLED}),
        TaskState.READY: frozenset({TaskState.IN_PROGRESS, TaskState.CANCELLED}),
        TaskState.IN_PROGRESS: frozenset(
            {TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED, TaskState.COMPENSATING}
        ),
        TaskState.COMPLETED: frozenset({TaskState.COMPENSATING, TaskState.COMPENSATED}),
        TaskState.FAILED: frozenset({TaskState.READY, TaskState.CANCELLED, TaskState.COMPENSATING}),
        TaskState.CANCELLED: frozenset(),
        TaskState.COMPENSATING: frozenset({TaskState.COMPENSATED}),
        TaskState.COMPENSATED: frozenset(),
    }
)
"""Which state a task may go to next; everything else is refused."""

OPEN_STATES = frozenset(
    {
        OrderState.ACKNOWLEDGED,
        OrderState.PENDING,
        OrderState.HELD,
        OrderState.IN_PROGRESS,
        OrderState.ASSESSING_CANCELLATION,
        OrderState.PENDING_CANCELLATION,
        OrderState.FAILED,
    }
)
"""States in which something may still happen."""


def item_state(tasks: Sequence[TaskState]) -> OrderState:
    """The state of an item from the states of its tasks; an item without tasks is completed at once."""
    kinds = set(tasks)
    if not kinds or kinds == {TaskState.COMPLETED}:
        return OrderState.COMPLETED
    if TaskState.COMPENSATING in kinds:
        return OrderState.PENDING_CANCELLATION
    if kinds <= {TaskState.CANCELLED, TaskState.COMPENSATED}:
        return OrderState.CANCELLED
    if TaskState.FAILED in kinds:
        return OrderState.FAILED
    if kinds <= {TaskState.WAITING, TaskState.READY}:
        return OrderState.ACKNOWLEDGED
    return OrderState.IN_PROGRESS


def order_state(items: Sequence[OrderState]) -> OrderState:
    """The state of an order from the states of its items; cancelled items count only beside completed ones."""
    kinds = set(items)
    if kinds == {OrderState.CANCELLED}:
        return OrderState.CANCELLED
    running = kinds - {OrderState.CANCELLED}
    if len(running) == 1 and running != {OrderState.COMPLETED}:
        return next(iter(running))
    if running == {OrderState.COMPLETED}:
        return OrderState.PARTIAL if OrderState.CANCELLED in kinds else OrderState.COMPLETED
    if OrderState.PENDING_CANCELLATION in running:
        return OrderState.PENDING_CANCELLATION
    return OrderState.PARTIAL if running == {OrderState.COMPLETED, OrderState.FAILED} else OrderState.IN_PROGRESS
