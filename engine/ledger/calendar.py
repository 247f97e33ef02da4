"""Accounting periods: calendar months that close in order and stay closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.diagnostics import Code, Decision, Fault, Refusal

NOT_A_MONTH_END = Code("LED020")
ALREADY_CLOSED = Code("LED021")
NOT_OVER = Code("LED022")


@dataclass(frozen=True, slots=True)
class BooksCalendar:
    """Everything up to ``closed_until`` (a month end, inclusive) is closed; None means that nothing is."""

    closed_until: date | None = None

    def is_open(self, on: date) -> bool:
        """Whether a day can still be posted to."""
        return self.closed_until is None or on > self.closed_until

    def posting_date(self, on: date, *, at_period_end: bool = False) -> date:
        """The day to post on: the day itself while its period is open, else a day of the first open period.

        Work that belongs to a period as a whole moves to the last day of that period, a dated document to its first.
        """
        if self.closed_until is None or on > self.closed_until:
            return on
        first_open = self.closed_until + timedelta(days=1)
        return month_end(first_open) if at_period_end else first_open


@dataclass(frozen=True, slots=True)
class PeriodClosed:
    """The books were closed up to and including a day."""

    until: date


def close_period(calendar: BooksCalendar, *, until: date, today: date) -> Decision[BooksCalendar] | Refusal:
    """Close every month up to ``until``, which must be a month end after the last close, and over by ``today``."""
    faults = []
    if until != month_end(until):
        faults.append(Fault(NOT_A_MONTH_END, "until", f"{until.isoformat()} is not the last day of a month"))
    if calendar.closed_until is not None and until <= calendar.closed_until:
        message = f"the books are closed up to {calendar.closed_until.isoformat()} already"
        faults.append(Fault(ALREADY_CLOSED, "until", message, "a closed period stays closed; post a correction"))
    if until >= today:
        last = today.replace(day=1) - timedelta(days=1)
        hint = f"the last month that is over ends on {last.isoformat()}; a closed period stays closed"
        faults.append(Fault(NOT_OVER, "until", f"{until.isoformat()} is not over on {today.isoformat()}", hint))
    if faults:
        return Refusal(tuple(faults))
    return Decision(BooksCalendar(until), (PeriodClosed(until),))


def month_end(on: date) -> date:
    """The last day of the month of a day."""
    following = date(on.year + on.month // 12, on.month % 12 + 1, 1)
    return following - timedelta(days=1)
