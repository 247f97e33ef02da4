"""Flat: one price, however many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart


@dataclass(frozen=True, slots=True)
class Flat:
    """A price that does not depend on the quantity; charged once, with the first quantity of a period."""

    price: Decimal

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The flat price, or nothing when the same period had a quantity before."""
        del base
        if prior is not None and prior > 0:
            return Rated(())
        return Rated((RatedPart(PartKind.FLAT, 0, quantity, self.price),))


@dataclass(frozen=True, slots=True)
class Stated:
    """A price that is stated with each quantity (a metered total that another system rated)."""

    total: Decimal

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The stated total."""
        del prior, base
        return Rated((RatedPart(PartKind.UNITS, 0, quantity, self.total),))
