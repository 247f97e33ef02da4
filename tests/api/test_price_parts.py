"""What each tier adds, from the quote to the invoice, through a real server; figures by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, common_pb2, pricing_pb2, quote_pb2

from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

MODELS = """\
models:
  - id: plan-tiers
    sku: PLAN
    model: graduated
    tiers:
      - {up_to: 9, unit: {EUR: 30.00, USD: 33.00}}
      - {unit: {EUR: 25.00, USD: 28.00}, flat: {EUR: 50.00, USD: 55.00}}
  - id: calls
    sku: CALLS
    model: package
    size: 100
    unit: {EUR: 4.00, USD: 4.50}
    included: 50
    minimum: {EUR: 20.00, USD: 22.00}
  - id: mugs
    sku: MUG
    model: volume
    tiers: [{up_to: 9, unit: {EUR: 12.50, USD: 14.00}}, {unit: {EUR: 10.00, USD: 11.00}}]
    cliff: meant
"""
FILES = {**SMALL, "prices/models.yaml": MODELS.encode()}
Row = tuple[str, str, str, str, str, int]
# 9 x 30.00, then 50.00 and 3 x 25.00
PLAN = [("TIER", "0", "9", "30.00", "", 27_000), ("TIER", "9", "3", "25.00", "50.00", 12_500)]
# 50 are included; 100 start one package, and 16.00 are missing to 20.00
CALLS = [
    ("INCLUDED", "", "50", "", "", 0),
    ("TIER", "", "100", "4.00", "", 400),
    ("MINIMUM", "", "", "", "", 1_600),
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def rows(parts: Iterable[common_pb2.PricePart]) -> list[Row]:
    kinds = common_pb2.PricePartKind
    return [
        (
            kinds.Name(each.kind).removeprefix("PRICE_PART_KIND_"),
            each.above,
            each.quantity,
            each.unit_price,
            each.flat_fee,
            each.amount,
        )
        for each in parts
    ]


def asked() -> pricing_pb2.QuoteContent:
    lines = deal.line("PLAN", "12"), deal.line("CALLS", "150"), deal.line("BOX", "1", id="box")
    return deal.content(*lines[:2], term_months=12)


def test_the_waterfall_tells_what_each_tier_adds(shop: Served) -> None:
    request = pricing_pb2.PriceQuoteRequest(content=asked(), view=common_pb2.VIEW_WATERFALL)
    plan, calls = shop.pricing.PriceQuote(request, timeout=30).lines
    assert (plan.amount, rows(plan.waterfall.parts)) == (39_500, PLAN)
    assert (calls.amount, rows(calls.waterfall.parts)) == (2_000, CALLS)
    assert [each.packages for each in calls.waterfall.parts] == ["", "1", ""]
    told = shop.pricing.ExplainPrice(pricing_pb2.ExplainPriceRequest(content=asked()), timeout=30).waterfalls
    assert [rows(each.parts) for each in told] == [PLAN, CALLS]
    chunks = list(shop.pricing.StreamPriceQuote(request, timeout=30))
    assert [rows(each.waterfall.parts) for chunk in chunks for each in chunk.lines] == [PLAN, CALLS]
    full = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=asked()), timeout=30)
    assert not any(each.HasField("waterfall") for each in full.lines)


def test_a_stored_quote_tells_the_same(shop: Served) -> None:
    name = deal.create(shop, *asked().lines, term_months=12).name
    request = quote_pb2.GetQuoteRequest(name=name, view=common_pb2.VIEW_WATERFALL)
    quote = shop.quotes.GetQuote(request, timeout=30)
    assert [rows(each.waterfall.parts) for each in quote.priced.lines] == [PLAN, CALLS]
    stored = shop.pricing.ExplainPrice(pricing_pb2.ExplainPriceRequest(quote=name), timeout=30)
    assert [rows(each.parts) for each in stored.waterfalls] == [PLAN, CALLS]


def test_invoices_tell_what_each_tier_adds(shop: Served) -> None:
    content = asked()
    order = deal.ordered(shop, *content.lines, term_months=12, manual_discounts=[deal.discount("10")])
    record = billing_pb2.UsageRecord(id="u1", line="calls", day=deal.day("2026-03-10"), quantity="350")
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]), timeout=30)
    preview = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2026-04-01"))
    lines = {
        (each.sku, each.service.start.month): each
        for invoice in shop.billing.PreviewInvoices(preview, timeout=30).invoices
        for each in invoice.lines
    }
    plan, calls = lines["PLAN", 3], lines["CALLS", 3]
    assert (plan.amount, rows(plan.parts)) == (35_550, [*PLAN, ("ADJUSTMENTS", "", "", "", "", -3_950)])
    # 300 after the included ones start three packages; the least of 20.00 takes 8.00 more
    assert (calls.amount, rows(calls.parts)) == (
        2_000,
        [
            ("INCLUDED", "", "50", "", "", 0),
            ("TIER", "", "300", "4.00", "", 1_200),
            ("MINIMUM", "", "", "", "", 800),
        ],
    )
    (final, *_) = deal.invoiced(shop, order.contract, "2026-04-01")
    kept = shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=final.name), timeout=30)
    assert [rows(each.parts) for each in kept.lines] == [rows(each.parts) for each in final.lines]
    assert all(not each.parts or sum(one.amount for one in each.parts) == each.amount for each in kept.lines)


def test_late_usage_says_what_was_billed_before(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "150"), term_months=12)

    def use(name: str, quantity: str) -> None:
        record = billing_pb2.UsageRecord(id=name, line="calls", day=deal.day("2026-03-10"), quantity=quantity)
        request = billing_pb2.RecordUsageRequest(contract=order.contract, records=[record])
        shop.billing.RecordUsage(request, timeout=30)

    use("u1", "550")  # five packages after the included ones: 20.00
    deal.invoiced(shop, order.contract, "2026-04-01")
    use("u2", "100")  # six packages in all: 24.00
    invoices = deal.invoiced(shop, order.contract, "2026-04-02")
    (late,) = [each for invoice in invoices for each in invoice.lines if each.service.start.month == 3]
    assert (late.amount, rows(late.parts)) == (
        400,
        [
            ("INCLUDED", "", "50", "", "", 0),
            ("TIER", "", "600", "4.00", "", 2_400),
            ("BILLED", "", "", "", "", -2_000),
        ],
    )
