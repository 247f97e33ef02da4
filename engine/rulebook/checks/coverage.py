"""Prices that do not cover every quantity or every day: the quote that meets the hole would be refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.diagnostics import Diagnostic
from engine.pricing.plan import Narrowness, PriceEntry
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import warning


def coverage_findings(book: RuleBook) -> Iterator[Diagnostic]:
    """Warn of products whose own prices leave out a quantity, or end and have no successor.

    Conditions other than quantity and days are taken as fulfilled, so that a warning is never wrong about a hole.
    """
    found: dict[tuple[str, str], list[PriceEntry]] = {}
    wider = {each.currency for each in book.pricing.entries if each.match.by is not Narrowness.SKU}
    modelled = {(each.sku, each.currency) for each in book.pricing.models}
    for entry in book.pricing.entries:
        if entry.match.by is Narrowness.SKU:
            found.setdefault((entry.match.value, entry.currency), []).append(entry)
    for (sku, currency), entries in found.items():
        if currency in wider or "" in wider or (sku, currency) in modelled:
            continue
        least = _least(book, sku)
        yield from _quantity_holes(sku, currency, entries, least)
        yield from _ends(sku, currency, entries, book.effective_until)


def _least(book: RuleBook, sku: str) -> Decimal:
    product = book.catalog.product(sku)
    return product.quantity.minimum if product is not None else Decimal(1)


def _quantity_holes(sku: str, currency: str, entries: list[PriceEntry], least: Decimal) -> Iterator[Diagnostic]:
    if any(each.quantity_min is None and each.quantity_max is None for each in entries):
        return
    ordered = sorted(entries, key=lambda each: (each.quantity_min or Decimal(0), each.span))
    reached = least - 1
    for entry in ordered:
        start = entry.quantity_min if entry.quantity_min is not None else Decimal(0)
        if start > reached + 1:
            message = f"`{sku}` has no price in {currency} for {_between(reached + 1, start - 1)}"
            yield warning("PRC205", message, entry.span, "let the ranges follow each other")
        if entry.quantity_max is None:
            return
        reached = max(reached, entry.quantity_max)
    message = f"`{sku}` has no price in {currency} for more than {reached}"
    yield warning("PRC205", message, ordered[-1].span, f"write `>= {ordered[-1].quantity_min or 1}` in the last row")


def _between(first: Decimal, last: Decimal) -> str:
    return f"a quantity of {first}" if first >= last else f"quantities of {first} to {last}"


def _ends(sku: str, currency: str, entries: list[PriceEntry], until: date | None) -> Iterator[Diagnostic]:
    ends = [each.window.end for each in entries]
    if any(end is None for end in ends):
        return
    last = max(end for end in ends if end is not None)
    if until is not None and until <= last:
        return
    entry = next(each for each in entries if each.window.end == last)
    message = f"`{sku}` has no price in {currency} from {last} on"
    yield warning("PRC201", message, entry.span, "add the next price, or end the book on that day")
