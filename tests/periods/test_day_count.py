from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.periods import (
    MONTHLY,
    YEARLY,
    DayCount,
    Period,
    PeriodError,
    Recurrence,
    Unit,
    add_months,
    days_30_360,
    month_share,
    share_of_instants,
    share_of_period,
)


def period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("part", "whole", "recurrence", "count", "share"),
    [
        (("2011-02-01", "2011-02-13"), ("2011-01-13", "2011-02-13"), MONTHLY, DayCount.DAILY, (12, 31)),
        (("2012-01-17", "2012-03-04"), ("2012-01-17", "2013-01-17"), YEARLY, DayCount.DAILY, (47, 366)),
        (("2023-06-15", "2023-06-23"), ("2023-05-23", "2023-06-23"), MONTHLY, DayCount.FIXED_30, (8, 30)),
        (("2023-05-23", "2023-06-15"), ("2023-05-15", "2023-06-15"), MONTHLY, DayCount.FIXED_30, (22, 30)),
        (("2024-02-23", "2024-03-15"), ("2024-02-15", "2024-03-15"), MONTHLY, DayCount.FIXED_30, (22, 30)),
        (("2021-01-27", "2021-02-01"), ("2021-01-01", "2021-02-01"), MONTHLY, DayCount.THIRTY_360, (4, 30)),
        (("2021-01-01", "2021-03-01"), ("2021-01-01", "2022-01-01"), YEARLY, DayCount.THIRTY_360, (60, 360)),
        (("2021-01-27", "2021-02-01"), ("2021-01-01", "2021-02-01"), MONTHLY, DayCount.ACTUAL_360, (5, 30)),
        (("2021-01-27", "2021-02-01"), ("2021-01-01", "2021-02-01"), MONTHLY, DayCount.SECONDS, (5, 31)),
        (("2021-02-01", "2021-03-01"), ("2021-02-01", "2021-03-01"), MONTHLY, DayCount.ACTUAL_360, (1, 1)),
        # 5 days of a month of 365/12 days
        (("2021-01-27", "2021-02-01"), ("2021-01-01", "2021-02-01"), MONTHLY, DayCount.ACTUAL_365, (60, 365)),
        # 59 days of twelve such months
        (("2021-01-01", "2021-03-01"), ("2021-01-01", "2022-01-01"), YEARLY, DayCount.ACTUAL_365, (708, 4380)),
        # a start on the 31st is day 30; an end on the 31st follows day 30: days 20 to 30
        (("2021-01-31", "2021-02-10"), ("2021-01-31", "2022-01-31"), YEARLY, DayCount.THIRTY_360, (10, 360)),
        (("2021-01-20", "2021-01-31"), ("2021-01-20", "2022-01-20"), YEARLY, DayCount.THIRTY_360, (11, 360)),
        (
            ("2021-02-01", "2021-02-03"),
            ("2021-02-01", "2021-02-08"),
            Recurrence(7, Unit.DAY),
            DayCount.THIRTY_360,
            (2, 7),
        ),
    ],
)
def test_shares(part, whole, recurrence, count, share) -> None:
    assert share_of_period(period(*part), period(*whole), recurrence=recurrence, count=count) == share


@pytest.mark.parametrize(
    ("start", "end", "count", "share"),
    [
        ("2021-01-27", "2021-02-01", DayCount.DAILY, (5, 31)),
        ("2020-02-01", "2020-03-01", DayCount.DAILY, (29, 29)),
        ("2021-01-15", "2021-03-20", DayCount.DAILY, (67, 31)),  # two months to 15 March, then 5 of its 31 days
        # a month to 15 March, then 5 of its 31 days; two whole months, as long as the first one
        ("2021-02-15", "2021-03-20", DayCount.DAILY, (36, 31)),
        ("2021-02-01", "2021-04-01", DayCount.DAILY, (56, 28)),
        ("2020-02-01", "2020-03-01", DayCount.THIRTY_360, (30, 30)),
        ("2020-02-01", "2020-03-01", DayCount.ACTUAL_360, (29, 30)),
        ("2020-02-01", "2020-03-01", DayCount.ACTUAL_365, (29 * 12, 365)),
        ("2024-02-23", "2024-03-15", DayCount.FIXED_30, (22, 30)),
        ("2023-05-10", "2023-05-20", DayCount.FIXED_30, (10, 30)),
    ],
)
def test_shares_of_a_month(start, end, count, share) -> None:
    assert month_share(period(start, end), count) == share


def test_instants_are_counted_to_the_second() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    share = share_of_instants(
        at("2023-02-15T12:00:00"),
        at("2023-03-01T00:00:00"),
        whole_start=at("2023-02-01T00:00:00"),
        whole_end=at("2023-03-01T00:00:00"),
    )
    assert share == (13 * 86400 + 43200, 28 * 86400)
    fine = share_of_instants(
        at("2023-01-01T00:00:00.5"),
        at("2023-01-01T00:00:01"),
        whole_start=at("2023-01-01T00:00:00"),
        whole_end=at("2023-01-01T00:00:02"),
    )
    assert fine == (500_000, 2_000_000)


def test_time_does_not_run_backwards() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(PeriodError, match="PER001"):
        share_of_instants(now, now, whole_start=now, whole_end=now)
    with pytest.raises(PeriodError, match="PER001"):
        share_of_instants(now, now - timedelta(1), whole_start=now, whole_end=now + timedelta(1))


@given(st.dates(date(2019, 1, 1), date(2025, 1, 1)), st.integers(1, 60))
def test_a_month_of_thirty_days_has_thirty_days(start, months) -> None:
    first = start.replace(day=1)

    assert days_30_360(Period(first, add_months(first, months))) == 30 * months
