"""What people state of a contract, through a real server, down to the journal and the audit; amounts by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import contract_pb2, revenue_pb2

from tests.api import deal
from tests.api.amending import amendment, quantity, signed
from tests.api.server import Served, failure, served
from tests.fakes.rules import CATALOG, SMALL, TERMS

CATEGORY = "  project: {title: Projects, recognition: work, fulfilment: ship}\n  machine:\n"
PRODUCT = "products:\n  - {sku: JOB, name: Project, category: project, list: {EUR: 1000.00, USD: 1000.00}}\n"
BOOK = {
    **SMALL,
    "catalog/products.yaml": CATALOG.replace("  machine:\n", CATEGORY).replace("products:\n", PRODUCT).encode(),
    "terms/terms.yaml": TERMS.replace("fulfilment:", "  - {id: work, timing: progress}\nfulfilment:", 1).encode(),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, BOOK) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def bought(shop: Served, *lines: Any, **fields: Any) -> str:
    """A revenue contract of ordered lines; goods are handed over."""
    order = deal.ordered(shop, *lines, **fields)
    for each in lines:
        if each.sku == "MUG":
            deal.report(shop, order.name, f"{each.id}.pick")
            deal.report(shop, order.name, f"{each.id}.send")
    deal.invoiced(shop, order.contract, "2026-03-31")
    return str(order.contract.replace("contracts/", "revenueContracts/"))


def request(name: str, day: str = "2026-03-01", **fact: Any) -> Any:
    return revenue_pb2.StateRevenueFactRequest(
        name=name, date=deal.day(day), author="users/rep", reason="experience", **fact
    )


def state(shop: Served, name: str, day: str = "2026-03-01", **fact: Any) -> Any:
    return shop.revenue.StateRevenueFact(request(name, day, **fact), timeout=30)


def balances(shop: Served, until: str) -> dict[str, int]:
    """The balance of every account after a recognition run, when every identity holds."""
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)))
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)))
    assert audit.valid, [each.message for each in audit.findings]
    found = shop.revenue.GetTrialBalance(revenue_pb2.GetTrialBalanceRequest(until=deal.day("2099-12-31")))
    return {each.account: each.balance for each in found.balances}


def test_goods_that_are_expected_back_are_no_revenue(shop: Served) -> None:
    # four mugs at 12.50, at a cost of 5.00; one is expected back
    name = bought(shop, deal.line("MUG", "4"))
    state(shop, name, cost_of_goods={"quote_line": "mug", "cost": 2_000})
    found = state(shop, name, expected_refund={"quote_line": "mug", "refund": 1_250, "returned_cost": 500})
    assert [(each.id, each.kind, each.price_effect) for each in found.stated] == [("s-1", "expected_refund", -1_250)]
    assert (found.price, found.stated[0].author, found.stated[0].reason) == (3_750, "users/rep", "experience")
    books = balances(shop, "2026-03-31")
    assert (books["revenue"], books["refund_liability"], books["contract_clearing"]) == (-3_750, -1_250, 0)
    assert (books["right_to_returned_goods"], books["cost_of_goods_sold"], books["inventory"]) == (500, 1_500, -2_000)
    kept = state(shop, name, "2026-04-15", refund_release={"item": "s-1", "amount": 1_250})
    assert kept.price == 5_000
    after = balances(shop, "2026-04-30")
    assert (after["revenue"], after["refund_liability"]) == (-5_000, 0)
    assert (after["right_to_returned_goods"], after["cost_of_goods_sold"]) == (0, 2_000)


def test_goods_that_come_back_are_stock_again(shop: Served) -> None:
    name = bought(shop, deal.line("MUG", "4"))
    state(shop, name, expected_refund={"quote_line": "mug", "refund": 2_500, "returned_cost": 1_000})
    back = {"item": "s-1", "amount": 1_250, "goods_returned": 500}
    state(shop, name, "2026-04-15", refund_release=back)
    books = balances(shop, "2026-04-30")
    assert (books["inventory"], books["right_to_returned_goods"], books["refund_liability"]) == (500, 500, -1_250)


def test_a_payment_to_the_customer_meets_revenue_as_that_is_earned(shop: Served) -> None:
    # a plan of 12 x 30.00; 50.00 are paid, of which 14.00 buy an advertisement: 36.00 off
    name = bought(shop, deal.line("PLAN"), term_months=12)
    found = state(shop, name, customer_payment={"paid": 5_000, "fair_value": 1_400})
    assert found.price == 32_400
    books = balances(shop, "2026-05-31")
    # a quarter of the year: 81.00 of 324.00, and 9.00 of 36.00
    assert (books["revenue"], books["asset_payment_to_customer"], books["cash"]) == (-8_100, 2_700, -3_600)
    assert balances(shop, "2027-02-28")["asset_payment_to_customer"] == 0


def test_what_is_paid_two_years_before_it_is_given_bears_interest(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("MUG", "4"))
    name = order.contract.replace("contracts/", "revenueContracts/")
    component = {
        "quote_line": "mug",
        "annual_rate": "0.06",
        "payments": [{"date": deal.day("2026-03-01"), "amount": 5_000}],
        "transfer_date": deal.day("2028-03-01"),
    }
    found = state(shop, name, financing=component)
    # 50.00 x 1.06 x 1.06 = 56.18; interest 3.00 and 3.18
    assert found.price == 5_618
    assert [each.amount for each in found.stated[0].schedule] == [300, 318]
    assert balances(shop, "2027-02-28")["interest_expense"] == 300
    assert balances(shop, "2028-02-29")["interest_expense"] == 618


def test_a_price_in_cash_gives_the_rate_of_a_deferral(shop: Served) -> None:
    # 50.00 due in two years cost 41.32 today: 10 percent, 4.13 and 4.55 of interest
    name = bought(shop, deal.line("MUG", "4"))
    payments = [{"date": deal.day("2028-03-01"), "amount": 5_000}]
    found = state(shop, name, financing={"quote_line": "mug", "cash_price": 4_132, "payments": payments})
    assert found.price == 4_132
    assert [each.amount for each in found.stated[0].schedule] == [-413, -455]
    books = balances(shop, "2028-02-29")
    assert (books["revenue"], books["interest_income"], books["contract_clearing"]) == (-4_132, -868, 0)


def test_costs_are_an_asset_that_is_used_up_and_tested(shop: Served) -> None:
    name = bought(shop, deal.line("PLAN"), term_months=12)
    costs = [
        {"id": "commission", "amount": 1_200, "incremental": True},
        {"id": "legal review", "amount": 700, "incremental": False},
    ]
    state(shop, name, contract_costs={"costs": costs})
    books = balances(shop, "2026-04-30")
    # 12.00 over twelve months; two are used up, and the review is an expense at once
    assert (books["contract_cost_asset"], books["contract_cost_expense"]) == (1_000, 900)
    state(shop, name, "2026-04-30", impairment_test={"item": "s-1", "consideration": 1_500, "costs": 1_000})
    books = balances(shop, "2026-05-31")
    # worth 5.00 at the end of April, over ten months
    assert (books["contract_cost_asset"], books["contract_cost_impairment"]) == (450, 500)
    state(shop, name, "2026-05-31", impairment_test={"item": "s-1", "consideration": 5_000})
    books = balances(shop, "2026-05-31")
    # IFRS writes up again, by no more than was written off
    assert (books["contract_cost_asset"], books["contract_cost_impairment"]) == (950, 0)
    early = request(name, "2026-04-30", impairment_test={"item": "s-1", "consideration": 1})
    refused = failure(shop.revenue.StateRevenueFact, early)
    assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "REV050")
    assert balances(shop, "2027-02-28")["contract_cost_asset"] == 0


def test_progress_is_measured_by_costs_output_or_what_is_recovered(shop: Served) -> None:
    name = bought(shop, deal.line("JOB"))
    state(shop, name, "2026-03-31", progress={"quote_line": "job", "recovered_cost": 12_000})
    assert balances(shop, "2026-03-31")["revenue"] == -12_000
    costs = {
        "costs": [
            {"id": "labour", "expected": "400", "incurred": "100"},
            {"id": "lifts", "expected": "300", "incurred": "300", "uninstalled": True},
        ],
        "uninstalled_transferred": True,
    }
    state(shop, name, "2026-04-30", progress={"quote_line": "job", "costs": costs})
    # a quarter of the 700.00 that are not lifts, and the lifts at their cost: 175.00 + 300.00
    assert balances(shop, "2026-04-30")["revenue"] == -47_500
    state(shop, name, "2026-05-31", progress={"quote_line": "job", "output": {"done": "3", "whole": "4"}})
    assert balances(shop, "2026-05-31")["revenue"] == -75_000


def test_everything_that_is_wrong_is_told_at_once(shop: Served) -> None:
    name = bought(shop, deal.line("PLAN"), term_months=12)
    ask = shop.revenue.StateRevenueFact
    bare = failure(ask, revenue_pb2.StateRevenueFactRequest(name="x"))
    assert bare.fields.keys() == {"name", "author", "reason", "fact"}
    missing = failure(ask, request("revenueContracts/none", customer_payment={"paid": 1}))
    assert missing.code is grpc.StatusCode.NOT_FOUND
    wrong = request(name, financing={"quote_line": "plan", "annual_rate": "11", "compounding_months": 5})
    wrong.author = "users/nobody"
    wrong.financing.payments.add(date=deal.day("2026-03-01"), amount=-5)
    refused = failure(ask, wrong)
    assert refused.fields.keys() == {
        "financing.payments",
        "financing.payments[0].amount",
        "financing.annual_rate",
        "financing.compounding_months",
        "author",
    }
    typo = failure(ask, request(name, expected_refund={"quote_line": "plam", "refund": 1}))
    assert "did you mean `plan`?" in str(typo.fields)
    assert failure(ask, request(name, refund_release={"item": "s-1", "amount": 1})).reason == "REV042"
    much = failure(ask, request(name, expected_refund={"quote_line": "plan", "refund": 99_999_999}))
    assert much.reason == "REV041"
    progress = failure(ask, request(name, progress={"quote_line": "plan", "output": {"done": "1", "whole": "2"}}))
    assert progress.reason == "REV052"
    assert not shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name)).stated


def test_what_is_priced_as_it_is_billed_has_no_price_to_change(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)
    name = order.contract.replace("contracts/", "revenueContracts/")
    asked = request(name, expected_refund={"quote_line": "calls", "refund": 1})
    assert "no price before it is billed" in str(failure(shop.revenue.StateRevenueFact, asked).fields)


def test_what_was_stated_stays_when_the_contract_changes_or_ends(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), deal.line("JOB"), term_months=12)
    name = order.contract.replace("contracts/", "revenueContracts/")
    state(shop, name, customer_payment={"paid": 9_000})
    read = revenue_pb2.GetRevenueContractRequest(name=name)
    price = {each.id: each.price for each in shop.revenue.GetRevenueContract(read).obligations}["plan"]
    payments = [{"date": deal.day("2026-03-01"), "amount": price}]
    component = {"quote_line": "plan", "annual_rate": "0.12", "compounding_months": 1, "payments": payments}
    state(shop, name, financing=component)
    state(shop, name, expected_refund={"quote_line": "job", "refund": 5_000})
    deal.invoiced(shop, order.contract, "2026-04-01")
    balances(shop, "2026-04-30")
    signed(shop, amendment(shop, order.contract, "2026-05-11", changes=[quantity("plan", "15")]))
    deal.invoiced(shop, order.contract, "2026-05-31")
    found = shop.revenue.GetRevenueContract(read).stated
    assert [each.kind for each in found] == ["customer_payment", "financing", "expected_refund"]
    balances(shop, "2026-05-31")
    ended = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2026-08-16"), reason="moves away")
    shop.contracts.TerminateContract(ended)
    deal.invoiced(shop, order.contract, "2026-09-30")
    balances(shop, "2026-09-30")
    balances(shop, "2027-03-31")


def test_stating_the_same_financing_twice_is_refused(shop: Served) -> None:
    name = bought(shop, deal.line("MUG", "4"))
    payments = [{"date": deal.day("2028-03-01"), "amount": 5_000}]
    component = {"quote_line": "mug", "annual_rate": "0.1", "payments": payments}
    found = state(shop, name, financing=component)
    component = {**component, "payments": [{"date": deal.day("2028-03-01"), "amount": found.price}]}
    again = failure(shop.revenue.StateRevenueFact, request(name, financing=component))
    assert "was stated before" in again.message
