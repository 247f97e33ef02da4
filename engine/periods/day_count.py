"""Which share of a period a part of it is: the day-count conventions.

``DAILY``, ``FIXED_30``, ``THIRTY_360`` and ``SECONDS`` are contract settings; ``ACTUAL_360`` is there for those who
come from a system that divides real days by 30.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from engine.periods.calendar import add_months, days_in_month, months_between
from engine.periods.period import Period
from engine.periods.problem import BACKWARDS, PeriodError
from engine.periods.recurrence import Recurrence, Unit

_MONTH, _YEAR, _MONTHS = 30, 365, 12
_MICROSECOND = timedelta(microseconds=1)


class DayCount(Enum):
    """How days are counted: as they are, or with months of 30 days."""

    DAILY = "daily"
    """Days of the part over days of the period around it: 28 to 31, 89 to 92, 365 or 366."""
    FIXED_30 = "fixed30"
    """A month has 30 days; a part that crosses the end of a month counts its first month as 30 days long."""
    THIRTY_360 = "30/360"
    """Every month has 30 days, in the part and in the period."""
    ACTUAL_360 = "actual/360"
    """The real days of the part over 30 for each month of the period."""
    ACTUAL_365 = "actual/365"
    """The real days of the part over a twelfth of 365 for each month of the period, in leap years too."""
    SECONDS = "seconds"
    """Time to the instant over the time of the period; for whole days the same as daily."""


class PartMonths(Enum):
    """What a part of a month counts: its share, or a whole month."""

    PRORATED = "prorated"
    WHOLE = "whole"


class Share(NamedTuple):
    """A part counted against a whole, as two whole numbers."""

    part: int
    whole: int


def share_of_period(part: Period, whole: Period, *, recurrence: Recurrence, count: DayCount = DayCount.DAILY) -> Share:
    """Return which share of the cycle period ``whole`` the days of ``part`` are; the whole of it is exactly 1.

    Conventions with months of 30 days apply to recurrences counted in months; others are always counted in days.
    """
    if part == whole:
        return Share(1, 1)
    if recurrence.unit is Unit.DAY:
        return Share(part.days, whole.days)
    fixed = _MONTH * recurrence.count
    match count:
        case DayCount.DAILY | DayCount.SECONDS:
            return Share(part.days, whole.days)
        case DayCount.FIXED_30:
            return Share(_days_with_fixed_month(part), fixed)
        case DayCount.THIRTY_360:
            return Share(days_30_360(part), fixed)
        case DayCount.ACTUAL_360:
            return Share(part.days, fixed)
        case DayCount.ACTUAL_365:
            return Share(_MONTHS * part.days, _YEAR * recurrence.count)


def month_share(period: Period, count: DayCount = DayCount.DAILY) -> Share:
    """Return how many months a period is: whole months first, then the days left over the month that they begin in."""
    match count:
        case DayCount.DAILY | DayCount.SECONDS:
            months = months_between(period.start, period.end)
            rest = add_months(period.start, months)
            length = days_in_month(rest.year, rest.month)
            if months and rest == period.end:
                length = days_in_month(period.start.year, period.start.month)
            return Share(months * length + (period.end - rest).days, length)
        case DayCount.FIXED_30:
            return Share(_days_with_fixed_month(period), _MONTH)
        case DayCount.THIRTY_360:
            return Share(days_30_360(period), _MONTH)
        case DayCount.ACTUAL_360:
            return Share(period.days, _MONTH)
        case DayCount.ACTUAL_365:
            return Share(_MONTHS * period.days, _YEAR)


def share_of_instants(start: datetime, end: datetime, *, whole_start: datetime, whole_end: datetime) -> Share:
    """Return the share of a period to the second (or finer): remaining time over the time of the period.

    All four instants are aware. Raises ``PeriodError`` PER001 when a stretch has no length or runs backwards.
    """
    if whole_end <= whole_start or end < start:
        raise PeriodError(BACKWARDS, f"no share of {whole_start} to {whole_end} runs from {start} to {end}")
    part, whole = end - start, whole_end - whole_start
    second = timedelta(seconds=1)
    unit = _MICROSECOND if part % second or whole % second else second
    return Share(part // unit, whole // unit)


def days_30_360(period: Period) -> int:
    """Days of a period when every month has 30: the 31st is never counted apart, February is stretched to 30."""
    return _index_30(period.end, ends=True) - _index_30(period.start, ends=False)


def _index_30(day: date, *, ends: bool) -> int:
    """Days since the year 0 in months of 30; an exclusive end on the 31st follows day 30, a start on it is day 30."""
    return 360 * day.year + _MONTH * (day.month - 1) + min(day.day, 31 if ends else 30) - 1


def _days_with_fixed_month(period: Period) -> int:
    start, end = period.start, period.end
    if (start.year, start.month) == (end.year, end.month):
        return period.days
    months = (end.year - start.year) * 12 + end.month - start.month
    # Every month that the part leaves behind is 30 days long; with one month crossed this is Kill Bill's rule.
    return _MONTH * months - start.day + end.day
