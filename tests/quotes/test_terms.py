"""For how long a line is charged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.catalog import BillingTiming, Catalog, Charge, ChargeKind, ChargePeriod, LineId, Sku
from engine.money import Money, currency
from engine.quotes.evaluation import PricedQuote, evaluate
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.quotes.terms import is_by_the_day
from tests.quotes.offers import parts, product

DAILY = Charge(ChargeKind.RECURRING, ChargePeriod.DAY, BillingTiming.ADVANCE)
WEEKLY = Charge(ChargeKind.RECURRING, ChargePeriod.WEEK, BillingTiming.ADVANCE)


def priced(charge: Charge, *, months: int | None, start: str, end: str = "") -> PricedQuote:
    """Two seats at 10.00 a charge period, 20.00 together."""
    book = replace(parts(), catalog=Catalog({Sku("SEAT"): product("SEAT", charge=charge)}, {}, {}))
    line = RequestedLine(LineId("l1"), "SEAT", Decimal(2), end=date.fromisoformat(end) if end else None)
    request = QuoteRequest(date(2026, 1, 1), "EUR", (line,), term_months=months, start=date.fromisoformat(start))
    found = evaluate(request, book)
    assert isinstance(found, PricedQuote), found
    return found


def eur(text: str) -> Money:
    return Money.exactly(Decimal(text), currency("EUR"))


@pytest.mark.parametrize(
    ("charge", "months", "start", "end", "tcv"),
    [
        (DAILY, 1, "2026-02-01", "", "560.00"),  # 28 days at 20.00
        (DAILY, 1, "2026-01-01", "", "620.00"),  # 31 days
        (DAILY, 12, "2026-01-01", "", "7300.00"),  # 365 days
        (DAILY, 12, "2028-01-01", "", "7320.00"),  # 366 days
        (DAILY, None, "2026-01-01", "2026-01-11", "200.00"),  # 10 days
        (DAILY, None, "2026-01-01", "", "20.00"),  # one period where nothing is said
        (WEEKLY, 1, "2026-02-01", "", "80.00"),  # 28 days are 4 weeks
        (WEEKLY, 1, "2026-01-01", "", "88.57"),  # 31 days are 4 weeks and 3/7: 80 + 20 x 3/7 = 88.571
        (WEEKLY, None, "2026-01-01", "", "20.00"),
    ],
)
def test_charges_by_the_day_are_for_the_days_that_there_are(
    charge: Charge, months: int | None, start: str, end: str, tcv: str
) -> None:
    assert priced(charge, months=months, start=start, end=end).priced.totals.tcv == eur(tcv)


def test_what_a_day_costs_is_365_times_that_in_a_year() -> None:
    totals = priced(DAILY, months=24, start="2026-01-01").priced.totals
    # 20 x 365 / 12 = 608.333 a month, 7300 a year
    assert (totals.mrr, totals.arr, totals.acv) == (eur("608.33"), eur("7300.00"), eur("7300.00"))
    assert totals.recurring == ((-1, eur("20.00")),)
    weeks = priced(WEEKLY, months=24, start="2026-01-01").priced.totals
    # 20 x 365 / 84 = 86.9047 a month, 20 x 365 / 7 = 1042.857 a year
    assert (weeks.mrr, weeks.arr, weeks.acv) == (eur("86.90"), eur("1042.86"), eur("1042.86"))


def test_only_days_and_weeks_are_periods_of_days() -> None:
    assert [each.name for each in ChargePeriod if is_by_the_day(Charge(ChargeKind.RECURRING, each))] == ["DAY", "WEEK"]
    assert not is_by_the_day(Charge())
