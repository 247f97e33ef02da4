"""Tests of engine.billing.missing, engine.billing.recurring, engine.billing.one_time, engine.billing.service,
engine.billing.usage, engine.billing.line and engine.billing.policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillingPolicy, BillLine, LineKind, credit, missing_lines
from engine.catalog import BillingTiming, ChargePeriod
from engine.contracts import (
    BillOn,
    Contract,
    ContractChange,
    ContractTerms,
    Credit,
    Delivery,
    LineEnd,
    UsageRecord,
    cancel,
    change,
)
from engine.diagnostics import Decision
from engine.money import Money, allocate, total
from engine.periods import DayCount, add_months
from engine.pricing.models import Graduated, Tier, TierEffect, Usage, Volume
from tests.contracts.build import EUR, contract, day, eur, metered, one_time, recurring

AT = datetime(2026, 1, 1, tzinfo=UTC)
FAR = day("2040-01-01")


def shown(lines: Sequence[BillLine]) -> list[tuple[str, str, str]]:
    return [(each.kind.value, str(each.service), str(each.amount.decimal)) for each in lines]


def billed(agreed: Contract, until: str, existing: Sequence[BillLine] = (), **more: object) -> tuple[BillLine, ...]:
    return missing_lines(agreed, (), (), existing, day(until), **more)  # type: ignore[arg-type]


def changed(outcome: object) -> Contract:
    assert isinstance(outcome, Decision), outcome
    value = outcome.value
    assert isinstance(value, Contract)
    return value


def ended(agreed: Contract, on: str) -> Contract:
    return changed(cancel(agreed, on=day(on), at=AT, by="rep", reason="test"))


def test_monthly_in_advance_bills_each_period_when_it_begins() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-31", "2026-05-31", term_total="400.00"))
    assert shown(billed(agreed, "2026-03-31")) == [
        ("recurring", "2026-01-31/2026-02-28", "100.00"),
        ("recurring", "2026-02-28/2026-03-31", "100.00"),
        ("recurring", "2026-03-31/2026-04-30", "100.00"),
    ]
    assert [str(each.due_on) for each in billed(agreed, "2040-01-01")] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_monthly_in_arrears_bills_each_period_when_it_has_ended() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None, timing=BillingTiming.ARREARS))
    assert billed(agreed, "2026-01-31") == ()
    (line,) = billed(agreed, "2026-02-01")
    assert shown([line]) == [("recurring", "2026-01-01/2026-02-01", "100.00")]
    assert line.due_on == day("2026-02-01")


def test_a_bill_day_prorates_the_first_part() -> None:
    # 14 days of the 31 from 15 December to 15 January: 100 x 0.451612903 = 45.16
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None), terms=ContractTerms(bill_day=15))
    assert shown(billed(agreed, "2026-01-15")) == [
        ("recurring", "2026-01-01/2026-01-15", "45.16"),
        ("recurring", "2026-01-15/2026-02-15", "100.00"),
    ]


def test_the_last_part_of_a_term_takes_what_the_quote_has_left() -> None:
    # six months for 600.00 from 15 February with bill day 1: 14/28 of the first month are 50.00, five whole months,
    # and the last part gets 600 - 550 = 50.00 although 14/31 of August would be 45.16
    agreed = contract(
        recurring("seats", "100.00", "2026-02-15", "2026-08-15", term_total="600.00"), terms=ContractTerms(bill_day=1)
    )
    lines = billed(agreed, "2026-08-15")
    assert shown(lines)[0] == ("recurring", "2026-02-15/2026-03-01", "50.00")
    assert shown(lines)[-1] == ("recurring", "2026-08-01/2026-08-15", "50.00")
    assert total((each.amount for each in lines), EUR) == eur("600.00")


def test_eighteen_months_of_an_annual_price_are_one_and_a_half_years() -> None:
    agreed = contract(
        recurring("support", "1200.00", "2026-01-01", "2027-07-01", period=ChargePeriod.YEAR, term_total="1800.00")
    )
    assert shown(billed(agreed, "2040-01-01")) == [
        ("recurring", "2026-01-01/2027-01-01", "1200.00"),
        ("recurring", "2027-01-01/2027-07-01", "600.00"),
    ]


def test_a_cancellation_in_advance_credits_the_unused_days_of_the_billed_line() -> None:
    # 17 of the 31 days of January: 100 x 0.548387097 = 54.84
    agreed = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01", term_total="1200.00"))
    before = billed(agreed, "2026-01-01")
    after = ended(agreed, "2026-01-15")
    assert billed(after, "2026-01-14", before) == ()
    (credit,) = billed(after, "2026-01-15", before)
    assert shown([credit]) == [("credit", "2026-01-15/2026-02-01", "-54.84")]
    assert credit.credits == before[0].id
    assert billed(after, "2040-01-01", (*before, credit)) == ()


def test_a_cancellation_in_arrears_bills_the_part_that_was_served() -> None:
    # 14 of 31 days: 45.16, and nothing to credit
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None, timing=BillingTiming.ARREARS))
    assert shown(billed(ended(agreed, "2026-01-15"), "2026-01-15")) == [("recurring", "2026-01-01/2026-01-15", "45.16")]


def test_a_credit_is_a_share_of_what_was_billed_not_of_the_price() -> None:
    # bill day 1: 25 of 31 days from 7 May are 8.02 of 9.95; from 8 May 24 of those 25 days are credited: 7.70
    agreed = contract(recurring("dart", "9.95", "2026-05-07", None), terms=ContractTerms(bill_day=1))
    before = billed(agreed, "2026-05-07")
    assert shown(before) == [("recurring", "2026-05-07/2026-06-01", "8.02")]
    assert shown(billed(ended(agreed, "2026-05-08"), "2026-05-08", before)) == [
        ("credit", "2026-05-08/2026-06-01", "-7.70")
    ]


def test_a_second_earlier_end_credits_only_what_is_left() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01"))
    lines = billed(agreed, "2026-01-01")
    once = ended(agreed, "2026-01-15")
    lines = (*lines, *billed(once, "2026-01-20", lines))
    twice = changed(
        change(once, ContractChange(0, day("2026-01-01"), "", "rep", AT, ended=(LineEnd("seats", day("2026-01-01")),)))
    )
    (rest,) = billed(twice, "2026-01-20", lines)
    assert shown([rest]) == [("credit", "2026-01-01/2026-01-15", "-45.16")]
    assert total((each.amount for each in (*lines, rest)), EUR).is_zero


def test_a_credit_by_hand_is_given_away_for_good() -> None:
    # 20.00 off January are neither billed again with the last part of the term nor with the next delivery
    agreed = contract(
        recurring("seats", "100.00", "2026-01-01", "2026-03-01", term_total="200.00"),
        one_time("disk", "90.00", "2026-01-01", quantity="3", bill_on=BillOn.DELIVERY),
    )
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-01-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    lines = missing_lines(agreed, handed[:1], (), (), day("2026-01-01"))
    given = [credit("hand", eur("20.00"), of=each, on=day("2026-01-01")) for each in lines]
    lines = (*lines, *(each.value for each in given if isinstance(each, Decision)))
    rest = missing_lines(agreed, handed, (), lines, FAR)
    assert [(each.subscription, str(each.amount.decimal)) for each in rest] == [
        ("disk", "30.00"),
        ("disk", "30.00"),
        ("seats", "100.00"),
    ]
    assert missing_lines(agreed, handed, (), (*lines, *rest), FAR) == ()


def test_an_end_without_credit_keeps_what_was_billed() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None))
    lines = billed(agreed, "2026-01-01")
    end = LineEnd("seats", day("2026-01-15"), Credit.NOTHING)
    after = changed(change(agreed, ContractChange(0, day("2026-01-15"), "", "rep", AT, ended=(end,))))
    assert billed(after, "2040-01-01", lines) == ()


def test_a_line_taken_back_before_it_was_billed_leaves_nothing() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-03-01", None), one_time("setup", "50.00", "2026-03-01"))
    after = changed(cancel(agreed, on=day("2026-01-01"), at=AT, by="rep", reason="", lines=["seats", "setup"]))
    assert billed(after, "2040-01-01") == ()


def test_a_one_time_line_is_billed_once_and_credited_whole() -> None:
    agreed = contract(one_time("setup", "50.00", "2026-03-01"))
    assert billed(agreed, "2026-02-28") == ()
    lines = billed(agreed, "2026-03-01")
    assert shown(lines) == [("one_time", "2026-03-01/2026-03-02", "50.00")]
    after = changed(cancel(agreed, on=day("2026-03-01"), at=AT, by="rep", reason="", lines=["setup"]))
    (credit,) = billed(after, "2026-03-01", lines)
    assert credit.amount == eur("-50.00")
    assert billed(after, "2040-01-01", (*lines, credit)) == ()


def test_deliveries_bill_their_part_and_add_up() -> None:
    # three units for 100.00: 33.33, then 66.67 - 33.33 = 33.34, then the rest
    agreed = contract(one_time("disk", "100.00", "2026-03-01", quantity="3", bill_on=BillOn.DELIVERY))
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-03-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    assert billed(agreed, "2040-01-01") == ()
    first = missing_lines(agreed, handed, (), (), day("2026-03-02"))
    assert [str(each.amount.decimal) for each in first] == ["33.33", "33.34"]
    rest = missing_lines(agreed, handed, (), first, FAR)
    assert [str(each.amount.decimal) for each in rest] == ["33.33"]
    assert missing_lines(agreed, handed, (), (*first, *rest), FAR) == ()


TIERS = Usage(Graduated((Tier(Decimal(1000), Decimal("0.10")), Tier(None, Decimal("0.05")))), included=Decimal(100))
POLICY = BillingPolicy({"SKU-api": TIERS})


def used(key: str, on: str, quantity: str) -> UsageRecord:
    return UsageRecord(key, "api", day(on), Decimal(quantity))


def test_lines_carry_the_quoted_tax_of_their_part() -> None:
    # 1.67 on 8.32: 0.56, then 1.11 - 0.56 = 0.55, then 1.67 - 1.11 = 0.56 for three deliveries; 14/31 of it for 3.76
    disk = replace(one_time("disk", "8.32", "2026-01-01", quantity="3", bill_on=BillOn.DELIVERY), tax=eur("1.67"))
    seats = replace(recurring("seats", "8.32", "2026-01-01", None), tax=eur("1.67"))
    agreed = contract(disk, seats, terms=ContractTerms(bill_day=15))
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-01-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    lines = missing_lines(agreed, handed, (), (), day("2026-01-15"))
    taxes = {key: [str(each.tax) for each in lines if each.subscription == key] for key in ("disk", "seats")}
    assert taxes == {"disk": ["0.56 EUR", "0.55 EUR", "0.56 EUR"], "seats": ["0.75 EUR", "1.67 EUR"]}
    (credit_now,) = missing_lines(ended(agreed, "2026-01-15"), handed, (), lines, day("2026-01-15"))
    assert (credit_now.amount, credit_now.tax) == (eur("-8.32"), eur("-1.67"))


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


def test_lines_of_other_contracts_do_not_count() -> None:
    agreed = contract(one_time("setup", "50.00", "2026-03-01"))
    other = replace(agreed, id="c-2")
    assert billed(agreed, "2026-03-01", billed(other, "2026-03-01")) == billed(agreed, "2026-03-01")


# ------------------------------------------------------------------ properties

starts = st.dates(date(2023, 1, 1), date(2025, 12, 31))


@st.composite
def agreements(draw: st.DrawFn) -> Contract:
    start = draw(starts)
    lines = []
    for number in range(draw(st.integers(1, 3))):
        period = draw(st.sampled_from(ChargePeriod))
        months = draw(st.integers(1, 30))
        begin = start + timedelta(days=draw(st.integers(0, 40)))
        cents = draw(st.integers(0, 200_000))
        term_cents = cents * months // period.value
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


def by_line(lines: Sequence[BillLine]) -> dict[str, Money]:
    keys = dict.fromkeys(each.subscription for each in lines)
    return {key: total((each.amount for each in lines if each.subscription == key), EUR) for key in keys}


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
    outcome = cancel(agreed, on=on, at=AT, by="rep", reason="")
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


def test_a_part_never_takes_more_than_the_quote_has_left() -> None:
    # 85 of the 90 days before 20 March are a cent of a cent a quarter, but the quote said nothing for the three months:
    # without the limit a cent would be billed and then taken back
    agreed = contract(
        recurring("tiny", "0.01", "2025-12-25", "2026-03-25", period=ChargePeriod.QUARTER, term_total="0.00"),
        terms=ContractTerms(bill_day=20),
    )
    assert [each.amount for each in billed(agreed, "2040-01-01")] == [eur("0.00"), eur("0.00")]


def test_no_line_is_billed_twice_is_an_assertion() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None))
    lines = billed(agreed, "2026-01-01")
    broken = (replace(lines[0], service=None),)
    with pytest.raises(AssertionError):
        billed(agreed, "2026-01-01", broken)
