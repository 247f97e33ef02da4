"""Part months as whole ones, by one key of the rule book, in prices and on invoices; amounts are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, contract_pb2, revenue_pb2

from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

TERMS = SMALL["terms/terms.yaml"]
BILLED_ON_THE_FIRST = b"contract: {payment_days: 30, bill_day: 1, part_months: whole}"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    terms = TERMS.replace(b"contract: {payment_days: 30, day_count: daily}", BILLED_ON_THE_FIRST)
    with served(tmp_path, {**SMALL, "terms/terms.yaml": terms}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_a_part_of_a_month_is_billed_whole_and_the_term_costs_what_was_quoted(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", start=deal.day("2026-03-16")), term_months=3)
    # from 16 March for three months: March whole, April, May; the half of June that is left has been paid for
    billed = deal.invoiced(shop, order.contract, "2026-06-30")
    assert [each.net for each in billed] == [3000, 3000, 3000, 0]
    assert [each.lines[0].service.start for each in billed][:2] == [deal.day("2026-03-16"), deal.day("2026-04-01")]
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-06-30"))).valid


def test_a_month_that_was_begun_is_not_credited(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2026-04-11"), reason="moves")
    assert not shop.contracts.TerminateContract(request, timeout=30).credit_notes
    run = billing_pb2.RunBillingRequest(until=deal.day("2026-12-31"), contracts=[order.contract])
    assert not shop.billing.RunBilling(run, timeout=30).invoices
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-04-01"))).valid
