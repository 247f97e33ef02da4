"""How many months a service counts: by the billing periods that it is cut into, so that quote and invoices agree."""

from __future__ import annotations

from datetime import date
from math import gcd

from engine.periods.calendar import add_months, clipped
from engine.periods.cycle import Cycle
from engine.periods.day_count import DayCount, Share, share_of_period
from engine.periods.period import Period
from engine.periods.pieces import cut
from engine.periods.recurrence import Recurrence


def months_by_periods(
    service: Period, *, anchor: date, recurrence: Recurrence, count: DayCount = DayCount.DAILY
) -> Share:
    """The months of a service whose periods turn over on the days of ``anchor``: part, whole ones, and part again.

    From 11 April to 1 March with an anchor on the first of a month these are 20 of the 30 days of April and ten months.
    """
    part, whole = 0, 1
    cycle = Cycle.anchored(anchor, recurrence)
    for piece in cut(service.start, service.end, cycle=cycle, until=service.last_day):
        share = share_of_period(piece.part, piece.whole, recurrence=recurrence, count=count)
        part, whole = part * share.whole + share.part * whole, whole * share.whole
        common = gcd(part, whole)
        part, whole = part // common, whole // common
    return Share(part * recurrence.count, whole)


def term_end(start: date, months: int, *, anchor: date | None = None) -> date:
    """The first day after a term of months; where a short month clipped the start, the day of the anchor comes back.

    A term of a month from 28 February is over on 31 March when its contract began on a 31st.
    """
    day = anchor.day if anchor is not None and clipped(start.year, start.month, anchor.day) == start else start.day
    return add_months(start, months, day=day)
