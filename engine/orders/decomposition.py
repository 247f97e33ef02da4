"""From an item to the tasks that fulfil it."""

from __future__ import annotations

from engine.orders.order import FulfilmentTask
from engine.orders.plan import FulfilmentPlan
from engine.orders.states import TaskState


def tasks_of(item: str, plan: FulfilmentPlan) -> tuple[FulfilmentTask, ...]:
    """The tasks of one item, in the order of the plan; those that wait for nothing are ready."""
    return tuple(
        FulfilmentTask(
            id=task_id(item, step.id),
            item=item,
            step=step.id,
            department=step.department,
            state=TaskState.WAITING if step.after else TaskState.READY,
            after=tuple(task_id(item, other) for other in step.after),
            no_return=step.no_return,
            compensation=step.compensation,
            delivers=step.delivers,
        )
        for step in plan.steps
    )


def task_id(item: str, step: str) -> str:
    """The id of the task for a step of an item."""
    return f"{item}.{step}"
