"""What a line cost on earlier days: by the rule books that were published by then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from engine.application.book_days import book_days
from engine.application.content import Content, request_of
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.application.stated import known_then
from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.pricing import price
from engine.pricing.history import LowestPrice, date_breaks, lowest_price
from engine.pricing.request import TaxState
from engine.quotes.evaluation import PricedQuote, price_lines, price_request
from engine.quotes.lines import ResolvedLine
from engine.quotes.request import QuoteRequest, RequestedLine

DAYS_MAX = 366


def lowest_prices(
    env: Environment, reader: Reader, quote: PricedQuote, *, days: int, tenant: str
) -> Mapping[LineId, LowestPrice]:
    """The lowest price of each line in so many days before its reduction; lines without one are left out.

    A price is what anybody would have paid: for the same quantity of the line alone, without codes and without what an
    agent gave.
    """
    books = _Books(env, reader, tenant)
    found: dict[LineId, LowestPrice] = {}
    quantities = {line.id: line.quantity for line in quote.priced.lines}
    by_id = {line.id: line for line in quote.request.lines}
    for line in quote.request.lines:
        past = _Past(books, _Asked(line, quantities[line.id], _root(line, by_id)), quote.request)
        lowest = lowest_price(quote.request.date, days, past.unit_on)
        if lowest is not None:
            found[line.id] = lowest
    return found


class _Books:
    """The books of earlier days with the days on which their prices change; each is looked up once."""

    def __init__(self, env: Environment, reader: Reader, tenant: str) -> None:
        self.env, self.reader, self.tenant = env, reader, tenant
        self._days = book_days(reader)
        self._active: dict[str, ActiveBook | None] = {}
        self._breaks: dict[str, tuple[date, ...] | None] = {}
        self._requests: dict[tuple[str, date], QuoteRequest | None] = {}

    def on(self, day: date) -> ActiveBook | None:
        """The book that prices followed on a day."""
        found = self._days.on(day)
        if not found:
            return None
        if found not in self._active:
            self._active[found] = self.env.books.get(self.tenant, found)
        return self._active[found]

    def stretch(self, active: ActiveBook, day: date) -> tuple[str, object]:
        """Days of one stretch have the same prices."""
        name = active.parts.rule_book
        if name not in self._breaks:
            self._breaks[name] = date_breaks(active.book.pricing)
        breaks = self._breaks[name]
        return name, day if breaks is None else bisect_right(breaks, day)

    def request(self, active: ActiveBook, day: date, asked: QuoteRequest) -> QuoteRequest | None:
        """The header of a request as it would have been on a day, open to everybody."""
        key = active.parts.rule_book, day
        if key not in self._requests:
            content = Content(
                lines=(),
                currency=asked.currency,
                carried=known_then(asked, active.book.declared),
                term_months=asked.term_months,
            )
            found = request_of(self.reader, content, active, day)
            self._requests[key] = None if isinstance(found, Refusal) else replace(found, tax_state=TaxState.OPEN)
        return self._requests[key]


class _Asked(NamedTuple):
    """A line by itself, with its whole quantity; ``root`` is the top of the tree that it is a part of."""

    line: RequestedLine
    quantity: Decimal
    root: RequestedLine | None


def _root(line: RequestedLine, by_id: Mapping[LineId, RequestedLine]) -> RequestedLine | None:
    above = line
    while above.parent is not None:
        above = by_id[above.parent]
    return None if above is line else above


class _Past:
    """The unit prices of one line on earlier days."""

    def __init__(self, books: _Books, asked: _Asked, request: QuoteRequest) -> None:
        self.books, self.asked, self.request = books, asked, request
        self._known: dict[tuple[str, object], Decimal | None] = {}

    def unit_on(self, day: date) -> Decimal | None:
        """What one unit of the line cost, or None when it was not sold."""
        active = self.books.on(day)
        if active is None:
            return None
        stretch = self.books.stretch(active, day)
        if stretch not in self._known:
            self._known[stretch] = self._priced(active, day)
        return self._known[stretch]

    def _priced(self, active: ActiveBook, day: date) -> Decimal | None:
        parts, asked = active.parts, self.asked.line
        sku = asked.sku
        product = parts.catalog.product(sku)
        request = self.books.request(active, day, self.request)
        if product is None or request is None or sku in parts.plan.percent_of:
            return None
        if product.factor(asked.unit) is None:
            return None
        line = ResolvedLine(asked._replace(parent=None), product, self.asked.quantity, self.asked.root)
        priced = price(parts.plan, price_request(request, price_lines([line], request, parts)))
        return None if isinstance(priced, Refusal) else priced.lines[0].unit
