"""The task that every server is given: 40 products, 12 volume discounts, 8 segment discounts, two of them on a line.

``write_book`` writes it as a rule book of ours, ``write_rules`` as plain data that the peers build their rules from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from cpq.v1 import common_pb2, pricing_pb2
from google.type.date_pb2 import Date

CATEGORIES = ("board", "cable", "chair", "screen")
PRODUCTS = {f"P-{n:02}": (CATEGORIES[n % 4], 1_095 + 1_337 * n) for n in range(40)}
"""Category and list price in minor units."""
TIERS = ((1, 4, 0), (5, 9, 3), (10, 1_000_000, 7))
VOLUME = [(category, low, high, off + n) for n, category in enumerate(CATEGORIES) for low, high, off in TIERS]
"""Category, first and last quantity, percent off."""
SEGMENT = [(name, each, off + n) for name, off in (("edu", 10), ("trade", 4)) for n, each in enumerate(CATEGORIES)]
"""Customer segment, category, percent off what the volume discount left."""
BOOK = """\
id: peers
title: The task of the peers
currency: EUR
time_zone: UTC
rounding: {mode: half_up, at: [line], of: price}
facts:
  customer:
    segment: {values: [edu, trade], title: Kind of customer}
"""
GROUPS = """\
groups:
  - {id: volume, step: volume, pick: first}
  - {id: segment, step: rules, pick: first}
discounts:
  - {id: volume, group: volume, table: volume.csv}
  - {id: segment, group: segment, table: segment.csv}
"""
CENT = Decimal(1)


def write_book(folder: Path) -> Path:
    """The task as a rule book of ours."""
    categories = "".join(f"  {each}: {{title: {each}, recognition: goods}}\n" for each in CATEGORIES)
    products = "".join(
        f"  - {{sku: {sku}, name: Product {sku}, category: {category}, list: {{EUR: {Decimal(minor) / 100}}}}}\n"
        for sku, (category, minor) in PRODUCTS.items()
    )
    volume = "".join(
        f"{category},[{low}..{high}],v-{category}-{low},{percent}\n" for category, low, high, percent in VOLUME
    )
    segment = "".join(f"{name},{category},s-{name}-{category},{percent}\n" for name, category, percent in SEGMENT)
    volume_head, segment_head = "line.category,line.qty", "customer.segment,line.category"
    files = {
        "book.yaml": BOOK,
        "catalog/products.yaml": f"categories:\n{categories}products:\n{products}",
        "discounts/groups.yaml": GROUPS,
        "discounts/volume.csv": f"# volume ; hit=UNIQUE\n{volume_head},id,out: percent_off\n{volume}",
        "discounts/segment.csv": f"# segment ; hit=UNIQUE\n{segment_head},id,out: percent_off\n{segment}",
        "terms/terms.yaml": "recognition:\n  - {id: goods, timing: point_in_time, category: goods}\n",
    }
    for name, text in files.items():
        path = folder / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "book"


def write_rules(folder: Path) -> Path:
    """The task as plain data."""
    path = folder / "rules.json"
    products = {sku: {"category": category, "minor": minor} for sku, (category, minor) in PRODUCTS.items()}
    path.write_text(json.dumps({"products": products, "volume": VOLUME, "segment": SEGMENT}))
    return path


class Quotes(Enum):
    """Which quotes are asked for: one again and again, others of lines that were priced before, others of new lines."""

    SAME = "the same again"
    MET = "new, of lines met before"
    NEW = "new, of new lines"


MET_LINES = 520
"""40 products in quantities from 1 to 13."""


def asked(lines: int, kind: Quotes = Quotes.SAME, number: int = 0) -> list[tuple[str, int]]:
    """SKU and quantity of so many lines: each number is another quote, and in new lines another quantity."""
    first = 0 if kind is Quotes.SAME else number * lines
    places = range(first, first + lines)
    if kind is Quotes.NEW:  # a quote of 100 lines has a product four times at most
        return [(f"P-{place * 7 % 40:02}", 14 + 4 * number + place // 40 % 4) for place in places]
    return [(f"P-{place * 7 % 40:02}", 1 + place * 5 % 13) for place in places]


def request(lines: int, kind: Quotes = Quotes.SAME, number: int = 0) -> bytes:
    """The bytes that ask for the prices of so many lines for a school."""
    content = pricing_pb2.QuoteContent(date=Date(year=2026, month=2, day=1))
    content.customer_facts["segment"].text = "edu"
    for place, (sku, quantity) in enumerate(asked(lines, kind, number)):
        content.lines.add(id=f"l-{number}-{place}", sku=sku, quantity=str(quantity))
    return pricing_pb2.PriceQuoteRequest(content=content, view=common_pb2.VIEW_FULL).SerializeToString()


def expected(wanted: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """SKU, list amount and net of each line, by arithmetic of its own."""
    found = []
    for sku, quantity in wanted:
        category, minor = PRODUCTS[sku]
        volume = next(off for each, low, high, off in VOLUME if each == category and low <= quantity <= high)
        segment = next(off for name, each, off in SEGMENT if (name, each) == ("edu", category))
        exact = Decimal(minor * quantity * (100 - volume) * (100 - segment)) / 10_000
        found.append((sku, minor * quantity, int(exact.quantize(CENT, ROUND_HALF_UP))))
    return found


def check(reply: bytes, lines: int, kind: Quotes = Quotes.SAME, number: int = 0) -> None:
    """Every line and the totals are right."""
    quote = pricing_pb2.PricedQuote.FromString(reply)
    wanted = expected(asked(lines, kind, number))
    assert [(line.sku, line.list_amount, line.net) for line in quote.lines] == wanted
    assert (quote.totals.list, quote.totals.net) == (sum(row[1] for row in wanted), sum(row[2] for row in wanted))


def decision(rules: dict[str, Any]) -> dict[str, Any]:
    """The two tables as a decision of zen-engine, whose first hit counts."""
    volume = [
        {"_id": f"v{n}", "category": f'"{category}"', "quantity": f"[{low}..{high}]", "volume": str(percent)}
        for n, (category, low, high, percent) in enumerate(rules["volume"])
    ]
    segment = [
        {"_id": f"s{n}", "name": f'"{name}"', "category": f'"{category}"', "off": str(percent)}
        for n, (name, category, percent) in enumerate(rules["segment"])
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        _table("volume", ("category", "quantity"), "volume", volume),
        _table("segment", ("name", "category"), "off", segment),
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    ends = (("in", "volume"), ("in", "segment"), ("volume", "out"), ("segment", "out"))
    edges = [{"id": f"e{n}", "sourceId": a, "targetId": b, "type": "edge"} for n, (a, b) in enumerate(ends)]
    placed = [{**node, "position": {"x": 0, "y": 0}} for node in nodes]
    return {"nodes": placed, "edges": edges}


def _table(name: str, inputs: tuple[str, ...], output: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": each, "name": each, "field": each} for each in inputs],
        "outputs": [{"id": output, "name": output, "field": output}],
        "rules": rows,
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}
