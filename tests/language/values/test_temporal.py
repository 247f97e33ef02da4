"""Dates, times, durations and their texts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.values.duration import DAY, SECOND, DaysDuration, MonthsDuration, read_duration
from engine.language.values.fault import UndefinedError
from engine.language.values.kind import from_python
from engine.language.values.property import property_of, weekday
from engine.language.values.reading import read_at_literal, read_date, read_date_time, read_time
from engine.language.values.temporal import (
    DateTime,
    FarDate,
    Time,
    add_days,
    add_months,
    date_of,
    date_text,
    from_datetime,
    from_instant,
    ordinal,
    shift,
)
from engine.language.values.zone import check_zone, offset_at_instant, offset_at_local, offset_text, standard_offset


@given(st.dates())
def test_days_are_counted_as_the_library_counts_them(day: date) -> None:
    assert ordinal(day) == day.toordinal() - date(1970, 1, 1).toordinal()
    assert date_of(ordinal(day)) == day
    assert weekday(day) == day.isoweekday()


@given(st.integers(-300_000_000_000, 300_000_000_000))
def test_any_day_number_is_a_date(number: int) -> None:
    assert ordinal(date_of(number)) == number
    assert read_date(date_text(date_of(number))) == date_of(number)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives(moment: datetime) -> None:
    found = from_datetime(moment)
    assert from_instant(found.instant, 0) == found
    assert read_date_time(str(found)) == found


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001 # a local time
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(-(10**17), 10**17),
)
def test_moving_along_the_time_line_and_back(local: datetime, zone: str, length: int) -> None:
    start = from_instant(from_datetime(local).instant, check_zone(zone))
    moved = shift(start, DaysDuration(length))
    assert moved.instant - start.instant == length
    assert shift(moved, DaysDuration(-length)) == start


@given(st.integers(-(10**20), 10**20))
def test_days_durations_are_read_as_written(length: int) -> None:
    duration = DaysDuration(length)
    assert read_duration(str(duration)) == duration


@given(st.integers(-(10**9), 10**9).filter(bool))
def test_months_durations_are_read_as_written(months: int) -> None:
    assert read_duration(str(MonthsDuration(months))) == MonthsDuration(months)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("P1DT24H", "P2D"),
        ("PT1000M", "PT16H40M"),
        ("-PT0.5S", "-PT0.5S"),
        ("P0D", "PT0S"),
        ("P0Y", "P0M"),
        ("P14M", "P1Y2M"),
        ("-P400D", "-P400D"),
    ],
)
def test_durations_are_written_in_their_largest_parts(text: str, written: str) -> None:
    assert str(read_duration(text)) == written


@pytest.mark.parametrize("text", "|P|PT|P1|1D|P1DT|P1Y1D|P1H|PT1D|P-1D|PT1.S|p1d|P1D ".split("|"))
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UndefinedError):
        read_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-3-01",
        "998-12-31",
        "01211-12-31",
        "+2012-12-02",
        "2017-13-10",
        "2017-02-29",
        "9999999999-12-27",
        "2026-03-01Z",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(UndefinedError):
        read_date(text)


@pytest.mark.parametrize(
    "text", ["24:00:00", "7:00:00", "07:1:00", "00:00:60", "10:00:00+19:00", "10:00:00+2", "10:00:00@No/Where", "10:00"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UndefinedError):
        read_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "-2026-03-01",
        "999999999-12-31",
        "10:30:00",
        "10:30:00.123456789",
        "10:30:00Z",
        "10:30:00-02:45:55",
        "10:30:00@Europe/Paris",
        "2026-03-01T10:30:00",
        "-999999999-12-31T23:59:59.999999999+02:00",
        "999999999-12-31T23:59:59@Europe/Paris",
        "P1DT2H",
        "-P1Y2M",
    ],
)
def test_a_literal_is_written_as_it_was_read(text: str) -> None:
    value = read_at_literal(text)
    assert (date_text(value) if isinstance(value, (date, FarDate)) else str(value)) == text


def test_months_end_at_the_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_days(date(2026, 1, 1), DaysDuration(-1)) == date(2025, 12, 31)


def test_summer_time_is_known() -> None:
    assert offset_at_local("Europe/Paris", 2026, 7, 1, 0) == 7200
    assert offset_at_local("Europe/Paris", 999_999_999, 12, 31, 0) == 3600
    assert offset_at_instant("Europe/Paris", 2026, 3, 29, 3600) == 7200
    assert standard_offset("Europe/Paris") == 3600
    assert offset_text(-9955) == "-02:45:55"


@pytest.mark.parametrize(
    ("value", "name", "wanted"),
    [
        (date(2026, 11, 23), "weekday", 1),
        (read_date_time("2026-11-23T10:30:01.5+05:00"), "second", Decimal("1.5")),
        (read_date_time("2026-07-01T10:30:01@Europe/Paris"), "time offset", DaysDuration(7200 * SECOND)),
        (read_time("10:30:00@Europe/Paris"), "timezone", "Europe/Paris"),
        (read_time("10:30:00+02:00"), "timezone", None),
        (DaysDuration(-DAY - 3600 * SECOND), "hours", -1),
        (MonthsDuration(-14), "months", -2),
        ({"a": 1}, "a", 1),
        (({"a": 1}, {"b": 2}), "a", (1, None)),
    ],
)
def test_properties(value: object, name: str, wanted: object) -> None:
    assert property_of(value, name) == wanted


def test_a_missing_property_is_named() -> None:
    with pytest.raises(UndefinedError, match="a date has no property `hour`"):
        property_of(date(2026, 1, 1), "hour")


def test_values_of_the_library_become_feel_values() -> None:
    assert from_python(datetime(2026, 1, 1, tzinfo=UTC)) == DateTime(date(2026, 1, 1), Time(0, 0, 0, 0, 0))
    assert from_python(time(1, 2, 3, 4)) == Time(1, 2, 3, 4000)
    assert from_python(timedelta(days=-1, microseconds=1)) == DaysDuration(-DAY + 1000)
    assert from_python({"a": [1, True]}) == {"a": (Decimal(1), True)}
    with pytest.raises(UndefinedError):
        from_python(1.5)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("11:00:00+14:00", True),
        ("11:00:00-14:00", True),
        ("11:00:00+14:01", False),
        ("11:00:00-14:00:01", False),
        ("11:00:00+18:00", False),
    ],
)
def test_an_offset_is_at_most_fourteen_hours(text: str, is_one: bool) -> None:
    """XML Schema part 2, 3.3.7: the time zone lies between -14:00 and 14:00."""
    for read, written in ((read_time, text), (read_date_time, f"2026-03-01T{text}")):
        try:
            read(written)
        except UndefinedError:
            assert not is_one
        else:
            assert is_one
