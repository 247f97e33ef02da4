"""Adapters for the kinds ``allocation`` and ``allocation_variable``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.diagnostics import Refusal
from engine.revenue import Candidate, ObservableBundle, RangePolicy, SspChoice, allocate_price, allocate_variable
from engine.revenue.allocation import RESIDUAL_REJECTED
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of


def allocation(case: Case) -> Any:
    given = case["input"]
    policy = given.get("range_policy", {})
    outcome = allocate_price(
        money(case, given["transaction_price"]),
        [_candidate(each) for each in given["obligations"]],
        bundles=[
            ObservableBundle(tuple(each["members"]), Decimal(each["price"]))
            for each in given.get("observable_bundles", ())
        ],
        range_policy=RangePolicy(
            below=SspChoice(policy.get("below", "low")),
            inside=SspChoice(policy.get("in", "price")),
            above=SspChoice(policy.get("above", "high")),
        ),
    )
    if isinstance(outcome, Refusal):
        assert [each.code for each in outcome.faults] == [RESIDUAL_REJECTED], str(outcome)
        return {"residual_rejected": True}
    return {
        "allocated": {each: text(amount) for each, amount in outcome.amounts.items()},
        "method": outcome.method.value,
        "ssp_used": {each: str(price) for each, price in outcome.ssp_used.items()},
        "residual_rejected": False,
    }


def allocation_variable(case: Case) -> Any:
    given = case["input"]
    unit = unit_of(case)
    fixed = sum((Decimal(each["amount"]) for each in given["fixed"]), Decimal(0))
    outcome = allocate_variable(
        money(case, str(fixed)),
        {each["id"]: Decimal(each["ssp"]) for each in given["obligations"]},
        estimates={each["id"]: Decimal(each["estimate"]) for each in given["variable"]},
        targeted=bool(given.get("terms_relate_to")) and given["result_meets_objective"],
    )
    found: dict[str, Any] = {
        "variable_allocated_to": list(outcome.variable_to),
        "fixed_allocated": {each: text(amount) for each, amount in outcome.fixed.items()},
    }
    transferred = {each["id"]: each.get("transferred", "") for each in given["obligations"]}
    for each, moment in transferred.items():
        if moment == "inception":
            found[f"revenue_at_inception_{each}"] = text(outcome.fixed[each])
    for label, royalty in given.get("royalty_usage", ()):
        split = outcome.split(money(case, royalty))
        reached = _month_number(label)
        row = {}
        for each in split:
            given_already = transferred[each] == "inception" or _month_number(transferred[each]) <= reached
            row[f"revenue_{each}" if given_already else f"contract_liability_{each}"] = text(split[each])
        found[f"royalty_{label.replace('-', '_')}"] = row
    assert all(amount.currency == unit for amount in outcome.fixed.values())
    return found


def _month_number(label: str) -> int:
    return int(label.rpartition("-")[2]) if "-" in label else 0


def _candidate(given: dict[str, Any]) -> Candidate:
    def price(name: str) -> Decimal | None:
        return Decimal(given[name]) if name in given else None

    return Candidate(
        given["id"],
        ssp=price("ssp"),
        stated=price("stated_price"),
        low=price("ssp_low"),
        mid=price("ssp_mid"),
        high=price("ssp_high"),
        residual=given.get("ssp_basis") == "residual",
    )
