"""Months of the calendar: their length, adding them, and the clipping of a day that a month does not have."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date

from engine.periods.problem import TOO_FAR, PeriodError

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_in_month(year: int, month: int) -> int:
    """How many days a month of the calendar has."""
    leap = month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return _LENGTHS[month - 1] + leap


def clipped(year: int, month: int, day: int) -> date:
    """The day of a month, or its last day when the month is shorter; ``month`` may run over the year's end.

    Raises ``PeriodError`` PER004 outside the years 1 to 9999.
    """
    years, index = divmod(month - 1, 12)
    year += years
    if not MINYEAR <= year <= MAXYEAR:
        raise PeriodError(TOO_FAR, f"year {year} is outside the calendar")
    return date(year, index + 1, min(day, days_in_month(year, index + 1)))


def add_months(start: date, months: int, *, day: int | None = None) -> date:
    """The date so many months later (or earlier), on the same day of the month or the last one before it.

    Give ``day`` to keep an anchor that an earlier clipping lost: 28 February plus one month on day 31 is 31 March.
    """
    return clipped(start.year, start.month + months, day if day is not None else start.day)


def months_between(start: date, end: date) -> int:
    """How many whole months fit from ``start`` to ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if add_months(start, months) > end else months
