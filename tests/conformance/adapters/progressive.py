"""Kind ``progressive``: usage that is billed within its period as thresholds are crossed, and the rest at its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.billing import BillingPolicy, BillLine, missing_lines
from engine.billing.policy import UsageThresholds
from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import Contract, ContractChange, ContractTerms, LineEnd, SubscriptionLine, UsageRecord
from engine.money import Money, currency, total
from tests.billing.lines import looked_at
from tests.conformance.adapters.conventions import day_count
from tests.conformance.adapters.gap import need

AT = datetime(2000, 1, 1, tzinfo=UTC)


def check(case: dict[str, Any]) -> None:
    given, expect, unit = case["given"], case["expect"], currency(case["currency"])
    need(given["billing_mode"] == "in_arrears", "progressive-in-advance")
    start, end = (date.fromisoformat(each) for each in given["period"])
    agreed = _contract(case, start)
    every = Decimal(given["recurring_threshold"]) if "recurring_threshold" in given else None
    thresholds = UsageThresholds(tuple(Decimal(each) for each in given["thresholds"]), every)
    policy = BillingPolicy(thresholds={unit.code: thresholds})
    usage: list[UsageRecord] = []
    billed: list[BillLine] = []
    shown = []
    for used in given["usage"]:
        on = start + timedelta(days=used["day"])
        usage.append(UsageRecord(f"u{len(usage)}", "usage", on, Decimal(used["units"])))
        fresh = looked_at(agreed, usage, billed, on, policy)
        assert not looked_at(agreed, usage, [*billed, *fresh], on, policy), "looked at twice, billed once"
        billed += fresh
        shown += [(used["day"], each.amount) for each in fresh]
    assert shown == [(each["day"], _money(each["total"], case)) for each in expect["progressive"]]
    if "terminate_day" in given:  # the convention bills the last day, too
        end = start + timedelta(days=given["terminate_day"] + 1)
        change = ContractChange(1, end, "", "", AT, tuple(LineEnd(each.id, end) for each in agreed.lines))
        agreed = _contract(case, start, change)
    closing = missing_lines(agreed, (), usage, billed, end, policy)
    assert {each.due_on for each in closing} == {end}, "one invoice"
    rest, before = (total((each.amount for each in lines), unit) for lines in (closing, billed))
    found = {"fees": rest + before, "credit": before, "total": rest}
    assert found == {key: _money(expect["final"][key], case) for key in found}


def _contract(case: dict[str, Any], start: date, *changes: ContractChange) -> Contract:
    given, unit = case["given"], currency(case["currency"])
    fee, price = _money(given["plan_fee"], case), Decimal(given["unit_price"])
    charge = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ARREARS)
    meter = Charge(ChargeKind.USAGE, ChargePeriod.MONTH, BillingTiming.ARREARS, "usage")
    one, nothing = Decimal(1), Money.zero(unit)
    lines = (
        SubscriptionLine("plan", "plan", "plan", "plan", one, charge, fee.decimal, fee, start, None),
        SubscriptionLine("usage", "usage", "usage", "usage", one, meter, price, nothing, start, None),
    )
    terms = ContractTerms(bill_day=start.day, day_count=day_count(case["convention"]))
    return Contract("c", "a", unit, "q", 1, "o", "book", AT, start, lines, terms, changes=changes)


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))
