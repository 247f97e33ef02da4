"""What departments report: a task began, is done, failed, is tried again; part of an item was handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.orders.delivery import hand_over
from engine.orders.layout import layout_of
from engine.orders.order import FulfilmentTask, Order
from engine.orders.progress import apply, moved
from engine.orders.states import OPEN_STATES, TASK_MOVES, TaskState

UNKNOWN_TASK = Code("ORD001")
ILLEGAL_MOVE = Code("ORD002")
UNKNOWN_ITEM = Code("ORD003")
TOO_MUCH = Code("ORD004")
CLOSED_ITEM = Code("ORD005")


def start_task(order: Order, task: str, *, at: datetime, note: str = "") -> Decision[Order] | Refusal:
    """A department began with a ready task."""
    return _move(order, task, TaskState.IN_PROGRESS, at=at, note=note)


def complete_task(order: Order, task: str, *, at: datetime, note: str = "") -> Decision[Order] | Refusal:
    """A task is done; a ready task may be completed without having been started. Tasks that waited become ready."""
    found = order.task(task)
    if found is not None and found.state is TaskState.READY:
        order = _with(order, moved(found, TaskState.IN_PROGRESS, at=at))
    return _move(order, task, TaskState.COMPLETED, at=at, note=note)


def fail_task(order: Order, task: str, *, at: datetime, note: str) -> Decision[Order] | Refusal:
    """A task in progress met a problem that somebody has to look at; ``note`` says which."""
    return _move(order, task, TaskState.FAILED, at=at, note=note)


def retry_task(order: Order, task: str, *, at: datetime, note: str = "") -> Decision[Order] | Refusal:
    """A failed task is ready to be tried again."""
    return _move(order, task, TaskState.READY, at=at, note=note)


def deliver(order: Order, item: str, *, quantity: Decimal, at: datetime) -> Decision[Order] | Refusal:
    """Part of an item was handed over before all of it is done; the rest stays on back-order."""
    found = order.item(item)
    if found is None:
        hint = did_you_mean(item, (each.id for each in order.items))
        return Refusal((Fault(UNKNOWN_ITEM, "item", f"there is no item `{item}`", hint),))
    if found.state not in OPEN_STATES:
        return Refusal((Fault(CLOSED_ITEM, "item", f"the item `{item}` is {found.state.value}"),))
    if not (quantity.is_finite() and 0 < quantity <= found.back_ordered):
        message = f"{quantity} of `{item}` cannot be handed over"
        return Refusal((Fault(TOO_MUCH, "quantity", message, f"{found.back_ordered} are on back-order"),))
    changed, events = hand_over(order, found, up_to=found.delivered + quantity, layout=layout_of(order), at=at)
    return Decision(replace(changed, etag=order.etag + 1), events)


def _move(order: Order, task: str, state: TaskState, *, at: datetime, note: str) -> Decision[Order] | Refusal:
    found = order.task(task)
    if found is None:
        hint = did_you_mean(task, (each.id for each in order.tasks))
        return Refusal((Fault(UNKNOWN_TASK, "task", f"there is no task `{task}`", hint),))
    if state not in TASK_MOVES[found.state]:
        message = f"the task `{task}` is {found.state.value} and cannot become {state.value}"
        return Refusal((Fault(ILLEGAL_MOVE, "task", message, _advice(order, found)),))
    changed, events = apply(order, [moved(found, state, at=at, note=note)], at=at)
    return Decision(changed, events)


def _advice(order: Order, task: FulfilmentTask) -> str:
    open_before = [each for each in map(order.task, task.after) if each and each.state is not TaskState.COMPLETED]
    return "it waits for " + ", ".join(f"`{each.id}`" for each in open_before) if open_before else ""


def _with(order: Order, task: FulfilmentTask) -> Order:
    return replace(order, tasks=tuple(task if each.id == task.id else each for each in order.tasks))
