"""Variable prices, rebates, royalties and changes of price through a real server; amounts by hand or as published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import billing_pb2, pricing_pb2, revenue_pb2

from tests.api import deal
from tests.api.amending import amendment, drafted, signed
from tests.api.server import Served, failure, served
from tests.api.test_stated_facts import BOOK, balances, request, state

MERGED = {
    **BOOK,
    "terms/terms.yaml": BOOK["terms/terms.yaml"].replace(b"timing: progress}", b"timing: progress, merge_key: build}"),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, MERGED) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def revenue_of(contract: str) -> str:
    return contract.replace("contracts/", "revenueContracts/")


def prices(shop: Served, contract: str) -> dict[str, int]:
    read = revenue_pb2.GetRevenueContractRequest(name=revenue_of(contract))
    return {each.id: each.price for each in shop.revenue.GetRevenueContract(read).obligations}


def used(shop: Served, contract: str, day: str, calls: str) -> None:
    record = billing_pb2.UsageRecord(id=f"{day} {calls}", line="calls", day=deal.day(day), quantity=calls)
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=contract, records=[record]), timeout=30)


def costs(expected: str, incurred: str) -> dict[str, Any]:
    return {"quote_line": "job", "costs": {"costs": [{"id": "all", "expected": expected, "incurred": incurred}]}}


def test_a_larger_job_with_a_bonus_catches_up(shop: Served) -> None:
    """Example 8 of IFRS 15: 1 000 000, a bonus of 200 000 that is constrained at first, then 150 000 more."""
    order = deal.ordered(shop, deal.line("JOB", "1000"))
    name = revenue_of(order.contract)
    deal.invoiced(shop, order.contract, "2026-03-31")
    state(shop, name, variable_amount={"quote_line": "job", "amount": 0})
    state(shop, name, "2026-03-31", progress=costs("700000", "420000"))
    # 60 % of 1 000 000.00
    assert balances(shop, "2026-03-31")["revenue"] == -60_000_000
    made = amendment(shop, order.contract, "2026-04-10", content={"lines": [deal.line("JOB", "150", id="more")]})
    assert made.impact.treatment == "cumulative_catch_up"
    signed(shop, made)
    deal.invoiced(shop, order.contract, "2026-04-30")
    found = state(shop, name, "2026-04-10", variable_amount={"item": "s-1", "amount": 20_000_000})
    (job,) = found.obligations
    assert (job.id, list(job.quote_lines), job.price) == ("build", ["job", "more"], 135_000_000)
    state(shop, name, "2026-04-30", progress=costs("820000", "420000"))
    # 420 / 820 of 1 350 000.00 is 691 463.41, which is 91 463.41 more
    assert balances(shop, "2026-04-30")["revenue"] == -69_146_341
    assert [(each.kind, each.price_effect) for each in found.stated] == [("variable_amount", 20_000_000)]


def mugs(name: str, count: str) -> pricing_pb2.LineInput:
    return deal.line("MUG", count, id=name)


def test_a_variable_amount_after_a_modification_goes_by_the_first_promises(shop: Served) -> None:
    """As Example 6 of IFRS 15: goods x and y for 1 000.00 and 200.00 expected; z added for 450.00; then 240.00."""
    order = deal.ordered(shop, mugs("x", "40"), mugs("y", "40"))
    name = revenue_of(order.contract)
    state(shop, name, variable_amount={"amount": 20_000})
    assert prices(shop, order.contract) == {"x": 60_000, "y": 60_000}
    deal.report(shop, order.name, "x.pick")
    deal.report(shop, order.name, "x.send")
    # z sells alone for 500.00, as what is left of y: it is no contract of its own
    off = {"lines": [mugs("z", "40")], "manual_discounts": [deal.discount("10")]}
    made = amendment(shop, order.contract, "2026-03-01", content=off)
    assert made.impact.treatment == "prospective"
    signed(shop, made)
    assert prices(shop, order.contract) == {"x": 60_000, "y": 52_500, "z": 52_500}
    state(shop, name, "2026-03-20", variable_amount={"item": "s-1", "amount": 24_000})
    # 20.00 for x, which was delivered, are revenue now; 20.00 are spread over y and z
    assert prices(shop, order.contract) == {"x": 62_000, "y": 53_500, "z": 53_500}
    assert balances(shop, "2026-03-31")["revenue"] == -62_000


def test_a_volume_rebate_reaches_back_and_is_given(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "1000"), term_months=12)
    name = revenue_of(order.contract)
    state(shop, name, volume_rebate={"quote_line": "calls", "price": "0.05", "rebated_price": "0.05"})
    used(shop, order.contract, "2026-03-10", "150000")  # 7 500.00
    deal.invoiced(shop, order.contract, "2026-04-01")
    assert balances(shop, "2026-03-31")["revenue"] == -750_000
    # now 0.045 is expected for all: 750.00 of the first month are held back on that day
    state(shop, name, "2026-04-10", volume_rebate={"item": "s-1", "price": "0.05", "rebated_price": "0.045"})
    used(shop, order.contract, "2026-04-20", "1000000")  # 50 000.00
    invoices = deal.invoiced(shop, order.contract, "2026-05-01")
    books = balances(shop, "2026-04-30")
    # Example 24 of IFRS 15: 7 500.00, then 575 000.00 x 0.9 less that: 44 250.00
    assert (books["revenue"], books["refund_liability"]) == (-750_000 - 4_425_000, -575_000)
    # the rebate is given: the liability goes, a credit note takes its place, and revenue stays
    state(shop, name, "2026-05-10", refund_release={"item": "s-1", "amount": 500_000})
    wish = billing_pb2.CreditedLine(line=invoices[-1].lines[0].id, amount=500_000)
    credit = billing_pb2.IssueCreditNoteRequest(invoice=invoices[-1].name, lines=[wish], reason="rebate of the year")
    shop.billing.IssueCreditNote(credit, timeout=30)
    books = balances(shop, "2026-05-31")
    assert (books["revenue"], books["refund_liability"], books["contract_clearing"]) == (-5_175_000, -75_000, 0)
    state(shop, name, "2026-05-31", volume_rebate={"item": "s-1", "price": "0.05", "rebated_price": "0.05"})
    assert "more than the" in str(
        failure(shop.revenue.StateRevenueFact, request(name, refund_release={"item": "s-1", "amount": 1})).fields
    )


def test_royalties_are_shared_by_what_they_pay_for(shop: Served) -> None:
    """Two deliveries that sell alone for 800.00 and 1 000.00, and a royalty for both."""
    order = deal.ordered(shop, mugs("x", "64"), mugs("y", "80"), deal.line("CALLS", "1000"), term_months=12)
    name = revenue_of(order.contract)
    shares = [{"quote_line": "y", "estimate": "500"}]
    state(shop, name, usage_allocation={"quote_line": "calls", "shares": shares})
    for step in ("pick", "send"):
        deal.report(shop, order.name, f"y.{step}")
    used(shop, order.contract, "2026-03-10", "3600")  # 180.00
    deal.invoiced(shop, order.contract, "2026-04-01")
    # 80.00 for x wait until it is delivered, 100.00 for y are earned
    assert balances(shop, "2026-04-30")["revenue"] == -110_000
    assert prices(shop, order.contract) == {"x": 88_000, "y": 110_000, "calls": 0}
    late = request(name, usage_allocation={"quote_line": "calls", "shares": shares})
    assert failure(shop.revenue.StateRevenueFact, late).reason == "REV058"


def test_a_royalty_for_one_alone_leaves_it_less_of_the_fixed_price(shop: Served) -> None:
    order = deal.ordered(shop, mugs("x", "64"), mugs("y", "80"), deal.line("CALLS", "1000"), term_months=12)
    shares = [{"quote_line": "y", "estimate": "1000"}]
    fact = {"quote_line": "calls", "shares": shares, "targeted": True}
    state(shop, revenue_of(order.contract), usage_allocation=fact)
    # Example 35 A: the estimate leaves nothing of y's stand-alone price, so the fixed price is x's
    assert prices(shop, order.contract) == {"x": 180_000, "y": 0, "calls": 0}
    balances(shop, "2026-03-31")


def test_a_price_agreed_anew_changes_what_is_still_to_come(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-01")
    assert balances(shop, "2026-04-30")["revenue"] == -6_000  # two months of 30.00
    deal.move_clock(shop, "2026-05-01T09:00:00Z")
    wish = billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=1_000)
    credit = billing_pb2.IssueCreditNoteRequest(
        invoice=invoice.name, lines=[wish], reason="new price", price_change=True
    )
    assert shop.billing.IssueCreditNote(credit, timeout=30).price_change
    drafted(shop, order.contract, "2026-05-31")
    # 290.00 over the ten months that are left; nothing of it in the months before
    assert balances(shop, "2026-05-31")["revenue"] == -8_900
    both = billing_pb2.IssueCreditNoteRequest(
        invoice=invoice.name, reason="x", past_fault=True, price_change=True, validate_only=True
    )
    assert failure(shop.billing.IssueCreditNote, both).fields.keys() == {"price_change"}


def test_a_service_that_goes_on_is_earned_until_its_new_end(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("MUG"), term_months=12)
    name = revenue_of(order.contract)
    balances(shop, "2026-04-30")
    # ten months of 300.00 become twelve of 25.00
    change = {"quote_line": "plan", "end": deal.day("2027-05-01")}
    found = state(shop, name, "2026-05-01", service_change=change)
    plan = next(each for each in found.obligations if each.id == "plan")
    assert [each.amount for each in plan.schedule] == [3_000, 3_000, *[2_500] * 12]
    assert balances(shop, "2026-05-31")["revenue"] == -8_500
    ask = shop.revenue.StateRevenueFact
    wrong = failure(ask, request(name, service_change={"quote_line": "mug", "end": deal.day("2027-05-01")}))
    assert wrong.reason == "REV059"
    early = failure(ask, request(name, "2026-06-01", service_change={**change, "end": deal.day("2026-05-15")}))
    assert early.fields.keys() == {"service_change.end"}


def test_what_is_wrong_with_a_variable_price_is_told(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("CALLS", "100"), term_months=12)
    name = revenue_of(order.contract)
    ask = shop.revenue.StateRevenueFact
    low = failure(ask, request(name, variable_amount={"quote_line": "plan", "amount": -36_001}))
    assert low.reason == "REV041"
    twice = failure(ask, request(name, variable_amount={"quote_line": "plan", "item": "s-1", "amount": 1}))
    assert "keeps its line" in str(twice.fields)
    assert failure(ask, request(name, variable_amount={"item": "s-9", "amount": 1})).reason == "REV042"
    fixed = failure(ask, request(name, volume_rebate={"quote_line": "plan", "price": "0", "rebated_price": "1"}))
    assert fixed.fields.keys() == {"volume_rebate.quote_line", "volume_rebate.price"}
    dear = failure(ask, request(name, volume_rebate={"quote_line": "calls", "price": "1", "rebated_price": "2"}))
    assert dear.fields.keys() == {"volume_rebate.rebated_price"}
    none = failure(ask, request(name, usage_allocation={"quote_line": "calls"}))
    assert none.fields.keys() == {"usage_allocation.shares"}
    shares = [{"quote_line": "plam", "estimate": "1"}]
    unknown = failure(ask, request(name, usage_allocation={"quote_line": "plan", "shares": shares}))
    assert unknown.fields.keys() == {"usage_allocation.quote_line", "usage_allocation.shares[plam]"}
