"""Questions of the standard through a real server: each with facts that decide it."""

from __future__ import annotations

from typing import Any

import pytest
from cpq.v1 import revenue_pb2

from engine.wire.assessed import QUESTIONS
from tests.api import deal
from tests.api.server import Served, failure

TWO = [{"amount": "20", "probability": "0.6"}, {"amount": "0", "probability": "0.4"}]
CASES: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"contract": {"approved": True}}, "no_contract", {}),
    ({"combination": {"same_or_related_customer": True, "near_in_time": True, "prices_depend": True}}, "yes", {}),
    ({"term": {"stated_months": 36, "customer_may_leave": True, "notice_months": 1}}, "1 month", {"months": "1"}),
    (
        {"distinct": {"promises": ["a", "b", "c"], "capable_alone": True, "dependent": [{"promises": ["a", "c"]}]}},
        "2 obligations",
        {"obligation_1": "a, c", "obligation_2": "b"},
    ),
    ({"warranty": {"sold_separately": True}}, "performance_obligation", {}),
    ({"timing": {"no_alternative_use": True, "right_to_payment_so_far": True}}, "over_time", {}),
    ({"role": {"paid_by_customer": "100", "commission": "10"}}, "agent", {"revenue": "10"}),
    (
        # 50 x (40 % - 10 %) x 80 %
        {"material_right": {"discount": "0.4", "general_discount": "0.1", "likelihood": "0.8", "purchase": "50"}},
        "yes",
        {"ssp": "12.00"},
    ),
    (
        {"estimate": {"stated": "100", "parts": [{"outcomes": TWO}], "highly_probable_floor": "110"}},
        "110",
        {"unconstrained": "120", "method_1": "most_likely_amount"},
    ),
    ({"constraint": {"outside_influence": True, "wide_range": True}}, "yes", {}),
    ({"significant_financing": {"reason": "financing", "months": 24}}, "yes", {}),
    ({"licence": {"distinct": True, "royalty_on_sales_or_use": True}}, "point_in_time", {"royalty": "as_sales_occur"}),
    ({"hosting": {"may_take_possession": True}}, "service_over_time", {}),
    (
        {"licence_renewal": {"signed": deal.day("2025-06-30"), "period_start": deal.day("2026-01-01")}, "gaap": "us"},
        "2026-01-01",
        {},
    ),
    ({"upfront_fee": {}}, "recognise_with_contract_services", {}),
    ({"bill_and_hold": {"substantive_reason": True}}, "not_transferred", {}),
    ({"consignment": {"unconditional_payment": True}}, "control_transferred", {}),
    (
        {"repurchase": {"option": "call", "sale_price": "1000", "repurchase_price": "1100"}},
        "financing",
        {"interest": "100", "revenue_at_sale": "0", "revenue_when_lapsed": "1100"},
    ),
]


@pytest.mark.parametrize(("question", "answer", "values"), CASES, ids=lambda case: str(case)[:40])
def test_an_answer_follows_from_the_facts(
    shop: Served, question: dict[str, Any], answer: str, values: dict[str, str]
) -> None:
    found = shop.revenue.AssessRevenue(revenue_pb2.AssessRevenueRequest(**question))
    assert (found.answer, dict(found.values)) == (answer, values)
    assert found.basis


def test_every_question_is_asked() -> None:
    assert {name for question, _, _ in CASES for name in question} - {"gaap"} == set(QUESTIONS)


def test_all_that_is_wrong_with_a_question_is_told(shop: Served) -> None:
    ask = shop.revenue.AssessRevenue
    assert failure(ask, revenue_pb2.AssessRevenueRequest(gaap="uk")).fields.keys() == {"gaap", "question"}
    right = {"discount": "40", "general_discount": "x", "likelihood": "1"}
    wrong = failure(ask, revenue_pb2.AssessRevenueRequest(material_right=right))
    assert wrong.fields.keys() == {
        "material_right.discount",
        "material_right.general_discount",
        "material_right.purchase",
    }
    typo = failure(ask, revenue_pb2.AssessRevenueRequest(significant_financing={"reason": "protecton"}))
    assert "did you mean `protection`?" in str(typo.fields)
    lost = {"promises": ["a"], "dependent": [{"promises": ["b"]}]}
    assert failure(ask, revenue_pb2.AssessRevenueRequest(distinct=lost)).fields.keys() == {"distinct.dependent[0]"}
