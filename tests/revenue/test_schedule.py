"""Schedules add up, stay within half a minor unit of exact, and cut where months end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.money import Money, Ratio, currency, total
from engine.periods import Period
from engine.revenue.policy import ScheduleRounding
from engine.revenue.schedule import (
    Slice,
    at_once,
    by_day,
    by_even_months,
    by_months_first_prorated,
    by_second,
    by_weights,
    service_months,
    spread,
)

EUR = currency("EUR")
periods = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    st.integers(1, 1500),
)
slicers = st.sampled_from([by_day, by_even_months, by_months_first_prorated])


def eur(units: int) -> Money:
    return Money(units, EUR)


def test_a_month_is_recognised_at_its_end_and_the_last_part_when_the_service_ends() -> None:
    lines = spread(eur(3_100), by_day(Period(date(2026, 1, 20), date(2026, 2, 20))), ScheduleRounding.CUMULATIVE)
    assert [(each.month, each.on, each.amount.minor_units) for each in lines] == [
        (date(2026, 1, 1), date(2026, 1, 31), 1_200),
        (date(2026, 2, 1), date(2026, 2, 19), 1_900),
    ]


def test_even_months_from_the_middle_of_a_month_count_months_of_service() -> None:
    """12.00 from 15 January for 3 months: 4.00 each, in the months in which they begin."""
    service = Period(date(2026, 1, 15), date(2026, 4, 15))
    lines = spread(eur(1_200), by_even_months(service), ScheduleRounding.CUMULATIVE)
    assert [(f"{each.month:%m}", each.service.start, each.amount.minor_units) for each in lines] == [
        ("01", date(2026, 1, 15), 400),
        ("02", date(2026, 2, 15), 400),
        ("03", date(2026, 3, 15), 400),
    ]


def test_a_rest_of_a_month_counts_as_a_month() -> None:
    assert service_months(Period(date(2026, 1, 1), date(2026, 3, 2))) == 3
    assert service_months(Period(date(2026, 1, 31), date(2026, 2, 28))) == 1


def test_a_first_month_from_its_first_day_needs_no_rest() -> None:
    assert len(by_months_first_prorated(Period(date(2026, 1, 1), date(2026, 4, 1)))) == 3


def test_each_then_plug_last_leaves_the_difference_in_the_last_period() -> None:
    """10.00 over three months: 3.33, 3.33 and what is left."""
    service = Period(date(2026, 1, 1), date(2026, 4, 1))
    lines = spread(eur(1_000), by_even_months(service), ScheduleRounding.EACH_THEN_PLUG_LAST)
    assert [each.amount.minor_units for each in lines] == [333, 333, 334]


def test_weights_that_add_up_to_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        by_weights([(date(2026, 1, 1), Decimal(0))])


def test_seconds_need_an_end_after_the_start() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="after its start"):
        by_second(noon, noon)


def test_at_once_is_one_day() -> None:
    (only,) = at_once(date(2026, 5, 5))
    assert (only.share, only.on, only.service.days) == (Ratio(1, 1), date(2026, 5, 5), 1)


@settings(max_examples=150, deadline=None)
@given(periods, slicers, st.integers(-(10**9), 10**9), st.sampled_from(ScheduleRounding))
def test_lines_add_up_and_cumulative_rounding_is_never_off_by_more_than_half_a_unit(
    service: Period, slicer: object, units: int, rounding: ScheduleRounding
) -> None:
    slices: tuple[Slice, ...] = slicer(service)  # type: ignore[operator]
    lines = spread(eur(units), slices, rounding)
    assert total((each.amount for each in lines), EUR) == eur(units)
    assert [each.month for each in lines] == sorted({each.month for each in lines})
    assert all(each.month <= each.on for each in lines)
    if rounding is ScheduleRounding.CUMULATIVE:
        so_far, share = 0, Fraction(0)
        for line, part in zip(lines, slices, strict=True):
            so_far += line.amount.minor_units
            share += Fraction(part.share.numerator, part.share.denominator)
            assert abs(so_far - units * share) <= Fraction(1, 2)
            assert units < 0 or line.amount.minor_units >= 0


@settings(max_examples=100, deadline=None)
@given(periods, st.integers(0, 10**9), st.integers(1, 1499))
def test_cutting_a_daily_service_in_two_changes_nothing_that_was_earned_by_then(
    service: Period, units: int, cut: int
) -> None:
    """Reporting in the middle of a month and at its end gives what reporting at its end alone gives."""
    whole = {each.on: each for each in spread(eur(units), by_day(service), ScheduleRounding.CUMULATIVE)}
    day = service.start + timedelta(days=cut % service.days)
    upto = sum(each.amount.minor_units for on, each in whole.items() if on < day)
    exact = Fraction(units * sum(each.service.days for on, each in whole.items() if on < day), service.days)
    assert abs(upto - exact) <= Fraction(1, 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 90_000_000), st.integers(1, 90_000_000), st.integers(0, 10**8))
def test_whole_days_by_the_second_are_the_days(offset: int, seconds: int, units: int) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=offset)
    slices = by_second(start, start + timedelta(seconds=seconds))
    assert sum(Fraction(each.share.numerator, each.share.denominator) for each in slices) == 1
    midnight = start.replace(hour=0, minute=0, second=0)
    days = max(seconds // 86_400, 1)
    by_days = spread(
        eur(units), by_day(Period(midnight.date(), midnight.date() + timedelta(days=days))), ScheduleRounding.CUMULATIVE
    )
    by_seconds = spread(eur(units), by_second(midnight, midnight + timedelta(days=days)), ScheduleRounding.CUMULATIVE)
    assert [(each.month, each.amount) for each in by_days] == [(each.month, each.amount) for each in by_seconds]
