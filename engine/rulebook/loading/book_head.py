"""``book.yaml``: name, currencies, days, rounding, and the facts that rules may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.diagnostics import Span
from engine.language.types import NUMBER, TEXT, Type, optional
from engine.language.values import UndefinedError
from engine.language.values.zone import check_zone
from engine.money import Money, MoneyError, Rounding
from engine.money import currency as money_of
from engine.pricing.scope import QUOTE_FIELDS
from engine.pricing.settings import (
    BudgetOverrun,
    Habits,
    RoundingOf,
    RoundingPoint,
    RoundingSettings,
    TieBreak,
    UnusableCode,
)
from engine.quotes.facts import QUOTE_TYPES
from engine.rulebook import values
from engine.rulebook.book import Declared
from engine.rulebook.codes import finding
from engine.rulebook.formats.book import BOOK, FACTS
from engine.rulebook.loading.attributes import Words, declared_all
from engine.rulebook.loading.sources import Sources
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.reader import Read, view

BOOK_FILE = "book.yaml"
CUSTOMER_FACTS: dict[str, Type] = {"id": TEXT, "segment": TEXT, "region": TEXT, "tier": TEXT}
QUOTE_FACTS: dict[str, Type] = {
    "channel": TEXT,
    "price_book": optional(TEXT),
    "region": TEXT,
    "term_months": optional(NUMBER),
}


@dataclass(frozen=True, slots=True)
class BookHead:
    """What ``book.yaml`` says."""

    id: str
    title: str
    currency: str
    currencies: tuple[str, ...]
    time_zone: str
    effective_from: date | None
    effective_until: date | None
    rounding: RoundingSettings
    habits: Habits
    declared: Declared


def read_head(sources: Sources) -> BookHead | None:
    """Read ``book.yaml``; None when it is missing or lacks what no book can do without."""
    if BOOK_FILE not in sources.files:
        message = "the folder holds no book.yaml"
        sources.report.add(finding("FIL005", message, Span(BOOK_FILE), "say id, title and currency of the book there"))
        return None
    read = sources.record(BOOK_FILE, BOOK)
    if read is None:
        return None
    start, end = read.day("from"), read.day("until")
    check_days(read, sources.report)
    currency = read.text("currency")
    return BookHead(
        read.text("id"),
        read.text("title"),
        currency,
        tuple(dict.fromkeys((currency, *read.texts("currencies")))),
        _time_zone(read, sources.report),
        start,
        end,
        _rounding(read.one("rounding"), currency, sources.report),
        _habits(read.one("habits")),
        _facts(read, sources.report),
    )


def _time_zone(read: Read, report: Report) -> str:
    name = read.text("time_zone", "UTC")
    try:
        return check_zone(name)
    except UndefinedError as problem:
        hint = "write a name of the IANA database, such as `Europe/Berlin`"
        report.add(finding("FLD005", str(problem), read.place("time_zone"), hint))
        return "UTC"


def check_days(read: Read, report: Report) -> None:
    """Report a range of days that ends before it starts."""
    start, end = read.day("from"), read.day("until")
    if start is not None and end is not None and end <= start:
        message = f"the days end on {end} before they start on {start}"
        report.add(finding("PRC210", message, read.place("until"), "`until` is the first day it no longer holds"))


def _rounding(read: Read | None, own: str, report: Report) -> RoundingSettings:
    if read is None:
        return RoundingSettings()
    points = frozenset(RoundingPoint(each) for each in read.texts("at")) or frozenset({RoundingPoint.LINE})
    return RoundingSettings(
        mode=Rounding(read.text("mode", "half_up")),
        points=points,
        of=RoundingOf(read.text("of", "price")),
        unit_exponent=read.integer("unit_decimals", 0) if read.has("unit_decimals") else None,
        cash=MappingProxyType(dict(_cash(read, own, report))),
    )


def _cash(read: Read, own: str, report: Report) -> Iterator[tuple[str, Decimal]]:
    """The coins that are paid with, by currency; a bare one is of the book's own."""
    node = read.nodes.get("cash")
    stated = [(own, node)] if isinstance(node, Scalar) else [(key.text, each) for key, each in read.pairs("cash")]
    for code, each in stated:
        assert isinstance(each, Scalar), "the reader asks for numbers"
        try:
            yield code, Money.exactly(values.number(each.text), money_of(code)).decimal
        except MoneyError as problem:
            hint = "name a step that the currency has coins for"
            report.add(finding("FLD010", problem.fault("").message, each.span, hint))


def _habits(read: Read | None) -> Habits:
    if read is None:
        return Habits()
    return Habits(
        ties=TieBreak(read.text("ties", "specificity")),
        unusable_codes=UnusableCode(read.text("unusable_codes", "refuse")),
        budget_overrun=BudgetOverrun(read.text("budget_overrun", "refuse")),
        split_over_units=read.flag("split_over_units", default=False),
        lines_max=max(read.integer("lines_max", Habits().lines_max), 1),
    )


_TOLD_BY_ENGINE = {*QUOTE_FIELDS, *QUOTE_TYPES} - {*QUOTE_FACTS}


def _facts(read: Read, report: Report) -> Declared:
    node = read.nodes.get("facts")
    facts = view(node, FACTS) if node is not None else None
    if facts is None:
        return Declared(CUSTOMER_FACTS, QUOTE_FACTS)
    customer = declared_all(facts.pairs("customer"), Words(), report)
    quote = declared_all(facts.pairs("quote"), Words(), report)
    for name, _ in facts.pairs("quote"):
        if name.text in _TOLD_BY_ENGINE:
            message = f"the engine itself says what `quote.{name.text}` is"
            report.add(finding("FLD011", message, name.span, "give the fact another name"))
    return Declared(
        {**CUSTOMER_FACTS, **{name: each.type for name, each in customer.items()}},
        {**QUOTE_FACTS, **{name: each.type for name, each in quote.items()}},
    )
