"""Evaluating an edited quote equals evaluating it from the start, and looks only at what the edit reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.reevaluation import reevaluate
from engine.quotes.request import QuoteRequest, RequestedLine
from tests.rulebook.shop import D, ask, book_of, line

CATALOG = """\
categories:
  disk: {attributes: {size: {type: number}}}
products:
  - {sku: PC, name: Computer, list: {EUR: 500.00}, cost: {EUR: 400.00}}
  - {sku: D1, name: Disk 1, category: disk, attributes: {size: 1}, list: {EUR: 80.00}, cost: {EUR: 60.00}}
  - {sku: D2, name: Disk 2, category: disk, attributes: {size: 2}, list: {EUR: 95.00}, units: {box: 5}}
  - {sku: SEAT, name: Seat, charge: {kind: recurring, period: month}, list: {EUR: 10.00}}
  - {sku: CARE, name: Care}
  - {sku: USD, name: Dollar, list: {USD: 12.00}}
bundles:
  - {sku: PC, title: Computer, groups: [{id: disk, title: Disk, where: 'category = "disk"', quantity_max: 4}]}
"""
HEAD = "currencies: [EUR, USD]\n"
RATES = """\
exchange_rates:
  - {source: USD, target: EUR, rate: 0.9, since: 2026-01-01, origin: bank}
  - {source: EUR, target: USD, rate: 1.1, since: 2026-01-01, origin: bank}
"""
CARE = "percent_of_total: [{id: care, sku: CARE, percent: 10, of: 'line.sku != \"CARE\"'}]\n"
LINES = """\
discounts:
  - {id: many, when: line.qty >= 4, give: 10 % off unit}
  - {id: in-bundle, when: line.bundle = "PC", give: 2.50 off unit}
"""
ORDER = """\
order_discounts:
  - {id: big, when: quote.net > 900, give: 5 % off order}
  - {id: gift, when: 'sum(lines.qty) >= 6', give: add D1 at 0}
"""
SEES = 'discounts: [{id: sees, when: "count(lines) > 3", give: 3 % off unit}]\n'
TAX = "tax: {round_at: rate, rates: [{code: standard, percent: 19}]}\n"
GUARD = "guards: [{id: margin, margin_percent_min: 15}]\n"


def shop(**folders: str) -> Parts:
    return book_of({"catalog/catalog.yaml": CATALOG}, head=HEAD, **{"prices": RATES + CARE, **folders})


BOOKS = {
    "plain": lambda: shop(discounts=LINES, prices=RATES + "prices: [{id: care, sku: CARE, price: 5}]"),
    "percent of total": lambda: shop(discounts=LINES),
    "order": lambda: shop(discounts=LINES + ORDER, prices=RATES + "prices: [{id: care, sku: CARE, price: 5}]"),
    "totals": lambda: shop(discounts=SEES),
    "guards": lambda: shop(discounts=LINES + ORDER, prices=RATES + GUARD + "prices: [{id: care, sku: CARE, price: 5}]"),
    "tax": lambda: shop(discounts=LINES, terms=TAX, prices=RATES + "prices: [{id: care, sku: CARE, price: 5}]"),
}
MADE: dict[str, Parts] = {}


def book(name: str) -> Parts:
    if name not in MADE:
        MADE[name] = BOOKS[name]()
    return MADE[name]


tops = st.builds(
    lambda sku, quantity, unit: (sku, str(quantity), "box" if unit and sku == "D2" else "", None),
    st.sampled_from(("PC", "D1", "D2", "SEAT", "CARE", "USD")),
    st.integers(1, 6),
    st.booleans(),
)
edits = st.lists(
    st.tuples(st.sampled_from(("change", "add", "remove", "part", "nothing")), st.integers(0, 9), tops),
    min_size=1,
    max_size=5,
)


def made(name: str, parts: tuple[Any, ...], parent: str | None = None) -> RequestedLine:
    sku, quantity, unit, _ = parts
    term = 18 if sku == "SEAT" else None
    return line(sku, quantity, id=name, unit=unit, parent=parent, group="disk" if parent else "", term_months=term)


def edited(lines: Sequence[RequestedLine], edit: tuple[str, int, tuple[Any, ...]], name: str) -> list[RequestedLine]:
    kind, place, parts = edit
    target = lines[place % len(lines)]
    match kind:
        case "change" if target.parent is None:
            return [made(target.id, parts) if each is target else each for each in lines]
        case "add":
            return [*lines, made(name, parts)]
        case "part" if target.sku == "PC":
            return [*lines, made(name, ("D1" if place % 2 else "D2", "1", "", None), target.id)]
        case "remove":
            return [each for each in lines if each is not target and each.parent != target.id]
        case _:
            return list(lines)


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=40, deadline=None)
@given(start=st.lists(tops, min_size=1, max_size=5), steps=edits)
def test_a_chain_of_edits_equals_evaluating_from_the_start(name: str, start: list[Any], steps: list[Any]) -> None:
    parts = book(name)
    request = ask(*(made(f"l{n}", each) for n, each in enumerate(start)), term_months=24)
    current = evaluate(request, parts)
    for number, step in enumerate(steps):
        if isinstance(current, Refusal):
            return
        lines = tuple(edited(current.request.lines, step, f"new{number}"))
        if not lines:
            return
        request = replace(current.request, lines=lines)
        found = reevaluate(current, request, parts)
        assert found == evaluate(request, parts)
        current = found


class Counting:
    """A configurator that counts what it is asked to look at."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.asked = inner, []

    def on(self, _: date) -> Counting:
        return self

    def check(self, lines: Any, *, root: LineId, budget: Any) -> Any:
        self.asked.append(root)
        return self.inner.check(lines, root=root, budget=budget)


def counted() -> tuple[Parts, Counting]:
    parts = book("plain")
    counting = Counting(parts.configurators["PC"])
    return replace(parts, configurators=MappingProxyType({"PC": counting})), counting


def evaluated(request: QuoteRequest, parts: Parts) -> PricedQuote:
    found = evaluate(request, parts)
    assert isinstance(found, PricedQuote), str(found)
    return found


def test_only_the_tree_that_changed_is_configured_again() -> None:
    parts, counting = counted()
    lines = [each for n in range(3) for each in (line("PC", id=f"pc{n}"), line("D1", id=f"d{n}", parent=f"pc{n}"))]
    lines = [each._replace(group="disk") if each.parent else each for each in lines]
    before = evaluated(ask(*lines), parts)
    counting.asked.clear()
    lines[3] = line("D2", id="d1", parent="pc1", group="disk")
    found = reevaluate(before, ask(*lines), parts)
    assert counting.asked == ["pc1"]
    assert found == evaluate(ask(*lines), parts)
    # the lines that nothing happened to are the very same
    assert isinstance(found, PricedQuote)
    same = [was is now for was, now in zip(before.priced.lines, found.priced.lines, strict=True)]
    assert same == [True, True, True, False, True, True]


def test_another_header_or_book_means_evaluating_everything() -> None:
    parts = book("plain")
    before = evaluated(ask(line("D1"), line("D2")), parts)
    manual = ManualDiscount("m", ManualOn.TOTAL, ManualKind.PERCENT, D(5), "why", "ann")
    for request in (ask(line("D1"), line("D2"), manual=(manual,)), ask(line("D2"), line("D1"))):
        assert reevaluate(before, request, parts) == evaluate(request, parts)
    other = book("order")
    assert reevaluate(before, ask(line("D1")), other) == evaluate(ask(line("D1")), other)


def test_a_bad_edit_is_refused_as_from_the_start() -> None:
    parts = book("plain")
    before = evaluated(ask(line("D1"), line("D2")), parts)
    for bad in (line("D1", "-1"), line("NO"), line("D2", "1", parent="nowhere")):
        request = ask(line("D1") if bad.sku != "D1" else bad, bad if bad.sku != "D1" else line("D2"))
        assert reevaluate(before, request, parts) == evaluate(request, parts)
