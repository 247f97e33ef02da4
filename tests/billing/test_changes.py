"""Chains of contract changes: whenever the runs happen, each served day is billed once and no other day is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillLine, LineKind, missing_lines
from engine.catalog import BillingTiming, ChargePeriod
from engine.contracts import Contract, ContractChange, ContractTerms, LineEnd, change, lines_in_force
from engine.diagnostics import Decision
from engine.money import Money, total
from engine.periods import DayCount, PartMonths, Period
from tests.contracts.build import EUR, contract, recurring

AT = datetime(2024, 1, 1, tzinfo=UTC)
FAR = date(2032, 1, 1)


def story(
    start: date, gaps: Sequence[int], period: ChargePeriod, timing: BillingTiming, terms: ContractTerms
) -> list[Contract]:
    """The contract at first, and after each change: a line ends and one with another price begins."""
    end = start + timedelta(days=1500)
    first = recurring("v0", "31.00", str(start), str(end), period=period, timing=timing)
    stages = [contract(first, start=str(start), terms=terms)]
    day = start
    for number, gap in enumerate(gaps, 1):
        day += timedelta(days=gap)
        if day >= end:
            break
        fresh = recurring(f"v{number}", f"{31 + 10 * number}.00", str(day), str(end), period=period, timing=timing)
        proposed = ContractChange(0, day, "", "rep", AT, (LineEnd(f"v{number - 1}", day),), (fresh,))
        outcome = change(stages[-1], proposed)
        assert isinstance(outcome, Decision), outcome
        stages.append(outcome.value)
    return stages


def covered(lines: Sequence[BillLine]) -> Counter[date]:
    """How often each day is billed, less how often it was credited."""
    days: Counter[date] = Counter()
    for each in lines:
        assert each.service is not None
        sign = -1 if each.kind is LineKind.CREDIT else 1
        for number in range(each.service.days):
            days[each.service.start + timedelta(days=number)] += sign
    return +days


stories = st.builds(
    story,
    st.dates(date(2023, 1, 1), date(2025, 3, 31)),
    st.lists(st.integers(0, 300), max_size=4),
    st.sampled_from(ChargePeriod),
    st.sampled_from(BillingTiming),
    st.builds(
        ContractTerms,
        bill_day=st.integers(0, 31),
        day_count=st.sampled_from(DayCount),
        part_months=st.sampled_from(PartMonths),
    ),
)


@given(stories, st.data())
def test_each_served_day_is_billed_once_whenever_the_runs_happen(stages, data) -> None:
    lines: tuple[BillLine, ...] = ()
    start = stages[0].start
    for stage in stages:
        known = stage.changes[-1].effective if stage.changes else start
        late = data.draw(st.integers(0, 200))
        lines = (*lines, *missing_lines(stage, (), (), lines, known + timedelta(days=late)))
    agreed = stages[-1]
    lines = (*lines, *missing_lines(agreed, (), (), lines, FAR))
    assert missing_lines(agreed, (), (), lines, FAR) == ()
    for state in lines_in_force(agreed):
        own = [each for each in lines if each.subscription == state.line.id]
        wanted: Counter[date] = Counter()
        if not state.was_taken_back:
            assert state.end is not None
            service = Period(state.line.start, state.end)
            wanted.update(service.start + timedelta(days=each) for each in range(service.days))
        # where a part of a month counts as a month, the days of a month that was begun are not credited
        if agreed.terms.part_months is PartMonths.WHOLE:
            assert covered(own) >= wanted
        else:
            assert covered(own) == wanted
        for charge in [each for each in own if each.kind is LineKind.RECURRING]:
            left = total((each.amount for each in own if charge.id in (each.id, each.credits)), EUR)
            assert Money.zero(EUR) <= left <= charge.amount


@given(stories)
def test_a_change_and_its_reversal_on_the_same_day_cancel(stages) -> None:
    agreed = stages[0]
    day = agreed.start + timedelta(days=45)
    lines = missing_lines(agreed, (), (), (), day)
    twice = replace(agreed.lines[0], id="again", start=day)
    outcome = change(agreed, ContractChange(0, day, "", "rep", AT, (LineEnd("v0", day),), (twice,)))
    assert isinstance(outcome, Decision)
    back = change(outcome.value, ContractChange(0, day, "", "rep", AT, (LineEnd("again", day),)))
    assert isinstance(back, Decision)
    whole = missing_lines(outcome.value, (), (), lines, day)
    after = missing_lines(back.value, (), (), (*lines, *whole), day)
    again = [each for each in (*whole, *after) if each.subscription == "again"]
    assert total((each.amount for each in again), EUR).is_zero
