from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.periods import MONTHLY, QUARTERLY, YEARLY, Cycle, Period, PeriodError, Recurrence, Unit


def dates(*texts: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


@pytest.mark.parametrize(
    ("anchor", "recurrence", "expected"),
    [
        ("2023-01-31", MONTHLY, ("2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30")),
        ("2024-01-31", MONTHLY, ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")),
        ("2023-02-28", MONTHLY, ("2023-02-28", "2023-03-28", "2023-04-28", "2023-05-28")),
        ("2022-12-31", QUARTERLY, ("2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30")),
        ("2020-02-29", YEARLY, ("2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28")),
        ("2024-02-26", Recurrence(7, Unit.DAY), ("2024-02-26", "2024-03-04", "2024-03-11", "2024-03-18")),
    ],
)
def test_the_anchor_is_kept_and_clipped_in_each_month(anchor, recurrence, expected) -> None:
    cycle = Cycle.anchored(date.fromisoformat(anchor), recurrence)
    assert tuple(cycle.boundary(index) for index in range(4)) == dates(*expected)


def test_a_yearly_leap_day_comes_back_in_the_next_leap_year() -> None:
    assert Cycle.anchored(date(2020, 2, 29), YEARLY).boundary(4) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("start", "recurrence", "day", "first"),
    [
        ("2011-02-14", MONTHLY, 31, "2011-02-28"),
        ("2011-02-10", QUARTERLY, 10, "2011-02-10"),
        ("2011-01-31", YEARLY, 15, "2012-01-15"),
        ("2011-02-14", QUARTERLY, 13, "2011-05-13"),
        ("2011-01-30", MONTHLY, 29, "2011-02-28"),
    ],
)
def test_a_bill_day_is_taken_in_the_month_of_the_start_or_one_recurrence_later(start, recurrence, day, first) -> None:
    assert Cycle.on_day(date.fromisoformat(start), recurrence, day).first == date.fromisoformat(first)


def test_a_weekly_cycle_has_no_bill_day() -> None:
    assert Cycle.on_day(date(2024, 5, 3), Recurrence(7, Unit.DAY), 15).first == date(2024, 5, 3)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_bill_day_exists(day) -> None:
    with pytest.raises(PeriodError, match="PER003"):
        Cycle.on_day(date(2024, 5, 3), MONTHLY, day)


cycles = st.builds(
    Cycle.on_day,
    st.dates(date(2019, 1, 1), date(2025, 1, 1)),
    st.one_of(
        st.sampled_from([1, 2, 3, 6, 12, 24]).map(Recurrence), st.integers(1, 40).map(lambda n: Recurrence(n, Unit.DAY))
    ),
    st.integers(1, 31),
)


@given(cycles, st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_periods_tile_the_calendar(cycle, day) -> None:
    around = cycle.around(day)
    assert day in around
    index = cycle.index_around(day)
    assert cycle.period(index + 1).start == around.end
    assert cycle.period(index - 1).end == around.start
    assert cycle.next_boundary(day) in {around.start, around.end}
    assert cycle.next_boundary(day) >= day


@given(cycles, st.dates(date(2018, 1, 1), date(2022, 1, 1)), st.integers(1, 500))
def test_boundaries_within_are_those_that_a_walk_finds(cycle, start, days) -> None:
    within = Period(start, start + timedelta(days=days))
    walked = tuple(day for day in (start + timedelta(days=n) for n in range(days)) if cycle.around(day).start == day)
    assert cycle.boundaries(within) == walked


def test_a_leading_part_is_measured_from_the_date_itself() -> None:
    cycle = Cycle.on_day(date(2011, 2, 14), MONTHLY, 31)
    assert cycle.leading(date(2011, 2, 28)) == Period(date(2011, 1, 28), date(2011, 2, 28))
    weekly = Cycle.anchored(date(2024, 5, 6), Recurrence(7, Unit.DAY))
    assert weekly.leading(date(2024, 5, 6)) == Period(date(2024, 4, 29), date(2024, 5, 6))
