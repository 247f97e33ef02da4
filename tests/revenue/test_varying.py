"""Variable amounts and rebates as properties: whatever happens in whatever order, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.money import Ratio, total
from engine.periods import Period
from engine.revenue import (
    Basis,
    VariableAmount,
    VolumeRebate,
    estimate_anew,
    estimate_rebate_anew,
    expect_rebate,
    recognise,
    record_billed,
    vary,
)
from engine.revenue.contract import RevenueContract, report
from engine.revenue.policy import RecognitionPolicy, Timing
from engine.revenue.refunds import release_refund
from engine.revenue.stating import Stated
from tests.revenue.made import DAILY, DELIVERY, EUR, codes, eur, made, ok, promise

BASIS = Basis("ann", "experience")
START = date(2026, 1, 1)
USAGE = RecognitionPolicy("usage", Timing.USAGE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("bill"), st.integers(0, 100_000)),
        st.tuples(st.just("expect"), st.integers(0, 100)),
        st.tuples(st.just("give"), st.integers(1, 100)),
    ),
    min_size=1,
    max_size=12,
)


def stated(outcome: object) -> RevenueContract:
    assert isinstance(outcome, Stated), str(outcome)
    return outcome.contract


def rebate_of(contract: RevenueContract) -> VolumeRebate:
    (item,) = contract.stated
    assert isinstance(item, VolumeRebate)
    return item


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@settings(max_examples=60, deadline=None)
@given(steps)
def test_what_is_held_back_of_usage_is_its_share_of_all_that_was_billed(moves: list[tuple[str, int]]) -> None:
    """The obvious twin: gross so far times the rebate in percent, less what was given."""
    base = Decimal("2.00")
    contract = made(promise("calls", 0, USAGE))
    contract = stated(expect_rebate(contract, "calls", on=START, prices=(base, base), basis=BASIS))
    gross = given_back = percent = 0
    for day, (move, number) in enumerate(moves):
        on = START + timedelta(days=day)
        if move == "bill":
            gross += number
            contract = ok(record_billed(contract, "calls", service=Period.through(on, on), amount=eur(number)))
        elif move == "expect":
            percent = number
            prices = (base, base * (100 - number) / 100)
            contract = stated(estimate_rebate_anew(contract, "s-1", on=on, prices=prices, basis=BASIS))
        elif (amount := rebate_of(contract).held.minor_units * number // 100) > 0:
            given_back += amount
            outcome = release_refund(contract, "s-1", on=on, amount=eur(amount), goods_returned=eur(0))
            contract = stated(outcome)
        held = half_up(Fraction(gross * percent, 100)) - given_back
        assert rebate_of(contract).held == eur(held)
        assert contract.accounts[0].price == contract.accounts[0].scheduled == eur(gross - held)
    last = START + timedelta(days=len(moves))
    found = recognise(contract, until=last)
    booked = [each for each in found.facts if "/held/" in each.key]
    signs = [1 if type(each).__name__ == "RefundLiabilityRaised" else -1 for each in booked]
    amounts = [each.amount * sign for each, sign in zip(booked, signs, strict=True)]  # type: ignore[union-attr]
    assert total(amounts, EUR) == rebate_of(found.contract).held
    assert not recognise(found.contract, until=last).facts


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-20_000, 30_000)), min_size=1, max_size=6), st.booleans())
def test_a_variable_amount_is_in_the_price_as_it_was_estimated_last(
    estimates: list[tuple[int, int]], on_a_line: bool
) -> None:
    contract = made(promise("plan", 40_000, DAILY), promise("kit", 20_000, DELIVERY))
    contract = ok(report(contract, "kit", on=date(2026, 2, 1), done=Ratio(1, 1)))
    line = "plan" if on_a_line else ""
    contract = stated(vary(contract, order_line=line, on=START, amount=eur(0), basis=BASIS))
    for days, amount in sorted(estimates):
        on = START + timedelta(days=days)
        contract = stated(estimate_anew(contract, "s-1", on=on, amount=eur(amount), basis=BASIS))
        assert contract.price == eur(60_000 + amount)
        assert all(each.scheduled == each.price for each in contract.accounts)
    (item,) = contract.stated
    assert isinstance(item, VariableAmount) and item.priced == eur(sorted(estimates)[-1][1])
    if on_a_line:
        assert contract.accounts[1].price == eur(20_000)


def test_a_rebate_is_stated_once_and_not_of_days_gone_by() -> None:
    contract = made(promise("calls", 0, USAGE), promise("plan", 40_000, DAILY))
    prices = (Decimal(100), Decimal(90))
    contract = stated(expect_rebate(contract, "calls", on=START, prices=prices, basis=BASIS))
    assert codes(expect_rebate(contract, "calls", on=START, prices=prices, basis=BASIS)) == ["REV054"]
    assert codes(expect_rebate(contract, "plan", on=START, prices=prices, basis=BASIS)) == ["REV053"]
    day = date(2026, 3, 31)
    contract = ok(record_billed(contract, "calls", service=Period.through(day, day), amount=eur(1_000)))
    early = estimate_rebate_anew(contract, "s-1", on=date(2026, 3, 1), prices=prices, basis=BASIS)
    assert codes(early) == ["REV055"]
