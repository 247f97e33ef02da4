"""Ramp: a term cut into segments, each with its own quantity and price; and how many periods a term counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT, Ratio
from engine.periods import PartMonths
from engine.pricing.models.model import ZERO
from engine.pricing.models.tiers import HUNDRED


class ShortSegment(Enum):
    """Whether the rest of a term that does not fill a segment comes last or first."""

    LAST = "last"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class RampSegment:
    """Months ``[start, start + months)`` of the term, from 0; the price is uplifted by so many percent."""

    number: int
    start_month: int
    months: int
    uplift_percent: Decimal = ZERO


def segments(
    months: int, *, every: int = 12, uplift_percent: Decimal = ZERO, short: ShortSegment = ShortSegment.LAST
) -> tuple[RampSegment, ...]:
    """Cut a term: 39 months by year are four segments, the short one last or first.

    The uplift compounds from segment to segment: the first has none.
    """
    if months <= 0 or every <= 0:
        raise ValueError("a ramp needs a term and a segment of at least a month")
    whole, rest = divmod(months, every)
    lengths = [every] * whole
    if rest:
        lengths = [*lengths, rest] if short is ShortSegment.LAST else [rest, *lengths]
    found = []
    start = 0
    for number, length in enumerate(lengths):
        found.append(RampSegment(number + 1, start, length, _uplift(uplift_percent, number)))
        start += length
    return tuple(found)


def uplifted(price: Decimal, percent: Decimal) -> Decimal:
    """A price raised by so many percent."""
    return EXACT.divide(EXACT.multiply(price, EXACT.add(HUNDRED, percent)), HUNDRED)


def segment_list(listed: Decimal, own: Decimal | None, percent: Decimal) -> Decimal:
    """What discounts on a segment are measured against: a dearer segment (by its own price or its uplift) raises the
    list price, so that it hides no discount; a cheaper one leaves it as it is, and is a discount itself.
    """
    dearer = listed if own is None else max(listed, own)
    return uplifted(dearer, percent) if percent > 0 else dearer


def _uplift(percent: Decimal, times: int) -> Decimal:
    factor = Decimal(1)
    for _ in range(times):
        factor = EXACT.divide(EXACT.multiply(factor, EXACT.add(HUNDRED, percent)), HUNDRED)
    return EXACT.multiply(EXACT.subtract(factor, Decimal(1)), HUNDRED)


def period_count(length: Ratio, period: Decimal) -> Ratio:
    """How many periods a length holds, both in the same unit (830 days over 365 = 2.2740)."""
    whole = Ratio.of(period)
    return length * Ratio(whole.denominator, whole.numerator)


def month_multiplier(months: Ratio, period_months: Decimal, parts: PartMonths) -> Ratio:
    """How many charge periods so many months are; a part of a month may count as a whole one (12.1 as 13)."""
    counted = months if parts is PartMonths.PRORATED else Ratio(-(-months.numerator // months.denominator), 1)
    return period_count(counted, period_months)
