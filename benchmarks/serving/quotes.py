"""Quotes of lines that differ, and what they have to cost by arithmetic that is not the engine's."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cpq.v1 import common_pb2, pricing_pb2
from google.type.date_pb2 import Date

from benchmarks.serving.process import ROOT

CATALOG = ROOT / "rules" / "workstation" / "catalog"
CENT = Decimal("0.01")
LOYALTY, WEB = Decimal("0.96"), Decimal("0.98")
"""What the shipped book gives a gold customer on the web for every part; no promotion runs on the day asked for."""
LARGE, LARGE_GIVES = Decimal(50_000), Decimal(1_500)
MEDIUM, MEDIUM_GIVES = Decimal(20_000), Decimal("0.01")
VAT = Decimal("0.19")
DAY = Date(year=2026, month=2, day=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a quote has to come to, in minor units."""

    listed: int
    line_discount: int
    order_discount: int


def parts() -> tuple[tuple[str, Decimal], ...]:
    """SKU and list price in EUR of the parts of the shipped book that are sold."""
    found = []
    for path in sorted(CATALOG.glob("*.csv")):
        rows = csv.DictReader(line for line in path.read_text().splitlines() if not line.startswith("#"))
        for row in rows:
            if row.get("discontinued", "") != "true" and row["sku"] != "DISK-1T":  # sold by volume
                found.append((row["sku"], Decimal(row["list.EUR"])))
    return tuple(found)


def asked(lines: int) -> list[tuple[str, Decimal, int]]:
    """SKU, list price and quantity of so many lines, no two neighbours alike."""
    sold = parts()
    return [(*sold[number * 37 % len(sold)], 1 + number * 5 % 11) for number in range(lines)]


def content(lines: int, *, customer: str = "customers/anna") -> pricing_pb2.QuoteContent:
    """A quote of parts for a gold customer in Germany who buys on the web: two rules act on every line."""
    found = pricing_pb2.QuoteContent(customer=customer, date=DAY)
    found.header["channel"].text = "web"
    for number, (sku, _, quantity) in enumerate(asked(lines)):
        found.lines.add(id=f"line-{number}", sku=sku, quantity=str(quantity))
    return found


def expected(lines: int) -> Expected:
    """The totals of such a quote: list prices, four and two percent off, each line rounded, then the large order."""
    wanted = asked(lines)
    listed = sum((price * quantity for _, price, quantity in wanted), Decimal(0))
    reduced = [(price * LOYALTY * WEB * quantity).quantize(CENT, ROUND_HALF_UP) for _, price, quantity in wanted]
    net = sum(reduced, Decimal(0))
    off = Decimal(0)
    if net > LARGE:
        off = LARGE_GIVES
    elif net > MEDIUM:
        off = (net * MEDIUM_GIVES).quantize(CENT, ROUND_HALF_UP)
    return Expected(int(listed * 100), int((listed - net) * 100), int(off * 100))


def price_request(lines: int, view: int = common_pb2.VIEW_FULL) -> bytes:
    """The bytes that ask for the prices of such a quote."""
    return pricing_pb2.PriceQuoteRequest(content=content(lines), view=view).SerializeToString()


def check(reply: bytes, lines: int) -> None:
    """The answer holds every line, and its totals are those worked out by hand."""
    quote = pricing_pb2.PricedQuote.FromString(reply)
    wanted = expected(lines)
    totals = quote.totals
    assert len(quote.lines) == lines
    assert (totals.list, totals.line_discount, totals.order_discount) == (
        wanted.listed,
        wanted.line_discount,
        wanted.order_discount,
    ), (totals, wanted)
    assert totals.net == wanted.listed - wanted.line_discount - wanted.order_discount
    taxes = [int((Decimal(line.net) * VAT).quantize(Decimal(1), ROUND_HALF_UP)) for line in quote.lines]
    assert totals.tax == sum(taxes), (totals.tax, sum(taxes))
    assert sum(line.net for line in quote.lines) == totals.net
