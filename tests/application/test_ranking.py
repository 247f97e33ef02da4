"""The price that decides among completions is the one that PriceQuote answers, on random books with random rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from engine.application.configure import lines_of
from engine.application.content import Content
from engine.application.ranking import Quoter, Ranking, counted_settings, ranked, ranked_repairs
from engine.application.rule_books import ActiveBook
from engine.application.tax_hook import NO_TAX_SERVICE
from engine.catalog import Sku
from engine.configuration.products import Aim, Candidates, Pick, ProductChoice, ProductCompletion, Set, Sought
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.solver import optimum
from engine.diagnostics import Code, Fault, Refusal
from engine.quotes.evaluation import PricedQuote
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from tests.application import test_configure as shop
from tests.application.test_configure import CONSTRAINTS, READER, headers, quoted

WITH = {
    "  machine: {}\n": "  machine: {attributes: {colour: {values: [red, blue], optional: true}}}\n",
    "    title: Computer\n": "    title: Computer\n    attributes: {colour: {values: [red, blue]},"
    " size: {type: number, minimum: 1, maximum: 2}}\n",
    "list: {EUR: 10.00, USD: 11.00}": "list: {EUR: 10.00, USD: 11.00}, cost: {EUR: 4.00}",
}
CATALOG = shop.CATALOG
for old, new in WITH.items():
    CATALOG = CATALOG.replace(old, new)
DISCOUNTS = (
    "{id: edu, group: all, when: 'customer.segment = \"edu\"', give: 10 % off unit}",
    "{id: c2, group: all, when: 'line.sku = \"C2\"', give: 60 % off unit}",
    "{id: many, group: all, when: 'line.qty >= 2', give: 55 % off unit}",
    '{id: c3, group: all, when: \'line.sku = "C3" and quote.channel = "web"\', give: {EUR: 3.00 off unit}}',
    "{id: red, group: all, when: 'line.item.colour = \"red\"', give: 50 % off unit}",
    "{id: basket, group: order, when: 'quote.net >= 100', give: 20 % off order}",
)
PRICES = """\
bundle_prices: [{id: deal, bundle: PC, price: {EUR: 44.44}, when: 'customer.segment = "retail"'}]
"""
CARE = "percent_of_total:\n  - {id: care, sku: CARE, percent: 10, of: 'line.sku != \"CARE\"'}\n"
EVERY = [
    (cpu, board, boards, care)
    for cpu, board, boards, care in product(("C1", "C2", "C3"), ("B1", "B2"), (1, 2), (False, True))
    if (cpu == "C3") == (board == "B2")
]


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """However long the next ones take to find on a busy machine."""
    with patch.multiple(optimum, CONFLICTS_MAX=10**9, FOLLOWING_MS=10**6):
        yield


def compiled(prices: str, discounts: Sequence[str], catalog: str = CATALOG) -> ActiveBook:
    on_lines = "".join(f"  - {each}\n" for each in discounts if "group: all" in each)
    on_order = "".join(f"  - {each}\n" for each in discounts if "group: order" in each)
    rules = f"discounts:\n{on_lines}" if on_lines else ""
    rules += f"order_discounts:\n{on_order}" if on_order else ""
    groups = "groups:\n  - {id: all, pick: all, combine: compound}\n  - {id: order, level: order, pick: all}\n"
    files = {
        "book.yaml": shop.BOOK,
        "catalog/c.yaml": catalog,
        "constraints/c.yaml": CONSTRAINTS,
        "prices/p.yaml": prices + CARE,
        "discounts/d.yaml": groups + rules,
    }
    loaded = load({path: text.encode() for path, text in files.items()})
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    return ActiveBook(loaded.book, parts_of(loaded.book))


def lists(**amounts: str) -> str:
    """A price of each part that is the same in both currencies."""
    rows = [
        f"  - {{id: {sku}, sku: {sku}, price: {{EUR: {amount}, USD: {amount}}}}}\n" for sku, amount in amounts.items()
    ]
    return "prices:\n" + "".join(rows)


PLAIN = lists(**dict.fromkeys(shop.SKUS, "50.00"))


def listed(draw: st.DrawFn) -> str:
    each = st.integers(1, 90)
    rows = [f"  - {{id: {sku}, sku: {sku}, price: {{EUR: {draw(each)}, USD: {draw(each)}}}}}" for sku in shop.SKUS]
    return "prices:\n" + "\n".join(rows) + "\n"


@st.composite
def books(draw: st.DrawFn) -> ActiveBook:
    deal = draw(st.sampled_from(["", PRICES]))
    return compiled(listed(draw) + deal, draw(st.lists(st.sampled_from(DISCOUNTS), unique=True)))


def asked(
    active: ActiveBook, header: Content, aim: Aim = Aim.CHEAPEST, several: int = 20
) -> tuple[ProductConfigurator, Sought, Quoter]:
    engine, prices = shop.asked(active, header)
    sought = Sought(aim, prices.counted(()), {}, None, several, counted_settings(active, engine))
    return engine, sought, Quoter(READER, active, header, header.date or shop.DAY, NO_TAX_SERVICE)


def best(active: ActiveBook, header: Content, aim: Aim = Aim.CHEAPEST, several: int = 20) -> Ranking:
    engine, sought, quoter = asked(active, header, aim, several)
    return ranked(engine.candidates((), sought), aim, lambda full: quoter.price("PC", full), lambda: False)


def net_of(active: ActiveBook, header: Content, full: Sequence[ProductChoice]) -> int:
    """What PriceQuote answers."""
    found = quoted(active, header, lines_of("PC", full))
    assert isinstance(found, PricedQuote) and found.valid, found
    return found.priced.totals.net.minor_units


def brute_force(active: ActiveBook, header: Content, *, colours: Sequence[str]) -> list[int]:
    """The net of every configuration there is; care is taken only where it is asked for."""
    nets = []
    for (cpu, board, boards, care), colour in product(EVERY, colours):
        if care:
            continue
        full: list[ProductChoice] = [Pick("cpu", Sku(cpu), 1), Pick("board", Sku(board), boards)]
        full += [Set("colour", colour), Set("size", Decimal(1))]
        nets.append(net_of(active, header, full))
    return sorted(nets)


@given(books(), headers())
def test_the_net_is_that_of_price_quote_and_none_is_lower(active: ActiveBook, header: Content) -> None:
    found = best(active, header)
    nets = [each.quoted.totals.net.minor_units for each in found.ranked if each.quoted]
    note(f"{found}")
    assert nets == sorted(nets) and found.repriced == len(found.ranked)
    assert nets == [net_of(active, header, each.completion.choices) for each in found.ranked]
    reads_colour = any("colour" in each.text for each in _conditions(active))
    every = brute_force(active, header, colours=["red", "blue"] if reads_colour else ["red"])
    assert found.proven == (len(every) <= 20)
    assert (nets == every) if found.proven else (nets[0] >= every[0])
    assert found.by_list.proven and found.by_list.list_price == min(
        each.completion.list_price for each in found.ranked if each.completion.list_price is not None
    )
    assert sorted(each.place for each in found.ranked) == list(range(1, len(found.ranked) + 1))


def _conditions(active: ActiveBook) -> list[Any]:
    return [each for rule in active.parts.plan.rules.rules for each in rule.when]


def test_a_discount_that_lists_do_not_know_decides() -> None:
    """By list C1 is the cheapest; C2 costs a cent more and is at 60 % off."""
    prices = lists(**{"C1": "50.00", "C2": "50.01", "C3": "60.00", "B1": "20.00", "B2": "20.00"})
    active = compiled(prices, [DISCOUNTS[1]])
    found = best(active, Content(()))
    # PC 10 + C2 50.01 - 30.006 = 20.00 + B1 20
    assert found.best.quoted is not None and found.best.quoted.totals.net.minor_units == 50_00
    assert (found.best.place, found.best.completion.list_price) == (2, Decimal("70.01"))
    assert found.by_list.list_price == 70 and found.by_list.proven and found.proven
    # two boards cost less than one by the unit, and one is still less than two
    assert {each.completion.list_price for each in found.ranked} == {
        Decimal(each) for each in ("70.00", "70.01", "80.00", "90.00", "90.01", "100.00")
    }
    alone = best(active, Content(()), several=1)
    assert alone.repriced == 1 and alone.best.place == 1 and not alone.proven


def test_many_of_one_may_cost_less_than_one() -> None:
    active = compiled(PLAIN, [DISCOUNTS[2]])
    found = best(active, Content(()))
    # one board: 10 + 50 + 50; two at 55 % off: 10 + 50 + 45
    assert found.best.quoted is not None and found.best.quoted.totals.net.minor_units == 105_00
    assert [
        each.quantity for each in found.best.completion.choices if isinstance(each, Pick) and each.slot == "board"
    ] == [2]


def test_the_best_margin_is_that_of_all_rules_and_counts_nothing_where_no_cost_is_known() -> None:
    catalog = CATALOG
    for sku, socket, cost in (("C2", 1, 9), ("C1", 1, 10)):
        before = f"{{sku: {sku}, name: Processor {sku[1]}, category: cpu, attributes: {{socket: {socket}}}"
        assert before in catalog
        catalog = catalog.replace(before, f"{before}, cost: {{EUR: {cost}}}")
    plain = best(compiled(PLAIN, [], catalog), Content(()), Aim.BEST_MARGIN)
    cheap = best(compiled(PLAIN, [DISCOUNTS[1]], catalog), Content(()), Aim.BEST_MARGIN)
    for found, cpu, earned in ((plain, "C2", 6 + 41), (cheap, "C1", 6 + 40)):
        # the computer brings 10 - 4; C2 50 - 9, or at 60 % off 20 - 9; C1 50 - 10; of the boards no cost is known
        assert found.best.quoted is not None and found.best.quoted.earned == earned * 100
        assert found.best.quoted.totals.margin is None
        assert any(isinstance(each, Pick) and each.sku == cpu for each in found.best.completion.choices)


def test_time_that_is_over_leaves_the_first_priced() -> None:
    active = compiled(PLAIN, [])
    engine, sought, quoter = asked(active, Content(()))
    found = ranked(engine.candidates((), sought), Aim.CHEAPEST, lambda full: quoter.price("PC", full), lambda: True)
    assert found.repriced == 1 and found.best.quoted is not None and not found.proven and len(found.ranked) == 6


def test_what_has_no_price_as_a_quote_comes_last_and_says_why() -> None:
    def price(full: Sequence[ProductChoice]) -> Any:
        if any(isinstance(each, Pick) and each.sku == "C1" for each in full):
            return Refusal((cast(Any, fault),))
        return quoter.price("PC", full)

    fault = Fault(Code("X"), "lines", "no price above one")
    active = compiled(PLAIN, [])
    engine, sought, quoter = asked(active, Content(()))
    found = ranked(engine.candidates((), sought), Aim.CHEAPEST, price, lambda: False)
    assert [each.fault for each in found.ranked] == [None] * 4 + [fault] * 2 and found.proven


def test_nothing_to_rank() -> None:
    none = Candidates((ProductCompletion(cast(Any, None), (), None),), exhausted=True)
    found = ranked(none, Aim.CHEAPEST, cast(Any, None), lambda: False)
    assert not found.proven and found.best.quoted is None and found.repriced == 0


def test_repairs_come_by_what_they_net() -> None:
    """C1 and B2 clash: keeping C1 lists 100, keeping B2 lists 101 and nets less."""
    prices = lists(**{"C1": "50.00", "C2": "70.00", "C3": "50.00", "B1": "50.00", "B2": "51.00"})
    active = compiled(prices, ["{id: b2, group: all, when: 'line.sku = \"B2\"', give: 50 % off unit}"])
    engine, sought, quoter = asked(active, Content(()))
    clash = [Pick("cpu", Sku("C1")), Pick("board", Sku("B2"))]
    repairs = engine.repairs(clash, sought)
    assert isinstance(repairs, tuple)
    assert [each.drop[0] for each in repairs] == [clash[1], clash[0]], "by list"
    found = ranked_repairs(engine, repairs, lambda full: quoter.price("PC", full), lambda: False)
    assert [each.repair.drop[0] for each in found] == [clash[0], clash[1]]
    # 10 + 50 + 25.50, and 10 + 50 + 50; before there is none
    nets = [each.after.best.quoted.totals.net.minor_units for each in found if each.after.best.quoted]
    assert nets == [85_50, 110_00] and all(each.net_effect is None for each in found)
    wanted = engine.repairs([Pick("cpu", Sku("C1"))], sought, wanted=[Pick("board", Sku("B2"))])
    assert isinstance(wanted, tuple)
    (third,) = ranked_repairs(engine, wanted, lambda full: quoter.price("PC", full), lambda: False)
    assert third.net_effect is not None and third.net_effect.minor_units == 85_50 - 110_00


@pytest.mark.parametrize(
    ("rule", "counted"),
    [
        ("when: 'line.sku = \"C1\"', give: 1 % off unit", set()),
        ("when: 'line.item.colour = \"red\"', give: 1 % off unit", {"colour"}),
        ("when: 'some l in lines satisfies l.item.colour = \"red\"', give: 1 % off order", {"colour"}),
    ],
)
def test_attributes_count_that_a_price_may_hang_on(rule: str, counted: set[str]) -> None:
    group = "order" if "order" in rule else "all"
    active = compiled(PLAIN, [f"{{id: r, group: {group}, {rule}}}"])
    engine, _ = shop.asked(active, Content(()))
    assert counted_settings(active, engine) == counted


@pytest.mark.parametrize("name", ["shell colour", "shell-colour", "colour's", "größe"])
def test_attributes_count_whose_names_are_of_several_words(name: str) -> None:
    """All parts cost the same, and one value of the attribute halves them."""
    catalog = CATALOG.replace(
        "    title: Computer\n    attributes: {colour:", f"    title: Computer\n    attributes: {{{name}:"
    )
    rule = f'{{id: half, group: all, when: "line.item.{name} = \\"blue\\"", give: 50 % off unit}}'
    active = compiled(PLAIN, [rule], catalog)
    engine, _ = shop.asked(active, Content(()))
    assert counted_settings(active, engine) == {name}
    found = best(active, Content(()))
    # the attribute is the computer's own: 10 at half price, and 50 + 50
    assert found.best.quoted is not None and found.best.quoted.totals.net.minor_units == 105_00
