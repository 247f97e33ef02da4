from __future__ import annotations

from datetime import date

import pytest

from engine.billing.proration import credit_amount, credit_ratio, period_ratio
from engine.contracts import ContractTerms
from engine.money import HALF_UP, WHOLE, Ratio
from engine.periods import MONTHLY, QUARTERLY, YEARLY, DayCount, PartMonths, Period, Recurrence, Unit
from tests.contracts.build import eur


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


JUNE = days("2023-05-23", "2023-06-23")


@pytest.mark.parametrize(
    ("count", "ratio"),
    [
        (DayCount.DAILY, Ratio(258064516, 10**9)),  # 8 of 31
        (DayCount.FIXED_30, Ratio(266666667, 10**9)),  # 8 of 30
        (DayCount.THIRTY_360, Ratio(8, 30)),
        (DayCount.ACTUAL_360, Ratio(8, 30)),
        (DayCount.ACTUAL_365, Ratio(8 * 12, 365)),
        (DayCount.SECONDS, Ratio(8, 31)),
    ],
)
def test_shares_of_a_period(count: DayCount, ratio: Ratio) -> None:
    assert (
        period_ratio(days("2023-06-15", "2023-06-23"), JUNE, recurrence=MONTHLY, terms=ContractTerms(day_count=count))
        == ratio
    )
    assert period_ratio(JUNE, JUNE, recurrence=MONTHLY, terms=ContractTerms(day_count=count)) == WHOLE


@pytest.mark.parametrize("count", [DayCount.DAILY, DayCount.THIRTY_360, DayCount.SECONDS])
def test_a_credit_counts_the_days_that_were_billed(count: DayCount) -> None:
    billed = days("2023-06-01", "2023-06-23")  # 22 days
    found = credit_ratio(
        days("2023-06-15", "2023-06-23"), billed, whole=JUNE, recurrence=MONTHLY, terms=ContractTerms(day_count=count)
    )
    assert found == (Ratio(8, 22).rounded(9) if count is DayCount.DAILY else Ratio(8, 22))


def test_a_credit_of_all_days_is_all_of_it() -> None:
    assert credit_ratio(JUNE, JUNE, whole=JUNE, recurrence=MONTHLY, terms=ContractTerms()) is WHOLE


def test_a_credit_is_never_more_than_what_is_left() -> None:
    assert credit_amount(eur("10.00"), Ratio(1, 2), left=eur("4.00"), rounding=HALF_UP) == eur("4.00")
    assert credit_amount(eur("10.00"), Ratio(1, 2), left=eur("9.00"), rounding=HALF_UP) == eur("5.00")


WHOLE_MONTHS = ContractTerms(part_months=PartMonths.WHOLE)
YEAR = days("2023-01-15", "2024-01-15")
SHORT = days("2023-02-28", "2023-05-31")  # a quarter of a cycle on day 31


@pytest.mark.parametrize(
    ("part", "whole", "recurrence", "ratio"),
    [
        (days("2023-06-15", "2023-06-23"), JUNE, MONTHLY, Ratio(1, 1)),
        (days("2023-01-15", "2023-02-16"), YEAR, YEARLY, Ratio(2, 12)),
        (days("2023-01-15", "2023-02-15"), YEAR, YEARLY, Ratio(1, 12)),
        (days("2023-04-02", "2024-01-15"), YEAR, YEARLY, Ratio(10, 12)),
        # months end on 31 March and 30 April here
        (days("2023-02-28", "2023-03-31"), SHORT, QUARTERLY, Ratio(1, 3)),
        (days("2023-02-28", "2023-04-29"), SHORT, QUARTERLY, Ratio(2, 3)),
        (days("2023-02-28", "2023-05-01"), SHORT, QUARTERLY, Ratio(3, 3)),
        # a period counted in days has no months
        (days("2023-06-01", "2023-06-04"), days("2023-06-01", "2023-06-11"), Recurrence(10, Unit.DAY), Ratio(3, 10)),
    ],
)
def test_a_part_of_a_month_may_count_as_a_whole_one(
    part: Period, whole: Period, recurrence: Recurrence, ratio: Ratio
) -> None:
    assert period_ratio(part, whole, recurrence=recurrence, terms=WHOLE_MONTHS) == ratio
    assert period_ratio(whole, whole, recurrence=recurrence, terms=WHOLE_MONTHS) == WHOLE


@pytest.mark.parametrize(
    ("unused", "billed", "ratio"),
    [
        (days("2023-03-16", "2024-01-15"), YEAR, Ratio(9, 12)),  # used: three months and a day of them
        (days("2023-03-15", "2024-01-15"), YEAR, Ratio(10, 12)),
        (days("2023-12-20", "2024-01-15"), YEAR, Ratio(0, 12)),
        (days("2023-06-15", "2024-01-15"), days("2023-03-20", "2024-01-15"), Ratio(7, 10)),
    ],
)
def test_where_months_count_whole_only_those_that_nobody_began_are_credited(
    unused: Period, billed: Period, ratio: Ratio
) -> None:
    assert credit_ratio(unused, billed, whole=YEAR, recurrence=YEARLY, terms=WHOLE_MONTHS) == ratio
