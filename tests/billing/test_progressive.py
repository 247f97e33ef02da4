"""Usage of a running period is billed once it crosses a threshold; the end of the period bills the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import BillingPolicy, BillLine, missing_lines
from engine.billing.policy import UsageThresholds
from engine.contracts import UsageRecord
from engine.money import Money, total
from engine.pricing.models import Billed, Graduated, Tier, Usage
from tests.billing.lines import ended, looked_at, shown
from tests.billing.test_usage import TIERS, used
from tests.contracts.build import EUR, contract, day, eur, metered

AGREED = contract(metered("api", "0.10", "2026-01-01", None), metered("sms", "0.50", "2026-01-01", None))


def policy(*at: str, every: str = "", **models: Usage) -> BillingPolicy:
    thresholds = UsageThresholds(tuple(map(Decimal, at)), Decimal(every) if every else None)
    return BillingPolicy({f"SKU-{key}": each for key, each in models.items()}, thresholds={"EUR": thresholds})


def crossed(
    records: list[UsageRecord], on: str, billed: tuple[BillLine, ...], by: BillingPolicy
) -> tuple[BillLine, ...]:
    return looked_at(AGREED, records, billed, day(on), by)


@pytest.mark.parametrize(
    ("amount", "passed"),
    [("1.99", 0), ("2", 1), ("6.99", 2), ("7", 3), ("16.99", 3), ("17", 4), ("37.50", 6), ("-5", 0)],
)
def test_thresholds_are_counted(amount: str, passed: int) -> None:
    thresholds = UsageThresholds((Decimal(2), Decimal(5), Decimal(7)), Decimal(10))
    assert thresholds.passed(Decimal(amount)) == passed
    assert UsageThresholds(every=Decimal(10)).passed(Decimal(25)) == 2


def test_all_lines_of_a_contract_count_together() -> None:
    # 60 calls are 6.00, 8 messages 4.00: together they cross 10.00
    records = [used("a", "2026-01-05", "60"), replace(used("b", "2026-01-06", "8"), line="sms")]
    by = policy("10")
    assert crossed(records, "2026-01-05", (), by) == ()
    lines = crossed(records, "2026-01-06", (), by)
    assert shown(lines) == [
        ("usage", "2026-01-01/2026-02-01", "6.00"),
        ("usage", "2026-01-01/2026-02-01", "4.00"),
    ]
    assert {each.due_on for each in lines} == {day("2026-01-06")}
    assert crossed(records, "2026-01-07", lines, by) == ()
    more = [*records, used("c", "2026-01-20", "5")]
    (rest,) = missing_lines(AGREED, (), more, lines, day("2026-02-01"), by)
    assert (rest.amount, rest.quantity, rest.due_on) == (eur("0.50"), Decimal(5), day("2026-02-01"))


def test_a_currency_without_thresholds_waits_for_the_end() -> None:
    assert crossed([used("a", "2026-01-05", "6000")], "2026-01-06", (), BillingPolicy()) == ()


def test_a_minimum_and_what_is_billed_last_wait_for_the_end() -> None:
    least = Usage(TIERS.model, included=TIERS.included, minimum=Decimal(500))
    # the estimate of 200 calls is quoted at 450.00, a tenth off the least
    quoted = replace(metered("api", "2.25", "2026-01-01", None), quantity=Decimal(200))
    agreed, by = contract(quoted), policy("5", api=least)
    records = [used("a", "2026-01-05", "200")]
    # 100 calls beyond those included are 10.00, a tenth off; the least with the last line
    (line,) = looked_at(agreed, records, (), day("2026-01-05"), by)
    assert line.amount == eur("9.00")
    (rest,) = missing_lines(agreed, (), records, (line,), day("2026-02-01"), by)
    assert rest.amount == eur("441.00")
    last = replace(TIERS, billed=Billed.AT_PERIOD_END)
    assert looked_at(agreed, records, (), day("2026-01-05"), policy("5", api=last)) == ()


def test_a_service_that_ends_within_the_period_bills_the_rest_on_that_day() -> None:
    by = policy("5")
    records = [used("a", "2026-01-05", "60")]
    lines = crossed(records, "2026-01-05", (), by)
    cut = ended(AGREED, "2026-01-10")
    more = [*records, used("b", "2026-01-10", "10"), used("c", "2026-01-11", "10")]
    (rest,) = missing_lines(cut, (), more, lines, day("2026-01-31"), by)
    assert (rest.amount, rest.due_on) == (eur("1.00"), day("2026-01-10"))
    assert looked_at(cut, more, lines, day("2026-01-12"), by) == ()


def naive(uses: list[tuple[int, int]], at: list[int], every: int) -> tuple[list[int], int]:
    """What is billed within January at 0.07 a unit and at its end, in cents: day by day, threshold by threshold."""
    within, billed = [], 0
    for number in range(31):
        so_far = sum(units for on, units in uses if on <= number) * 7
        reached = {mark for mark in at if mark <= so_far} | {
            mark
            for n in range(1, so_far // every + 1 if every else 1)
            if (mark := (at[-1] if at else 0) + n * every) <= so_far
        }
        if any(mark > billed for mark in reached) and any(on == number for on, _ in uses):
            within.append(so_far - billed)
            billed = so_far
    return within, sum(units for _, units in uses) * 7 - billed


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 300)), max_size=8, unique_by=lambda each: each[0]),
    st.sets(st.integers(1, 5_000), max_size=3),
    st.integers(0, 3_000),
)
def test_what_is_billed_within_and_at_the_end_is_that_of_the_naive_twin(
    uses: list[tuple[int, int]], marks: set[int], every: int
) -> None:
    at = sorted(marks)
    by = policy(*(str(Decimal(each) / 100) for each in at), every=str(Decimal(every) / 100) if every else "")
    agreed = contract(metered("api", "0.07", "2026-01-01", None))
    first = day("2026-01-01")
    records = [UsageRecord(f"u{on}", "api", first + timedelta(days=on), Decimal(units)) for on, units in sorted(uses)]
    billed: tuple[BillLine, ...] = ()
    within = []
    for n, record in enumerate(records, 1):
        fresh = looked_at(agreed, records[:n], billed, record.on, by)
        within += [each.amount.minor_units for each in fresh]
        billed += fresh
        assert looked_at(agreed, records[:n], billed, record.on, by) == ()
    closing = missing_lines(agreed, (), records, billed, day("2026-02-01"), by)
    assert (within, total((each.amount for each in closing), EUR).minor_units) == naive(uses, at, every)
    assert missing_lines(agreed, (), records, (*billed, *closing), day("2026-06-01"), by) == ()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-200, 400)), max_size=8), st.integers(1, 2_000))
def test_a_period_comes_to_what_it_would_without_thresholds(uses: list[tuple[int, int]], every: int) -> None:
    tiers = Usage(
        Graduated((Tier(Decimal(100), Decimal("0.10")), Tier(None, Decimal("0.03")))),
        included=Decimal(20),
        minimum=Decimal(4),
    )
    by = policy(every=str(Decimal(every) / 100), api=tiers)
    agreed = contract(metered("api", "0", "2026-01-01", None))
    first = day("2026-01-01")
    records = [
        UsageRecord(f"u{n}", "api", first + timedelta(days=on), Decimal(units))
        for n, (on, units) in enumerate(sorted(uses))
    ]
    so_far: list[UsageRecord] = []
    billed: tuple[BillLine, ...] = ()
    for record in records:
        so_far.append(record)
        billed += missing_lines(agreed, (), so_far, billed, record.on, by)
        billed += looked_at(agreed, so_far, billed, record.on, by)
    billed += missing_lines(agreed, (), records, billed, day("2026-03-01"), by)
    plain = missing_lines(agreed, (), records, (), day("2026-03-01"), by)

    def by_period(lines: tuple[BillLine, ...]) -> dict[object, Money]:
        keys = {each.service for each in lines}
        sums = {key: total((each.amount for each in lines if each.service == key), EUR) for key in keys}
        return {key: each for key, each in sums.items() if not each.is_zero}

    assert by_period(billed) == by_period(plain)
    assert Fraction(sum((each.quantity for each in billed), Decimal(0))) == sum(units for _, units in uses)
