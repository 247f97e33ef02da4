"""Cancelling an order or some of its items, up to the point of no return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from engine.diagnostics import Code, Decision, Fault, Refusal, did_you_mean
from engine.orders.layout import Layout, layout_of
from engine.orders.order import FulfilmentTask, Order
from engine.orders.progress import apply, moved
from engine.orders.states import OPEN_STATES, OrderState, TaskState

UNKNOWN_ITEM = Code("ORD003")
PAST_NO_RETURN = Code("ORD006")
ALREADY_DELIVERED = Code("ORD007")
NOTHING_OPEN = Code("ORD008")
COMES_WITH = Code("ORD009")
NOT_COMPENSATING = Code("ORD010")
UNDO_ORDER = Code("ORD011")

_CANCELLABLE = OPEN_STATES - {OrderState.PENDING_CANCELLATION}
_BEGUN = frozenset({TaskState.IN_PROGRESS, TaskState.COMPLETED, TaskState.FAILED})


def cancel_order(order: Order, *, at: datetime, note: str, items: Sequence[str] = ()) -> Decision[Order] | Refusal:
    """Cancel items, or without any named all that are open; all of them or none.

    Tasks that did not begin are cancelled; those that did and have a compensation are to be undone, the last first.
    Refused when a step past the point of no return has begun or goods were handed over.
    """
    layout = layout_of(order)
    open_items = (each.id for each in order.items if each.state in _CANCELLABLE)
    chosen = items or tuple(key for key in open_items if layout.carrier[key] == key)
    faults = [*_faults(order, chosen, layout)]
    if not chosen:
        faults.append(Fault(NOTHING_OPEN, "", f"the order is {order.state.value}; no item of it is open"))
    if faults:
        return Refusal(tuple(faults))
    cancelled, events = apply(order, _called_off(chosen, layout, at=at, note=note), at=at)
    return Decision(replace(cancelled, note=note), events)


def stop_fulfilment(order: Order, lines: Sequence[str], *, at: datetime, note: str) -> Decision[Order] | None:
    """Contract lines have ended: call off the open items that deliver them; None when there is nothing to call off.

    What was handed over in part, or is past the point of no return, goes on.
    """
    layout = layout_of(order)
    stopping = [
        each.id
        for each in order.items
        if each.line in lines and layout.carrier[each.id] == each.id and not [*_faults(order, (each.id,), layout)]
    ]
    if not stopping:
        return None
    stopped, events = apply(order, _called_off(stopping, layout, at=at, note=note), at=at)
    return Decision(stopped, events)


def undo_task(order: Order, task: str, *, at: datetime, note: str = "") -> Decision[Order] | Refusal:
    """A department has undone a task of a cancelled item; tasks that came after it must be undone before."""
    found = order.task(task)
    if found is None or found.state is not TaskState.COMPENSATING:
        state = f"is {found.state.value}" if found else "does not exist"
        return Refusal((Fault(NOT_COMPENSATING, "task", f"the task `{task}` {state} and is not to be undone"),))
    later = [each.id for each in order.tasks if task in each.after and each.state is TaskState.COMPENSATING]
    if later:
        names = ", ".join(f"`{each}`" for each in later)
        return Refusal((Fault(UNDO_ORDER, "task", f"`{task}` is undone after {names}"),))
    changed, events = apply(order, [moved(found, TaskState.COMPENSATED, at=at, note=note)], at=at)
    return Decision(changed, events)


def cancelled_lines(before: Order, after: Order) -> tuple[str, ...]:
    """The contract lines of items that a cancellation took out of the order, so that the contract can end them."""
    gone = (OrderState.CANCELLED, OrderState.PENDING_CANCELLATION)
    states = {each.id: each.state for each in before.items}
    return tuple(each.line for each in after.items if each.state in gone and states[each.id] not in gone)


def _called_off(items: Sequence[str], layout: Layout, *, at: datetime, note: str) -> list[FulfilmentTask]:
    return [
        moved(task, _undone(task), at=at, note=note)
        for item in items
        for task in layout.tasks[item]
        if task.state not in (TaskState.CANCELLED, TaskState.COMPENSATED)
    ]


def _undone(task: FulfilmentTask) -> TaskState:
    if task.state in _BEGUN and task.compensation:
        return TaskState.COMPENSATING
    return TaskState.COMPENSATED if task.state is TaskState.COMPLETED else TaskState.CANCELLED


def _faults(order: Order, chosen: Sequence[str], layout: Layout) -> Iterator[Fault]:
    for at, key in enumerate(chosen):
        place = f"items[{at}]"
        item = order.item(key)
        if item is None:
            hint = did_you_mean(key, (each.id for each in order.items))
            yield Fault(UNKNOWN_ITEM, place, f"there is no item `{key}`", hint)
            continue
        if item.state not in _CANCELLABLE:
            yield Fault(NOTHING_OPEN, place, f"the item `{key}` is {item.state.value}")
            continue
        carrier = layout.carrier[key]
        if carrier != key:
            yield Fault(COMES_WITH, place, f"`{key}` comes with `{carrier}`", f"cancel `{carrier}`")
        if item.delivered:
            yield Fault(ALREADY_DELIVERED, place, f"{item.delivered} of `{key}` were handed over already")
        for task in layout.tasks.get(key, ()):
            if task.no_return and task.state in _BEGUN:
                yield Fault(PAST_NO_RETURN, place, f"`{task.step}` has begun, which cannot be taken back")
