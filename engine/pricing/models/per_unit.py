"""Per unit: every unit costs the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart


@dataclass(frozen=True, slots=True)
class PerUnit:
    """A price for each unit."""

    unit_price: Decimal

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The unit price times the quantity."""
        del prior, base
        amount = EXACT.multiply(self.unit_price, quantity)
        return Rated((RatedPart(PartKind.UNITS, 0, quantity, amount, unit_price=self.unit_price),))
