from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.periods import Period, PeriodError


def period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


periods = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.dates(date(2024, 1, 1), date(2024, 3, 1)),
    st.integers(1, 40),
)


def test_the_start_counts_and_the_end_does_not() -> None:
    june = period("2024-06-01", "2024-07-01")
    assert june.days == 30
    assert june.last_day == date(2024, 6, 30)
    assert date(2024, 6, 1) in june
    assert date(2024, 7, 1) not in june
    assert Period.through(date(2024, 6, 1), date(2024, 6, 30)) == june
    assert str(june) == "2024-06-01/2024-07-01"


@pytest.mark.parametrize("end", ["2024-06-01", "2024-05-31"])
def test_a_period_has_a_day(end) -> None:
    with pytest.raises(PeriodError, match="PER001") as caught:
        period("2024-06-01", end)
    assert caught.value.fault("lines[0].period").field == "lines[0].period"


@given(periods, periods)
def test_overlap_and_rest_are_the_days_of_the_sets(left, right) -> None:
    def days(*some: Period | None) -> set[date]:
        return {each.start + timedelta(days=n) for each in some if each for n in range(each.days)}

    assert days(left.overlap(right)) == days(left) & days(right)
    assert days(*left.without(right)) == days(left) - days(right)
    assert left.overlaps(right) == bool(days(left) & days(right))
    assert left.covers(right) == (days(right) <= days(left))
    assert days(left.until(right.start)) == {day for day in days(left) if day < right.start}
    assert days(left.since(right.start)) == {day for day in days(left) if day >= right.start}
