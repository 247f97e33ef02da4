"""What an order has handed over, as billing reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from engine.contracts import Delivery
from engine.money import EXACT
from engine.orders.events import ItemDelivered, OrderEvent
from engine.orders.layout import Layout
from engine.orders.order import Handover, Order, OrderItem
from engine.orders.states import OrderState


def deliveries(order: Order) -> tuple[Delivery, ...]:
    """Every handover of the order, for the contract lines that the items deliver, in order of items and time."""
    return tuple(
        Delivery(f"{order.id}/{item.id}/{number}", item.line, each.at.date(), each.quantity)
        for item in order.items
        for number, each in enumerate(item.handovers, 1)
    )


def hand_over(
    order: Order, item: OrderItem, *, up_to: Decimal, layout: Layout, at: datetime
) -> tuple[Order, tuple[OrderEvent, ...]]:
    """Hand over units of an item until ``up_to`` are delivered, and the same part of items that come with it."""
    with_it = set(layout.followers.get(item.id, ()))
    events: list[OrderEvent] = []
    items = []
    for each in order.items:
        if (each.id == item.id or each.id in with_it) and each.state is not OrderState.CANCELLED:
            target = up_to if each.id == item.id else _same_part(each, up_to, item.quantity)
            missing = target - each.delivered
            if missing > 0:
                events.append(ItemDelivered(order.id, each.id, each.line, missing, at))
                each = replace(each, handovers=(*each.handovers, Handover(missing, at)))
        items.append(each)
    return replace(order, items=tuple(items)), tuple(events)


def _same_part(item: OrderItem, part: Decimal, whole: Decimal) -> Decimal:
    return item.quantity if part >= whole else EXACT.divide(EXACT.multiply(item.quantity, part), whole)
