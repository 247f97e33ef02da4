"""The order stage equals its slow twin on random books: discounts on all or some lines, single units, sets, gifts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import check_expression
from engine.money import Rounding
from engine.pricing import compile_plan, order_stage, price
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
    Tiered,
    TierStep,
    UnitPick,
    UnitsOff,
)
from engine.pricing.plan import Cap, Combine, Level, Limit, Pick, PricingRules, Rule, RuleGroup, Spread, UsageLimit
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from engine.pricing.settings import BudgetOverrun, Habits, RoundingOf, RoundingSettings, TieBreak
from engine.pricing.story import told_of
from tests.pricing.books import LINE, ORDER, D, asked, entry, line
from tests.pricing.twin_order import price_order
from tests.pricing.twin_order_lines import TwinOrder
from tests.pricing.twin_start import rounded

PRICES = {"A": "100", "B": "20", "C": "9.99", "D": "-4.50", "E": "0"}
WHEN = {bound: check_expression(f"quote.running > {bound}", scope=ORDER) for bound in (50, 200)}
WHENS = (
    *WHEN.values(),
    check_expression("quote.list > 150", scope=ORDER),
    check_expression("quote.net > 150", scope=ORDER),
    check_expression("some each in lines satisfies each.running > 90", scope=ORDER),
)
FOR = {sku: check_expression(f'line.sku = "{sku}"', scope=LINE) for sku in PRICES}
RUNNING, COUNT = [check_expression(text, scope=ORDER) for text in ("quote.running", "count(lines)")]
wheres = st.just(()) | st.sampled_from([(each,) for each in FOR.values()])
values = st.sampled_from(("3", "4.997", "10", "12.5", "33", "60"))
ons = st.sampled_from((On.ORDER, On.EACH_LINE, On.UNIT))
plain = st.one_of(
    st.builds(
        lambda n, on, sign, of: Percent(D(n), on, sign, of), values, ons, st.sampled_from(Sign), st.sampled_from(Basis)
    ),
    st.builds(lambda n, on, sign: Amount(D(n), on, sign), values, ons, st.sampled_from(Sign)),
    st.builds(lambda n, on: SetPrice(D(n), on), values, ons),
    st.builds(lambda on: Amount(COUNT, on), ons),
)
on_units = st.one_of(
    st.builds(lambda n: Percent(D(n)), values),
    st.builds(lambda n: Amount(D(n)), values),
    st.builds(lambda n: SetPrice(D(n)), values),
)
selects = st.sampled_from(Select)
effects = st.one_of(
    plain,
    st.builds(lambda low, high: Tiered(RUNNING, (TierStep(D(60), low), TierStep(D(250), high))), plain, plain),
    st.builds(
        lambda effect, select, n, where: UnitsOff(effect, select, D(n), where=where),
        on_units,
        selects,
        st.sampled_from(("1", "2.5", "3", "4")),
        wheres,
    ),
    st.builds(lambda effect, n: UnitsOff(effect, Select.LINE_ORDER, None, n), on_units, st.integers(2, 3)),
    st.builds(
        lambda buy, get, select, percent, repeat, partial, most, of: BuyGet(
            UnitPick(D(buy), of[0]),
            UnitPick(D(get), of[1], select),
            D(percent),
            repeat=repeat,
            partial=partial,
            sets_max=most,
        ),
        st.integers(1, 3),
        st.integers(1, 2),
        st.sampled_from((Select.CHEAPEST, Select.DEAREST)),
        st.sampled_from((50, 100)),
        st.booleans(),
        st.booleans(),
        st.none() | st.integers(1, 2),
        st.just(((), ())) | st.tuples(wheres, wheres),
    ),
    st.builds(lambda n: Gift("C", D(n)), st.integers(1, 2)),
    st.builds(lambda n, where: Gift("C", for_each=ForEach(D(n), where)), st.integers(2, 5), wheres),
)


in_currencies = st.one_of(
    st.builds(lambda effect: {"": effect}, effects),
    st.builds(lambda effect, other: {"EUR": effect, "USD": other, "": other}, effects, effects),
    st.builds(lambda other: {"USD": other}, effects),
)
BUDGETS = tuple(UsageLimit(budgets={"EUR": D(amount)}) for amount in ("5", "12.34", "40"))
roundings = st.builds(RoundingSettings, mode=st.sampled_from(Rounding), of=st.sampled_from(RoundingOf))


@st.composite
def books(draw: st.DrawFn) -> PricingRules:
    groups = tuple(
        RuleGroup(
            f"g{number}",
            Level.ORDER,
            pick=draw(st.sampled_from(Pick)),
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
            draw(in_currencies),
            when=draw(st.just(()) | st.sampled_from([(each,) for each in WHENS])),
            priority=draw(st.integers(0, 2)),
            limit=draw(st.just(Limit()) | st.just(Limit({"EUR": D(7)}))),
            usage=draw(st.sampled_from((*(UsageLimit(),) * 4, *BUDGETS))),
            target=draw(wheres),
            spread=draw(st.sampled_from(Spread)),
            exclusive=draw(st.integers(0, 11)) == 0,
            stop=draw(st.integers(0, 5)) == 0,
            not_with=frozenset(draw(st.lists(st.sampled_from(names), max_size=1))) - {name},
        )
        for name in names
    )
    habits = Habits(ties=TieBreak.LISTED, budget_overrun=draw(st.sampled_from(BudgetOverrun)))
    return replace(made(groups, rules), rounding=draw(roundings), habits=habits)


def made(groups: tuple[RuleGroup, ...], rules: tuple[Rule, ...]) -> PricingRules:
    """Which of the equal units of a line come first is told by nothing but the order of earlier rules, so a rule that
    takes units as they stand is alone among rules on units here.
    """
    effects = [each for rule in rules for each in rule.effects.values()]
    on_single = [each for each in effects if isinstance(each, UnitsOff | BuyGet)]
    if len(on_single) > 1:
        rules = tuple(
            replace(rule, effects={"": Percent(D(5), On.ORDER)})
            if any(isinstance(each, UnitsOff) and each.select is Select.LINE_ORDER for each in rule.effects.values())
            else rule
            for rule in rules
        )
    entries = tuple(entry(sku, amount) for sku, amount in PRICES.items())
    return PricingRules("EUR", entries=entries, groups=groups, rules=rules, habits=Habits(ties=TieBreak.LISTED))


requests = st.builds(
    lambda parts: asked(
        *(
            line(sku, quantity, id=f"l{n}", floor=floor, discountable=open_ or not n)
            for n, (sku, quantity, floor, open_) in enumerate(parts)
        )
    ),
    st.lists(
        st.tuples(
            st.sampled_from("AABBCCDE"),
            st.sampled_from(("1", "2", "3", "4", "6", "0.5", "2.5")),
            st.none() | st.sampled_from((D(8), D("19.5"))),
            st.sampled_from((True, True, False)),
        ),
        min_size=1,
        max_size=4,
    ),
)


def twin_of(rules: PricingRules, request: PriceRequest) -> TwinOrder:
    mode = rules.rounding.mode
    amounts = [rounded(Fraction(D(PRICES[each.sku]) * each.quantity * 100), mode) for each in request.lines]
    return TwinOrder(
        skus=[str(each.sku) for each in request.lines],
        quantities=[Fraction(each.quantity) for each in request.lines],
        listed=amounts,
        running=list(amounts),
        lowest=[0 if each.floor is None else int(each.floor * each.quantity * 100) for each in request.lines],
        discountable=[each.discountable for each in request.lines],
        mode=mode,
    )


@settings(max_examples=400, deadline=None)
@given(books(), requests)
def test_every_order_rule_gives_what_the_slow_twin_gives(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    twin = twin_of(rules, request)
    price_order(rules, twin)
    assert [plan.source(number).id for number in found.applied] == twin.applied
    assert [each.amount for each in found.lines] == twin.running
    assert [(str(each.sku), int(each.quantity)) for each in found.gifts] == twin.gifts
    # the parts add up, line by line and in all
    for discount in found.order_discounts:
        assert sum(share for _, share in discount.split) == discount.amount
    assert sum(each.amount for each in found.lines) == found.totals.amount.minor_units
    assert sum(each.amount for each in found.order_discounts) == sum(each.order_discount for each in found.lines)


@settings(max_examples=150, deadline=None)
@given(books(), requests)
def test_the_best_chosen_one_by_one_are_what_the_slow_twin_chooses(rules: PricingRules, request: PriceRequest) -> None:
    groups = tuple(replace(each, pick=Pick.BEST) for each in rules.groups)
    rules = replace(rules, groups=groups)
    plan = compile_plan(rules)
    with patch.object(order_stage, "SETS_MAX", -1):
        found = price(plan, request)
    assert isinstance(found, Priced)
    twin = twin_of(rules, request)
    twin.one_by_one = True
    price_order(rules, twin)
    assert [plan.source(number).id for number in found.applied] == twin.applied
    assert [each.amount for each in found.lines] == twin.running


@settings(max_examples=100, deadline=None)
@given(books(), requests)
def test_a_rule_on_the_order_acts_or_has_a_reason_why_not(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    lost = {plan.source(number).id for number in told_of(plan, request, ()).order.lost}
    acted = {plan.source(number).id for number in found.applied}
    assert acted | lost == {each.id for each in rules.rules}
    assert not acted & lost
