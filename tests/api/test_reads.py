"""What a call asks the database: nothing, once what it reads is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import party_pb2, pricing_pb2, quote_pb2

from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL
from tests.storage.statements import told_statements


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, SMALL) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return told_statements(monkeypatch)


def test_a_price_and_a_draft_read_nothing_that_is_known(shop: Served, statements: list[str]) -> None:
    asked = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("PLAN", "5")))

    def draft(request_id: str) -> quote_pb2.Quote:
        request = quote_pb2.CreateQuoteRequest(
            quote=deal.draft(deal.content(deal.line("PLAN", "5"))), request_id=request_id
        )
        return shop.quotes.CreateQuote(request, timeout=30)

    first, kept = shop.pricing.PriceQuote(asked, timeout=30), draft("r-1")
    assert statements, "the customer was read"
    statements.clear()
    assert shop.pricing.PriceQuote(asked, timeout=30) == first
    assert draft("r-2").priced == kept.priced
    assert shop.pricing.PriceQuote(asked, timeout=30) == first
    assert not statements
    assert draft("r-1") == kept
    assert len(statements) == 1, "the recorded answer of a request that was sent again"


def test_a_quote_that_was_sent_before_is_sent_again_unread(shop: Served, statements: list[str]) -> None:
    name = shop.quotes.CreateQuote(
        quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content(deal.line("PLAN", "5")))), timeout=30
    ).name
    asked = quote_pb2.GetQuoteRequest(name=name)
    first = shop.quotes.GetQuote(asked, timeout=30)
    statements.clear()
    assert shop.quotes.GetQuote(asked, timeout=30) == first
    assert not statements
    lines = [deal.line("PLAN", "6")]
    shop.quotes.BatchUpdateQuoteLines(quote_pb2.BatchUpdateQuoteLinesRequest(name=name, upserts=lines), timeout=30)
    assert shop.quotes.GetQuote(asked, timeout=30).etag == '"2"'


def test_a_changed_customer_is_read(shop: Served) -> None:
    asked = pricing_pb2.PriceQuoteRequest(content=deal.content(deal.line("PLAN", "5")))
    shop.pricing.PriceQuote(asked, timeout=30)
    customer = shop.parties.GetCustomer(party_pb2.GetCustomerRequest(name=asked.content.customer), timeout=30)
    customer.segment = "nobody-has-this"
    shop.parties.UpdateCustomer(party_pb2.UpdateCustomerRequest(customer=customer), timeout=30)
    found = failure(shop.pricing.PriceQuote, asked)
    assert "`customer.segment` is never `nobody-has-this`" in found.message
