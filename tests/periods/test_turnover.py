"""Cycles one after the other, and against a slow twin that walks day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.periods import Cycle, Period, Recurrence, Stretch, Turnover

MONTH = Recurrence(1)


def turnover(start: date, day: int, *changes: tuple[date, int], recurrence: Recurrence = MONTH) -> Turnover:
    found = Turnover((Stretch(start, Cycle.on_day(start, recurrence, day), start),))
    for on, wanted in changes:
        found = found.changed(on, Cycle.on_day(found.turns_after(on), recurrence, wanted))
    return found


def shown(found: Turnover, start: date, end: date | None, until: date) -> list[tuple[str, str]]:
    return [(str(each.part), str(each.whole)) for each in found.pieces(start, end, until=until)]


def test_the_running_period_ends_as_agreed_and_a_short_one_leads_to_the_new_day() -> None:
    found = turnover(date(2026, 1, 1), 1, (date(2026, 2, 10), 15))
    assert shown(found, date(2026, 1, 1), None, date(2026, 4, 1)) == [
        ("2026-01-01/2026-02-01", "2026-01-01/2026-02-01"),
        ("2026-02-01/2026-03-01", "2026-02-01/2026-03-01"),
        ("2026-03-01/2026-03-15", "2026-02-15/2026-03-15"),
        ("2026-03-15/2026-04-15", "2026-03-15/2026-04-15"),
    ]


def test_the_short_period_is_billed_on_the_new_day_before_it() -> None:
    found = turnover(date(2026, 1, 1), 1, (date(2026, 2, 10), 15))
    pieces = list(found.pieces(date(2026, 1, 1), None, until=date(2026, 2, 15)))
    # 15 February is the first new day since the change: from then on the customer has paid up to 15 March.
    assert [str(each.part) for each in pieces][-1] == "2026-03-01/2026-03-15"
    assert [str(found.advance_day(each)) for each in pieces] == ["2026-01-01", "2026-02-01", "2026-02-15"]
    late = turnover(date(2026, 1, 1), 1, (date(2026, 2, 20), 15))
    (*_, short) = late.pieces(date(2026, 1, 1), None, until=date(2026, 3, 1))
    assert (str(short.part), late.advance_day(short)) == ("2026-03-01/2026-03-15", date(2026, 3, 1))


def test_a_change_on_a_boundary_turns_there_and_one_that_is_overtaken_leaves_nothing() -> None:
    found = turnover(date(2026, 1, 1), 1, (date(2026, 2, 1), 10))
    assert [str(each.since) for each in found.stretches] == ["2026-01-01", "2026-02-01"]
    twice = turnover(date(2026, 1, 1), 1, (date(2026, 2, 5), 10), (date(2026, 2, 20), 20))
    assert [(str(each.since), each.cycle.day) for each in twice.stretches] == [("2026-01-01", 1), ("2026-03-01", 20)]


starts = st.dates(date(2024, 1, 1), date(2025, 12, 31))
days = st.integers(1, 31)
wishes = st.lists(st.tuples(st.integers(0, 400), days), max_size=3).map(lambda found: sorted(found))


def by_day(found: Turnover, start: date, end: date) -> list[str]:
    """The slow twin: a period ends on a boundary of the cycle in force, or where another takes over."""
    cuts = [start]
    day = start + timedelta(days=1)
    while day < end:
        stretch = [each for each in found.stretches if each.since <= day][-1]
        on_boundary = stretch.cycle.around(day).start == day
        if on_boundary or stretch.since == day:
            cuts.append(day)
        day += timedelta(days=1)
    return [str(Period(a, b)) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]


@given(starts, days, wishes, st.sampled_from([1, 3, 12]), st.integers(1, 900))
def test_pieces_are_the_days_between_turns(start, day, changes, months, length) -> None:
    recurrence = Recurrence(months)
    found = turnover(start, day, *((start + timedelta(days=n), on) for n, on in changes), recurrence=recurrence)
    end = start + timedelta(days=length)
    pieces = list(found.pieces(start, end, until=end))
    assert [str(each.part) for each in pieces] == by_day(found, start, end)
    assert all(each.whole.covers(each.part) for each in pieces)
    for each in pieces:
        assert found.open_since(each.part.start) == each.part.start
        assert found.open_since(each.part.end - timedelta(days=1)) == each.part.start
        assert found.whole_around(each.part.start) == each.whole
        assert [*found.pieces(each.part.start, end, until=end)] == pieces[pieces.index(each) :]
        assert each.part.start >= found.advance_day(each) >= start


@given(starts, days, wishes, st.integers(0, 900))
def test_what_is_billed_by_a_day_begins_or_falls_due_by_then(start, day, changes, until) -> None:
    found = turnover(start, day, *((start + timedelta(days=n), on) for n, on in changes))
    end, looked = start + timedelta(days=1000), start + timedelta(days=until)
    every = list(found.pieces(start, end, until=end))
    wanted = [each for each in every if found.advance_day(each) <= looked]
    assert list(found.pieces(start, end, until=looked)) == wanted
