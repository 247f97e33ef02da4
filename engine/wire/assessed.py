"""Questions of the standard: the facts of a message, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from cpq.v1 import revenue_pb2

from engine.diagnostics import counted, did_you_mean
from engine.revenue.assessment import BASES, Assessment, yes_or_no
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
from engine.revenue.options import material_right_ssp
from engine.revenue.policy import Gaap
from engine.revenue.transfers import (
    Criteria,
    Repurchase,
    RepurchaseOption,
    RepurchaseTreatment,
    TimingReason,
    Uncertainty,
    constraint_binds,
    contract_exists,
    has_significant_financing,
    held_goods_have_passed,
    is_consignment,
    is_hosted_licence,
    licence_timing,
    renewal_revenue_from,
    repurchase_interest,
    repurchase_treatment,
    upfront_fee,
)
from engine.revenue.variable import Outcome, VariableComponent, estimate_price
from engine.wire.basics import Faults, decimal_text, need_date, need_decimal, read_decimal

E = TypeVar("E", bound=Enum)
MOST = 200
ROYALTY = "as_sales_occur"


def assess(request: revenue_pb2.AssessRevenueRequest, faults: Faults) -> revenue_pb2.RevenueAssessment:
    """The answer to the question of a request; faults name every fact that is missing or wrong."""
    gaap = _enum(Gaap, request.gaap or Gaap.IFRS.value, "gaap", faults)
    name = request.WhichOneof("question")
    if name is None:
        faults.required("question")
        return revenue_pb2.RevenueAssessment()
    found = QUESTIONS[name](getattr(request, name), faults.at(name), gaap)
    return revenue_pb2.RevenueAssessment(answer=found.answer, basis=BASES[name], values=found.values)


def _contract(facts: revenue_pb2.ContractTest, _: Faults, __: Gaap) -> Assessment:
    criteria = Criteria(
        facts.approved,
        facts.rights_identified,
        facts.payment_terms_identified,
        facts.commercial_substance,
        facts.collection_probable,
    )
    return Assessment("contract" if contract_exists(criteria) else "no_contract")


def _combination(facts: revenue_pb2.CombinationTest, _: Faults, __: Gaap) -> Assessment:
    pair = ContractPair(
        facts.same_or_related_customer,
        facts.near_in_time,
        facts.one_commercial_aim,
        facts.prices_depend,
        facts.one_obligation_across,
    )
    return yes_or_no(combine(pair))


def _term(facts: revenue_pb2.TermTest, faults: Faults, _: Gaap) -> Assessment:
    for name in ("stated_months", "notice_months"):
        if getattr(facts, name) < 0:
            faults.invalid(name, f"{getattr(facts, name)} is below zero")
    months = enforceable_months(
        facts.stated_months,
        customer_may_leave=facts.customer_may_leave,
        substantive_penalty=facts.substantive_penalty,
        notice_months=facts.notice_months,
    )
    return Assessment(counted(months, "month"), {"months": str(months)})


def _distinct(facts: revenue_pb2.DistinctTest, faults: Faults, _: Gaap) -> Assessment:
    if not facts.promises:
        faults.required("promises")
    if len(facts.promises) > MOST or len(facts.dependent) > MOST:
        faults.invalid("promises", f"more than {MOST}")
        return Assessment("")
    for n, group in enumerate(facts.dependent):
        for each in group.promises:
            if each not in facts.promises:
                hint = did_you_mean(each, facts.promises)
                faults.invalid(f"dependent[{n}]", f"there is no promise `{each[:40]}`", hint)
    groups = distinct_groups(
        list(facts.promises),
        capable_alone=facts.capable_alone,
        integrated=facts.integrated,
        dependent=[list(each.promises) for each in facts.dependent],
    )
    values = {f"obligation_{n}": ", ".join(each) for n, each in enumerate(groups, 1)}
    return Assessment(counted(len(groups), "obligation"), values)


def _warranty(facts: revenue_pb2.WarrantyTest, _: Faults, __: Gaap) -> Assessment:
    service = is_service_warranty(
        sold_separately=facts.sold_separately, beyond_specifications=facts.beyond_specifications
    )
    return Assessment("performance_obligation" if service else "provision")


def _timing(facts: revenue_pb2.TimingTest, _: Faults, __: Gaap) -> Assessment:
    performance = Performance(
        facts.consumed_as_performed,
        facts.improves_what_customer_controls,
        facts.no_alternative_use,
        facts.right_to_payment_so_far,
    )
    return Assessment("over_time" if is_over_time(performance) else "point_in_time")


def _role(facts: revenue_pb2.RoleTest, faults: Faults, _: Gaap) -> Assessment:
    found = role(controls_before_transfer=facts.controls_before_transfer)
    paid = read_decimal(facts.paid_by_customer, "paid_by_customer", faults)
    commission = read_decimal(facts.commission, "commission", faults)
    revenue = revenue_of(found, paid_by_customer=paid, commission=commission)
    return Assessment(found.value, {} if revenue is None else {"revenue": decimal_text(revenue)})


def _material_right(facts: revenue_pb2.MaterialRightTest, faults: Faults, _: Gaap) -> Assessment:
    names = ("discount", "general_discount", "likelihood")
    discount, general, likelihood = (_share(getattr(facts, name), name, faults) for name in names)
    purchase = need_decimal(facts.purchase, "purchase", faults)
    worth = material_right_ssp(discount=discount, general_discount=general, likelihood=likelihood, purchase=purchase)
    found = yes_or_no(is_material_right(discount_beyond_what_anyone_gets=discount > general))
    return Assessment(found.answer, {"ssp": decimal_text(worth)})


def _estimate(facts: revenue_pb2.PriceEstimate, faults: Faults, _: Gaap) -> Assessment:
    stated = need_decimal(facts.stated, "stated", faults)
    if len(facts.parts) > MOST or any(len(each.outcomes) > MOST for each in facts.parts):
        faults.invalid("parts", f"more than {MOST} parts, or outcomes of one")
    parts = []
    for n, part in enumerate(facts.parts[:MOST]):
        at = faults.at(f"parts[{n}]")
        outcomes = tuple(
            Outcome(
                need_decimal(each.amount, "amount", at.at(f"outcomes[{k}]")),
                _share(each.probability, "probability", at.at(f"outcomes[{k}]")),
            )
            for k, each in enumerate(part.outcomes[:MOST])
        )
        parts.append(VariableComponent(str(n), estimate_method(outcomes=len(outcomes)), outcomes))
    floor = read_decimal(facts.highly_probable_floor, "highly_probable_floor", faults)
    found = estimate_price(stated, parts, highly_probable_floor=floor)
    methods = {f"method_{n}": each.method.value for n, each in enumerate(parts, 1)}
    counted = {"unconstrained": decimal_text(found.unconstrained)}
    return Assessment(decimal_text(found.transaction_price), methods | counted)


def _constraint(facts: revenue_pb2.ConstraintTest, _: Faults, __: Gaap) -> Assessment:
    found = Uncertainty(
        facts.outside_influence,
        facts.long_uncertainty,
        facts.experience_predictive,
        facts.wide_range,
        facts.habit_of_concessions,
    )
    return yes_or_no(constraint_binds(found))


def _financing(facts: revenue_pb2.FinancingTest, faults: Faults, _: Gaap) -> Assessment:
    reason = _enum(TimingReason, facts.reason, "reason", faults)
    return yes_or_no(has_significant_financing(reason, months=facts.months))


def _licence(facts: revenue_pb2.LicenceTest, _: Faults, __: Gaap) -> Assessment:
    found = licence_timing(distinct=facts.distinct, activities_affect_ip=facts.activities_affect_ip)
    return Assessment(found.value, {"royalty": ROYALTY} if facts.royalty_on_sales_or_use else {})


def _hosting(facts: revenue_pb2.HostingTest, _: Faults, __: Gaap) -> Assessment:
    licence = is_hosted_licence(may_take_possession=facts.may_take_possession, can_run_it=facts.can_run_it)
    return Assessment("licence" if licence else "service_over_time")


def _renewal(facts: revenue_pb2.RenewalTest, faults: Faults, gaap: Gaap) -> Assessment:
    signed, start = need_date(facts.signed, "signed", faults), need_date(facts.period_start, "period_start", faults)
    return Assessment(renewal_revenue_from(signed=signed, period_start=start, gaap=gaap).isoformat())


def _upfront(facts: revenue_pb2.UpfrontFeeTest, _: Faults, __: Gaap) -> Assessment:
    found = upfront_fee(
        transfers_distinct_good=facts.transfers_distinct_good,
        renewal_is_material_right=facts.renewal_is_material_right,
    )
    return Assessment(found.value)


def _held(facts: revenue_pb2.BillAndHoldTest, _: Faults, __: Gaap) -> Assessment:
    passed = held_goods_have_passed(
        reason=facts.substantive_reason,
        identified=facts.separately_identified,
        ready=facts.ready_for_transfer,
        cannot_redirect=facts.cannot_redirect,
    )
    return Assessment("control_transferred" if passed else "not_transferred")


def _consignment(facts: revenue_pb2.ConsignmentTest, _: Faults, __: Gaap) -> Assessment:
    held = is_consignment(
        controlled_until_event=facts.controlled_until_event,
        seller_can_recall=facts.seller_can_recall,
        unconditional_payment=facts.unconditional_payment,
    )
    return Assessment("not_transferred" if held else "control_transferred")


def _repurchase(facts: revenue_pb2.RepurchaseTest, faults: Faults, _: Gaap) -> Assessment:
    found = Repurchase(
        _enum(RepurchaseOption, facts.option, "option", faults),
        need_decimal(facts.sale_price, "sale_price", faults),
        need_decimal(facts.repurchase_price, "repurchase_price", faults),
        read_decimal(facts.expected_market_value, "expected_market_value", faults),
        facts.significant_incentive,
    )
    treatment = repurchase_treatment(found)
    values = {}
    if treatment is RepurchaseTreatment.FINANCING:
        price = decimal_text(found.repurchase_price)
        values = {
            "interest": decimal_text(repurchase_interest(found)),
            "revenue_at_sale": "0",
            "revenue_when_lapsed": price,
        }
    return Assessment(treatment.value, values)


QUESTIONS: dict[str, Callable[[Any, Faults, Gaap], Assessment]] = {
    "contract": _contract,
    "combination": _combination,
    "term": _term,
    "distinct": _distinct,
    "warranty": _warranty,
    "timing": _timing,
    "role": _role,
    "material_right": _material_right,
    "estimate": _estimate,
    "constraint": _constraint,
    "significant_financing": _financing,
    "licence": _licence,
    "hosting": _hosting,
    "licence_renewal": _renewal,
    "upfront_fee": _upfront,
    "bill_and_hold": _held,
    "consignment": _consignment,
    "repurchase": _repurchase,
}


def _share(text: str, field: str, faults: Faults) -> Decimal:
    found = need_decimal(text, field, faults)
    if not 0 <= found <= 1:
        faults.invalid(field, f"{found} is not between 0 and 1", "20 percent is 0.2")
    return found


def _enum(kind: type[E], text: str, field: str, faults: Faults) -> E:
    known = {each.value: each for each in kind}
    if text in known:
        return known[text]
    if not text:
        faults.required(field)
    else:
        faults.invalid(field, f"`{text[:40]}` is none of {', '.join(known)}", did_you_mean(text, known))
    return next(iter(kind))
