"""Tax rates of a service outside, through a real server: answered once and kept, or nothing is priced at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from cpq.v1 import configuration_pb2, order_pb2, pricing_pb2, quote_pb2, revenue_pb2

from engine.application.perform import Work, perform
from engine.application.ports import Asked, Conflict
from engine.application.publish import publish_files
from engine.application.quotes import create_quote
from engine.diagnostics import Refusal
from engine.quotes.quote import Quote
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.application.deal import draft, line
from tests.fakes.rules import SMALL
from tests.fakes.tax_server import TaxServer, tax_server

HOOKED = {name: text for name, text in SMALL.items() if name != "terms/tax.csv"}
HOOKED["terms/terms.yaml"] = SMALL["terms/terms.yaml"] + b"tax: {rates_from: hook, round_at: line}\n"
HOOKED["catalog/products.yaml"] = SMALL["catalog/products.yaml"].replace(
    b"{sku: BRD-1, name: Board 1,", b"{sku: BRD-1, name: Board 1, tax_code: reduced,"
)


@pytest.fixture
def service() -> Iterator[TaxServer]:
    with tax_server() as told:
        told.says(standard=19, reduced="7")
        yield told


@pytest.fixture
def shop(tmp_path: Path, service: TaxServer) -> Iterator[Served]:
    with served(tmp_path, HOOKED, tax_hook=service.url, tax_seconds=1) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def asked(*lines: pricing_pb2.LineInput) -> pricing_pb2.PriceQuoteRequest:
    return pricing_pb2.PriceQuoteRequest(content=deal.content(*lines))


def test_the_service_answers_rates_and_the_engine_rounds(shop: Served, service: TaxServer) -> None:
    found = shop.pricing.PriceQuote(asked(deal.line("MUG", "3"), deal.line("BRD-1")), timeout=30)
    # 19 % of 37.50 = 7.125; 7 % of 80.00
    assert [(each.net, each.tax) for each in found.lines] == [(3750, 713), (8000, 560)]
    assert (found.totals.tax, found.totals.gross) == (1273, 11750 + 1273)
    (question,) = service.asked
    assert (question["codes"], question["currency"], question["customer"]["region"]) == (
        ["reduced", "standard"],
        "EUR",
        "DE",
    )


def test_the_service_is_asked_anew_for_every_request(shop: Served, service: TaxServer) -> None:
    request = asked(deal.line("MUG", "3"))
    taxes = []
    for percent in (19, 19, 7):
        service.says(standard=percent, reduced="7")
        taxes.append(shop.pricing.PriceQuote(request, timeout=30).totals.tax)
    # 19 % and 7 % of 37.50, half up
    assert (taxes, len(service.asked)) == ([713, 713, 263], 3)


def test_when_the_service_fails_nothing_is_priced_and_nothing_changes(shop: Served, service: TaxServer) -> None:
    stored = deal.create(shop, deal.line("MUG", "3"))
    service.status = 500
    failed = failure(shop.pricing.PriceQuote, asked(deal.line("MUG", "3")))
    assert (failed.code, failed.reason) == (grpc.StatusCode.UNAVAILABLE, "PRC012")
    assert failed.message == "the tax service did not answer: HTTP status 500; try again; nothing was priced"
    create = quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content(deal.line("MUG"))))
    assert failure(shop.quotes.CreateQuote, create).reason == "PRC012"
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=stored.name, upserts=[deal.line("MUG", "9")])
    assert failure(shop.quotes.BatchUpdateQuoteLines, edit).reason == "PRC012"
    assert shop.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=stored.name)) == stored
    assert len(shop.quotes.ListQuotes(quote_pb2.ListQuotesRequest()).quotes) == 1
    # what else is wrong is told in the same answer
    both = failure(shop.pricing.PriceQuote, asked(deal.line("MUGG")))
    assert both.fields == {"content.lines[0].sku": "unknown product `MUGG`; did you mean `MUG`?"}
    service.status, service.silent = 200, threading.Event()
    assert "timed out" in failure(shop.pricing.PriceQuote, asked(deal.line("MUG", "3"))).message
    service.silent.set()
    service.silent = None
    assert shop.quotes.BatchUpdateQuoteLines(edit).priced.totals.tax == 2138  # 19 % of 112.50


def test_a_request_that_is_decided_again_asks_nobody_again(shop: Served, service: TaxServer) -> None:
    seen: list[int] = []

    def decide(work: Work) -> Quote | Refusal:
        made = create_quote(work, draft(line("MUG", "3")), etag="")
        seen.append(len(service.asked))
        if len(seen) < 3:
            service.says(standard=20, reduced=5)
            raise Conflict("somebody else was first")
        return made

    done = perform(
        shop.env, Asked("CreateQuote"), decide, lambda _, quote: str(quote.priced.priced.totals.tax).encode()
    )
    # 19 % of 37.50, by the first answer
    assert (done, seen) == (b"7.13 EUR", [1, 1, 1])


def test_a_code_without_a_rate_is_refused(shop: Served, service: TaxServer) -> None:
    service.says(standard=19)
    failed = failure(shop.pricing.PriceQuote, asked(deal.line("MUG"), deal.line("BRD-1")))
    assert failed.fields == {"content.lines[1].tax_code": "no tax rate for `reduced`; the tax service named none"}


def test_what_was_answered_is_kept_by_quote_contract_and_invoice(shop: Served, service: TaxServer) -> None:
    gift = b"order_discounts:\n  - {id: free-board, give: add BRD-1 at 10.00}\n"
    files = {name: text for name, text in HOOKED.items() if name != "tests/prices.yaml"}
    done = perform(
        shop.env,
        Asked("Publish"),
        lambda work: publish_files(work, {**files, "discounts/gift.yaml": gift}, etag=""),
        lambda _, book: book.id.encode(),
    )
    assert isinstance(done, bytes), str(done)
    offer = deal.sent(shop, deal.line("PLAN", "2"), term_months=12)
    # 19 % of 60.00, 7 % of 10.00 for the board that a rule adds
    assert (offer.priced.lines[0].tax, offer.priced.gifts[0].tax) == (1140, 70)
    service.status = 500
    name = f"{offer.name}/versions/1"
    verify = quote_pb2.VerifyCertificateRequest(name=name, certificate=offer.certificate)
    assert shop.quotes.VerifyCertificate(verify).valid
    shop.pricing.ExplainPrice(pricing_pb2.ExplainPriceRequest(quote=offer.name), timeout=30)
    shop.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=offer.name, version=1))
    order = shop.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=offer.name))
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert (invoice.net, invoice.gross) == (7000, 7000 + 1140 + 70)
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-03-31"))).valid


def test_list_prices_and_rule_tests_ask_nobody(shop: Served, service: TaxServer) -> None:
    request = configuration_pb2.ConfigureRequest(product="products/BOX", show_prices=True)
    (cpu, _) = shop.configuration.Configure(request, timeout=30).slots
    # the book was published with its test of a price
    assert [each.price_difference for each in cpu.options] == ["200.00", "300.00"]
    assert service.asked == []


def test_a_book_that_wants_a_service_on_a_server_without_one(tmp_path: Path) -> None:
    with served(tmp_path, HOOKED) as server:
        failed = failure(
            server.pricing.PriceQuote,
            pricing_pb2.PriceQuoteRequest(content=pricing_pb2.QuoteContent(lines=[deal.line("MUG")])),
        )
    assert failed.reason == "PRC012"
    assert failed.message.startswith("the tax service did not answer: the server knows no tax service")
