"""Computed prices: a price book from the list price, the cost or another book."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT, Rounding
from engine.pricing.models.model import ZERO
from engine.pricing.models.tiers import HUNDRED


@dataclass(frozen=True, slots=True)
class Computed:
    """The steps from a base price to a computed one, taken in this order; margins are amounts over the base."""

    percent_off: Decimal = ZERO
    round_to: Decimal | None = None
    surcharge: Decimal = ZERO
    margin_min: Decimal | None = None
    margin_max: Decimal | None = None
    mode: Rounding = Rounding.HALF_UP

    def price(self, base: Decimal) -> Decimal:
        """The price that follows from a base price."""
        price = EXACT.divide(EXACT.multiply(base, EXACT.subtract(HUNDRED, self.percent_off)), HUNDRED)
        if self.round_to is not None:
            price = round_to_multiple(price, self.round_to, self.mode)
        price = EXACT.add(price, self.surcharge)
        if self.margin_min is not None:
            price = max(price, EXACT.add(base, self.margin_min))
        return price if self.margin_max is None else min(price, EXACT.add(base, self.margin_max))


def round_to_multiple(value: Decimal, multiple: Decimal, mode: Rounding) -> Decimal:
    """Round a value to a multiple (10, 0.05): how prices get their endings."""
    return EXACT.multiply(EXACT.divide(value, multiple).to_integral_value(mode.decimal), multiple)
