from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.periods import add_months, clipped, days_in_month, months_between
from engine.periods.problem import PeriodError


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 2, "2023-03-31"),
        ("2023-03-31", -1, "2023-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2023-12-15", 1, "2024-01-15"),
        ("2023-01-15", -1, "2022-12-15"),
    ],
)
def test_adding_months_clips_to_the_month(start, months, end) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_an_anchor_day_survives_a_short_month() -> None:
    assert add_months(date(2023, 2, 28), 1, day=31) == date(2023, 3, 31)


@pytest.mark.parametrize("month", [0, 12 * 9999 + 1])
def test_outside_the_calendar_is_refused(month) -> None:
    with pytest.raises(PeriodError, match="PER004"):
        clipped(0 if month == 0 else 1, month, 1)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_month_lengths_agree_with_the_calendar(year, month) -> None:
    assert days_in_month(year, month) == calendar.monthrange(year, month)[1]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_whole_months_fit_and_one_more_does_not(start, end) -> None:
    start, end = min(start, end), max(start, end)
    months = months_between(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)
    assert months_between(end, start) == -months


@pytest.mark.parametrize("year", [1600, 1700, 1900, 2000, 2023, 2024, 2100, 2400])
def test_months_are_as_long_as_the_calendar_says(year: int) -> None:
    for month in range(1, 13):
        assert days_in_month(year, month) == calendar.monthrange(year, month)[1]
