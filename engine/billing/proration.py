"""Shares of a charge period in money."""

from __future__ import annotations

from collections.abc import Sequence

from engine.contracts import ContractTerms
from engine.money import WHOLE, Money, Ratio, RoundingRule, share_of
from engine.periods import DayCount, PartMonths, Period, Recurrence, Unit, add_months, share_of_period

RATIO_PLACES = 9
"""Decimals, half up, that a share of days is cut to before it is multiplied (Kill Bill's habit, our default)."""


def period_ratio(part: Period, whole: Period, *, recurrence: Recurrence, terms: ContractTerms) -> Ratio:
    """The share of a cycle period that is billed; cut to 9 decimals for counts of days, exact for other conventions."""
    if part != whole and _counts_months(recurrence, terms):
        return Ratio(_months([part], whole, recurrence), recurrence.count)
    return _cut(Ratio(*share_of_period(part, whole, recurrence=recurrence, count=terms.day_count)), terms.day_count)


def credit_ratio(
    unused: Period, billed: Period, *, whole: Period, recurrence: Recurrence, terms: ContractTerms
) -> Ratio:
    """The share of a billed line that its unused days are: 24 of the 25 days that were billed.

    Where a part of a month counts as a whole one, its months without a day that is used are.
    """
    if unused == billed:
        return WHOLE
    count = terms.day_count
    if _counts_months(recurrence, terms):
        months = _months([billed], whole, recurrence)
        return Ratio(months - _months(billed.without(unused), whole, recurrence), months)
    unused_days, whole_days = share_of_period(unused, whole, recurrence=recurrence, count=count)
    billed_days = (
        whole_days if billed == whole else share_of_period(billed, whole, recurrence=recurrence, count=count)[0]
    )
    return _cut(Ratio(unused_days, billed_days), count)


def _counts_months(recurrence: Recurrence, terms: ContractTerms) -> bool:
    return terms.part_months is PartMonths.WHOLE and recurrence.unit is Unit.MONTH


def _months(parts: Sequence[Period], whole: Period, recurrence: Recurrence) -> int:
    """How many months of a cycle period the parts have days in; a month ends on the cycle's day, clipped or not."""
    day = max(whole.start.day, whole.end.day)
    ends = [add_months(whole.start, n, day=day) for n in range(1, recurrence.count)]
    months = [Period(start, end) for start, end in zip([whole.start, *ends], [*ends, whole.end], strict=True)]
    return sum(any(month.overlaps(part) for part in parts) for month in months)


def _cut(share: Ratio, count: DayCount) -> Ratio:
    match count:
        case DayCount.DAILY | DayCount.FIXED_30:
            return share if share == WHOLE else share.rounded(RATIO_PLACES)
        case DayCount.THIRTY_360 | DayCount.ACTUAL_360 | DayCount.ACTUAL_365 | DayCount.SECONDS:
            return share


def credit_amount(billed: Money, share: Ratio, *, left: Money, rounding: RoundingRule) -> Money:
    """What is credited for a share of a billed line: never more than what is left on it. Positive for a charge."""
    wanted = share_of(billed, share, rounding=rounding)
    return left if wanted > left else wanted
