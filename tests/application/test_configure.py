"""What configurations cost somebody: as PriceQuote prices their lines for the same customer, on random books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, note
from hypothesis import strategies as st

from engine.application.configure import ListPrices, asked_header, configurator_of, lines_of, list_prices
from engine.application.content import Content, price
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.catalog import LineId, Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import Pick
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Refusal
from engine.parties import Customer
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import RequestedLine
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of

DAY = date(2026, 3, 1)
BOOK = """\
id: shop
title: A shop
currency: EUR
currencies: [EUR, USD]
rounding: {mode: half_up, at: [line], of: price}
facts:
  customer:
    segment: {values: [retail, edu]}
    region: {values: [DE, US]}
  quote:
    channel: {values: [web, phone]}
"""
CATALOG = """\
categories:
  machine: {}
  cpu: {attributes: {socket: {type: number}}}
  board: {attributes: {socket: {type: number}}}
  care: {}
products:
  - {sku: PC, name: Computer, category: machine, list: {EUR: 10.00, USD: 11.00}}
  - {sku: C1, name: Processor 1, category: cpu, attributes: {socket: 1}}
  - {sku: C2, name: Processor 2, category: cpu, attributes: {socket: 1}}
  - {sku: C3, name: Processor 3, category: cpu, attributes: {socket: 2}}
  - {sku: B1, name: Board 1, category: board, attributes: {socket: 1}}
  - {sku: B2, name: Board 2, category: board, attributes: {socket: 2}}
  - {sku: CARE, name: Care, category: care}
bundles:
  - sku: PC
    title: Computer
    groups:
      - {id: cpu, title: Processor, where: category = "cpu"}
      - {id: board, title: Board, where: category = "board", quantity_max: 2}
      - {id: care, title: Care, where: category = "care", min: 0}
"""
CONSTRAINTS = """\
bundle: PC
constraints:
  - {id: socket, require: cpu.socket = board.socket}
"""
SKUS = ("C1", "C2", "C3", "B1", "B2")
CUSTOMERS = {
    "anna": Customer("anna", "Anna", segment="edu", region="DE"),
    "bob": Customer("bob", "Bob", segment="retail", region="US"),
}
CONDITIONS = (
    "",
    'customer.segment = "edu"',
    'customer.segment = "retail" and customer.region = "US"',
    'customer.region = "DE"',
    'quote.channel = "web"',
    'line.bundle = "PC"',
    'line.group = "cpu" or line.group = "board"',
    "quote.term_months >= 12",
)


@dataclass
class People:
    """A store that knows the customers and nothing else."""

    def get(self, kind: type, key: str) -> Customer | None:
        return CUSTOMERS.get(key) if kind is Customer else None


READER = cast(Reader, People())


def compiled(prices: str) -> ActiveBook:
    files = {"book.yaml": BOOK, "catalog/c.yaml": CATALOG, "constraints/c.yaml": CONSTRAINTS, "prices/p.yaml": prices}
    loaded = load({path: text.encode() for path, text in files.items()})
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    return ActiveBook(loaded.book, parts_of(loaded.book))


def quoted(active: ActiveBook, header: Content, lines: tuple[RequestedLine, ...]) -> PricedQuote | Refusal:
    """What PriceQuote answers to the same customer."""
    books = SimpleNamespace(in_force=lambda *_: active, get=lambda *_: active)
    env: Any = SimpleNamespace(books=books, taxes=None)
    content = Content(
        lines,
        header.date,
        header.currency,
        header.customer,
        header.customer_facts,
        header.header,
        term_months=header.term_months,
    )
    return price(env, READER, content, today=DAY, tenant="default")


def asked(active: ActiveBook, header: Content) -> tuple[ProductConfigurator, ListPrices]:
    engine = configurator_of(active, "PC", header.date or DAY)
    request = asked_header(READER, header, active, header.date or DAY)
    assert isinstance(engine, ProductConfigurator) and not isinstance(request, Refusal), request
    return engine, list_prices(active, engine, request)


def net_of_parts(found: PricedQuote) -> Decimal:
    return Decimal(sum(each.net for each in found.priced.lines if each.sku != "PC")) / 100


@st.composite
def price_files(draw: st.DrawFn) -> str:
    """List prices of parts under conditions, in two currencies, for a while or for good; and prices agreed."""
    # a tenth off leaves whole cents, to which PriceQuote rounds a line
    amounts = st.integers(1, 999).map(lambda dimes: f"{Decimal(dimes) / 10:.2f}")
    entries, agreed = [], []
    each_once = [(sku, code) for sku in SKUS for code in ("EUR", "USD")]
    more = draw(st.lists(st.tuples(st.sampled_from(SKUS), st.sampled_from(["EUR", "USD"])), max_size=8))
    for number, (sku, code) in enumerate([*each_once, *more]):
        when = draw(st.sampled_from(CONDITIONS))
        fields = [f"id: e{number}", f"sku: {sku}", f"price: {{{code}: {draw(amounts)}}}"]
        fields += [f"when: '{when}'"] if when else []
        fields += draw(st.sampled_from([[], ["from: 2026-03-02"], ["until: 2026-03-02"]]))
        entries.append(f"  - {{{', '.join(fields)}}}")
    for number, sku in enumerate(draw(st.lists(st.sampled_from(SKUS), max_size=4))):
        given = draw(st.sampled_from([f"price: {{EUR: {draw(amounts)}}}", "percent_off: 10"]))
        agreed.append(
            f"  - {{id: k{number}, customer: {draw(st.sampled_from(sorted(CUSTOMERS)))}, sku: {sku}, {given}}}"
        )
    parts = [("prices", entries), ("contracted", agreed)]
    written = "".join(f"{name}:\n" + "\n".join(rows) + "\n" for name, rows in parts if rows)
    return written + "percent_of_total:\n  - {id: care, sku: CARE, percent: 10, of: 'line.sku != \"CARE\"'}\n"


@st.composite
def headers(draw: st.DrawFn) -> Content:
    facts = draw(
        st.fixed_dictionaries(
            {}, optional={"segment": st.sampled_from(["retail", "edu"]), "region": st.sampled_from(["DE", "US"])}
        )
    )
    return Content(
        (),
        date=draw(st.sampled_from([None, DAY, date(2026, 3, 2)])),
        currency=draw(st.sampled_from(["", "EUR", "USD"])),
        customer=draw(st.sampled_from(["", "anna", "bob"])),
        customer_facts=facts,
        header=draw(st.sampled_from([{}, {"channel": "web"}, {"channel": "phone"}])),
        term_months=draw(st.sampled_from([None, 6, 24])),
    )


def whole(cpu: str, board: str) -> tuple[RequestedLine, ...]:
    return lines_of("PC", [Pick("cpu", Sku(cpu), 1), Pick("board", Sku(board), 1)])


def valid_quotes(active: ActiveBook, header: Content) -> Iterator[tuple[PricedQuote | Refusal, set[str]]]:
    """Brute force: every configuration of one unit each that keeps the rule, as PriceQuote answers it."""
    for cpu, board in product(("C1", "C2", "C3"), ("B1", "B2")):
        found = quoted(active, header, whole(cpu, board))
        if (cpu == "C3") == (board == "B2"):
            yield found, {cpu, board}


@given(price_files(), headers())
def test_a_completion_costs_what_the_customer_is_quoted_and_none_costs_less(text: str, header: Content) -> None:
    active = compiled(text)
    engine, prices = asked(active, header)
    done = engine.complete((), prices=prices.counted(()))
    quotes = [each for each, _ in valid_quotes(active, header) if isinstance(each, PricedQuote)]
    assert all(each.valid for each in quotes)
    note(f"{done} of {[net_of_parts(each) for each in quotes]}")
    if not quotes:
        assert done.status is CompletionStatus.INFEASIBLE
        return
    assert done.status is CompletionStatus.OPTIMAL
    found = quoted(active, header, lines_of("PC", done.choices))
    assert isinstance(found, PricedQuote) and found.valid
    assert done.list_price == net_of_parts(found) == min(map(net_of_parts, quotes))


@given(price_files(), headers())
def test_a_part_has_a_price_where_it_can_be_quoted_and_it_is_that_one(text: str, header: Content) -> None:
    active = compiled(text)
    _, prices = asked(active, header)
    assert prices.stated.keys() <= set(SKUS) and prices.percents == {"CARE": 0}
    for sku in SKUS:
        group = "cpu" if sku.startswith("C") else "board"
        root = RequestedLine(LineId("root"), Sku("PC"), Decimal(1))
        part = RequestedLine(LineId("part"), Sku(sku), Decimal(1), root.id, group)
        found = quoted(active, header, (root, part))
        if isinstance(found, Refusal):
            assert sku not in prices.stated, found
        else:
            assert prices.stated[Sku(sku)] == net_of_parts(found)
