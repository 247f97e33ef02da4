"""What a customer ordered before counts towards tiers where the price model says so, through a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cpq.v1 import order_pb2, pricing_pb2, quote_pb2

from engine.application.content import Content
from engine.application.perform import Work, perform
from engine.application.ports import Asked
from engine.application.quotes import Draft, create_quote
from engine.catalog import LineId, Sku
from engine.cli.command import main
from engine.diagnostics import Refusal
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.request import RequestedLine
from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

PRICES = b"""\
models:
  - id: plan-tiers
    sku: PLAN
    model: volume
    past_months: 12
    tiers: [{up_to: 9, unit: {EUR: 30.00, USD: 33.00}}, {unit: {EUR: 27.00, USD: 30.00}}]
    cliff: meant
  - id: mug-tiers
    sku: MUG
    model: graduated
    past_months: 6
    tiers: [{up_to: 9, unit: {EUR: 12.50, USD: 13.00}}, {unit: {EUR: 11.50, USD: 12.00}}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, {**SMALL, "prices/prices.yaml": PRICES}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def priced(shop: Served, *lines: pricing_pb2.LineInput, **fields: object) -> pricing_pb2.PricedQuote:
    content = deal.content(*(lines or (deal.line("PLAN", "5"),)))
    for name, value in fields.items():
        if name == "date":
            content.date.CopyFrom(value)
        else:
            setattr(content, name, value)
    return shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content), timeout=30)


def mrr(shop: Served, *lines: pricing_pb2.LineInput, **fields: object) -> int:
    return priced(shop, *lines, **fields).totals.mrr


def test_orders_of_the_last_months_count_unless_the_caller_says_otherwise(shop: Served) -> None:
    # 5 plans are in the first tier: 5 x 30.00
    assert (mrr(shop), list(priced(shop).past_orders)) == (15000, [])
    deal.ordered(shop, deal.line("PLAN", "4"), term_months=12)
    assert mrr(shop) == 15000
    deal.ordered(shop, deal.line("PLAN", "1"), term_months=12)
    # 4 + 1 before and 5 now reach the second tier: 5 x 27.00
    found = priced(shop)
    assert (found.totals.mrr, [(each.sku, each.quantity) for each in found.past_orders]) == (13500, [("PLAN", "5")])
    # the caller's own figure stands in their place, zero too
    assert mrr(shop, deal.line("PLAN", "5", prior_quantity="0")) == 15000
    assert mrr(shop, deal.line("PLAN", "1", prior_quantity="9")) == 2700
    # nobody in particular has no orders, and no day before an order counts it
    assert mrr(shop, customer="") == 15000
    assert mrr(shop, date=deal.day("2026-02-28")) == 15000
    # on 1 March of the next year both count still, the day after neither does
    assert (mrr(shop, date=deal.day("2027-03-01")), mrr(shop, date=deal.day("2027-03-02"))) == (13500, 15000)


def test_what_was_cancelled_does_not_count(shop: Served) -> None:
    mugs = deal.line("MUG", "5")
    assert priced(shop, mugs).totals.net == 6250
    order = deal.ordered(shop, deal.line("MUG", "7"))
    # after 7 mugs two more at 12.50, then three at 11.50
    assert priced(shop, mugs).totals.net == 5950
    shop.orders.CancelOrder(order_pb2.CancelOrderRequest(name=order.name, note="changed their mind"))
    assert priced(shop, mugs).totals.net == 6250


def test_a_stored_quote_keeps_what_counted_until_it_is_priced_again(shop: Served) -> None:
    deal.ordered(shop, deal.line("PLAN", "5"), term_months=12)
    quote = deal.sent(shop, deal.line("PLAN", "5"), deal.line("MUG"), term_months=12)
    assert (quote.priced.totals.mrr, [each.quantity for each in quote.priced.past_orders]) == (13500, ["5"])
    draft = deal.create(shop, deal.line("PLAN", "1"), deal.line("MUG"), term_months=12)
    assert draft.priced.totals.mrr == 3000
    deal.ordered(shop, deal.line("PLAN", "5"), term_months=12)
    name = f"{quote.name}/versions/1"
    certificate = shop.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=quote.name)).certificate
    verified = shop.quotes.VerifyCertificate(quote_pb2.VerifyCertificateRequest(name=name, certificate=certificate))
    assert verified.valid, verified.faults
    # an edit looks again, even one of another line
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=draft.name, upserts=[deal.line("MUG", "2")])
    edited = shop.quotes.BatchUpdateQuoteLines(edit)
    assert (edited.priced.totals.mrr, [each.quantity for each in edited.priced.past_orders]) == (2700, ["10"])


def test_an_order_that_moves_on_does_not_hold_up_a_quote(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("MUG", "7"))
    other = Content((RequestedLine(LineId("m"), Sku("MUG"), Decimal(5)),), customer="anna")
    attempts: list[str] = []

    def decide(work: Work) -> Quote | Refusal:
        made = create_quote(work, Draft(other, QuoteParties("anna", "rep"), date(2026, 6, 30)), etag="")
        attempts.append("made")
        if len(attempts) == 1:
            cancel = order_pb2.CancelOrderRequest(name=order.name, note="changed their mind")
            shop.orders.CancelOrder(cancel, timeout=30)
        return made

    net = perform(shop.env, Asked("CreateQuote"), decide, lambda _, quote: str(quote.priced.priced.totals.net).encode())
    # after 7 mugs two more at 12.50, then three at 11.50, as the orders were when the pricing began
    assert (net, attempts) == (b"59.50 EUR", ["made"])


def test_the_command_says_what_counted(shop: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deal.ordered(shop, deal.line("PLAN", "5"), term_months=12)
    asked = tmp_path / "asked.json"
    line = {"id": "p", "sku": "PLAN", "quantity": "5"}
    content = {"customer": "customers/anna", "lines": [line], "term_months": 12}
    asked.write_text(json.dumps(content))
    assert main(["price", str(asked), "--server", shop.running.address]) == 0
    shown = capsys.readouterr().out
    assert "5 PLAN of past orders count towards the tiers" in shown
    assert "135.00 / month" in shown  # 5 x 27.00
    # a figure of the caller's stood in their place: nothing of them counted, and nothing says so
    line["prior_quantity"] = "0"
    asked.write_text(json.dumps(content))
    assert main(["price", str(asked), "--server", shop.running.address]) == 0
    shown = capsys.readouterr().out
    assert "150.00 / month" in shown and "past orders" not in shown  # 5 x 30.00


def test_the_command_tells_the_segments_of_a_ramp_apart(
    shop: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "asked.json"
    lines = [{"id": "p", "sku": "PLAN", "quantity": "1", "ramp": {}}, {"id": "m", "sku": "PLAN", "quantity": "1"}]
    asked.write_text(json.dumps({"lines": lines, "term_months": 13}))
    assert main(["price", str(asked), "--server", shop.running.address]) == 0
    shown = capsys.readouterr().out
    assert "(p/1, 12 months)" in shown and "(p/2, 1 month)" in shown and "(m" not in shown
