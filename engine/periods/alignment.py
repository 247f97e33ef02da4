"""A common end date for several periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from engine.periods.period import Period


def last_end(periods: Iterable[Period]) -> date | None:
    """The latest end of several periods, the usual date to co-terminate with; None for no period."""
    return max((each.end for each in periods), default=None)


def first_end(periods: Iterable[Period]) -> date | None:
    """The earliest end of several periods, for those who co-terminate with what ends first; None for no period."""
    return min((each.end for each in periods), default=None)


def co_terminate(start: date, *, with_end: date) -> Period:
    """The period of an added line that ends with the others; raises ``PeriodError`` PER001 when they ended before."""
    return Period(start, with_end)
