"""Usage: any model on a metered quantity, with included units, least and most per period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from engine.money import EXACT, Ratio, step
from engine.pricing.models.model import ZERO, PartKind, PriceModel, Rated, RatedPart


class Billed(Enum):
    """When a usage model is billed: with every line, or only with the last line of its period."""

    AS_USED = "as_used"
    AT_PERIOD_END = "at_period_end"


@dataclass(frozen=True, slots=True)
class Meter:
    """What is known of the period when a quantity is rated; ``prior`` None says that this is its first line."""

    prior: Decimal | None = None
    billed: Decimal = ZERO
    last: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """A model for metered quantities: ``included`` units are free, amounts of a period stay within least and most.

    The least is billed with the last line of the period, less what earlier lines billed; the most cuts the parts of a
    line in order.
    """

    model: PriceModel
    included: Decimal = ZERO
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    billed: Billed = Billed.AS_USED

    def rate(self, quantity: Decimal, *, prior: Decimal | None = None, base: Decimal = ZERO) -> Rated:
        """The quantity of a whole period, or what comes after ``prior``."""
        return self.rate_in(quantity, Meter(prior), base=base)

    def rate_in(self, quantity: Decimal, meter: Meter, *, base: Decimal = ZERO) -> Rated:
        """What a line bills for a quantity at its place in the period."""
        parts = self._rated(quantity, meter, base).parts
        if self.maximum is not None:
            parts = _cut(parts, EXACT.subtract(self.maximum, meter.billed))
        if self.minimum is not None and meter.last:
            charged = EXACT.add(meter.billed, Rated(parts).amount)
            if charged < self.minimum:
                parts = (*parts, RatedPart(PartKind.MINIMUM, 0, ZERO, EXACT.subtract(self.minimum, charged)))
        return Rated(parts)

    def for_part(self, share: Ratio) -> Usage:
        """The model of a part of the period: it commits to that share of the least."""
        if self.minimum is None:
            return self
        part = EXACT.divide(EXACT.multiply(self.minimum, Decimal(share.numerator)), Decimal(share.denominator))
        return replace(self, minimum=step(part))

    def _rated(self, quantity: Decimal, meter: Meter, base: Decimal) -> Rated:
        if self.billed is Billed.AT_PERIOD_END:
            if not meter.last:
                return Rated(())
            whole = EXACT.add(meter.prior or ZERO, quantity)
            charged = max(EXACT.subtract(whole, self.included), ZERO)
            return _with_included(self.model.rate(charged, base=base), EXACT.subtract(whole, charged))
        if not self.included:
            return self.model.rate(quantity, prior=meter.prior, base=base)
        before = max(EXACT.subtract(meter.prior or ZERO, self.included), ZERO)
        after = max(EXACT.subtract(EXACT.add(meter.prior or ZERO, quantity), self.included), ZERO)
        prior = None if meter.prior is None else before
        charged = EXACT.subtract(after, before)
        return _with_included(self.model.rate(charged, prior=prior, base=base), EXACT.subtract(quantity, charged))


def _with_included(rated: Rated, units: Decimal) -> Rated:
    """What is charged, after the units that are included."""
    return Rated((RatedPart(PartKind.INCLUDED, 0, units, ZERO), *rated.parts)) if units else rated


def _cut(parts: tuple[RatedPart, ...], room: Decimal) -> tuple[RatedPart, ...]:
    """Keep the parts, in order, within what a maximum leaves."""
    kept = []
    left = max(room, ZERO)
    for part in parts:
        allowed = min(part.gross, left)
        kept.append(replace(part, discount=EXACT.subtract(part.gross, allowed)))
        left = EXACT.subtract(left, max(allowed, ZERO))
    return tuple(kept)
