"""Notice: from which day a service may end, and until when notice can be given.

The day on which notice is given does not count: so many whole days lie between it and the day after the last one that
is served (BGB 187 I, and the habit of subscription systems: a term to 31 December with 60 days of notice asks for it by
1 November).
"""

from __future__ import annotations

from datetime import date, timedelta

from engine.contracts.terms import ContractTerms, NoticeEnds
from engine.periods import Cycle, Recurrence

MONTH = Recurrence(1)


def earliest_end(given: date, terms: ContractTerms, *, start: date, recurrence: Recurrence = MONTH) -> date:
    """The first day that need not be served when notice is given on a day; where the terms say so, the end of the
    billing period that then runs. ``start`` anchors the periods where the terms name no bill day.
    """
    if not terms.notice_days:
        return given
    end = given + timedelta(days=terms.notice_days + 1)
    if terms.notice_ends is NoticeEnds.DAY:
        return end
    by_day = terms.bill_day
    cycle = Cycle.on_day(start, recurrence, by_day) if by_day else Cycle.anchored(start, recurrence)
    return cycle.next_boundary(end)


def last_notice_day(end: date, notice_days: int) -> date:
    """The last day on which notice keeps a service from running past ``end``, the first day not served."""
    return end - timedelta(days=notice_days + 1) if notice_days else end
