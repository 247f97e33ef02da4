"""What a customer ordered before, where the tiers of a price model count it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from types import MappingProxyType

from engine.application.ports import Reader
from engine.catalog import Sku
from engine.money import EXACT
from engine.orders import ItemAction, OrderState
from engine.periods import add_months
from engine.pricing import PricePlan

COLUMNS = ("quantity", "placed_on", "action", "state")
NOTHING: Mapping[Sku, Decimal] = MappingProxyType({})
GONE = {each.value for each in (OrderState.CANCELLED, OrderState.REJECTED, OrderState.PENDING_CANCELLATION)}


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
    counted = ((sku, _ordered(reader.aside(), customer, sku, start, day)) for sku, start in sorted(since.items()))
    return MappingProxyType({sku: quantity for sku, quantity in counted if quantity is not None})


def _ordered(reader: Reader, customer: str, sku: Sku, start: date, day: date) -> Decimal | None:
    """How much of a product a customer ordered in these days; None when nothing was."""
    rows = reader.rows("order_items", COLUMNS, {"customer": customer, "sku": sku})
    first, last = start.isoformat(), day.isoformat()
    counted = [
        Decimal(row["quantity"])
        for row in rows
        if first <= row["placed_on"] <= last and row["action"] == ItemAction.ADD.name and row["state"] not in GONE
    ]
    return reduce(EXACT.add, counted) if counted else None


def _counted_since(plan: PricePlan, sku: Sku, currency: str, day: date) -> date | None:
    """The first day whose orders count, by the model that holds for the product."""
    for each in plan.models.get(sku, ()):
        if each.use.currency in ("", currency) and each.use.window.holds(day):
            return add_months(day, -each.use.past_months) if each.use.past_months else None
    return None
