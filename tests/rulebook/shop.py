"""A small shop in rule files, and quotes priced by it: what an author writes is what a customer pays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.adapters.rule_folder import unpack
from engine.catalog import LineId, Sku
from engine.diagnostics import Refusal, Severity
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of

D = Decimal
DAY = date(2026, 3, 2)
BOOK = """\
id: shop
title: A shop
currency: EUR
"""
CATALOG = """\
products:
  - {sku: PEN, name: Pen, family: desk, list: {EUR: 1.50}, cost: {EUR: 0.90}}
  - {sku: INK, name: Ink, family: desk, list: {EUR: 9.99}}
  - {sku: SEAT, name: Seat, charge: {kind: recurring, period: month}, list: {EUR: 10.00}}
"""


def book_of(files: Mapping[str, str] | None = None, *, head: str = "", **folders: str) -> Parts:
    """The compiled book of these texts; ``prices="..."`` is the file ``prices/prices.yaml``. Fails on any error."""
    texts = {"book.yaml": BOOK + head, "catalog/catalog.yaml": CATALOG}
    texts |= {f"{name}/{name}.yaml": text for name, text in folders.items()}
    texts |= files or {}
    loaded = load(unpack({path: text.encode() for path, text in texts.items()}))
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    return parts_of(loaded.book)


def findings_of(files: Mapping[str, str] | None = None, *, head: str = "", **folders: str) -> list[str]:
    """The errors of these texts, each as code and message."""
    return _findings(Severity.ERROR, files, head, folders)


def warnings_of(files: Mapping[str, str] | None = None, *, head: str = "", **folders: str) -> list[str]:
    """The warnings of these texts, each as code and message."""
    return _findings(Severity.WARNING, files, head, folders)


def _findings(severity: Severity, files: Mapping[str, str] | None, head: str, folders: Mapping[str, str]) -> list[str]:
    texts = {"book.yaml": BOOK + head, "catalog/catalog.yaml": CATALOG}
    texts |= {f"{name}/{name}.yaml": text for name, text in folders.items()}
    texts |= files or {}
    loaded = load(unpack({path: text.encode() for path, text in texts.items()}))
    return [f"{each.code}: {each.message}" for each in loaded.diagnostics if each.severity is severity]


def line(sku: str, quantity: str = "1", **more: Any) -> RequestedLine:
    """A line whose id is its SKU in small letters, unless said otherwise."""
    name = more.pop("id", sku.lower())
    parent = more.pop("parent", None)
    return RequestedLine(LineId(name), Sku(sku), D(quantity), None if parent is None else LineId(parent), **more)


def ask(*lines: RequestedLine, **more: Any) -> QuoteRequest:
    """A request in euro on 2 March 2026."""
    return QuoteRequest(more.pop("day", DAY), more.pop("currency", "EUR"), lines, **more)


def quote(parts: Parts, *lines: RequestedLine, **more: Any) -> PricedQuote:
    """The priced quote; fails when it is refused."""
    found = evaluate(ask(*lines, **more), parts)
    assert isinstance(found, PricedQuote), str(found)
    return found


def refused(parts: Parts, *lines: RequestedLine, **more: Any) -> list[str]:
    """The faults, each as code, field, message and hint; fails when the quote is priced."""
    found = evaluate(ask(*lines, **more), parts)
    assert isinstance(found, Refusal), "priced"
    return [str(each) for each in found.faults]


def nets(priced: PricedQuote) -> dict[str, str]:
    """The net of each line before tax, by line id."""
    return {str(each.id): str(priced.priced.money(each.net).decimal) for each in priced.priced.lines}
