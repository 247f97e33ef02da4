"""Whatever happens to a revenue contract, its identities hold."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Refusal
from engine.money import Ratio, total
from engine.periods import Period
from engine.revenue.billed import record_billed
from engine.revenue.contract import RevenueContract, report
from engine.revenue.ending import end_early
from engine.revenue.modification import change_prospectively, credit_past_fault
from engine.revenue.policy import RecognitionPolicy, Timing
from engine.revenue.position import position
from engine.revenue.recognition import recognise
from tests.ledger.journal import Journal, post_all
from tests.revenue.made import DAILY, DELIVERY, EUR, EVEN, YEAR, eur, made, ok, promise

days = st.dates(date(2026, 1, 1), date(2027, 6, 30))


events = st.lists(
    st.tuples(
        st.sampled_from(["prospective", "cancel", "deliver", "usage", "fault", "recognise"]),
        days,
        st.integers(-20_000, 20_000),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 10**7), events, st.sampled_from([EVEN, DAILY]))
def test_whatever_happens_the_identities_of_a_contract_hold(
    plan: int, box: int, happened: list[tuple[str, date, int]], policy: RecognitionPolicy
) -> None:
    usage = RecognitionPolicy("calls", Timing.USAGE)
    contract = made(promise("plan", plan, policy), promise("box", box, DELIVERY), promise("calls", 0, usage))
    assert contract.price == eur(plan + box)
    journal = Journal()
    for kind, on, units in happened:
        before = contract
        contract = _apply(contract, kind, on, units)
        if kind == "recognise":
            run = recognise(contract, until=on)
            booked = post_all(journal, run.facts)
            assert not isinstance(booked, Refusal)
            journal, contract = booked.value, run.contract
        if kind == "prospective" and contract is not before:
            past = on.replace(day=1) - timedelta(days=1)
            assert contract.accounts[0].earned(past) == before.accounts[0].earned(past)
    contract = ok(report(contract, "box", on=date(2027, 7, 1), done=Ratio(1, 1)))
    final = recognise(contract, until=date(2035, 1, 1))
    booked = post_all(journal, final.facts)
    assert not isinstance(booked, Refusal)
    revenue = sum(
        line.amount.minor_units for each in booked.value.entries for line in each.lines if line.account == "revenue"
    )
    for account in final.contract.accounts:
        assert account.scheduled == account.price == account.recognised
    assert -revenue == final.contract.price.minor_units
    for at in (date(2026, 3, 31), date(2026, 11, 15), date(2035, 1, 1)):
        found = position(final.contract, billed=eur(5_000), at=at)
        assert found.contract_liability - found.contract_asset + found.unbilled_backlog == found.rpo
        assert found.recognised + found.rpo == final.contract.price


def _apply(contract: RevenueContract, kind: str, on: date, units: int) -> RevenueContract:
    outcome: RevenueContract | Refusal = contract
    match kind:
        case "prospective":
            if on < date(2027, 1, 1):
                outcome = change_prospectively(contract, "plan", on=on, price_delta=eur(units))
        case "cancel":
            (plan,) = (each for each in contract.accounts if each.id == "plan")
            given_up = min(eur(abs(units)), plan.price - plan.earned(on))
            if plan.ended_on is None and given_up >= eur(0):
                outcome = end_early(contract, {"plan": given_up}, on=on)
        case "deliver":
            outcome = report(contract, "box", on=on, done=Ratio(abs(units), 20_000))
        case "usage":
            outcome = record_billed(contract, "calls", service=Period.through(on, on), amount=eur(abs(units)))
        case "fault":
            outcome = credit_past_fault(contract, "plan", on=on, credit=eur(abs(units)))
    return contract if isinstance(outcome, Refusal) else outcome


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**8), days, st.sampled_from([EVEN, DAILY]))
def test_a_change_of_nothing_changes_no_total_and_no_past(units: int, on: date, policy: RecognitionPolicy) -> None:
    contract = made(promise("plan", units, policy))
    if on >= YEAR.end:
        return
    changed = ok(change_prospectively(contract, "plan", on=on, price_delta=eur(0)))
    assert changed.accounts[0].scheduled == eur(units)
    assert changed.accounts[0].earned(on - timedelta(days=31)) == contract.accounts[0].earned(on - timedelta(days=31))
    assert total((each.amount for each in changed.accounts[0].lines), EUR) == eur(units)
