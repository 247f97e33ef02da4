"""Tests of engine.contracts.amendment, engine.contracts.notice, engine.contracts.renewal, engine.contracts.renewing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.contracts import (
    Amendment,
    Contract,
    ContractChange,
    ContractTerms,
    LineEnd,
    NoticeEnds,
    RenewalKind,
    RenewalPrice,
    RenewalTerms,
    Succession,
    amendable_faults,
    anchor_of,
    base_faults,
    change,
    earliest_end,
    ends_of,
    last_notice_day,
    lines_in_force,
    next_months,
    renewable,
    renewed_price,
    renews_on,
    runs_on,
)
from engine.diagnostics import Decision, Refusal
from tests.contracts.build import SIGNED, contract, day, eur, one_time, recurring

YEAR = recurring("seats", "100.00", "2026-01-01", "2027-01-01")
AUTOMATIC = ContractTerms(renewal=RenewalTerms(kind=RenewalKind.AUTOMATIC, lead_days=10))


def taken(outcome: Decision[Contract] | Refusal) -> Contract:
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def changed(before: Contract, on: str, *added: object, ended: str = "") -> Contract:
    ends = (LineEnd(ended, day(on)),) if ended else ()
    return taken(change(before, ContractChange(0, day(on), "", "rep", SIGNED, ends, added)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "index", "expected"),
    [
        (RenewalTerms(), None, "100.00"),
        (RenewalTerms(price=RenewalPrice.UPLIFT, uplift_percent=Decimal("2.5")), None, "102.50"),
        (RenewalTerms(price=RenewalPrice.UPLIFT, uplift_percent_max=Decimal(5)), "9.1", "105.00"),
        (RenewalTerms(price=RenewalPrice.UPLIFT, uplift_percent_min=Decimal(2)), "1.2", "102.00"),
        (RenewalTerms(price=RenewalPrice.LIST, list_discount_percent=Decimal(10)), None, "108.00"),
    ],
)
def test_the_next_term_costs_what_was_agreed(terms: RenewalTerms, index: str | None, expected: str) -> None:
    percent = None if index is None else Decimal(index)
    assert renewed_price(eur("100.00"), terms, index_percent=percent, listed=eur("120.00")) == eur(expected)


def test_a_renewal_at_list_prices_needs_them() -> None:
    outcome = renewed_price(eur("100.00"), RenewalTerms(price=RenewalPrice.LIST))
    assert isinstance(outcome, Refusal) and outcome.faults[0].code == "CON020"


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 120))
def test_notice_on_the_last_day_is_in_time_and_a_day_later_is_not(given_on: date, days: int) -> None:
    terms = ContractTerms(notice_days=days)
    end = earliest_end(given_on, terms, start=date(2020, 1, 1))
    assert last_notice_day(end, days) == given_on
    assert (end - given_on).days == (days + 1 if days else 0)


def test_notice_may_run_to_the_end_of_a_period() -> None:
    terms = ContractTerms(notice_days=30, notice_ends=NoticeEnds.PERIOD)
    assert earliest_end(day("2026-02-10"), terms, start=day("2025-06-15")) == day("2026-03-15")
    on_first = replace(terms, bill_day=1)
    assert earliest_end(day("2026-02-10"), on_first, start=day("2025-06-15")) == day("2026-04-01")


def test_lines_that_were_followed_ended_early_or_have_no_end_are_not_renewed() -> None:
    before = contract(YEAR, recurring("open", "1", "2026-01-01", None), one_time("setup", "5", "2026-01-01"))
    assert [*renewable(before)] == ["seats"]
    follows = replace(recurring("seats.2", "1", "2026-06-01", "2027-01-01"), follows="seats")
    amended = changed(before, "2026-06-01", follows, ended="seats")
    assert [*renewable(amended)] == ["seats.2"]
    # a line that was changed within a term renews for all of it
    assert next_months(amended, follows) == 12
    added = changed(before, "2026-06-01", recurring("more", "1", "2026-06-01", "2027-01-01"))
    assert {next_months(added, each.line) for each in renewable(added).values()} == {12}
    assert next_months(replace(before, terms=ContractTerms(renewal=RenewalTerms(months=24))), YEAR) == 24
    following = replace(recurring("seats.3", "1", "2027-01-01", "2028-01-01"), follows="seats.2")
    assert [*renewable(changed(amended, "2027-01-01", following))] == ["seats.3"]


def test_a_ramp_renews_from_its_last_segment_for_all_of_its_term() -> None:
    first = recurring("seats/1", "1", "2026-01-01", "2026-07-01")
    last = recurring("seats/2", "2", "2026-07-01", "2027-07-01")
    before = contract(first, last, terms=AUTOMATIC)
    assert [*renewable(before)] == ["seats/2"]
    assert next_months(before, last) == 18
    assert renews_on(before) == day("2027-06-21")
    # neither does a segment that was changed go on beside the next one, which was changed as well
    more = replace(recurring("seats/1.2", "3", "2026-03-01", "2026-07-01"), follows="seats/1")
    later = replace(recurring("seats/2.2", "4", "2026-07-01", "2027-07-01"), follows="seats/2")
    ends = (LineEnd("seats/1", day("2026-03-01")), LineEnd("seats/2", day("2026-07-01")))
    after = taken(change(before, ContractChange(0, day("2026-03-01"), "", "rep", SIGNED, ends, (more, later))))
    assert [*renewable(after)] == ["seats/2.2"]
    assert next_months(after, later) == 18


def test_a_line_that_is_changed_after_its_next_term_was_signed_renews_no_second_time() -> None:
    following = replace(recurring("seats.2", "1", "2027-01-01", "2028-01-01"), follows="seats")
    renewed = changed(contract(YEAR, terms=AUTOMATIC), "2027-01-01", following)
    more = replace(recurring("seats.3", "2", "2026-06-01", "2027-01-01"), follows="seats")
    assert [*renewable(changed(renewed, "2026-06-01", more, ended="seats"))] == ["seats.2"]


def test_a_contract_renews_by_itself_before_its_first_line_ends() -> None:
    half = recurring("half", "1", "2026-01-01", "2026-07-01")
    agreed = contract(YEAR, half, terms=AUTOMATIC)
    assert renews_on(agreed) == day("2026-06-21")
    assert renews_on(contract(YEAR)) is None
    assert renews_on(replace(agreed, renewal_problem="`SEAT` is discontinued")) is None
    after = changed(replace(agreed, renewal_problem="x"), "2026-03-01", recurring("new", "1", "2026-03-01", None))
    assert (after.renewal_problem, renews_on(after)) == ("", day("2026-06-21"))


def test_the_anchor_is_a_day_that_its_month_has() -> None:
    agreed = contract(YEAR)
    assert anchor_of(agreed, YEAR.charge, day("2026-04-11")) == agreed.start
    on_31 = replace(agreed, terms=ContractTerms(bill_day=31))
    assert anchor_of(on_31, YEAR.charge, day("2026-02-10")).day == 31


def test_an_amendment_is_signed_on_the_state_it_was_made_on() -> None:
    before = contract(YEAR, recurring("b", "1", "2026-01-01", "2027-01-01"))
    wish = Amendment(before.id, 0, day("2026-06-01"), successions=(Succession("seats", day("2026-06-01"), "seats.2"),))
    assert ends_of(before, wish) == (LineEnd("seats", day("2026-06-01")),)
    assert wish.followed == {"seats.2": "seats"}
    assert not [*base_faults(before, wish)]
    assert [each.code for each in base_faults(changed(before, "2026-02-01", ended="b"), wish)] == ["CON021"]
    at_end = replace(wish, successions=(Succession("seats", day("2027-01-01"), "seats.2"),))
    assert ends_of(before, at_end) == (), "a line that runs out needs no end"


@pytest.mark.parametrize(
    ("line", "on", "code"),
    [("x", "2026-06-01", "CON022"), ("setup", "2026-06-01", "CON024"), ("seats", "2027-01-01", "CON023")],
)
def test_a_line_that_does_not_run_cannot_be_changed(line: str, on: str, code: str) -> None:
    agreed = contract(YEAR, one_time("setup", "5", "2026-01-01"))
    states = {each.line.id: each for each in lines_in_force(agreed)}
    assert [each.code for each in amendable_faults(states, line, day(on), "line")] == [code]
    assert [*runs_on(agreed, day("2026-06-01"))] == ["seats"]
