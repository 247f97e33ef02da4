"""What a line cost on earlier days: by the rule books that were published by then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
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
from engine.quotes.evaluation import Parts, PricedQuote, price_lines, price_request
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
    quantities = {line.id: line.quantity for line in quote.priced.lines}
    by_id = {line.id: line for line in quote.request.lines}
    asked = [_Asked(line, quantities[line.id], _root(line, by_id)) for line in quote.request.lines]
    past = _Past(_Books(env, reader, tenant), asked, quote.request)
    found: dict[LineId, LowestPrice] = {}
    for each in by_id:
        lowest = lowest_price(quote.request.date, days, partial(past.unit_on, each))
        if lowest is not None:
            found[each] = lowest
    return found


class _Books:
    """The books of earlier days, and on which of them prices change. None is held: they may be large and many."""

    def __init__(self, env: Environment, reader: Reader, tenant: str) -> None:
        self.env, self.reader, self.tenant = env, reader, tenant
        self._days = book_days(reader)
        self._breaks: dict[str, tuple[date, ...] | None] = {}

    def of(self, name: str) -> ActiveBook | None:
        """A book by its hash."""
        return self.env.books.get(self.tenant, name)

    def stretch(self, day: date) -> tuple[str, object] | None:
        """The book that prices followed on a day, and which of its stretches: the days of one have the same prices."""
        name = self._days.on(day)
        if not name:
            return None
        if name not in self._breaks:
            active = self.of(name)
            self._breaks[name] = date_breaks(active.book.pricing) if active is not None else ()
        breaks = self._breaks[name]
        return name, day if breaks is None else bisect_right(breaks, day)

    def request(self, active: ActiveBook, day: date, asked: QuoteRequest) -> QuoteRequest | None:
        """The header of a request as it would have been on a day, open to everybody."""
        content = Content(
            lines=(),
            currency=asked.currency,
            carried=known_then(asked, active.book.declared),
            term_months=asked.term_months,
        )
        found = request_of(self.reader, content, active, day)
        return None if isinstance(found, Refusal) else replace(found, tax_state=TaxState.OPEN)


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
    """The unit prices of lines on earlier days.

    Those of all lines are found together, so that a book that takes long to load is loaded once for all of them and
    need not be kept.
    """

    def __init__(self, books: _Books, asked: Sequence[_Asked], request: QuoteRequest) -> None:
        self.books, self.asked, self.request = books, asked, request
        self._known: dict[tuple[str, object], Mapping[LineId, Decimal | None]] = {}

    def unit_on(self, line: LineId, day: date) -> Decimal | None:
        """What one unit of a line cost, or None when it was not sold."""
        stretch = self.books.stretch(day)
        if stretch is None:
            return None
        if stretch not in self._known:
            self._known[stretch] = self._priced(stretch[0], day)
        return self._known[stretch].get(line)

    def _priced(self, name: str, day: date) -> Mapping[LineId, Decimal | None]:
        active = self.books.of(name)
        request = self.books.request(active, day, self.request) if active is not None else None
        if active is None or request is None:
            return {}
        return {each.line.id: _unit(each, active.parts, request) for each in self.asked}


def _unit(asked: _Asked, parts: Parts, request: QuoteRequest) -> Decimal | None:
    sku = asked.line.sku
    product = parts.catalog.product(sku)
    if product is None or sku in parts.plan.percent_of or product.factor(asked.line.unit) is None:
        return None
    line = ResolvedLine(asked.line._replace(parent=None), product, asked.quantity, asked.root)
    priced = price(parts.plan, price_request(request, price_lines([line], request, parts)))
    return None if isinstance(priced, Refusal) else priced.lines[0].unit
