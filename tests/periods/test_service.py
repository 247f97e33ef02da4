"""Months of a service by the periods of a contract; shares worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from engine.periods import MONTHLY, QUARTERLY, YEARLY, DayCount, Period, Recurrence, months_by_periods, term_end


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "anchor", "recurrence", "expected"),
    [
        ("2026-04-11", "2027-03-01", "2026-03-01", MONTHLY, (10 * 3 + 2, 3)),  # 20 of 30 days and ten months
        ("2026-03-01", "2026-06-01", "2026-03-01", MONTHLY, (3, 1)),
        ("2026-02-28", "2026-03-31", "2026-01-31", MONTHLY, (1, 1)),  # a month end keeps its day
        ("2026-04-01", "2026-06-01", "2026-03-01", QUARTERLY, (3 * 61, 92)),  # of the 92 days from March on
        ("2026-09-01", "2027-03-01", "2026-03-01", YEARLY, (12 * 181, 365)),
    ],
)
def test_parts_are_counted_within_their_billing_period(
    start: str, end: str, anchor: str, recurrence: Recurrence, expected: tuple[int, int]
) -> None:
    found = months_by_periods(Period(day(start), day(end)), anchor=day(anchor), recurrence=recurrence)
    assert found.part * expected[1] == expected[0] * found.whole


def test_months_of_thirty_days_count_as_such() -> None:
    service = Period(day("2026-04-16"), day("2026-06-01"))
    found = months_by_periods(service, anchor=day("2026-04-01"), recurrence=MONTHLY, count=DayCount.THIRTY_360)
    assert found.part * 2 == 3 * found.whole


def test_a_term_ends_on_the_day_of_its_anchor() -> None:
    chain = [day("2027-01-31")]
    for _ in range(3):
        chain.append(term_end(chain[-1], 1, anchor=day("2027-01-31")))
    assert [str(each) for each in chain] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert term_end(day("2028-02-29"), 12) == day("2029-02-28")
    assert term_end(day("2029-02-28"), 36, anchor=day("2028-02-29")) == day("2032-02-29")
    assert term_end(day("2027-02-28"), 1, anchor=day("2027-01-15")) == day("2027-03-28")
