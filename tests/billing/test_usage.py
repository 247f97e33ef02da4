"""Usage lines: rated in arrears, late, corrected, cancelled; tests of engine.billing.usage and policy."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillingPolicy, BillLine, LineKind, credit, missing_lines
from engine.billing.policy import PartMinimum
from engine.contracts import ContractChange, ContractTerms, LineEnd, UsageRecord, usage_line_on
from engine.diagnostics import Decision
from engine.money import Money, total
from engine.periods import PartMonths
from engine.pricing.models import Graduated, Tier, TierEffect, Usage, Volume
from tests.billing.lines import ended, shown
from tests.contracts.build import EUR, SIGNED, contract, day, eur, metered

TIERS = Usage(Graduated((Tier(Decimal(1000), Decimal("0.10")), Tier(None, Decimal("0.05")))), included=Decimal(100))


POLICY = BillingPolicy({"SKU-api": TIERS})


def used(key: str, on: str, quantity: str) -> UsageRecord:
    return UsageRecord(key, "api", day(on), Decimal(quantity))


def test_usage_at_prices_that_include_tax_is_billed_without_it() -> None:
    # 110.00 with 19 %: the tax is 110 x 19 / 119 = 17.563 -> 17.56, the net 92.44
    agreed = contract(metered("api", "0", "2026-01-01", None))
    policy = replace(POLICY, included_percents={"standard": Decimal(19)})
    (line,) = missing_lines(agreed, (), [used("a", "2026-01-10", "1300")], (), day("2026-02-01"), policy)
    assert (line.amount, line.tax) == (eur("92.44"), eur("17.56"))


def test_usage_is_rated_in_arrears_by_the_price_model() -> None:
    # January 1 300 calls: 100 free, 1 000 at 0.10, 200 at 0.05 = 110.00; February's record on the boundary waits
    agreed = contract(metered("api", "0", "2026-01-01", None))
    records = [used("a", "2026-01-01", "800"), used("b", "2026-01-31", "500"), used("c", "2026-02-01", "700")]
    assert missing_lines(agreed, (), records, (), day("2026-01-31"), POLICY) == ()
    (line,) = missing_lines(agreed, (), records, (), day("2026-02-01"), POLICY)
    assert shown([line]) == [("usage", "2026-01-01/2026-02-01", "110.00")]
    assert line.quantity == 1300
    assert missing_lines(agreed, (), records, (line,), day("2026-02-15"), POLICY) == ()


def test_a_discount_on_the_estimate_is_kept() -> None:
    # the model says 100.00 for the estimate of 1 100 calls, the quote 92.50: 7.5 % off; 1 300 calls: 110.00 -> 101.75
    estimate = replace(metered("api", "0", "2026-01-01", None), quantity=Decimal(1100))
    quoted = replace(estimate, unit_price=Decimal("0.084090909091"))  # 92.50 / 1 100 to 12 decimals
    for line, amount in ((quoted, "101.75"), (replace(quoted, unit_price=Decimal("0.090909090909")), "110.00")):
        (billed_line,) = missing_lines(
            contract(line), (), [used("a", "2026-01-01", "1300")], (), day("2026-02-01"), POLICY
        )
        assert billed_line.amount == eur(amount)


def test_a_percent_tier_is_taken_off_the_list_price() -> None:
    # list 0.20 a call, 25 % off the whole volume from 100 on: 200 calls cost 30.00
    model = Volume((Tier(Decimal(99), Decimal(0)), Tier(None, Decimal(25))), TierEffect.PERCENT_OFF)
    line = replace(metered("api", "0.15", "2026-01-01", None), quantity=Decimal(500), list_price=Decimal("0.20"))
    policy = BillingPolicy({"SKU-api": model})
    (billed_line,) = missing_lines(contract(line), (), [used("a", "2026-01-01", "200")], (), day("2026-02-01"), policy)
    assert billed_line.amount == eur("30.00")


def test_late_usage_gives_a_further_line_within_the_window() -> None:
    # 100 more calls in January at 0.05 = 5.00, known in March; in May it is too late
    agreed = contract(metered("api", "0", "2026-01-01", None))
    records = [used("a", "2026-01-10", "1300")]
    lines = missing_lines(agreed, (), records, (), day("2026-02-01"), POLICY)
    late = [*records, used("late", "2026-01-20", "100"), used("late", "2026-01-20", "100")]
    (more,) = missing_lines(agreed, (), late, lines, day("2026-03-10"), POLICY)
    assert shown([more]) == [("usage", "2026-01-01/2026-02-01", "5.00")]
    assert more.due_on == day("2026-03-10")
    assert missing_lines(agreed, (), late, (*lines, more), day("2026-03-10"), POLICY) == ()
    assert missing_lines(agreed, (), late, lines, day("2026-05-10"), POLICY) == ()


def test_what_came_in_time_is_billed_whenever_the_line_of_it_is_lost() -> None:
    """A draft may go long after its window closed; what came too late stays out."""
    agreed = contract(metered("api", "0", "2026-01-01", None))

    def told(key: str, quantity: str, reported: str) -> UsageRecord:
        return replace(used(key, "2026-01-10", quantity), reported=day(reported))

    records = [told("a", "800", "2026-01-10"), told("late", "200", "2026-03-05")]
    first = missing_lines(agreed, (), records[:1], (), day("2026-02-01"), POLICY)
    # 100 of 800 are included: 70.00; 200 more in January at 0.10
    (drafted,) = missing_lines(agreed, (), records, first, day("2026-03-05"), POLICY)
    assert (drafted.amount, drafted.service) == (eur("20.00"), first[0].service)
    (again,) = missing_lines(agreed, (), records, first, day("2026-11-01"), POLICY)
    assert (again.id, again.amount, again.due_on) == (drafted.id, drafted.amount, day("2026-11-01"))
    assert missing_lines(agreed, (), records, (*first, again), day("2026-12-01"), POLICY) == ()
    # In April January is too old: neither more of it nor less is billed.
    for odd in ("50", "-50"):
        beyond = [*records, told("beyond", odd, "2026-04-02")]
        assert missing_lines(agreed, (), beyond, (*first, again), day("2026-04-02"), POLICY) == ()
        (one,) = missing_lines(agreed, (), beyond, first, day("2026-11-01"), POLICY)
        assert one.amount == eur("20.00")


def test_a_usage_correction_is_a_credit() -> None:
    agreed = contract(metered("api", "0", "2026-01-01", None))
    records = [used("a", "2026-01-10", "1100")]
    lines = missing_lines(agreed, (), records, (), day("2026-02-01"), POLICY)
    (credit,) = missing_lines(
        agreed, (), [*records, used("fix", "2026-01-10", "-100")], lines, day("2026-02-02"), POLICY
    )
    assert (credit.kind, credit.amount, credit.credits) == (LineKind.CREDIT, eur("-10.00"), lines[0].id)


def test_usage_on_the_day_of_a_cancellation_counts_and_later_usage_does_not() -> None:
    agreed = ended(contract(metered("api", "0.50", "2026-01-01", None)), "2026-01-16")
    records = [used("a", "2026-01-05", "10"), used("b", "2026-01-16", "4"), used("c", "2026-01-17", "100")]
    (line,) = missing_lines(agreed, (), records, (), day("2026-01-16"))
    assert shown([line]) == [("usage", "2026-01-01/2026-01-16", "7.00")]


def test_the_day_of_a_cancellation_counts_under_the_id_of_the_line_that_was_changed_before() -> None:
    first = metered("api", "0.10", "2026-01-01", None)
    second = replace(first, id="api.2", start=day("2026-02-01"), follows="api")
    change = ContractChange(1, second.start, "", "", SIGNED, (LineEnd("api", second.start),), (second,))
    agreed = ended(replace(contract(first), changes=(change,)), "2026-02-11")
    records = [used("a", "2026-02-01", "10"), used("b", "2026-02-11", "20"), used("c", "2026-02-12", "40")]
    line_on = usage_line_on(agreed)
    assert [line_on("api", each.on) for each in records] == ["api.2", "api.2", ""]
    assert [line_on("api", day(each)) for each in ("2025-12-31", "2026-01-31")] == ["", "api"]
    assert line_on("other", day("2026-02-01")) == ""
    # 30 calls at 0.10; those of the day after are billed by nothing
    (line,) = missing_lines(agreed, (), records, (), day("2026-03-01"))
    assert (line.subscription, line.amount) == ("api.2", eur("3.00"))


def test_a_correction_beyond_the_last_charge_goes_on_to_the_one_before() -> None:
    # 1 100 calls are 100.00; 200 late ones 10.00; taking 500 back leaves 800: 70.00, so 40.00 are too much:
    # 10.00 with the 200 calls of the late line, 30.00 with 300 calls of the first
    agreed = contract(metered("api", "0", "2026-01-01", None))
    records = [used("a", "2026-01-10", "1100")]
    lines = missing_lines(agreed, (), records, (), day("2026-02-01"), POLICY)
    records.append(used("late", "2026-01-20", "200"))
    lines = (*lines, *missing_lines(agreed, (), records, lines, day("2026-02-02"), POLICY))
    records.append(used("fix", "2026-01-20", "-500"))
    credits = missing_lines(agreed, (), records, lines, day("2026-02-03"), POLICY)
    assert [(each.credits, each.amount, each.quantity) for each in credits] == [
        (lines[1].id, eur("-10.00"), Decimal(-200)),
        (lines[0].id, eur("-30.00"), Decimal(-300)),
    ]
    assert missing_lines(agreed, (), records, (*lines, *credits), day("2026-02-03"), POLICY) == ()


def test_a_correction_takes_back_no_more_than_a_credit_by_hand_left() -> None:
    # 8.00 of 10.00 were given away already; 5.00 are too much, 2.00 are left to credit
    agreed = contract(metered("api", "0.50", "2026-01-01", None))
    records = [used("a", "2026-01-10", "20")]
    (line,) = missing_lines(agreed, (), records, (), day("2026-02-01"))
    hand = credit("hand", eur("8.00"), of=line, on=day("2026-02-01"))
    assert isinstance(hand, Decision)
    records.append(used("fix", "2026-01-10", "-10"))
    (rest,) = missing_lines(agreed, (), records, (line, hand.value), day("2026-02-02"))
    assert (rest.credits, rest.amount) == (line.id, eur("-2.00"))
    assert missing_lines(agreed, (), records, (line, hand.value, rest), day("2026-02-02")) == ()


@given(st.lists(st.tuples(st.integers(-300, 600), st.booleans()), min_size=1, max_size=12))
def test_whatever_is_corrected_the_period_costs_what_was_used_and_no_charge_falls_below_nothing(
    steps: list[tuple[int, bool]],
) -> None:
    agreed = contract(metered("api", "0", "2026-01-01", None))
    policy = replace(POLICY, included_percents={"standard": Decimal(19)})
    records, lines, calls = list[UsageRecord](), list[BillLine](), 0
    for number, (wanted, now) in enumerate([*steps, (0, True)]):
        quantity = max(wanted, -calls)
        calls += quantity
        records.append(used(f"u{number}", "2026-01-10", str(quantity)))
        if now:
            lines += missing_lines(agreed, (), records, lines, day("2026-02-01"), policy)
    # 100 calls are free, 1 000 cost 0.10, the others 0.05, and 19/119 of that is tax, rounded half up
    billable = max(calls - 100, 0)
    gross = Decimal(min(billable, 1000)) / 10 + Decimal(max(billable - 1000, 0)) / 20
    tax = (gross * 19 / 119).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert total((each.amount for each in lines), EUR).decimal == gross - tax
    assert total((each.tax for each in lines if each.tax is not None), EUR).decimal == tax
    assert sum(each.quantity for each in lines) == calls
    for charge in (each for each in lines if not each.credits):
        own = [each for each in lines if charge.id in (each.id, each.credits)]
        assert charge.amount >= total((each.amount for each in own), EUR) >= Money.zero(EUR)


LEAST = BillingPolicy({"SKU-api": Usage(Graduated((Tier(None, Decimal("0.10")),)), minimum=Decimal(10_000))})


@pytest.mark.parametrize(
    ("policy", "amounts"),
    [
        # from 4 February with bill day 1: 25 of the 28 days of February, ratio 0.892857143; March whole; the end on
        # 11 April leaves 10 of 30 days: 0.333333333 x 10 000 = 3 333.33
        (LEAST, ["8928.57", "10000.00", "3333.33"]),
        (replace(LEAST, part_minimum=PartMinimum.WHOLE), ["10000.00", "10000.00", "10000.00"]),
    ],
)
def test_a_part_of_a_period_commits_to_its_share_of_the_least(policy: BillingPolicy, amounts: list[str]) -> None:
    agreed = contract(metered("api", "0", "2026-02-04", "2026-04-11"), terms=ContractTerms(bill_day=1))
    lines = missing_lines(agreed, (), [used("a", "2026-02-10", "50")], (), day("2026-04-11"), policy)
    assert [each.amount for each in lines] == [eur(each) for each in amounts]
    assert missing_lines(agreed, (), [used("a", "2026-02-10", "50")], lines, day("2026-05-01"), policy) == ()


def test_months_that_count_whole_commit_to_all_of_it() -> None:
    terms = ContractTerms(bill_day=1, part_months=PartMonths.WHOLE)
    agreed = contract(metered("api", "0", "2026-02-04", "2026-03-01"), terms=terms)
    (line,) = missing_lines(agreed, (), (), (), day("2026-03-01"), LEAST)
    assert line.amount == eur("10000.00")


def test_usage_above_the_share_of_the_least_is_billed_as_it_is() -> None:
    agreed = contract(metered("api", "0", "2026-02-04", "2026-03-01"), terms=ContractTerms(bill_day=1))
    (line,) = missing_lines(agreed, (), [used("a", "2026-02-10", "95000")], (), day("2026-03-01"), LEAST)
    assert line.amount == eur("9500.00")  # above 8 928.57, below 10 000
