"""Which tasks fulfil which items, worked out once for a change of an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.orders.order import FulfilmentTask, Order, OrderItem


@dataclass(frozen=True, slots=True)
class Layout:
    """The tasks of each item, and the item whose tasks fulfil each item (itself, or the nearest above; None: nobody).

    ``followers`` are the items that come with an item and have no tasks of their own.
    """

    tasks: Mapping[str, tuple[FulfilmentTask, ...]]
    carrier: Mapping[str, str | None]
    followers: Mapping[str, tuple[str, ...]]


def layout_of(order: Order) -> Layout:
    """The layout of an order; the tasks are those it has now."""
    tasks: dict[str, list[FulfilmentTask]] = {}
    for task in order.tasks:
        tasks.setdefault(task.item, []).append(task)
    by_id = {each.id: each for each in order.items}
    carriers = {each.id: _carrier(each, by_id, tasks) for each in order.items}
    followers: dict[str, list[str]] = {}
    for key, carrier in carriers.items():
        if carrier is not None and carrier != key:
            followers.setdefault(carrier, []).append(key)
    return Layout(
        {key: tuple(each) for key, each in tasks.items()},
        carriers,
        {key: tuple(each) for key, each in followers.items()},
    )


def _carrier(item: OrderItem, by_id: Mapping[str, OrderItem], tasks: Mapping[str, list[FulfilmentTask]]) -> str | None:
    found: OrderItem | None = item
    while found is not None:
        if found.id in tasks:
            return found.id
        found = by_id.get(found.parent) if found.parent else None
    return None
