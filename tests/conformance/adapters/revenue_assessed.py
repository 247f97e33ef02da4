"""Adapters for decisions that a request asks for: the facts of a case as its message, answered as the service does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from cpq.v1 import revenue_pb2

from engine.wire.assessed import assess
from engine.wire.basics import Faults, fill_date
from tests.conformance.adapters.revenue_case import Case, money, text
from tests.conformance.adapters.revenue_lived import START, Lived

REASONS = {"protection_against_nonperformance": "protection", "other_than_financing": "other_business_reason"}
LONG = 24


def asked(case: Case, **question: Any) -> Any:
    """The assessment of a question."""
    faults = Faults()
    gaap = "us" if case["gaap"] == "us" else "ifrs"
    found = assess(revenue_pb2.AssessRevenueRequest(gaap=gaap, **question), faults)
    assert not faults.found, faults.found
    return found


def contract_exists(case: Case) -> Any:
    """Money that comes in before there is a contract is owed; what is not said of the criteria holds."""
    facts = case["input"]["facts"]
    names = ("approved", "rights_identified", "payment_terms_identified", "commercial_substance", "collection_probable")
    found = asked(case, contract={name: facts.get(name, True) for name in names})
    answer: dict[str, Any] = {"answer": found.answer}
    if found.answer == "no_contract" and "deposit_received" in facts:
        deposit = money(case, facts["deposit_received"])
        lived = Lived(deposit)
        lived.invoice(START, deposit)
        lived.pay(START, deposit)
        lived.run(START)
        answer |= {
            "revenue_at_inception": text(lived.balance("revenue")),
            "contract_liability": text(lived.balance("contract_clearing")),
            "entries": lived.entries(lambda _: "inception"),
        }
    return answer


def significant_financing(case: Case) -> Any:
    facts = case["input"]["facts"]
    reason = facts["timing_difference_reason"]
    found = asked(
        case, significant_financing={"reason": REASONS.get(reason, reason), "months": facts.get("months", LONG)}
    )
    return {"answer": found.answer == "yes"}


def licence_timing(case: Case) -> Any:
    facts = case["input"]["facts"]
    found = asked(
        case,
        licence={
            "distinct": facts["distinct"],
            "activities_affect_ip": facts.get("activities_significantly_affect_ip", False),
            "royalty_on_sales_or_use": facts.get("royalty_kind") in ("sales", "usage"),
        },
    )
    answer = {"answer": found.answer, "royalty_recognised": found.values["royalty"]}
    if "fixed" in facts:
        answer["equipment_revenue_at_transfer"] = _at_once(case, facts["fixed"])
    if found.answer == "point_in_time" and "monthly" in facts and not facts.get("significant_financing"):
        answer["revenue_at_start"] = _at_once(case, str(Decimal(facts["monthly"]) * int(facts["months"])))
    return answer


def licence_or_service(case: Case) -> Any:
    facts = case["input"]["facts"]
    hosting = {
        "may_take_possession": facts["contractual_right_to_take_possession"],
        "can_run_it": facts["feasible_to_run_elsewhere"],
    }
    return {"answer": asked(case, hosting=hosting).answer}


def licence_renewal(case: Case) -> Any:
    facts = case["input"]["facts"]
    question = revenue_pb2.RenewalTest()
    fill_date(question.signed, date.fromisoformat(facts["renewal_signed"]))
    fill_date(question.period_start, date.fromisoformat(facts["renewal_period_start"]))
    return {"answer": asked(case, licence_renewal=question).answer}


def upfront_fee(case: Case) -> Any:
    facts = case["input"]["facts"]
    question = {
        "transfers_distinct_good": facts["transfers_distinct_good"],
        "renewal_is_material_right": facts["renewal_without_fee_is_material_right"],
    }
    return {"answer": asked(case, upfront_fee=question).answer}


def constraint_binds(case: Case) -> Any:
    facts = case["input"]["facts"]
    question = {
        "outside_influence": facts["highly_susceptible_to_outside_factors"],
        "long_uncertainty": facts["uncertainty_long"],
        "experience_predictive": facts["experience_predictive"],
        "wide_range": facts["large_range"],
    }
    binds = asked(case, constraint=question).answer == "yes"
    return {"answer": binds, "included": "base_fee_only_until_resolved" if binds else "all"}


def bill_and_hold(case: Case) -> Any:
    return {"answer": asked(case, bill_and_hold=dict(case["input"]["facts"])).answer}


def consignment(case: Case) -> Any:
    facts = case["input"]["facts"]
    question = {
        "controlled_until_event": facts["controlled_by_seller_until_event"],
        "seller_can_recall": facts["seller_can_recall"],
        "unconditional_payment": facts["unconditional_payment_obligation"],
    }
    return {"answer": asked(case, consignment=question).answer}


def repurchase(case: Case) -> Any:
    given = case["input"]
    question = {
        "option": given["option"],
        "sale_price": given["sale"],
        "repurchase_price": given["option_price"],
        "expected_market_value": given.get("expected_market_value", ""),
        "significant_incentive": given.get("significant_incentive", False),
    }
    found = asked(case, repurchase=question)
    return {"treatment": found.answer, **found.values}


def _at_once(case: Case, amount: str) -> str:
    """The revenue of something that passes on its day."""
    lived = Lived(money(case, amount))
    lived.deliver(START)
    return text(lived.run(START))
