from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.periods import MONTHLY, Cycle, Period, Piece, Recurrence, Unit, cut


def test_a_service_is_cut_into_a_leading_part_whole_periods_and_a_trailing_part() -> None:
    cycle = Cycle.on_day(date(2011, 1, 1), MONTHLY, 15)
    pieces = tuple(cut(date(2011, 1, 1), date(2011, 2, 27), cycle=cycle, until=date(2011, 12, 31)))
    assert pieces == (
        Piece(Period(date(2011, 1, 1), date(2011, 1, 15)), Period(date(2010, 12, 15), date(2011, 1, 15))),
        Piece(Period(date(2011, 1, 15), date(2011, 2, 15)), Period(date(2011, 1, 15), date(2011, 2, 15))),
        Piece(Period(date(2011, 2, 15), date(2011, 2, 27)), Period(date(2011, 2, 15), date(2011, 3, 15))),
    )
    assert [each.is_whole for each in pieces] == [False, True, False]


def test_the_trailing_period_keeps_the_anchor_after_a_short_month() -> None:
    cycle = Cycle.on_day(date(2011, 1, 31), MONTHLY, 31)
    *_, last = cut(date(2011, 1, 31), date(2011, 3, 10), cycle=cycle, until=date(2011, 12, 31))
    assert last.whole == Period(date(2011, 2, 28), date(2011, 3, 31))


def test_a_service_that_ends_before_the_first_bill_day_has_one_part() -> None:
    cycle = Cycle.on_day(date(2011, 2, 1), MONTHLY, 15)
    assert tuple(cut(date(2011, 2, 1), date(2011, 2, 5), cycle=cycle, until=date(2011, 12, 31))) == (
        Piece(Period(date(2011, 2, 1), date(2011, 2, 5)), Period(date(2011, 1, 15), date(2011, 2, 15))),
    )


def test_nothing_before_the_start() -> None:
    cycle = Cycle.anchored(date(2024, 5, 1), MONTHLY)
    assert tuple(cut(date(2024, 5, 1), None, cycle=cycle, until=date(2024, 4, 30))) == ()


@given(
    st.dates(date(2019, 1, 1), date(2025, 1, 1)),
    st.integers(1, 900),
    st.one_of(st.sampled_from([1, 3, 12]).map(Recurrence), st.integers(5, 40).map(lambda n: Recurrence(n, Unit.DAY))),
    st.integers(1, 31),
)
def test_the_pieces_tile_the_service(start, days, recurrence, bill_day) -> None:
    service = Period(start, start + timedelta(days=days))
    pieces = tuple(cut(service.start, service.end, cycle=Cycle.on_day(start, recurrence, bill_day), until=service.end))
    assert pieces[0].part.start == service.start
    assert pieces[-1].part.end == service.end
    assert all(left.part.end == right.part.start for left, right in zip(pieces, pieces[1:], strict=False))
    assert all(each.whole.covers(each.part) for each in pieces)
    assert all(each.is_whole for each in pieces[1:-1])
