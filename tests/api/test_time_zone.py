"""The time zone of a rule book decides which day it is, through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import contract_pb2, order_pb2, pricing_pb2, quote_pb2

from tests.adapters.test_shell_ports import COMPILED
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

APRIL = b"""\
prices:
  - {id: april, sku: MUG, from: 2026-04-01, until: 2026-05-01, price: {EUR: 9.00, USD: 10.00}}
"""


def zoned(name: str) -> dict[str, bytes]:
    return {
        **SMALL,
        "book.yaml": SMALL["book.yaml"].replace(b"time_zone: UTC", f"time_zone: {name}".encode()),
        "prices/april.yaml": APRIL,
    }


def mug(shop: Served) -> str:
    request = pricing_pb2.PriceQuoteRequest(content=pricing_pb2.QuoteContent(lines=[deal.line("MUG")]))
    return str(shop.pricing.PriceQuote(request, timeout=30).lines[0].list_unit_price)


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Europe/Berlin", "2026-03-31T21:59:59Z", "2026-03-31T22:00:00Z"),  # two hours ahead since 29 March
        ("America/New_York", "2026-04-01T03:59:59Z", "2026-04-01T04:00:00Z"),  # four behind since 8 March
        ("Asia/Kolkata", "2026-03-31T18:29:59Z", "2026-03-31T18:30:00Z"),
        ("UTC", "2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z"),
    ],
)
def test_prices_change_at_midnight_where_the_book_is_at_home(tmp_path: Path, zone: str, last: str, first: str) -> None:
    with served(tmp_path, zoned(zone)) as shop:
        deal.set_clock(shop, last)
        before = mug(shop)
        deal.move_clock(shop, first)
        assert (before, mug(shop)) == ("12.50", "9.00")


@pytest.fixture
def new_york(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, zoned("America/New_York")) as server:
        deal.set_clock(server, "2026-06-30T12:00:00Z")
        deal.people(server)
        yield server


def test_an_offer_can_be_accepted_to_the_end_of_its_last_day_there(new_york: Served) -> None:
    first, second = (deal.sent(new_york, deal.line("PLAN"), term_months=12) for _ in range(2))  # valid until 30 June
    deal.move_clock(new_york, "2026-07-01T03:59:00Z")
    accept = quote_pb2.AcceptQuoteRequest(name=first.name, version=first.version)
    new_york.quotes.AcceptQuote(accept, timeout=30)
    order = new_york.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=first.name), timeout=30)
    contract = new_york.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
    assert contract.start == deal.day("2026-06-30")
    deal.move_clock(new_york, "2026-07-01T04:00:00Z")
    failure(new_york.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=second.name, version=second.version))


def test_instants_are_told_in_utc_as_ever(new_york: Served) -> None:
    quote = deal.create(new_york, deal.line("MUG", "4"))
    assert quote.create_time.ToJsonString() == "2026-06-30T12:00:00Z"


def test_a_zone_that_does_not_exist_is_a_finding() -> None:
    (found,) = [each for each in COMPILED(zoned("Europe/Berlni")).findings if each.code == "FLD005"]
    assert found.message == "`Europe/Berlni` is not a known time zone"
    assert str(found.span).startswith("book.yaml:")
