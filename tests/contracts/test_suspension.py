"""Lines that pause and come back; tests of engine.contracts.suspension."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillLine, missing_lines
from engine.contracts import (
    Contract,
    ContractChange,
    ContractTerms,
    LineEnd,
    RenewalKind,
    RenewalTerms,
    Signing,
    SubscriptionLine,
    SuspendedTerm,
    cancel,
    change,
    lines_in_force,
    renewable,
    renewing,
    resume,
    resumed_lines,
    suspend,
    suspended_lines,
    with_released,
)
from engine.diagnostics import Decision, Refusal
from engine.money import total
from tests.contracts.build import EUR, SIGNED, contract, day, eur, one_time, recurring

KEPT, EXTENDED = SuspendedTerm.KEPT, SuspendedTerm.EXTENDED
YEAR = recurring("a", "31.00", "2026-01-01", "2027-01-01", term_total="372.00")


def signing(on: date) -> Signing:
    return Signing(on, SIGNED, "rep", "rebuilding")


def paused(agreed: Contract, on: date, term: SuspendedTerm = KEPT, *lines: str) -> Contract:
    outcome = suspend(agreed, lines, term, signing(on))
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def back(agreed: Contract, on: date, *lines: str) -> Contract:
    found = resumed_lines(agreed, lines, on)
    assert not isinstance(found, Refusal), found
    outcome = resume(agreed, found, signing(on))
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [each.code for each in outcome.faults]


def test_a_line_comes_back_in_the_place_of_the_one_that_paused() -> None:
    agreed = paused(contract(YEAR, one_time("setup", "5.00", "2026-01-01")), day("2026-03-01"))
    assert [(key, str(each.since), each.term) for key, each in suspended_lines(agreed).items()] == [
        ("a", "2026-03-01", KEPT)
    ]
    assert not renewable(agreed), "what pauses does not renew by itself"
    found = back(agreed, day("2026-05-01"))
    (line,) = found.changes[-1].added
    assert (line.id, line.follows, str(line.start), str(line.end)) == ("a.2", "a", "2026-05-01", "2027-01-01")
    assert not suspended_lines(found)
    assert [*renewable(found)] == ["a.2"]
    again = back(paused(found, day("2026-06-01"), EXTENDED), day("2026-06-11"))
    (line,) = again.changes[-1].added
    assert (line.id, str(line.end)) == ("a.3", "2027-01-11"), "ten days later"


def test_parts_pause_and_come_back_with_what_they_are_part_of() -> None:
    part = replace(recurring("disk", "5.00", "2026-01-01", "2027-01-01"), parent="a")
    agreed = paused(contract(YEAR, part), day("2026-03-01"), KEPT, "a")
    assert [*suspended_lines(agreed)] == ["a", "disk"]
    lines = back(agreed, day("2026-04-01")).changes[-1].added
    assert [(each.id, each.parent) for each in lines] == [("a.2", ""), ("disk.2", "a.2")]
    assert codes(suspend(contract(YEAR, part), ["disk"], KEPT, signing(day("2026-03-01")))) == ["CON047"]


def test_every_fault_is_named_at_once() -> None:
    agreed = contract(YEAR, one_time("setup", "5.00", "2026-01-01"), recurring("open", "1.00", "2026-01-01", None))
    on = day("2026-03-01")
    assert codes(suspend(agreed, ["b", "setup", "open"], EXTENDED, signing(on))) == ["CON040", "CON041", "CON042"]
    assert codes(suspend(contract(YEAR), [], KEPT, signing(day("2027-01-01")))) == ["CON043"]
    waiting = paused(agreed, on, KEPT, "a")
    assert codes(resumed_lines(waiting, ["open", "a"], day("2027-01-01"))) == ["CON044", "CON045"]
    assert codes(resumed_lines(waiting, [], day("2026-02-28"))) == ["CON046"]
    assert codes(resumed_lines(agreed, [], on)) == ["CON044"]


def changed(agreed: Contract, on: str, *ended: str, added: tuple[SubscriptionLine, ...] = ()) -> Contract:
    proposed = ContractChange(0, day(on), "", "rep", SIGNED, tuple(LineEnd(each, day(on)) for each in ended), added)
    outcome = change(agreed, proposed)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def test_what_goes_on_as_another_line_pauses_from_there_only() -> None:
    """Else the next one would begin in the middle of the pause, or run beside an extended one: days billed twice."""
    after = replace(recurring("a.2", "40.00", "2026-07-01", "2027-01-01"), follows="a")
    agreed = changed(contract(YEAR), "2026-07-01", "a", added=(after,))
    assert codes(suspend(agreed, [], KEPT, signing(day("2026-05-01")))) == ["CON049"]
    assert [*suspended_lines(paused(agreed, day("2026-07-01")))] == ["a.2"]
    first, second = (recurring(f"r/{n}", "9.00", f"2026-0{n}-01", f"2026-0{n + 1}-01") for n in (1, 2))
    ramp = contract(first, second)
    refused = suspend(ramp, ["r/1"], EXTENDED, signing(day("2026-01-11")))
    assert isinstance(refused, Refusal)
    assert [(each.field, each.code) for each in refused.faults] == [("lines[0]", "CON049")]
    # What was to go on and was taken back does not.
    taken = changed(agreed, "2026-07-01", "a.2")
    assert [*suspended_lines(paused(taken, day("2026-05-01")))] == ["a"]


def test_a_line_that_was_told_to_end_comes_back_to_that_end() -> None:
    told = changed(contract(YEAR), "2026-10-01", "a")
    kept = back(paused(told, day("2026-03-01")), day("2026-05-01")).changes[-1].added[0]
    extended = back(paused(told, day("2026-03-01"), EXTENDED), day("2026-05-01")).changes[-1].added[0]
    # 61 days from 1 March to 1 May
    assert (str(kept.end), str(extended.end)) == ("2026-10-01", "2026-12-01")
    assert codes(resumed_lines(paused(told, day("2026-03-01")), [], day("2026-10-01"))) == ["CON045"]


@pytest.mark.parametrize("term", [KEPT, EXTENDED])
@pytest.mark.parametrize("told", ["2027-01-01", "2026-10-01"])
def test_what_was_told_to_end_does_not_renew_by_itself_after_a_pause(term: SuspendedTerm, told: str) -> None:
    terms = ContractTerms(renewal=RenewalTerms(RenewalKind.AUTOMATIC))
    agreed = contract(YEAR, terms=terms)
    assert [*renewing(back(paused(agreed, day("2026-03-01"), term), day("2026-05-01")))] == ["a.2"]
    found = back(paused(changed(agreed, told, "a"), day("2026-03-01"), term), day("2026-05-01"))
    assert not renewing(found)


def test_a_contract_that_pauses_can_be_terminated_for_good() -> None:
    terms = ContractTerms(notice_days=90)
    for agreed in (contract(YEAR, terms=terms), contract(YEAR, recurring("b", "1.00", "2026-01-01", None))):
        waiting = paused(agreed, day("2026-03-01"), KEPT, "a")
        outcome = cancel(waiting, on=day("2026-05-01"), at=SIGNED, by="rep", reason="closed")
        assert isinstance(outcome, Decision), outcome
        assert not suspended_lines(outcome.value)
        assert codes(resumed_lines(outcome.value, [], day("2026-06-01"))) == ["CON044"]
        assert codes(cancel(outcome.value, on=day("2026-05-01"), at=SIGNED, by="rep", reason="")) == ["CON009"]
    named = cancel(
        paused(contract(YEAR), day("2026-03-01")), on=day("2026-05-01"), at=SIGNED, by="rep", reason="", lines=["a"]
    )
    assert isinstance(named, Decision)
    assert named.value.changes[-1].ended == (LineEnd("a", day("2026-03-01")),), "it served no day since"
    earlier = cancel(paused(contract(YEAR), day("2026-03-01")), on=day("2026-02-01"), at=SIGNED, by="rep", reason="")
    assert isinstance(earlier, Decision)
    assert not suspended_lines(earlier.value)


def test_a_pause_that_is_moved_forward_is_one_pause() -> None:
    later = with_released(paused(contract(YEAR), day("2026-09-01"), EXTENDED), {"a": eur("124.00")})
    sooner = with_released(paused(later, day("2026-05-01"), EXTENDED), {"a": eur("124.00")})
    waiting = suspended_lines(sooner)["a"]
    assert (str(waiting.since), str(waiting.end), waiting.released) == ("2026-05-01", "2027-01-01", eur("248.00"))
    # 31 days from 1 May to 1 June
    assert str(back(sooner, day("2026-06-01")).changes[-1].added[0].end) == "2027-02-01"


def net_days(lines: tuple[BillLine, ...]) -> set[date]:
    """The days that charges cover and credits do not."""
    days: dict[date, int] = {}
    for each in lines:
        assert each.service is not None
        for n in range(each.service.days):
            on = each.service.start + timedelta(days=n)
            days[on] = days.get(on, 0) + (-1 if each.credits else 1)
    assert set(days.values()) <= {0, 1}
    return {on for on, count in days.items() if count}


@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from([KEPT, EXTENDED]),
)
def test_what_is_billed_is_what_is_served_and_an_extended_term_costs_its_quote(steps, runs, term) -> None:
    """A slow twin counts the days; runs between the changes bill and credit as they come."""
    agreed, lines, on = contract(YEAR), (), YEAR.start
    served, known = set(), on
    is_running, running = True, YEAR
    for step, is_run in zip(steps, runs, strict=False):
        on += timedelta(days=step)
        end = next(each.end for each in lines_in_force(agreed) if each.line.id == running.id)
        if end is None or (term is KEPT and on >= YEAR.end) or (is_running and on >= end):
            break
        if is_run:
            lines = (*lines, *missing_lines(agreed, (), (), lines, on - timedelta(days=1)))
        if is_running:
            served |= {known + timedelta(days=n) for n in range((on - known).days)}
            agreed = paused(agreed, on, term)
            lines = (*lines, *missing_lines(agreed, (), (), lines, on))
            own = total((each.amount for each in lines if each.subscription == running.id), EUR)
            left = {running.id: running.term_total - own} if running.term_total is not None else {}
            agreed = with_released(agreed, left)
        else:
            found = resumed_lines(agreed, (), on)
            assert not isinstance(found, Refusal)
            running = replace(
                found[0], term_total=suspended_lines(agreed)[running.id].released if term is EXTENDED else None
            )
            outcome = resume(agreed, [running], signing(on))
            assert isinstance(outcome, Decision)
            agreed, known = outcome.value, on
        is_running = not is_running
    if is_running:
        assert running.end is not None
        served |= {known + timedelta(days=n) for n in range((running.end - known).days)}
    lines = (*lines, *missing_lines(agreed, (), (), lines, date(2040, 1, 1)))
    assert net_days(lines) == served
    if is_running and term is EXTENDED:
        assert total((each.amount for each in lines), EUR) == YEAR.term_total
