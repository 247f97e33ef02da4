"""Lines that were priced before: a quote of them is what it is when nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from cpq.v1 import common_pb2, pricing_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Refusal
from engine.pricing.known_lines import HEADER_COUNTS, KnownLines
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Redeemed
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.known import known_of
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.wire.priced import fill_priced
from engine.wire.sheets import Sheets
from tests.rulebook.shop import DAY, D, ask, book_of, line

CATALOG = """\
categories:
  disk: {attributes: {size: {type: number}}}
products:
  - {sku: PEN, name: Pen, family: desk, list: {EUR: 1.50, USD: 1.70}, cost: {EUR: 0.90}, units: {box: 12}}
  - {sku: INK, name: Ink, family: desk, list: {EUR: 9.99, USD: 11.00}, quantity: {multiple: 0.25}}
  - {sku: LAMP, name: Lamp, list: {EUR: 80.00, USD: 88.00}, cost: {EUR: 71.00, USD: 70.00}, tax_code: low}
  - {sku: DISK, name: Disk, category: disk, attributes: {size: 1}, list: {EUR: 95.00, USD: 99.00}}
  - {sku: PC, name: Computer, list: {EUR: 500.00, USD: 550.00}, cost: {EUR: 400.00}}
  - {sku: SEAT, name: Seat, charge: {kind: recurring, period: month}, list: {EUR: 10.00, USD: 11.00}}
  - {sku: TIER, name: Tier}
  - {sku: OLD, name: Old, list: {EUR: 1.00}, discontinued: true}
bundles:
  - {sku: PC, title: Computer, groups: [{id: disk, title: Disk, where: 'category = "disk"', quantity_min: 1}]}
"""
HEAD = """\
currencies: [EUR, USD]
facts:
  customer: {segment: {type: text}, level: {type: number}, vip: {type: boolean}}
  quote: {channel: {type: text}}
"""
UNIT = "rounding: {mode: half_up, at: [unit, line], of: price}\n"
PRICES = """\
prices:
  - {id: few, sku: TIER, price: {EUR: 7.77, USD: 8.88}, quantity_max: 9}
  - {id: many, sku: TIER, price: {EUR: 6.66, USD: 7.77}, quantity_min: 10, when: 'quote.channel = "web"'}
  - {id: more, sku: TIER, price: {EUR: 7.07, USD: 8.08}, quantity_min: 10}
"""
RULES = {
    "all": "{id: all, give: 3 % off unit}",
    "many": "{id: many-off, when: line.qty >= 4, give: 10 % off unit}",
    "family": "{id: family, when: 'line.family = \"desk\"', give: 0.07 off unit}",
    "segment": "{id: segment, when: 'customer.segment = \"edu\"', give: 7 % off unit}",
    "formula": "{id: formula, when: line.qty >= 2, give: customer.level % off unit}",
    "level": "{id: level, when: 'customer.level * line.qty > 6', give: 11 % off unit}",
    "vip": "{id: vip, when: customer.vip, give: 1 % off unit}",
    "code": "{id: code, code: TEN, uses: 3, give: 10 % off unit}",
    "limited": "{id: limited, uses: 2, when: 'line.sku = \"LAMP\"', give: 5.00 off unit}",
    "budget": "{id: budget, budget: {EUR: 50.00, USD: 50.00}, when: 'line.sku = \"INK\"', give: 5 % off unit}",
    "dated": "{id: dated, from: 2026-03-03, give: 2 % off unit}",
    "cheap": "{id: cheap, when: line.unit < 5, give: 4 % off unit}",
    "id": "{id: by-id, when: 'line.id = \"l1\"', give: 6 % off unit}",
    "total": "{id: by-total, when: quote.list > 200, give: 8 % off unit}",
    "count": "{id: by-count, when: count(lines) > 3, give: 9 % off unit}",
    "quantity": "{id: by-quantity, when: quote.qty > 8, give: 12 % off unit}",
    "dearer": "{id: dearer, when: 'line.sku = \"LAMP\"', give: set 95.00 unit}",
}
ORDERS = {
    "big": "{id: big, when: quote.net > 300, give: 5 % off order}",
    "lamps": "{id: lamps, for: 'line.sku = \"LAMP\"', give: 10.00 off order}",
    "gift": "{id: gift, when: 'sum(lines.qty) >= 6', give: add PEN at 0}",
    "heavy": "{id: heavy, when: quote.qty > 12, give: 4 % off order}",
    "listed": "{id: listed, when: quote.list > 180, give: 2.00 off order}",
    "worth": "{id: worth, when: quote.tcv > 190, give: 1 % off order}",
}
GUARDS = "guards: [{id: margin, margin_percent_min: 12}, {id: floor, when: 'line.sku = \"INK\"', floor: 9.10}]\n"
TAXES = ("tax", "tax in", "tax by quantity", "tax of the total", "tax of one code")
TAX = """\
tax:
  round_at: line
  rates: [{code: standard, percent: 19}, {code: low, percent: 7}]
"""


def taxed(kind: str) -> str:
    """Tax beside prices, in them, by the quantity of a line, rounded in all, or without a rate for some products."""
    changes = {
        "tax in": ("round_at: line", "round_at: line\n  included: true"),
        "tax by quantity": ("percent: 7}", "percent: 7, when: line.qty > 1}, {code: low, percent: 9}"),
        "tax of the total": ("round_at: line", "round_at: total"),
        "tax of one code": (", {code: low, percent: 7}", ""),
    }
    return TAX.replace(*changes.get(kind, ("", "")))


@cache
def made(rules: frozenset[str], orders: frozenset[str], more: frozenset[str]) -> Parts:
    discounts = "".join(f"  - {text}\n" for name, text in RULES.items() if name in rules or name == "code")
    order = "".join(f"  - {text}\n" for name, text in ORDERS.items() if name in orders)
    texts = {
        "prices": PRICES + (GUARDS if "guards" in more else ""),
        "discounts": ("discounts:\n" + discounts if discounts else "")
        + ("order_discounts:\n" + order if order else ""),
    }
    for each in TAXES:
        if each in more:
            texts["terms"] = taxed(each)
    head = HEAD + (UNIT if "unit" in more else "")
    return book_of({"catalog/catalog.yaml": CATALOG}, head=head, **{name: text for name, text in texts.items() if text})


books = st.builds(
    made,
    st.frozensets(st.sampled_from(tuple(RULES)), min_size=1, max_size=4),
    st.frozensets(st.sampled_from(tuple(ORDERS)), max_size=2),
    st.frozensets(st.sampled_from(("guards", "unit", *TAXES))),
)
quantities = st.sampled_from(("1", "1.0", "10", "1", "1.0", "10", "2", "3", "7", "13", "2.5", "1000000"))
SKUS = ("PEN", "INK", "LAMP", "TIER", "PEN", "INK", "LAMP", "TIER", "PC", "SEAT")


def plain(number: int, parts: tuple[str, str]) -> RequestedLine:
    return line(parts[0], parts[1], id=f"l{number}")


def other(number: int, kind: str, quantity: str) -> RequestedLine:
    """A line that states more than product and quantity, or that cannot be sold."""
    more: dict[str, Any] = {
        "unit": {"sku": "PEN", "unit": "box"},
        "group": {"sku": "INK", "group": "g"},
        "attribute": {"sku": "DISK", "attributes": {"size": D("2")}},
        "prior": {"sku": "TIER", "prior_quantity": D("5")},
        "part": {"sku": "INK", "quantity": "0.25"},
        "old": {"sku": "OLD"},
        "none": {"sku": "NONE", "quantity": "0.3"},
    }[kind]
    return line(more.pop("sku"), more.pop("quantity", quantity), id=f"l{number}", **more)


KINDS = ("unit", "group", "attribute", "prior", "part", "part", "old", "none")
some = st.lists(st.tuples(st.sampled_from(SKUS), quantities), min_size=1, max_size=6)
others = st.one_of(st.just([]), st.just([]), st.lists(st.tuples(st.sampled_from(KINDS), quantities), max_size=1))
MANUAL = ManualDiscount("m1", ManualOn.LINE, ManualKind.PERCENT, D("5"), "to close the deal", "ann", "l0")


def asked(lines: Sequence[Any], odd: Sequence[Any], header: dict[str, Any]) -> QuoteRequest:
    found = [plain(number, each) for number, each in enumerate(lines)]
    found += [other(len(found) + number, *each) for number, each in enumerate(odd)]
    return ask(*found, **header)


CUSTOMER = {"segment": "edu", "level": D("2"), "vip": True}
SAME: dict[str, Any] = {"customer": CUSTOMER, "header": {"channel": "web"}}
CHANGES: tuple[dict[str, Any], ...] = (
    *({},) * 3,
    {"customer": {**CUSTOMER, "segment": "retail"}},
    {"customer": {**CUSTOMER, "level": D("5")}},
    {"customer": {**CUSTOMER, "level": D("2.0")}},
    {"customer": {**CUSTOMER, "vip": False}},
    {"header": {"channel": "phone"}},
    {"currency": "USD"},
    {"day": DAY.replace(day=3)},
    {"codes": ("TEN",)},
    {"codes": ("TEN",), "redeemed": {"code": Redeemed(3, 0)}},
    {"redeemed": {"limited": Redeemed(2, 0)}},
    {"redeemed": {"budget": Redeemed(1, 0, D(49))}},
    {"term_months": 12},
    {"manual": (MANUAL,)},
)
headers = st.sampled_from(CHANGES).map(lambda change: {**SAME, **change})
sessions = st.tuples(
    st.lists(headers, min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), some, others), min_size=3, max_size=14),
)


def answer(found: PricedQuote | Refusal, sheets: Sheets) -> object:
    """Everything about a quote, by how it is written, and its bytes in both views."""
    if isinstance(found, Refusal):
        return repr(found)
    answers = [pricing_pb2.PricedQuote() for _ in range(2)]
    for message, view in zip(answers, (common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL), strict=True):
        fill_priced(message, found, view=view, sheets=sheets)
    return repr(found), *(each.SerializeToString(deterministic=True) for each in answers)


@settings(max_examples=200, deadline=None)
@given(parts=books, session=sessions)
def test_quotes_are_the_same_whether_or_not_their_lines_are_known(parts: Parts, session: Any) -> None:
    some_headers, steps = session
    parts = replace(parts)
    sheets = Sheets(parts.catalog.products, parts.plan)
    for place, lines, odd in steps:
        request = asked(lines, odd, some_headers[place % len(some_headers)])
        twin = replace(parts)
        assert answer(evaluate(request, parts), sheets) == answer(
            evaluate(request, twin), Sheets(twin.catalog.products, twin.plan)
        )


def counts(parts: Parts, request: QuoteRequest) -> tuple[int, bool]:
    """How many lines of a request are known, and whether that is every one."""
    known = known_of(request, parts.known)
    return sum(each is not None for each in known.lines), known.is_all


PLAIN = made(frozenset(("all", "many")), frozenset(("big",)), frozenset(("guards", "tax")))
TWO = (line("PEN", "4", id="a"), line("LAMP", "1", id="b"))


def test_plain_lines_are_known_afterwards_and_others_are_not() -> None:
    parts = replace(PLAIN)
    mixed = ask(*TWO, line("SEAT", id="c"), line("PEN", "4", id="d", group="g"), line("PC", id="e"))
    assert counts(parts, mixed) == (0, False)
    evaluate(mixed, parts)
    assert counts(parts, mixed) == (2, False)
    assert counts(parts, ask(*TWO)) == (2, True)
    # in any order, under any id, as often as one likes
    assert counts(parts, ask(*(replace_id(each, f"x{n}") for n, each in enumerate((*reversed(TWO), *TWO))))) == (
        4,
        True,
    )
    # ids that are wrong have to be told
    assert counts(parts, ask(TWO[0], TWO[0])) == (2, False)
    assert counts(parts, ask(replace_id(TWO[0], ""))) == (1, False)


def replace_id(asked_line: RequestedLine, name: str) -> RequestedLine:
    return asked_line._replace(id=name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"day": DAY.replace(day=3)},
        {"currency": "USD"},
        {"customer": {"level": D("1.0")}},
        {"customer": {"level": True}},
        {"header": {"channel": "web"}},
        {"codes": ("TEN",)},
        {"term_months": 12},
        {"redeemed": {"code": Redeemed(1, 0)}},
        {"past": {"PEN": D("1")}},
        {"header": {"channel": "w" * 5_000}},
    ],
    ids=str,
)
def test_under_another_header_nothing_is_known(change: dict[str, Any]) -> None:
    parts = replace(PLAIN)
    start: dict[str, Any] = {"customer": {"level": D(1)}}
    evaluate(ask(*TWO, **start), parts)
    assert counts(parts, ask(*TWO, **start)) == (2, True)
    assert counts(parts, ask(*TWO, **{**start, **change})) == (0, False)


@pytest.mark.parametrize("rule", ["id", "total", "count", "quantity"])
def test_where_lines_hang_on_their_quote_nothing_is_kept(rule: str) -> None:
    parts = replace(made(frozenset((rule,)), frozenset(), frozenset()))
    evaluate(ask(*TWO), parts)
    assert counts(parts, ask(*TWO)) == (0, False)


def test_a_quantity_that_is_no_number_is_refused_as_ever() -> None:
    parts = replace(PLAIN)
    evaluate(ask(*TWO), parts)
    for text in ("NaN", "sNaN", "Infinity", "-1"):
        bad = ask(TWO[0]._replace(quantity=Decimal(text)))
        assert repr(evaluate(bad, parts)) == repr(evaluate(bad, replace(PLAIN)))
        assert isinstance(evaluate(bad, parts), Refusal)


def test_memory_is_bounded() -> None:
    most = 3 * HEADER_COUNTS
    parts = replace(PLAIN)
    object.__setattr__(parts, "known", KnownLines(parts.plan, most=most))
    for number in range(1, 200):
        request = ask(line("PEN", str(number)), customer={"level": D(number % 2)})
        evaluate(request, parts)
        # a header takes the room of ten lines, and two of them are in use
        assert len(parts.known) <= most - HEADER_COUNTS
    assert counts(parts, ask(line("PEN", "1"), customer={"level": D(1)})) == (0, False)


def test_a_line_whose_promotion_has_a_budget_is_worked_out_every_time() -> None:
    parts = replace(made(frozenset(("budget",)), frozenset(), frozenset()))
    request = ask(line("INK", "10", id="a"), line("INK", "10", id="b"), line("PEN", id="c"))
    for _ in range(2):
        evaluate(request, parts)
        assert counts(parts, request) == (1, False)
