"""Ending contracts early through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, order_pb2, revenue_pb2

from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL


def terminate(shop: Served, contract: str, end: str, *lines: str, **fields: Any) -> Any:
    request = contract_pb2.TerminateContractRequest(
        name=contract, end=deal.day(end), lines=lines, reason="moves away", **fields
    )
    return shop.contracts.TerminateContract(request, timeout=30)


def recognised(shop: Served, until: str) -> None:
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)), timeout=30)


def sound(shop: Served, until: str) -> bool:
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)), timeout=30)
    assert not audit.findings, audit.findings
    return bool(audit.valid)


def obligation(shop: Served, contract: str) -> Any:
    name = f"revenueContracts/{contract.partition('/')[2]}"
    found = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name))
    return found.obligations[0]


def test_unused_days_are_credited_and_nothing_more_is_billed(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    first, second = deal.invoiced(shop, order.contract, "2026-04-01")
    recognised(shop, "2026-03-31")
    done = terminate(shop, order.contract, "2026-04-11", by="users/rep")
    # Of April's 30.00, 20 of 30 days are not served: 20.00, and 19 % tax on it.
    (note,) = done.credit_notes
    assert (note.invoice, note.net, note.tax, note.gross) == (second.name, 2000, 380, 2380)
    assert note.lines[0].service.start == deal.day("2026-04-11")
    assert note.lines[0].service.end == deal.day("2026-05-01")
    (change,) = done.contract.changes
    (end,) = change.ends
    # 12 x 30.00 promised, 30.00 + 10.00 billed: 320.00 will not be billed.
    assert (end.line, end.end, end.released) == ("plan", deal.day("2026-04-11"), 32000)
    assert (change.reason, change.by, list(change.ended_lines)) == ("moves away", "users/rep", ["plan"])
    assert done.contract.etag != ""
    assert sound(shop, "2026-04-01")

    later = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2027-06-30")), timeout=30)
    assert not later.invoices and not later.credit_notes
    recognised(shop, "2027-06-30")
    found = obligation(shop, order.contract)
    # All that was billed is revenue: 30.00 of March and 10.00 of April.
    assert (found.price, found.recognized, first.net) == (4000, 4000, 3000)
    assert sound(shop, "2027-06-30")


def test_an_end_in_the_future_is_credited_now_and_billed_until_then(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-03-31")
    preview = terminate(shop, order.contract, "2026-06-16", validate_only=True)
    assert not preview.credit_notes
    # March, April, May at 30.00 and 15 of 30 days of June: 105.00 of 360.00 will be billed.
    assert preview.contract.changes[0].ends[0].released == 36000 - 10500
    assert not shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract)).changes
    assert terminate(shop, order.contract, "2026-06-16").contract == preview.contract
    assert sound(shop, "2026-03-31")
    billed = deal.invoiced(shop, order.contract, "2026-12-31")
    assert [each.net for each in billed] == [3000, 3000, 1500]
    recognised(shop, "2026-12-31")
    assert obligation(shop, order.contract).recognized == 10500
    assert sound(shop, "2026-12-31")


def test_drafts_are_thrown_away_and_a_line_that_did_not_begin_is_taken_back(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", start=deal.day("2026-05-01")), term_months=12)
    run = billing_pb2.RunBillingRequest(contracts=[order.contract], until=deal.day("2026-07-31"))
    drafts = shop.billing.RunBilling(run).invoices
    assert len(drafts) == 3
    preview = terminate(shop, order.contract, "2026-04-01", validate_only=True)
    assert [(each.name, each.gross, each.state) for each in preview.voided_invoices] == [
        (each.name, 3570, billing_pb2.INVOICE_STATE_VOID) for each in drafts
    ]
    assert len(shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices) == 3
    done = terminate(shop, order.contract, "2026-04-01")
    assert not done.credit_notes and done.voided_invoices == preview.voided_invoices
    assert done.contract.changes[0].ends[0].end == deal.day("2026-05-01")
    assert done.contract.changes[0].ends[0].released == 36000
    assert not shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices
    assert not shop.billing.RunBilling(run).invoices
    assert obligation(shop, order.contract).price == 0
    assert sound(shop, "2026-07-31")


def test_a_service_without_an_agreed_end_is_revenue_as_it_is_billed_and_can_be_ended(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("MUG", "2"))
    for task in ("mug.pick", "mug.send"):
        deal.report(shop, order.name, task, order_pb2.PROGRESS_STARTED)
        deal.report(shop, order.name, task)
    billed = deal.invoiced(shop, order.contract, "2026-06-30")
    # 2 x 12.50 and 30.00 on the first of March, 30.00 on the first of each later month
    assert [each.net for each in billed] == [5500, 3000, 3000, 3000]
    recognised(shop, "2026-05-31")
    assert obligation(shop, order.contract).recognized == 9000
    assert sound(shop, "2026-06-30")
    done = terminate(shop, order.contract, "2026-06-21", "plan")
    # 10 of the 30 days of June
    assert [(each.net, each.invoice) for each in done.credit_notes] == [(1000, billed[-1].name)]
    assert not done.contract.changes[0].ends[0].HasField("released")
    assert not deal.invoiced(shop, order.contract, "2026-12-31")
    recognised(shop, "2026-12-31")
    found = obligation(shop, order.contract)
    assert (found.price, found.recognized) == (11000, 11000)
    assert sound(shop, "2026-12-31")


HOSTED = """\
categories:
  hosted:
    title: Hosted services
    charge: {kind: recurring, period: month, timing: advance}
    recognition: service
    fulfilment: ship
products:
  - {sku: HOST, name: Hosting, category: hosted, list: {EUR: 20.00, USD: 22.00}}
"""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Served]:
    """A shop that also hosts: what it hosts has to be set up."""
    with served(tmp_path, {**SMALL, "catalog/hosted.yaml": HOSTED.encode()}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_fulfilment_that_has_not_begun_stops_with_the_service(platform: Served) -> None:
    order = deal.ordered(platform, deal.line("HOST"), term_months=12)
    assert {task.state for task in order.tasks} <= {order_pb2.TASK_STATE_READY, order_pb2.TASK_STATE_WAITING}
    terminate(platform, order.contract, "2026-09-01")
    running = platform.orders.GetOrder(order_pb2.GetOrderRequest(name=order.name))
    assert running.state == order_pb2.ORDER_STATE_ACKNOWLEDGED
    other = deal.ordered(platform, deal.line("HOST"), term_months=12)
    terminate(platform, other.contract, "2026-03-01")
    stopped = platform.orders.GetOrder(order_pb2.GetOrderRequest(name=other.name))
    assert stopped.state == order_pb2.ORDER_STATE_CANCELLED


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"end": deal.day("2026-04-11"), "reason": ""}, grpc.StatusCode.INVALID_ARGUMENT, {"reason"}),
        ({"reason": "x"}, grpc.StatusCode.INVALID_ARGUMENT, {"end"}),
        ({"end": {"year": 2026, "month": 2, "day": 31}, "reason": "x"}, grpc.StatusCode.INVALID_ARGUMENT, {"end"}),
        (
            {"end": deal.day("2026-04-11"), "reason": "", "lines": ["plan", "plan"], "by": "quotes/q"},
            grpc.StatusCode.INVALID_ARGUMENT,
            {"reason", "lines", "by"},
        ),
        (
            {"end": deal.day("2026-04-11"), "reason": "x", "lines": ["plam"]},
            grpc.StatusCode.INVALID_ARGUMENT,
            {"lines[0]"},
        ),
        (
            {"end": deal.day("2026-04-11"), "reason": "x", "lines": ["mug"]},
            grpc.StatusCode.INVALID_ARGUMENT,
            {"lines[0]"},
        ),
        ({"end": deal.day("2027-04-01"), "reason": "x"}, grpc.StatusCode.FAILED_PRECONDITION, {"CON009", "end"}),
        ({"end": deal.day("2090-04-01"), "reason": "x"}, grpc.StatusCode.INVALID_ARGUMENT, {"end"}),
        ({"name": "contracts/none", "end": deal.day("2026-04-11"), "reason": "x"}, grpc.StatusCode.NOT_FOUND, {"name"}),
    ],
)
def test_a_termination_that_cannot_be_is_refused_whole(
    shop: Served, fields: dict[str, Any], code: grpc.StatusCode, named: set[str]
) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("MUG"), term_months=12)
    request = contract_pb2.TerminateContractRequest(**{"name": order.contract, **fields})
    refused = failure(shop.contracts.TerminateContract, request)
    assert (refused.code, {*refused.fields, *refused.states}) == (code, named)
    assert not shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract)).changes


def test_a_credit_of_usage_touches_no_other_revenue(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("CALLS", "100"), term_months=12)
    records = [billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="200")]
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=records))
    first, second = deal.invoiced(shop, order.contract, "2026-04-01")
    usage = next(each for each in second.lines if each.sku == "CALLS")
    shop.billing.IssueCreditNote(
        billing_pb2.IssueCreditNoteRequest(
            invoice=second.name, reason="goodwill", lines=[{"line": usage.id, "amount": 400}]
        )
    )
    recognised(shop, "2026-04-30")
    assert obligation(shop, order.contract).price == 36000
    assert sound(shop, "2026-04-30")
    # 200 calls were reported, 50 of them by mistake: 50 x 0.05 less, in a line of its own
    late = [billing_pb2.UsageRecord(id="b", line="calls", day=deal.day("2026-03-06"), quantity="-50")]
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=late))
    run = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-15")), timeout=30)
    assert [each.net for each in run.credit_notes] == [250]
    recognised(shop, "2026-04-30")
    name = f"revenueContracts/{order.contract.partition('/')[2]}"
    found = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name))
    calls = next(each for each in found.obligations if each.timing == "usage")
    # 10.00 billed, 4.00 and 2.50 credited
    assert (calls.price, calls.recognized, first.net) == (350, 350, 3000)
    assert sound(shop, "2026-04-30")
