"""Package: whole started packages, after free units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from engine.money import EXACT
from engine.pricing.models.model import ZERO, PartKind, Rated, RatedPart


@dataclass(frozen=True, slots=True)
class Package:
    """A price for each started package of ``size`` units; the first ``free_units`` of a period cost nothing."""

    size: Decimal
    price: Decimal
    free_units: Decimal = ZERO

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The packages that the quantity starts, counting those already started in the period."""
        del base
        start = prior or ZERO
        started = self._started(EXACT.add(start, quantity)) - self._started(start)
        if not started:
            return Rated(())
        return Rated((RatedPart(PartKind.UNITS, 1, quantity, EXACT.multiply(self.price, started)),))

    def _started(self, quantity: Decimal) -> Decimal:
        chargeable = EXACT.subtract(quantity, self.free_units)
        if chargeable <= 0:
            return ZERO
        return started_blocks(chargeable, self.size)


def started_blocks(quantity: Decimal, size: Decimal) -> Decimal:
    """How many blocks of a size a quantity starts."""
    return EXACT.divide(quantity, size).to_integral_value(ROUND_CEILING)
