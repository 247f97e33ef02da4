"""The order stage equals its slow twin on random books: discounts on all or some lines, single units, sets, gifts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import check_expression
from engine.pricing import compile_plan, price
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    ForEach,
    Gift,
    On,
    Percent,
    Select,
    SetPrice,
    Sign,
    UnitPick,
    UnitsOff,
)
from engine.pricing.plan import Cap, Combine, Level, Limit, Pick, PricingRules, Rule, RuleGroup, Spread
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from engine.pricing.settings import Habits, TieBreak
from tests.pricing.books import LINE, ORDER, D, asked, entry, line
from tests.pricing.twin_order import TwinOrder, price_order

PRICES = {"A": "100", "B": "20", "C": "9.99"}
WHEN = {bound: check_expression(f"quote.running > {bound}", scope=ORDER) for bound in (50, 200)}
FOR = {sku: check_expression(f'line.sku = "{sku}"', scope=LINE) for sku in PRICES}
values = st.sampled_from(("3", "10", "12.5", "33", "60"))
ons = st.sampled_from((On.ORDER, On.EACH_LINE, On.UNIT))
plain = st.one_of(
    st.builds(
        lambda n, on, sign, of: Percent(D(n), on, sign, of), values, ons, st.sampled_from(Sign), st.sampled_from(Basis)
    ),
    st.builds(lambda n, on, sign: Amount(D(n), on, sign), values, ons, st.sampled_from(Sign)),
    st.builds(lambda n: SetPrice(D(n), On.ORDER), values),
)
on_units = st.one_of(
    st.builds(lambda n: Percent(D(n)), values),
    st.builds(lambda n: Amount(D(n)), values),
    st.builds(lambda n: SetPrice(D(n)), values),
)
selects = st.sampled_from(Select)
effects = st.one_of(
    plain,
    st.builds(lambda effect, select, n: UnitsOff(effect, select, D(n)), on_units, selects, st.integers(1, 4)),
    st.builds(lambda effect, n: UnitsOff(effect, Select.LINE_ORDER, None, n), on_units, st.integers(2, 3)),
    st.builds(
        lambda buy, get, select, percent, repeat, partial, most: BuyGet(
            UnitPick(D(buy)), UnitPick(D(get), select=select), D(percent), repeat=repeat, partial=partial, sets_max=most
        ),
        st.integers(1, 3),
        st.integers(1, 2),
        st.sampled_from((Select.CHEAPEST, Select.DEAREST)),
        st.sampled_from((50, 100)),
        st.booleans(),
        st.booleans(),
        st.none() | st.integers(1, 2),
    ),
    st.builds(lambda n: Gift("C", D(n)), st.integers(1, 2)),
    st.builds(lambda n: Gift("C", for_each=ForEach(D(n))), st.integers(2, 5)),
)


@st.composite
def books(draw: st.DrawFn) -> PricingRules:
    groups = tuple(
        RuleGroup(
            f"g{number}",
            Level.ORDER,
            pick=draw(st.sampled_from((Pick.ALL, Pick.FIRST, Pick.BEST, Pick.WORST))),
            combine=draw(st.sampled_from(Combine)),
            at_most=draw(st.none() | st.integers(1, 3)),
            cap=draw(
                st.none() | st.sampled_from((Cap(D(10)), Cap(None, {"EUR": D("30.5")}), Cap(D(25), {"EUR": D(12)})))
            ),
        )
        for number in range(draw(st.integers(1, 2)))
    )
    names = [f"r{number}" for number in range(draw(st.integers(1, 4)))]
    rules = tuple(
        Rule(
            name,  # type: ignore[arg-type]
            draw(st.sampled_from(groups)).id,
            {"": draw(effects)},
            when=draw(st.just(()) | st.sampled_from([(each,) for each in WHEN.values()])),
            priority=draw(st.integers(0, 2)),
            limit=draw(st.just(Limit()) | st.just(Limit({"EUR": D(7)}))),
            target=draw(st.just(()) | st.sampled_from([(each,) for each in FOR.values()])),
            spread=draw(st.sampled_from(Spread)),
            exclusive=draw(st.integers(0, 11)) == 0,
            stop=draw(st.integers(0, 5)) == 0,
            not_with=frozenset(draw(st.lists(st.sampled_from(names), max_size=1))) - {name},
        )
        for name in names
    )
    return made(groups, rules)


def made(groups: tuple[RuleGroup, ...], rules: tuple[Rule, ...]) -> PricingRules:
    """Which of the equal units of a line come first is told by nothing but the order of earlier rules, so a rule that
    takes units as they stand is alone among rules on units here.
    """
    on_single = [rule for rule in rules if isinstance(rule.effects[""], UnitsOff | BuyGet)]
    if len(on_single) > 1:
        rules = tuple(
            replace(rule, effects={"": Percent(D(5), On.ORDER)})
            if isinstance(effect := rule.effects[""], UnitsOff) and effect.select is Select.LINE_ORDER
            else rule
            for rule in rules
        )
    entries = tuple(entry(sku, amount) for sku, amount in PRICES.items())
    return PricingRules("EUR", entries=entries, groups=groups, rules=rules, habits=Habits(ties=TieBreak.LISTED))


requests = st.builds(
    lambda parts: asked(
        *(
            line(sku, str(quantity), id=f"l{n}", floor=floor, discountable=open_ or not n)
            for n, (sku, quantity, floor, open_) in enumerate(parts)
        )
    ),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PRICES)),
            st.integers(1, 6),
            st.none() | st.sampled_from((D(8), D("19.5"))),
            st.sampled_from((True, True, False)),
        ),
        min_size=1,
        max_size=4,
    ),
)


def twin_of(request: PriceRequest) -> TwinOrder:
    amounts = [int(D(PRICES[each.sku]) * each.quantity * 100) for each in request.lines]
    return TwinOrder(
        skus=[str(each.sku) for each in request.lines],
        quantities=[int(each.quantity) for each in request.lines],
        listed=amounts,
        running=list(amounts),
        lowest=[0 if each.floor is None else int(each.floor * each.quantity * 100) for each in request.lines],
        discountable=[each.discountable for each in request.lines],
    )


@settings(max_examples=400, deadline=None)
@given(books(), requests)
def test_every_order_rule_gives_what_the_slow_twin_gives(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    twin = twin_of(request)
    price_order(rules, twin)
    assert [plan.source(number).id for number in found.applied] == twin.applied
    assert [each.amount for each in found.lines] == twin.running
    assert [(str(each.sku), int(each.quantity)) for each in found.gifts] == twin.gifts
    # the parts add up, line by line and in all
    for discount in found.order_discounts:
        assert sum(share for _, share in discount.split) == discount.amount
    assert sum(each.amount for each in found.lines) == found.totals.amount.minor_units
    assert sum(each.amount for each in found.order_discounts) == sum(each.order_discount for each in found.lines)
