"""Plain lines that were priced before: what one comes to under a header, for all who ask for the same under it.

A line that states nothing but product and quantity, and whose rules the express lane can work through, hangs on these,
on the rule book and on what a quote says beside its lines. Checkouts ask for the same few hundred of them all day.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from engine.catalog import Sku
from engine.pricing.compiled import PricePlan
from engine.pricing.request import TaxAnswer
from engine.pricing.result import TraceRow
from engine.pricing.settings import TaxLevel, TaxSource
from engine.pricing.usability import Usable
from engine.pricing.work import Opened

MOST_LINES = 20_000
"""So many lines are kept of a book, under all headers: 10 to 20 MB."""
HEADER_COUNTS = 10
"""A header takes as much memory as so many lines."""

Key: TypeAlias = tuple[Sku, Decimal]


class KnownLine(NamedTuple):
    """The columns of a line after the line stage, its cost, and what it cannot come down below, where somebody asked;
    see ``Rows``. Nothing is wrong with it.
    """

    list_unit: Decimal
    unit: Decimal
    list_amount: int
    stage_amount: int
    source: int
    floor: Decimal | None
    applied: tuple[int, ...]
    trace: tuple[TraceRow, ...]
    cost: int | None
    least: int | None


class OfProduct(NamedTuple):
    """A line of a product whose unit price is the same in any quantity, and what one costs; list price and cost in
    minor units too, where they have no part of one. ``least`` is what one cannot come down below, rounded up.
    """

    line: KnownLine
    cost: Decimal | None
    minor: int | None
    minor_cost: int | None
    least: int


class Shelf:
    """What is known under one header: of lines, what the header decides alone, the rules that may act under it, and the
    tax rates of codes where the book's own table has one a code.
    """

    __slots__ = ("_book", "header", "lines", "mode", "products", "rates")

    def __init__(self, book: KnownLines) -> None:
        self._book = book
        self.lines: dict[Key, KnownLine] = {}
        self.products: dict[Sku, OfProduct | None] = {}
        """None for one whose lines hang on their quantity."""
        self.mode = book.mode
        self.header: tuple[Opened, Usable] | None = None
        self.rates: dict[str, TaxAnswer | None] = {}

    def learn(self, lines: Mapping[Key, KnownLine]) -> None:
        """Keep what plain lines came to."""
        self.lines.update(lines)
        self._book.count(len(lines))

    def learn_product(self, sku: Sku, alike: OfProduct | None) -> None:
        """Keep what a product comes to in any quantity."""
        self.products[sku] = alike
        self._book.count(1)


class Known(NamedTuple):
    """What is known of the lines of a request, one by one, and where what is found out about the others is kept.

    Where none is known, ``lines`` is empty; ``is_all`` says that every one is, and that their ids are fine, too.
    """

    lines: Sequence[KnownLine | None] = ()
    shelf: Shelf | None = None
    is_all: bool = False


NOTHING_KNOWN = Known()


class KnownLines:
    """The lines known of one rule book, by header.

    Threads share it without a lock: everything in it follows from book, header and line, so that learning it twice does
    no harm. A full one is emptied in one step; who still holds a shelf of it reads on there.
    """

    __slots__ = ("_headers", "_left", "_most", "adds_up", "is_open", "mode")

    def __init__(self, plan: PricePlan, *, most: int = MOST_LINES) -> None:
        self._most = self._left = most
        self._headers: dict[Hashable, Shelf] = {}
        self.mode = plan.rules.rounding.mode
        self.is_open = not (plan.line_sees_lines or plan.line_sees_totals or plan.tells_lines_apart)
        """Whether nothing in the book makes a line hang on the other lines of its quote, or on its id."""
        self.adds_up = self.is_open and _adds_up(plan)
        """Whether quotes are the sums of their lines, too, as long as no order rule acts."""

    def under(self, header: Hashable) -> Shelf:
        """What is known under a header: everything that lines may hang on beside book, product and quantity."""
        shelf = self._headers.get(header)
        if shelf is None:
            self.count(HEADER_COUNTS)
            shelf = self._headers[header] = Shelf(self)
        return shelf

    def __len__(self) -> int:
        """How many lines are known under all headers."""
        return sum(len(shelf.lines) for shelf in self._headers.values())

    def count(self, lines: int) -> None:
        """Take room for some lines: of all that is there, when none is left."""
        self._left -= lines
        if self._left < 0:
            self._headers, self._left = {}, self._most


def _adds_up(plan: PricePlan) -> bool:
    """Whether tax is that of each line by itself, and no order rule looks at lines to see whether it may act."""
    tax = plan.rules.tax
    is_by_line = tax is None or (tax.level in (TaxLevel.LINE, TaxLevel.UNIT) and tax.source is not TaxSource.HOOK)
    order_rules = (rule for group in plan.order_groups for rule in group.rules)
    return is_by_line and plan.tax_by_code and not any(rule.reads_lines for rule in order_rules)
