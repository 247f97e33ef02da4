"""Shares of a charge period in money."""

from __future__ import annotations

from engine.money import WHOLE, Money, Ratio, RoundingRule, share_of
from engine.periods import DayCount, Period, Recurrence, share_of_period

RATIO_PLACES = 9
"""Decimals, half up, that a share of days is cut to before it is multiplied (Kill Bill's habit, our default)."""


def period_ratio(part: Period, whole: Period, *, recurrence: Recurrence, count: DayCount) -> Ratio:
    """The share of a cycle period that is billed; cut to 9 decimals for counts of days, exact for other conventions."""
    return _cut(Ratio(*share_of_period(part, whole, recurrence=recurrence, count=count)), count)


def credit_ratio(unused: Period, billed: Period, *, whole: Period, recurrence: Recurrence, count: DayCount) -> Ratio:
    """The share of a billed line that its unused days are: 24 of the 25 days that were billed."""
    if unused == billed:
        return WHOLE
    unused_days, whole_days = share_of_period(unused, whole, recurrence=recurrence, count=count)
    billed_days = (
        whole_days if billed == whole else share_of_period(billed, whole, recurrence=recurrence, count=count)[0]
    )
    return _cut(Ratio(unused_days, billed_days), count)


def _cut(share: Ratio, count: DayCount) -> Ratio:
    match count:
        case DayCount.DAILY | DayCount.FIXED_30:
            return share if share == WHOLE else share.rounded(RATIO_PLACES)
        case DayCount.THIRTY_360 | DayCount.ACTUAL_360 | DayCount.SECONDS:
            return share


def credit_amount(billed: Money, share: Ratio, *, left: Money, rounding: RoundingRule) -> Money:
    """What is credited for a share of a billed line: never more than what is left on it. Positive for a charge."""
    wanted = share_of(billed, share, rounding=rounding)
    return left if wanted > left else wanted
