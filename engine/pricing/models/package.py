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
        end = EXACT.add(start, quantity)
        started = self._started(end) - self._started(start)
        free = EXACT.subtract(min(end, self.free_units), min(start, self.free_units))
        parts = [RatedPart(PartKind.INCLUDED, 0, free, ZERO)] if free > 0 else []
        units = EXACT.subtract(quantity, max(free, ZERO))
        if units or started:
            amount = EXACT.multiply(self.price, started)
            parts.append(RatedPart(PartKind.UNITS, 1, units, amount, unit_price=self.price, packages=started))
        return Rated(tuple(parts))

    def _started(self, quantity: Decimal) -> Decimal:
        chargeable = EXACT.subtract(quantity, self.free_units)
        if chargeable <= 0:
            return ZERO
        return started_blocks(chargeable, self.size)


def started_blocks(quantity: Decimal, size: Decimal) -> Decimal:
    """How many blocks of a size a quantity starts."""
    return EXACT.divide(quantity, size).to_integral_value(ROUND_CEILING)
