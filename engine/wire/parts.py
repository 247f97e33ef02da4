"""The parts of an amount, tier by tier, as they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpq.v1 import common_pb2

from engine.pricing.models import PricePart, PricePartKind
from engine.wire.basics import decimal_text, price_text

KINDS: Mapping[PricePartKind, int] = {
    kind: common_pb2.PricePartKind.Value(f"PRICE_PART_KIND_{kind.name}") for kind in PricePartKind
}


def fill_parts(target: object, parts: Iterable[PricePart]) -> None:
    """Append parts to a repeated field."""
    for part in parts:
        row = target.add()  # type: ignore[attr-defined]
        digits = part.amount.currency.exponent
        row.kind, row.tier, row.amount = KINDS[part.kind], part.tier, part.amount.minor_units
        row.above, row.up_to, row.packages = map(decimal_text, (part.above, part.up_to, part.packages))
        if part.quantity:
            row.quantity = decimal_text(part.quantity)
        if part.unit_price is not None:
            row.unit_price = price_text(part.unit_price, digits)
        if part.flat_fee:
            row.flat_fee = price_text(part.flat_fee, digits)
