"""Quotes of lines that differ, and what they have to cost by arithmetic that is not the engine's."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache

from cpq.v1 import common_pb2, pricing_pb2
from google.type.date_pb2 import Date

from benchmarks.serving.process import ROOT

CATALOG = ROOT / "rules" / "workstation" / "catalog"
CENT = Decimal("0.01")
PROMOTED, PROMOTION = "GPU-", Decimal("0.92")
"""What the shipped book gives everybody in spring, on graphics cards alone."""
LOYALTY, WEB = Decimal("0.96"), Decimal("0.98")
"""What it gives a gold customer, and on the web: on every part, whatever the season."""
LARGE, LARGE_GIVES = Decimal(50_000), Decimal(1_500)
MEDIUM, MEDIUM_GIVES = Decimal(20_000), Decimal("0.01")
VAT = Decimal("0.19")
SPRING, WINTER = Date(year=2026, month=3, day=15), Date(year=2026, month=2, day=1)


class Lines(Enum):
    """Which lines a quote asks for: always the same, other ones of those priced before, or some like no other."""

    SAME = "asked before"
    MET = "lines met before"
    NEW = "new lines"


class Deal(Enum):
    """Who buys: one rule acts on some lines of a plain buyer in spring, two act on every line of a gold customer."""

    SOME = "customers/plain"
    EVERY = "customers/gold"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a quote has to come to, in minor units."""

    listed: int
    line_discount: int
    order_discount: int


@cache
def parts() -> tuple[tuple[str, Decimal], ...]:
    """SKU and list price in EUR of the parts of the shipped book that are sold."""
    found = []
    for path in sorted(CATALOG.glob("*.csv")):
        rows = csv.DictReader(line for line in path.read_text().splitlines() if not line.startswith("#"))
        for row in rows:
            if row.get("discontinued", "") != "true" and row["sku"] != "DISK-1T":  # sold by volume
                found.append((row["sku"], Decimal(row["list.EUR"])))
    return tuple(found)


ALL_LINES = 1_518
"""How many lines differ in part and quantity: 138 parts in quantities from 1 to 11."""


def asked(lines: int, kind: Lines = Lines.SAME, number: int = 0) -> list[tuple[str, Decimal, int]]:
    """SKU, list price and quantity of so many lines, no two neighbours alike.

    The quote of a number takes the next of all lines when they were met before, and its own quantity when they are new.
    """
    sold = parts()
    first = 0 if kind is Lines.SAME else number * lines
    places = range(first, first + lines)
    if kind is Lines.NEW:
        return [(*sold[place * 37 % len(sold)], 12 + number) for place in places]
    return [(*sold[place * 37 % len(sold)], 1 + place * 5 % 11) for place in places]


def content(lines: int, deal: Deal = Deal.SOME, kind: Lines = Lines.SAME, number: int = 0) -> pricing_pb2.QuoteContent:
    """A quote of different parts in different quantities for a customer in Germany."""
    found = pricing_pb2.QuoteContent(customer=deal.value, date=SPRING if deal is Deal.SOME else WINTER)
    found.header["channel"].text = "phone" if deal is Deal.SOME else "web"
    for place, (sku, _, quantity) in enumerate(asked(lines, kind, number)):
        found.lines.add(id=f"line-{number}-{place}", sku=sku, quantity=str(quantity))
    return found


def expected(wanted: Sequence[tuple[str, Decimal, int]], deal: Deal) -> Expected:
    """The totals of such a quote: list prices, discounts of parts, each line rounded, then that of a large order."""
    listed = sum((price * quantity for _, price, quantity in wanted), Decimal(0))
    reduced = [(price * _factor(sku, deal) * quantity).quantize(CENT, ROUND_HALF_UP) for sku, price, quantity in wanted]
    net = sum(reduced, Decimal(0))
    off = Decimal(0)
    if net > LARGE:
        off = LARGE_GIVES
    elif net > MEDIUM:
        off = (net * MEDIUM_GIVES).quantize(CENT, ROUND_HALF_UP)
    return Expected(int(listed * 100), int((listed - net) * 100), int(off * 100))


def _factor(sku: str, deal: Deal) -> Decimal:
    if deal is Deal.EVERY:
        return LOYALTY * WEB
    return PROMOTION if sku.startswith(PROMOTED) else Decimal(1)


def price_request(
    lines: int,
    view: int = common_pb2.VIEW_FULL,
    deal: Deal = Deal.SOME,
    kind: Lines = Lines.SAME,
    number: int = 0,
) -> bytes:
    """The bytes that ask for the prices of such a quote."""
    asking = content(lines, deal, kind, number)
    return pricing_pb2.PriceQuoteRequest(content=asking, view=view).SerializeToString()


def check(reply: bytes, lines: int, deal: Deal = Deal.SOME, kind: Lines = Lines.SAME, number: int = 0) -> None:
    """The answer holds every line, and its totals are those worked out by hand."""
    quote = pricing_pb2.PricedQuote.FromString(reply)
    wanted, totals = expected(asked(lines, kind, number), deal), quote.totals
    assert len(quote.lines) == lines
    found = Expected(totals.list, totals.line_discount, totals.order_discount)
    assert found == wanted, (found, wanted)
    assert totals.net == wanted.listed - wanted.line_discount - wanted.order_discount
    taxes = [int((Decimal(line.net) * VAT).quantize(Decimal(1), ROUND_HALF_UP)) for line in quote.lines]
    assert totals.tax == sum(taxes), (totals.tax, sum(taxes))
    assert sum(line.net for line in quote.lines) == totals.net
