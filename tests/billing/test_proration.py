from __future__ import annotations

from datetime import date

import pytest

from engine.billing.proration import credit_amount, credit_ratio, period_ratio
from engine.money import HALF_UP, WHOLE, Ratio
from engine.periods import MONTHLY, DayCount, Period
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
        (DayCount.SECONDS, Ratio(8, 31)),
    ],
)
def test_shares_of_a_period(count: DayCount, ratio: Ratio) -> None:
    assert period_ratio(days("2023-06-15", "2023-06-23"), JUNE, recurrence=MONTHLY, count=count) == ratio
    assert period_ratio(JUNE, JUNE, recurrence=MONTHLY, count=count) == WHOLE


@pytest.mark.parametrize("count", [DayCount.DAILY, DayCount.THIRTY_360, DayCount.SECONDS])
def test_a_credit_counts_the_days_that_were_billed(count: DayCount) -> None:
    billed = days("2023-06-01", "2023-06-23")  # 22 days
    found = credit_ratio(days("2023-06-15", "2023-06-23"), billed, whole=JUNE, recurrence=MONTHLY, count=count)
    assert found == (Ratio(8, 22).rounded(9) if count is DayCount.DAILY else Ratio(8, 22))


def test_a_credit_of_all_days_is_all_of_it() -> None:
    assert credit_ratio(JUNE, JUNE, whole=JUNE, recurrence=MONTHLY, count=DayCount.DAILY) is WHOLE


def test_a_credit_is_never_more_than_what_is_left() -> None:
    assert credit_amount(eur("10.00"), Ratio(1, 2), left=eur("4.00"), rounding=HALF_UP) == eur("4.00")
    assert credit_amount(eur("10.00"), Ratio(1, 2), left=eur("9.00"), rounding=HALF_UP) == eur("5.00")
