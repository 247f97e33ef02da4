"""For how long a line is charged: its months, and for charges by the day the days that there are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from engine.catalog import Charge, ChargeKind
from engine.money import Ratio
from engine.periods import DayCount, PartMonths, Period, month_share, months_between, months_by_periods, term_end
from engine.pricing import PricePlan
from engine.pricing.request import RequestLine
from engine.quotes.request import QuoteRequest, RequestedLine


def is_by_the_day(charge: Charge) -> bool:
    """Whether a charge period is counted in days, whatever the month."""
    return charge.period is not None and charge.period.days > 0


def term_of(line: RequestedLine, charge: Charge, request: QuoteRequest) -> Decimal | None:
    """The months of a recurring or usage charge: the line's own term, else the quote's, else one charge period."""
    if charge.kind is ChargeKind.ONE_TIME:
        return None
    months = line.term_months or request.term_months
    if months is None:
        months = charge.period.length if charge.period is not None and not is_by_the_day(charge) else 1
    return Decimal(months)


def service_of(line: RequestedLine, charge: Charge, request: QuoteRequest) -> Period:
    """The days of a line that has an end, or whose charge is by the day; a single charge period without any term."""
    start, period = line.start or request.start or request.date, charge.period
    months = line.term_months or request.term_months
    if line.end is not None:
        return Period(start, line.end)
    if months is not None:
        return Period(start, term_end(start, months, anchor=line.anchor))
    assert period is not None and period.days, "asked for lines with an end or by the day"
    return Period(start, start + timedelta(days=period.days))


def until_end(line: RequestLine, service: Period, anchor: date | None, plan: PricePlan) -> RequestLine:
    """The line with the months of its service: whole ones, and the part beyond them by the book's count of days.

    Where a contract has its periods already they are counted by those, as its invoices will be. Periods of days are
    counted by the days there are, so that the part may be below zero: February is a month of 28 days.
    """
    rules, period = plan.rules, line.charge.period
    if period is not None and period.days:
        whole = months_between(service.start, service.end)
        return line._replace(term_months=Decimal(whole), term_part=Ratio(12 * service.days - 365 * whole, 365))
    count = rules.day_count if rules.part_months is PartMonths.PRORATED else DayCount.DAILY
    if anchor is not None and period is not None and rules.part_months is PartMonths.PRORATED:
        share = months_by_periods(service, anchor=anchor, recurrence=period.recurrence, count=count)
    else:
        share = month_share(service, count)
    whole, rest = divmod(share.part, share.whole)
    return line._replace(term_months=Decimal(whole), term_part=Ratio(rest, share.whole))
