"""Adapters for the kinds ``allocation`` and ``allocation_variable``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.diagnostics import Refusal
from engine.money import Ratio
from engine.periods import Period
from engine.revenue import (
    Basis,
    Candidate,
    ObservableBundle,
    Promise,
    RangePolicy,
    RecognitionPolicy,
    SspChoice,
    Timing,
    allocate_price,
    obligations_of,
    open_contract,
    record_billed,
    relate_usage,
    report,
)
from engine.revenue.allocation import RESIDUAL_REJECTED
from tests.conformance.adapters.revenue_case import Case, money, text, unit_of, value_of

DAYS = Period(date(2026, 1, 1), date(2026, 1, 2))
ONCE = RecognitionPolicy("once", Timing.POINT_IN_TIME)
USAGE = RecognitionPolicy("usage", Timing.USAGE)


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
    """Lived: obligations, a line of royalties that is stated to pay for them, and the royalties as they are billed."""
    given = case["input"]
    fixed = sum((Decimal(each["amount"]) for each in given["fixed"]), Decimal(0))
    prices = [money(case, str(fixed if n == 0 else 0)) for n in range(len(given["obligations"]))]
    promises = [
        Promise(each["id"], each["id"], price, DAYS, ONCE, ssp=Decimal(each["ssp"]))
        for each, price in zip(given["obligations"], prices, strict=True)
    ]
    royalty = Promise("royalty", "royalty", prices[0] - prices[0], DAYS, USAGE, priced_as_billed=True)
    obligations = value_of(obligations_of([*promises, royalty]))
    contract = open_contract("c", customer="", inception=DAYS.start, obligations=obligations, currency=unit_of(case))
    stated = relate_usage(
        contract,
        "royalty",
        on=DAYS.start,
        estimates={each["id"]: Decimal(each["estimate"]) for each in given["variable"]},
        targeted=bool(given.get("terms_relate_to")) and given["result_meets_objective"],
        basis=Basis("analyst", "the case"),
    )
    contract = value_of(stated).contract
    (split,) = contract.stated
    before = {each.id: each.price for each in contract.accounts if each.id != "royalty"}
    found: dict[str, Any] = {
        "variable_allocated_to": [each.obligation for each in split.promised],
        "fixed_allocated": {each: text(amount) for each, amount in before.items()},
    }
    transferred = {each["id"]: each.get("transferred", "") for each in given["obligations"]}
    for name, moment in transferred.items():
        if moment == "inception":
            contract = value_of(report(contract, name, on=DAYS.start, done=Ratio(1, 1)))
            found[f"revenue_at_inception_{name}"] = text(contract.account(name).earned(DAYS.start))
    for label, amount in given.get("royalty_usage", ()):
        contract = value_of(record_billed(contract, "royalty", service=DAYS, amount=money(case, amount)))
        row = {}
        for name, price in before.items():
            account = contract.account(name)
            own = account.earned(DAYS.last_day) == account.price
            row[f"revenue_{name}" if own else f"contract_liability_{name}"] = text(account.price - price)
        found[f"royalty_{label.replace('-', '_')}"] = row
    return found


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
