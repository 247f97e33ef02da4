"""Cost plus: the list price from the cost, by markup or by margin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart
from engine.pricing.models.tiers import HUNDRED


class PlusOf(Enum):
    """Whether the percent is a markup on the cost, or the margin in the price."""

    MARKUP = "markup"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class CostPlus:
    """Price = cost × (1 + markup), or cost ÷ (1 − margin); ``base`` is the unit cost, ``amount`` is added per unit."""

    percent: Decimal
    of: PlusOf = PlusOf.MARKUP
    amount: Decimal = ZERO

    def __post_init__(self) -> None:
        if self.of is PlusOf.MARGIN and self.percent >= HUNDRED:
            raise ValueError("a margin is less than 100 percent")

    def unit_price(self, cost: Decimal) -> Decimal:
        """The price of one unit that cost so much."""
        if self.of is PlusOf.MARKUP:
            price = EXACT.divide(EXACT.multiply(cost, EXACT.add(HUNDRED, self.percent)), HUNDRED)
        else:
            price = EXACT.divide(EXACT.multiply(cost, HUNDRED), EXACT.subtract(HUNDRED, self.percent))
        return EXACT.add(price, self.amount)

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """Each unit at cost plus; ``base`` is the unit cost."""
        del prior
        price = self.unit_price(base)
        return Rated((RatedPart(PartKind.UNITS, 0, quantity, EXACT.multiply(price, quantity), unit_price=price),))
