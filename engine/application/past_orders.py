"""What a customer ordered before, where the tiers of a price model count it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.application.ports import Reader
from engine.catalog import Sku
from engine.money import EXACT
from engine.orders import ItemAction, Order, OrderState
from engine.periods import add_months
from engine.pricing import PricePlan

PAGE = 500
NOTHING: Mapping[Sku, Decimal] = MappingProxyType({})
GONE = frozenset({OrderState.CANCELLED, OrderState.REJECTED, OrderState.PENDING_CANCELLATION})


def past_quantities(
    reader: Reader, plan: PricePlan, skus: Collection[Sku], *, customer: str, currency: str, day: date
) -> Mapping[Sku, Decimal]:
    """The quantity of each product that a customer ordered in the months that its price model looks back.

    Orders placed by then count with all their items but those that were cancelled; of a ramp every segment is an item.
    They are read aside: the request keeps what counted, and an order that moves on is no reason to decide again.
    """
    since = {sku: start for sku in skus if (start := _counted_since(plan, sku, currency, day)) is not None}
    if not customer or not since:
        return NOTHING
    found: dict[Sku, Decimal] = {}
    for order in _orders(reader.aside(), customer):
        placed = order.placed_at.date()
        for item in order.items:
            start = since.get(Sku(item.sku))
            counts = item.action is ItemAction.ADD and item.state not in GONE
            if start is not None and start <= placed <= day and counts:
                sku = Sku(item.sku)
                found[sku] = EXACT.add(found.get(sku, Decimal(0)), item.quantity)
    return MappingProxyType(dict(sorted(found.items())))


def _counted_since(plan: PricePlan, sku: Sku, currency: str, day: date) -> date | None:
    """The first day whose orders count, by the model that holds for the product."""
    for each in plan.models.get(sku, ()):
        if each.use.currency in ("", currency) and each.use.window.holds(day):
            return add_months(day, -each.use.past_months) if each.use.past_months else None
    return None


def _orders(reader: Reader, customer: str) -> Iterator[Order]:
    after = ""
    while True:
        page = reader.page(Order, where={"customer": customer}, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
