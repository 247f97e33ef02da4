"""What always holds of missing lines, whatever bill day, day count, charge period, timing, deliveries and runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillLine, LineKind, missing_lines
from engine.catalog import BillingTiming, ChargePeriod
from engine.contracts import BillOn, Contract, ContractTerms, Delivery, cancel, change_bill_day
from engine.diagnostics import Decision
from engine.money import Money, allocate, total
from engine.periods import DayCount, add_months
from tests.billing.lines import AT, FAR, by_line
from tests.contracts.build import EUR, contract, one_time, recurring

starts = st.dates(date(2023, 1, 1), date(2025, 12, 31))


@st.composite
def agreements(draw: st.DrawFn) -> Contract:
    start = draw(starts)
    lines = []
    for number in range(draw(st.integers(1, 3))):
        period = draw(st.sampled_from(ChargePeriod))
        months = draw(st.integers(1, 3 if period.days else 30))
        begin = start + timedelta(days=draw(st.integers(0, 40)))
        cents = draw(st.integers(0, 200_000))
        term_cents = cents * months // period.length
        if period.days:
            term_cents = cents * (add_months(begin, months) - begin).days // period.days
        lines.append(
            replace(
                recurring(f"r{number}", "0.00", str(begin), str(add_months(begin, months)), period=period),
                amount=Money(cents, EUR),
                term_total=Money(term_cents, EUR),
                charge=replace(
                    recurring("x", "1", "2026-01-01", None, period=period).charge,
                    timing=draw(st.sampled_from(BillingTiming)),
                ),
            )
        )
    setup = one_time("setup", "99.99", str(start), quantity="7", bill_on=draw(st.sampled_from(BillOn)))
    terms = ContractTerms(bill_day=draw(st.integers(0, 31)), day_count=draw(st.sampled_from(DayCount)))
    return contract(*lines, setup, start=str(start), terms=terms)


def deliveries_of(agreed: Contract, parts: Sequence[int]) -> list[Delivery]:
    line = agreed.lines[-1]
    sizes = [part.minor_units for part in allocate(Money(7, EUR), list(parts))]
    return [
        Delivery(f"d{at}", line.id, line.start + timedelta(days=9 * at), Decimal(size))
        for at, size in enumerate(sizes)
        if size
    ]


def run(agreed: Contract, handed: Sequence[Delivery], days: Sequence[date]) -> tuple[BillLine, ...]:
    lines: tuple[BillLine, ...] = ()
    for each in days:
        fresh = missing_lines(agreed, handed, (), lines, each)
        lines = (*lines, *fresh)
        assert missing_lines(agreed, handed, (), lines, each) == (), "the second run finds nothing"
    return lines


@given(agreements(), st.lists(st.integers(1, 5), min_size=1, max_size=4), st.lists(st.integers(0, 1500), max_size=4))
def test_at_the_end_of_the_term_the_lines_are_the_quote(agreed, parts, stops) -> None:
    days = sorted(agreed.start + timedelta(days=each) for each in stops)
    lines = run(agreed, deliveries_of(agreed, parts), [*days, FAR])
    sums = by_line(lines)
    for line in agreed.lines:
        wanted = line.amount if line.is_one_time else line.term_total
        assert sums[line.id] == wanted
    assert all(each.kind is not LineKind.CREDIT and each.amount >= Money.zero(EUR) for each in lines)


@given(agreements(), st.lists(st.integers(0, 1000), max_size=4))
def test_a_preview_is_what_later_runs_bill_together(agreed, stops) -> None:
    handed = deliveries_of(agreed, [1])
    days = sorted(agreed.start + timedelta(days=each) for each in stops)
    preview = missing_lines(agreed, handed, (), (), FAR)
    stepped = run(agreed, handed, [*days, FAR])
    key = lambda each: (each.due_on, each.id)  # noqa: E731
    assert sorted(preview, key=key) == sorted(stepped, key=key)


@given(agreements(), st.integers(0, 900), st.integers(0, 900), st.integers(0, 60))
def test_a_cancellation_never_credits_more_than_was_billed(agreed, billed_after, cut_after, late) -> None:
    handed = deliveries_of(agreed, [1])
    lines = run(agreed, handed, [agreed.start + timedelta(days=billed_after)])
    on = agreed.start + timedelta(days=cut_after)
    begun = datetime.combine(agreed.start, time(), UTC)
    outcome = cancel(agreed, on=on, at=begun, by="rep", reason="")
    cut = outcome.value if isinstance(outcome, Decision) else agreed
    for until in (on + timedelta(days=late), FAR):
        lines = (*lines, *missing_lines(cut, handed, (), lines, until))
        assert missing_lines(cut, handed, (), lines, until) == ()
    for charge in [each for each in lines if each.kind is not LineKind.CREDIT]:
        left = charge.amount + total((each.amount for each in lines if each.credits == charge.id), EUR)
        assert Money.zero(EUR) <= left <= charge.amount
    for line in agreed.lines:
        if not line.is_one_time and line.start >= on:
            assert by_line(lines).get(line.id, Money.zero(EUR)).is_zero


@given(
    agreements(),
    st.lists(st.integers(0, 900), max_size=3),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 31)), min_size=1, max_size=3),
)
def test_whenever_the_bill_day_changes_the_lines_are_the_quote_and_nothing_is_billed_twice(
    agreed, stops, turns
) -> None:
    """Also where a change is for days that are billed already: those stay as they are."""
    handed = deliveries_of(agreed, [1])
    lines: tuple[BillLine, ...] = ()
    story = sorted([*((at, None) for at in stops), *turns], key=lambda each: (each[0], each[1] is not None))
    for at, bill_day in story:
        day = agreed.start + timedelta(days=at)
        if bill_day is None:
            lines = (*lines, *missing_lines(agreed, handed, (), lines, day))
            continue
        outcome = change_bill_day(agreed, bill_day, on=day, at=AT, by="rep", reason="")
        agreed = outcome.value if isinstance(outcome, Decision) else agreed
    preview = missing_lines(agreed, handed, (), lines, FAR)
    stepped = (
        run(agreed, handed, [agreed.start + timedelta(days=each) for each in (200, 500, 5000)]) if not lines else ()
    )
    assert not stepped or sorted(stepped, key=lambda each: each.id) == sorted(preview, key=lambda each: each.id)
    lines = (*lines, *preview)
    assert missing_lines(agreed, handed, (), lines, FAR) == ()
    sums = by_line(lines)
    for line in agreed.lines:
        assert sums[line.id] == (line.amount if line.is_one_time else line.term_total)
        served = sorted(each.service for each in lines if each.subscription == line.id and not line.is_one_time)
        assert all(one.end == other.start for one, other in pairwise(served)), "each day once"
