"""Folding a change of tasks into the states of items and order, with the events it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.orders.delivery import hand_over
from engine.orders.events import ItemStateChanged, OrderEvent, OrderStateChanged, TaskReady, TaskStateChanged
from engine.orders.layout import Layout, layout_of
from engine.orders.order import FulfilmentTask, Order, OrderItem
from engine.orders.states import TASK_MOVES, OrderState, TaskState, item_state, order_state


def moved(task: FulfilmentTask, state: TaskState, *, at: datetime, note: str = "") -> FulfilmentTask:
    """The task in its next state; the move must be legal."""
    assert state in TASK_MOVES[task.state], f"{task.id} does not go from {task.state.value} to {state.value}"
    finished = at if state in (TaskState.COMPLETED, TaskState.COMPENSATED) else task.finished_at
    started = at if state is TaskState.IN_PROGRESS else task.started_at
    return replace(task, state=state, started_at=started, finished_at=finished, note=note or task.note)


def apply(order: Order, changed: Sequence[FulfilmentTask], *, at: datetime) -> tuple[Order, tuple[OrderEvent, ...]]:
    """Put changed tasks into the order, release those that waited for them, hand over what is done, settle states."""
    before = {each.id: each for each in order.tasks}
    events: list[OrderEvent] = [_task_event(order, before[each.id], each, at) for each in changed]
    new = {each.id: each for each in changed}
    tasks, released = _release(tuple(new.get(each.id, each) for each in order.tasks))
    events += [TaskReady(order.id, each.item, each.id, each.step, each.department, at) for each in released]
    order = replace(order, tasks=tasks)
    layout = layout_of(order)
    for key in dict.fromkeys(each.item for each in changed):
        order, handed = _hand_over_done(order, key, layout, at)
        events += handed
    order, settled = _settle(order, layout, at)
    return replace(order, etag=order.etag + 1), (*events, *settled)


def state_of(item: OrderItem, layout: Layout) -> OrderState:
    """The state of an item: from its own tasks, else from those of the item it comes with; without any it is done."""
    if item.state in (OrderState.CANCELLED, OrderState.REJECTED):
        return item.state
    carrier = layout.carrier[item.id]
    return OrderState.COMPLETED if carrier is None else item_state([each.state for each in layout.tasks[carrier]])


def _task_event(order: Order, before: FulfilmentTask, task: FulfilmentTask, at: datetime) -> TaskStateChanged:
    return TaskStateChanged(order.id, task.item, task.id, task.department, before.state, task.state, task.note, at)


def _release(tasks: tuple[FulfilmentTask, ...]) -> tuple[tuple[FulfilmentTask, ...], list[FulfilmentTask]]:
    done = {each.id for each in tasks if each.state is TaskState.COMPLETED}
    released = {
        each.id: replace(each, state=TaskState.READY)
        for each in tasks
        if each.state is TaskState.WAITING and done.issuperset(each.after)
    }
    return tuple(released.get(each.id, each) for each in tasks), list(released.values())


def _hand_over_done(order: Order, key: str, layout: Layout, at: datetime) -> tuple[Order, tuple[OrderEvent, ...]]:
    """An item is handed over when its delivering steps are done, or without such a step when all its steps are."""
    tasks = layout.tasks[key]
    delivering = [each for each in tasks if each.delivers] or tasks
    if any(each.state is not TaskState.COMPLETED for each in delivering):
        return order, ()
    item = order.item(key)
    assert item is not None, "a task belongs to an item of its order"
    return hand_over(order, item, up_to=item.quantity, layout=layout, at=at)


def _settle(order: Order, layout: Layout, at: datetime) -> tuple[Order, tuple[OrderEvent, ...]]:
    events: list[OrderEvent] = []
    items = []
    for item in order.items:
        state = state_of(item, layout)
        if state is not item.state:
            events.append(ItemStateChanged(order.id, item.id, item.state, state, at))
        items.append(replace(item, state=state) if state is not item.state else item)
    whole = order_state([each.state for each in items])
    if whole is not order.state:
        events.append(OrderStateChanged(order.id, order.state, whole, at))
    return replace(order, items=tuple(items), state=whole), tuple(events)
