"""What billing refuses because it would never end or never be right."""

from __future__ import annotations

import grpc
from cpq.v1 import billing_pb2

from tests.api import deal
from tests.api.server import Served, failure


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
