"""Adapters for the decisions of the standard, one for each question."""

from __future__ import annotations

from typing import Any

from engine.revenue.judgement import (
    ContractPair,
    Performance,
    combine,
    distinct_groups,
    enforceable_months,
    estimate_method,
    is_material_right,
    is_over_time,
    is_service_warranty,
    revenue_of,
    role,
)
from tests.conformance.adapters.revenue_case import Case, money, text

MANY = 100


def combine_contracts(case: Case) -> Any:
    facts = case["input"]["facts"]
    pair = ContractPair(
        same_or_related_customer=facts["same_or_related_customer"],
        near_in_time=facts["entered_near_same_time"],
        one_commercial_aim=facts["single_commercial_objective"],
        prices_depend=facts["price_interdependent"],
        one_obligation_across=facts["single_performance_obligation_across"],
    )
    return {"answer": combine(pair)}


def contract_term_months(case: Case) -> Any:
    facts = case["input"]["facts"]
    months = enforceable_months(
        facts["stated_months"],
        customer_may_leave=facts["customer_may_terminate"],
        substantive_penalty=facts["substantive_penalty"],
        notice_months=facts["notice_months"],
    )
    return {"answer": months}


def count_obligations(case: Case) -> Any:
    facts = case["input"]["facts"]
    groups = distinct_groups(
        facts["promises"],
        capable_alone=facts["capable_of_being_distinct"],
        integrated=facts["significant_integration_into_combined_output"],
        dependent=[*facts.get("significant_customisation", ()), *facts.get("highly_interdependent", ())],
    )
    found = {"answer": len(groups), "groups": [list(each) for each in groups]}
    if facts.get("assurance_warranty") and not facts.get("service_warranty"):
        obligation = is_service_warranty(sold_separately=False, beyond_specifications=False)
        found["warranty"] = "performance_obligation" if obligation else "provision_not_obligation"
    return found


def warranty_type(case: Case) -> Any:
    facts = case["input"]["facts"]
    obligation = is_service_warranty(
        sold_separately=facts["separately_purchasable"], beyond_specifications=facts["beyond_agreed_specifications"]
    )
    return {"answer": "performance_obligation" if obligation else "provision"}


def over_time_or_point(case: Case) -> Any:
    facts = case["input"]["facts"]
    performance = Performance(
        consumed_as_performed=facts["customer_consumes_as_performed"],
        improves_what_customer_controls=facts["creates_or_enhances_customer_controlled_asset"],
        no_alternative_use=facts["no_alternative_use"],
        right_to_payment_so_far=facts["enforceable_right_to_payment_for_performance"],
    )
    return {"answer": "over_time" if is_over_time(performance) else "point_in_time"}


def principal_or_agent(case: Case) -> Any:
    facts = case["input"]["facts"]
    found = role(controls_before_transfer=facts["controls_before_transfer"])
    paid = money(case, facts["customer_pays"])
    commission = money(case, facts["commission"]) if "commission" in facts else paid
    return {"answer": found.value, "revenue": text(revenue_of(found, paid_by_customer=paid, commission=commission))}


def material_right(case: Case) -> Any:
    return {
        "answer": is_material_right(discount_beyond_what_anyone_gets=case["input"]["facts"]["incremental_discount"])
    }


def estimation_method_per_component(case: Case) -> Any:
    components = case["input"]["facts"]["components"]
    counts = {"two": 2, "many": MANY}
    return {"answer": {each["id"]: estimate_method(outcomes=counts[each["outcomes"]]).value for each in components}}
