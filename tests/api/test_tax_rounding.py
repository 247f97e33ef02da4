"""Quote and invoice bear the same tax at every declared level; amounts are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, quote_pb2

from tests.api import deal
from tests.api.server import served
from tests.fakes.rules import SMALL

PLUS = b"  - {sku: PLUS, name: Plus, category: service, tax_code: reduced, list: {EUR: 0.35, USD: 0.40}}\nbundles:"
CATALOG = SMALL["catalog/products.yaml"].replace(b"EUR: 30.00", b"EUR: 0.35").replace(b"bundles:", PLUS)
RATES = b"tax_code,out: percent\nstandard,19\nreduced,7\n"


@pytest.mark.parametrize(
    ("tax", "cents", "shown"),
    [
        # PLAN 3 x 0.35, 0.35 and 0.35 at 19 %, PLUS 0.35 at 7 %: exact 0.1995 + 0.0665 + 0.0665 + 0.0245 = 0.357
        ("{round_at: unit}", 37, "UNIT"),  # five times 0.0665 -> 0.07, and 0.02
        ("{round_at: line}", 36, "LINE"),  # 0.20 + 0.07 + 0.07 + 0.02
        ("{round_at: rate}", 35, "RATE"),  # 19 % of 1.75 = 0.3325 -> 0.33, and 0.02
        ("{round_at: total}", 36, "TOTAL"),  # 0.357
        ("{round_at: line, mode: down}", 33, "LINE"),  # 0.19 + 0.06 + 0.06 + 0.02
        ("{round_at: rate, mode: up}", 37, "RATE"),  # 0.34 + 0.03
        ("{round_at: total, mode: down}", 35, "TOTAL"),
        ("{round_at: unit, mode: down}", 32, "UNIT"),  # five times 0.06, and 0.02
        ("{}", 36, "LINE"),
    ],
)
def test_quote_and_invoice_round_tax_alike(tmp_path: Path, tax: str, cents: int, shown: str) -> None:
    terms = SMALL["terms/terms.yaml"] + f"tax: {tax}\n".encode()
    book = {**SMALL, "catalog/products.yaml": CATALOG, "terms/terms.yaml": terms, "terms/tax.csv": RATES}
    with served(tmp_path, book) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        lines = [
            deal.line("PLAN", "3"),
            deal.line("PLAN", id="second"),
            deal.line("PLAN", id="third"),
            deal.line("PLUS"),
        ]
        order = deal.ordered(shop, *lines, term_months=12)
        quote = shop.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=order.quote))
        assert quote.priced.totals.tax == cents
        first, second = deal.invoiced(shop, order.contract, "2026-04-01")
        assert (first.net, first.tax, second.tax) == (210, cents, cents)
        assert first.tax_rounding == billing_pb2.TaxRounding.Value(f"TAX_ROUNDING_{shown}")
        note = shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=first.name, reason="fault"))
        assert (note.net, note.tax) == (210, cents)


@pytest.mark.parametrize(("level", "cents"), [("unit", 35), ("line", 33), ("rate", 33)])
def test_usage_that_no_quote_taxed_is_rounded_at_the_same_level(tmp_path: Path, level: str, cents: int) -> None:
    catalog = SMALL["catalog/products.yaml"].replace(b"EUR: 0.05", b"EUR: 0.35")
    terms = SMALL["terms/terms.yaml"] + f"tax: {{round_at: {level}}}\n".encode()
    with served(tmp_path, {**SMALL, "catalog/products.yaml": catalog, "terms/terms.yaml": terms}) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)
        record = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="5")
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]))
        (invoice,) = deal.invoiced(shop, order.contract, "2026-04-01")
        # 5 x 0.35 = 1.75 at 19 %: 0.3325 together, 5 x 0.0665 -> 5 x 0.07 by unit
        assert (invoice.net, invoice.tax) == (175, cents)
