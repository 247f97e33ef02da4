"""Field-level differences between two offers: what a customer and an agent ask about first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.catalog import LineId
from engine.money import show
from engine.pricing.result import PricedLine
from engine.quotes.certificate import canonical, decimal_text
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import RequestedLine


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; an empty side: the thing is absent. ``path`` is like ``lines[cpu].quantity``."""

    path: str
    before: str
    after: str


LINE_FIELDS = (
    "sku",
    "quantity",
    "unit",
    "parent",
    "group",
    "attributes",
    "term_months",
    "start",
    "end",
    "anchor",
    "prior_quantity",
    "past_counts",
    "uplift_percent",
    "segment_price",
)
HEADER_FIELDS = (
    "date",
    "currency",
    "term_months",
    "start",
    "codes",
    "customer",
    "header",
    "manual",
    "exchange",
    "past",
)
TOTAL_FIELDS = ("list", "amount", "order_discount", "net", "tax", "gross", "tcv", "acv", "arr", "one_time")


def compare(before: PricedQuote, after: PricedQuote) -> tuple[Difference, ...]:
    """All differences, in the order rule book, header, lines (as in the older offer, then new ones), totals."""
    return tuple(each for each in _all(before, after) if each.before != each.after)


def _all(before: PricedQuote, after: PricedQuote) -> Iterator[Difference]:
    yield Difference("rule_book", before.rule_book, after.rule_book)
    for name in HEADER_FIELDS:
        yield Difference(name, _text(getattr(before.request, name)), _text(getattr(after.request, name)))
    yield from _lines(before, after)
    for name in TOTAL_FIELDS:
        old, new = getattr(before.priced.totals, name), getattr(after.priced.totals, name)
        yield Difference(f"totals.{name}", show(old), show(new))


def _lines(before: PricedQuote, after: PricedQuote) -> Iterator[Difference]:
    old_asked, new_asked = _asked(before), _asked(after)
    old_priced, new_priced = _priced(before), _priced(after)
    for line in dict.fromkeys([*old_asked, *new_asked]):
        old, new = old_asked.get(line), new_asked.get(line)
        if old is None or new is None:
            yield Difference(f"lines[{line}]", _summary(old), _summary(new))
            continue
        for name in LINE_FIELDS:
            yield Difference(f"lines[{line}].{name}", _text(getattr(old, name)), _text(getattr(new, name)))
        was, now = old_priced[line], new_priced[line]
        yield Difference(f"lines[{line}].list_unit", decimal_text(was.list_unit), decimal_text(now.list_unit))
        yield Difference(f"lines[{line}].unit", decimal_text(was.unit), decimal_text(now.unit))
        yield Difference(f"lines[{line}].net", _money(before, was.net), _money(after, now.net))


def _asked(priced: PricedQuote) -> Mapping[LineId, RequestedLine]:
    return {each.id: each for each in priced.request.lines}


def _priced(priced: PricedQuote) -> Mapping[LineId, PricedLine]:
    return {each.id: each for each in priced.priced.lines}


def _money(priced: PricedQuote, minor_units: int) -> str:
    return show(priced.priced.money(minor_units))


def _summary(line: RequestedLine | None) -> str:
    return "" if line is None else f"{decimal_text(line.quantity)} x {line.sku}"


def _text(value: object) -> str:
    plain = canonical(value)
    return "" if plain is None else str(plain)
