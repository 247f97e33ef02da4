"""Tests of engine.contracts.contract, engine.contracts.delivery, engine.contracts.events, engine.contracts.force,
engine.contracts.signing, engine.contracts.terms, engine.contracts.turning and engine.contracts.bill_days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.catalog import Charge, ChargeKind
from engine.contracts import (
    BillOn,
    Contract,
    ContractChange,
    ContractChanged,
    ContractSigned,
    ContractTerms,
    Credit,
    Delivery,
    LineEnd,
    anchor_of,
    bill_day_on,
    cancel,
    change,
    change_bill_day,
    lines_in_force,
    sign,
    take_back,
    turnover_of,
    undelivered,
)
from engine.diagnostics import Decision, Refusal
from engine.money import Money, currency
from engine.periods import Period, Recurrence
from tests.contracts.build import SIGNED, contract, day, metered, one_time, recurring

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def taken(outcome: Decision[Contract] | Refusal) -> Contract:
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [str(each.code) for each in outcome.faults]


def test_signing_says_so() -> None:
    signed = sign(contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01")))
    assert isinstance(signed, Decision)
    assert signed.events == (ContractSigned("c-1", "acme", "q-1", 1, "o-1", SIGNED),)


def test_signing_names_every_fault() -> None:
    good = recurring("seats", "100.00", "2026-01-01", "2027-01-01")
    faulty = contract(
        good,
        good,
        replace(good, id="yen", amount=Money(1, currency("JPY"))),
        replace(good, id="back", end=day("2026-01-01")),
        replace(good, id="none", charge=Charge(ChargeKind.RECURRING)),
        replace(metered("api", "1", "2026-01-01", None), usage_model=""),
        terms=ContractTerms(bill_day=32),
    )
    assert codes(sign(faulty)) == ["CON002", "CON002", "CON003", "CON004", "CON010", "CON008", "CON011"]
    assert codes(sign(replace(faulty, lines=(), terms=ContractTerms()))) == ["CON001"]


def test_a_line_states_its_service() -> None:
    assert recurring("seats", "1", "2026-01-01", "2027-01-01").service == Period(date(2026, 1, 1), date(2027, 1, 1))
    assert recurring("seats", "1", "2026-01-01", None).service is None
    assert one_time("setup", "1", "2026-01-01").is_one_time


def test_cancelling_ends_what_still_runs() -> None:
    before = contract(
        recurring("seats", "100.00", "2026-01-01", "2027-01-01"),
        recurring("trial", "10.00", "2026-01-01", "2026-02-01"),
        recurring("open", "10.00", "2026-01-01", None),
        recurring("later", "10.00", "2026-06-01", "2027-01-01"),
        one_time("setup", "50.00", "2026-01-01"),
    )
    decision = cancel(before, on=day("2026-04-01"), at=AT, by="rep", reason="closing down")
    after = taken(decision)
    ends = {each.line.id: each.end for each in lines_in_force(after)}
    assert ends == {
        "seats": day("2026-04-01"),
        "trial": day("2026-02-01"),
        "open": day("2026-04-01"),
        "later": day("2026-06-01"),
        "setup": None,
    }
    assert {each.line.id for each in lines_in_force(after) if each.was_taken_back} == {"later"}
    assert {each.line.id for each in lines_in_force(after) if each.ended_early} == {"seats", "open", "later"}
    assert after.etag == before.etag + 1
    assert before.changes == ()
    (event,) = decision.events
    assert isinstance(event, ContractChanged)
    assert (event.number, event.ended) == (1, ("seats", "open", "later"))


def test_a_new_quantity_is_an_end_and_a_beginning() -> None:
    before = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01"))
    more = recurring("seats-2", "150.00", "2026-03-15", "2027-01-01")
    ended = LineEnd("seats", day("2026-03-15"), Credit.UNUSED)
    after = taken(change(before, ContractChange(0, day("2026-03-15"), "more seats", "rep", AT, (ended,), (more,))))
    running = [each.line.id for each in lines_in_force(after) if each.serves(day("2026-03-15"))]
    assert running == ["seats-2"]
    assert [each.line.id for each in lines_in_force(after) if each.serves(day("2026-03-14"))] == ["seats"]


@pytest.mark.parametrize(
    ("line", "on", "code"),
    [("seat", "2026-04-01", "CON005"), ("seats", "2025-12-31", "CON004"), ("seats", "2027-01-01", "CON006")],
)
def test_what_cannot_end_says_why(line: str, on: str, code: str) -> None:
    before = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01"))
    proposed = ContractChange(0, day(on), "", "rep", AT, ended=(LineEnd(line, day(on)),))
    refusal = change(before, proposed)
    assert codes(refusal) == [code]


def test_an_unknown_line_is_hinted_at() -> None:
    refusal = cancel(
        contract(recurring("seats", "1", "2026-01-01", None)),
        on=day("2026-04-01"),
        at=AT,
        by="x",
        reason="",
        lines=["seat"],
    )
    assert isinstance(refusal, Refusal)
    assert refusal.faults[0].hint == "did you mean `seats`?"


def test_notice_has_to_be_given() -> None:
    before = contract(recurring("seats", "1", "2026-01-01", None), terms=ContractTerms(notice_days=30))
    assert codes(cancel(before, on=day("2026-04-09"), at=AT, by="rep", reason="")) == ["CON007"]
    assert taken(cancel(before, on=day("2026-04-10"), at=AT, by="rep", reason="")).changes


@pytest.mark.parametrize("notice", [0, 30])
@pytest.mark.parametrize("end", ["2026-01-15", "2026-03-01"])
def test_what_was_served_is_not_taken_back(notice: int, end: str) -> None:
    """By its start or before it a service that runs would end without a day of it, and without notice."""
    before = contract(recurring("seats", "1", "2026-03-01", None), terms=ContractTerms(notice_days=notice))
    refusal = cancel(before, on=day(end), at=AT, by="rep", reason="")
    assert codes(refusal) == (["CON004", "CON007"] if notice else ["CON004"])
    named = cancel(before, on=day(end), at=AT, by="rep", reason="", lines=["seats"])
    assert codes(named) == codes(refusal)


@pytest.mark.parametrize("start", ["2026-03-10", "2026-06-01"])
@pytest.mark.parametrize("end", ["2026-02-01", "2026-03-10"])
def test_what_was_not_served_for_a_day_yet_is_taken_back_without_notice(start: str, end: str) -> None:
    before = contract(recurring("seats", "1", start, None), terms=ContractTerms(notice_days=30))
    taken_back = taken(cancel(before, on=day(end), at=AT, by="rep", reason="changed our minds"))
    assert [each.was_taken_back for each in lines_in_force(taken_back)] == [True]
    (ended,) = taken_back.changes[-1].ended
    assert ended.on == day(start)


def test_a_change_changes_something_and_ids_stay_unique() -> None:
    before = contract(recurring("seats", "1", "2026-01-01", "2026-02-01"))
    assert codes(cancel(before, on=day("2026-04-01"), at=AT, by="rep", reason="")) == ["CON009"]
    again = ContractChange(0, day("2026-02-01"), "", "rep", AT, added=(before.lines[0],))
    assert codes(change(before, again)) == ["CON002"]


def test_what_is_to_be_delivered_is_the_rest_of_lines_that_are_billed_so() -> None:
    goods = one_time("goods", "100.00", "2026-01-01", quantity="10", bill_on=BillOn.DELIVERY)
    done = replace(goods, id="done", quantity=Decimal(2))
    gone = replace(goods, id="gone")
    agreed = contract(goods, done, gone, one_time("fee", "5.00", "2026-01-01"))
    left = taken(take_back(agreed, ["gone"], at=AT, by="ann", reason="no need"))
    came = [
        Delivery("a", "goods", day("2026-02-01"), Decimal("2.5")),
        Delivery("b", "done", day("2026-02-01"), Decimal(2)),
    ]
    later = day("2026-12-31")
    assert [*undelivered(left, came, on=later)] == [Delivery("goods/rest", "goods", later, Decimal("7.5"))]


def test_periods_turn_over_on_another_day_from_a_change_on() -> None:
    agreed = contract(recurring("a", "10.00", "2026-01-01", None), terms=ContractTerms(bill_day=1))
    changed = change_bill_day(agreed, 15, on=day("2026-02-10"), at=SIGNED, by="rep", reason="salary day")
    assert isinstance(changed, Decision)
    found, (event,) = changed.value, changed.events
    assert (event.number, event.ended, event.added) == (1, (), ())
    assert [bill_day_on(found, day(each)) for each in ("2026-02-09", "2026-02-10")] == [1, 15]
    turns = turnover_of(found, found.lines[0], Recurrence(1)).stretches
    assert [(str(each.since), each.cycle.day) for each in turns] == [("2026-01-01", 1), ("2026-03-01", 15)]
    on_the_day = recurring("b", "10.00", "2026-02-10", None)
    later = change(found, ContractChange(0, day("2026-02-10"), "", "rep", SIGNED, added=(on_the_day,)))
    assert isinstance(later, Decision)
    (turn,) = turnover_of(later.value, on_the_day, Recurrence(1)).stretches
    assert (str(turn.since), turn.cycle.day) == ("2026-02-10", 15), "signed after the change, it begins on the new day"
    with_it = replace(agreed, lines=(*agreed.lines, on_the_day))
    same_day = change_bill_day(with_it, 15, on=day("2026-02-10"), at=SIGNED, by="rep", reason="")
    assert isinstance(same_day, Decision)
    turns = turnover_of(same_day.value, on_the_day, Recurrence(1)).stretches
    assert [(str(each.since), each.cycle.day) for each in turns] == [("2026-02-10", 1), ("2026-03-01", 15)]
    assert anchor_of(found, on_the_day.charge, day("2026-04-15")).day == 15
