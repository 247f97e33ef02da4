"""Guards of plain numbers on the express lane: the same as the full treatment, and as worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing import Lane, compile_plan, price
from engine.pricing.compiled import OWN_LIST
from engine.pricing.effects import On, Percent
from engine.pricing.flow import Pricing
from engine.pricing.plan import Guard, PricingRules, RuleId
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, entry, formula, line, order_when, priced, rule, when
from tests.pricing.test_flow import books, quotes

CONDITIONS = (
    'line.family = "disk"',
    'line.family in ("disk", "cpu")',
    "line.qty >= 5",
    "line.qty * 2 > 9",
    'customer.segment = "edu"',
    "line.unit < 50",
    "line.list > 15",
    "quote.list > 300",
)
numbers = st.none() | st.integers(1, 120).map(D)
guards = st.lists(
    st.builds(
        lambda texts, floor, ceiling, margin: Guard(
            RuleId("g"),
            when=tuple(each for text in texts for each in when(text)),
            floor=floor,
            ceiling=ceiling,
            margin_percent_min=margin,
        ),
        st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True),
        numbers | st.just(formula("line.cost * 1.1")),
        st.none() | st.integers(121, 200).map(D),
        st.none() | st.integers(1, 60).map(D),
    ),
    min_size=1,
    max_size=3,
)
BY_QUANTITY = (
    entry("A", "90", id="a-few", quantity_min=D(3), quantity_max=D(6), priority=1),
    entry("A", "80", id="a-many", quantity_min=D(7), priority=2),
    entry("B", "18", id="b-edu", quantity_min=D(2), priority=1, when=when('customer.segment = "edu"')),
    entry("C", "8.50", id="c-disk", priority=1, when=when('line.family = "disk"')),
)


@settings(max_examples=200)
@given(books(), quotes(), guards, st.booleans())
def test_guards_and_ranges_of_quantity_are_the_same_on_both_lanes(
    rules: PricingRules, request: PriceRequest, found: list[Guard], with_cost: bool
) -> None:
    named = tuple(replace(each, id=RuleId(f"g{place}")) for place, each in enumerate(found))
    plan = compile_plan(replace(rules, guards=named, entries=(*rules.entries, *BY_QUANTITY)))
    lines = tuple(each._replace(cost=D("12.34") if with_cost else None) for each in request.lines)
    request = replace(request, lines=lines)
    assert price(plan, request) == price(plan, request, lane=Lane.FULL)


def test_a_margin_is_held_on_the_express_lane() -> None:
    # cost 90, at least 5 percent margin: 90 / 0.95 = 94.7368421052...; 20 percent off 100 would be 80
    guard = Guard(RuleId("margin"), when=when('line.family = "disk"'), margin_percent_min=D("5"))
    plan = compile_plan(book(rule("off", Percent(D(20))), guards=(guard,)))
    request = asked(
        line("A", facts={"family": "disk"}, cost=D(90)),
        line("B", facts={"family": "disk"}),
        line("C", facts={"family": "cpu"}, cost=D(90)),
    )
    pricing = Pricing(plan, request)
    pricing.start()
    pricing.line_rules()
    assert pricing.slow == []
    found = priced(plan, request)
    assert [str(each.unit) for each in found.lines] == ["94.736842105263", "16.000000000000", "7.992000000000"]
    assert [each.amount for each in found.lines] == [9474, 1600, 799]
    assert [plan.source(number).id for number, _, _ in found.lines[0].trace] == ["off", "margin"]


def test_a_floor_that_a_guard_sets_holds_while_an_order_discount_is_spread() -> None:
    # half off 100.00 and 20.00: A keeps its floor of 80.00, so B gives what it has
    guard = Guard(RuleId("floor"), when=when('line.sku = "A"'), floor=D(80))
    off = rule("half", Percent(D(50), On.ORDER), "order", when=order_when("quote.net > 100"))
    found = priced(book(off, guards=(guard,)), asked(line("A"), line("B")))
    assert [each.amount for each in found.lines] == [8000, 0]


def test_only_lines_of_a_guard_with_a_formula_leave_the_lane() -> None:
    guard = Guard(RuleId("cost"), when=when('line.sku = "A"'), floor=formula("line.cost * 2"))
    plan = compile_plan(book(guards=(guard,)))
    request = asked(line("A", cost=D(60)), line("B", cost=D(1)))
    pricing = Pricing(plan, request)
    pricing.start()
    pricing.line_rules()
    assert pricing.slow == [0]
    found = price(plan, request)
    assert isinstance(found, Priced)
    assert [each.amount for each in found.lines] == [12000, 2000]


@pytest.mark.parametrize(("quantity", "unit"), [("2", "100"), ("3", "90"), ("6", "90"), ("7", "80")])
def test_a_price_for_a_range_of_quantities_is_found_on_the_lane(quantity: str, unit: str) -> None:
    plan = compile_plan(book(entries=(entry("A", "100"), *BY_QUANTITY)))
    pricing = Pricing(plan, asked(line("A", quantity)))
    assert pricing.start() == [] and pricing.slow == []
    assert pricing.rows.list_unit == [D(unit)]


def test_the_products_own_price_counts_where_no_range_fits() -> None:
    plan = compile_plan(book(entries=BY_QUANTITY))
    pricing = Pricing(plan, asked(line("A", "1", list_price=D("120"))))
    assert pricing.start() == [] and pricing.slow == []
    assert (pricing.rows.list_unit, pricing.rows.source) == ([D("120")], [OWN_LIST])


def test_a_condition_that_an_index_holds_may_be_asked_elsewhere_too() -> None:
    # one text, three uses: a rule of 10 percent, a price of its own, a guard whose floor is a formula
    disk = when('line.family = "disk"')
    guard = Guard(RuleId("floor"), when=disk, floor=formula("line.list - 5"))
    entries = (entry("A", "100"), entry("A", "90", id="disk", priority=1, when=disk))
    rules = book(rule("ten", Percent(D(10)), when=disk), guards=(guard,), entries=entries)
    # 90 less 10 percent is 81, and the guard holds 90 - 5
    found = priced(rules, asked(line("A", facts={"family": "disk"}), line("A", id="plain")))
    assert [each.amount for each in found.lines] == [8500, 10000]
