"""Part months as whole ones, by one key of the rule book, in prices and on invoices; amounts are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, contract_pb2, pricing_pb2, quote_pb2, revenue_pb2

from tests.api import deal
from tests.api.server import Served, failure, served
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


@pytest.mark.parametrize(
    ("contract", "amounts"),
    [
        # 5 x 30.00 a month; 10 of the 31 days of May: 48.387
        (b"contract: {payment_days: 30}", [15000, 15000, 4839]),
        (b"contract: {payment_days: 30, day_count: 30/360}", [15000, 15000, 5000]),  # 10 of 30
        (b"contract: {payment_days: 30, part_months: whole}", [15000, 15000, 15000]),
    ],
)
def test_a_line_until_a_day_costs_what_is_billed_of_it(tmp_path: Path, contract: bytes, amounts: list[int]) -> None:
    terms = TERMS.replace(b"contract: {payment_days: 30, day_count: daily}", contract)
    with served(tmp_path, {**SMALL, "terms/terms.yaml": terms}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        start, end = deal.day("2026-03-01"), deal.day("2026-05-11")
        order = deal.ordered(shop, deal.line("PLAN", "5", start=start, end=end))
        quote = shop.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=order.quote))
        assert (quote.content.lines[0].end, quote.priced.lines[0].term_net) == (end, sum(amounts))
        assert quote.priced.totals.tcv == sum(amounts)
        billed = deal.invoiced(shop, order.contract, "2026-12-31")
        assert [each.net for each in billed] == amounts
        assert billed[-1].lines[0].service.end == end
        shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-12-31")), timeout=30)
        audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-12-31")), timeout=30)
        assert audit.valid, audit.findings


def test_an_end_that_cannot_be_is_refused(shop: Served) -> None:
    start, end = deal.day("2026-03-01"), deal.day("2026-05-11")
    content = deal.content(
        deal.line("PLAN", id="a", end=end),
        deal.line("PLAN", id="b", start=end, end=start),
        deal.line("PLAN", id="c", start=start, end=end, term_months=12),
        deal.line("MUG", id="d", start=start, end=end),
        deal.line("PLAN", id="e", start=start, end=deal.day("2999-01-01")),
    )
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=content))
    assert found.fields == {
        "content.lines[0].end": "an end needs a start; give `start` on the line or the quote",
        "content.lines[1].end": "the line ends on 2026-03-01, and starts on 2026-05-11; let it end on a later day",
        "content.lines[2].end": "the line has both a term and an end; give one of them",
        "content.lines[3].end": "`MUG` is charged once, so it has no end; leave it out",
        "content.lines[4].end": "2026-03-01 to 2999-01-01 is not within 1200 months",
    }
    ramped = deal.content(deal.line("PLAN", start=start, end=end, ramp=pricing_pb2.Ramp()), term_months=12)
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=ramped))
    assert found.fields == {
        "content.lines[0].ramp": "a ramp is cut by months, and the line has an end; give `term_months` instead"
    }


@pytest.mark.parametrize(
    ("billing", "amounts"),
    [
        # 20.00 a month at least: 16 of the 31 days of March are 10.3226; April whole
        (b"", [1032, 2000]),
        (b"billing: {part_minimum: whole}\n", [2000, 2000]),
    ],
)
def test_the_least_of_usage_is_due_for_the_part_of_a_month(tmp_path: Path, billing: bytes, amounts: list[int]) -> None:
    terms = TERMS.replace(b"contract: {payment_days: 30, day_count: daily}", b"contract: {bill_day: 1}") + billing
    models = b"models:\n  - {id: calls, sku: CALLS, model: per_unit, unit: {EUR: 0.05, USD: 0.06}, "
    models += b"minimum: {EUR: 20.00, USD: 22.00}}\n"
    with served(tmp_path, {**SMALL, "terms/terms.yaml": terms, "prices/models.yaml": models}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        order = deal.ordered(shop, deal.line("CALLS", "100", start=deal.day("2026-03-16")), term_months=12)
        record = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-20"), quantity="50")
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]))
        assert [each.net for each in deal.invoiced(shop, order.contract, "2026-05-01")] == amounts


def test_days_to_pay_may_count_from_the_end_of_the_month(tmp_path: Path) -> None:
    terms = TERMS.replace(b"contract: {payment_days: 30, day_count: daily}", b"contract: {payment_from: month_end}")
    with served(tmp_path, {**SMALL, "terms/terms.yaml": terms}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
        agreed = shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
        assert agreed.payment_from == contract_pb2.PAYMENT_FROM_MONTH_END
        preview = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2026-03-31"))
        (draft,) = shop.billing.PreviewInvoices(preview).invoices
        # the account agreed 14 days: 31 March and 14 days; made final on 2 April, 30 April and 14 days
        assert (draft.invoice_date, draft.due_date) == (deal.day("2026-03-01"), deal.day("2026-04-14"))
        deal.move_clock(shop, "2026-04-02T12:00:00Z")
        first, *_ = deal.invoiced(shop, order.contract, "2026-03-31")
        assert first.due_date == deal.day("2026-05-14")
