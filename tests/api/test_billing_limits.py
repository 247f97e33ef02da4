"""What billing refuses because it would never end, and how it stays right when an order is cancelled after a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from cpq.v1 import billing_pb2, order_pb2, revenue_pb2

from engine.adapters.rule_folder import read_folder
from tests.api import deal
from tests.api.server import Served, failure, served

RULES = Path(__file__).resolve().parents[2] / "rules"


def test_a_day_in_the_far_future_is_refused(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    for until in (deal.day("2100-01-01"), deal.day("9999-12-31")):
        preview = failure(
            shop.billing.PreviewInvoices, billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=until)
        )
        run = failure(shop.billing.RunBilling, billing_pb2.RunBillingRequest(contracts=[order.contract], until=until))
        for refused in (preview, run):
            assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
            assert list(refused.fields) == ["until"]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Served]:
    """A server with the shipped subscription book, whose plans have to be provisioned."""
    with served(tmp_path, read_folder(RULES / "saas")) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        yield server


def test_a_cancelled_order_is_credited_at_once_and_its_drafts_are_gone(platform: Served) -> None:
    order = deal.ordered(platform, deal.line("TEAM-Y"), term_months=24)
    run = platform.billing.RunBilling(
        billing_pb2.RunBillingRequest(contracts=[order.contract], until=deal.day("2027-03-01")), timeout=30
    )
    first, second = run.invoices
    final = platform.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=first.name), timeout=30)
    platform.orders.CancelOrder(order_pb2.CancelOrderRequest(name=order.name, note="no", by="users/rep"), timeout=30)
    left = platform.billing.ListInvoices(billing_pb2.ListInvoicesRequest(contract=order.contract)).invoices
    assert [(each.name, each.gross, each.open) for each in left] == [(final.name, final.gross, 0)]
    gone = failure(platform.billing.GetInvoice, billing_pb2.GetInvoiceRequest(name=second.name))
    assert gone.code is grpc.StatusCode.NOT_FOUND
    audit = platform.revenue.RunAudit(revenue_pb2.RunAuditRequest(), timeout=30)
    assert audit.valid, audit.findings
    again = platform.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2027-12-31")), timeout=30)
    assert not again.invoices
