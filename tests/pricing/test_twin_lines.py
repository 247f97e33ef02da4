"""The line stage equals its slow twin on random books that use every way of stacking."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import check_expression
from engine.money import Rounding
from engine.pricing import compile_plan, price, waterfall
from engine.pricing.effects import Amount, Basis, FirstNext, On, Percent, SetPrice, Sign, Tiered, TierStep
from engine.pricing.plan import (
    Across,
    Cap,
    CapScope,
    Combine,
    Limit,
    Mode,
    Pick,
    PricingRules,
    Rule,
    RuleGroup,
    UnitsBase,
    UsageLimit,
    Within,
)
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from engine.pricing.settings import BudgetOverrun, Habits, RoundingOf, RoundingPoint, RoundingSettings, TieBreak
from tests.pricing.books import LINE, D, asked, entry, line
from tests.pricing.twin_lines import Predicate, TwinLine, price_lines, rounded

PREDICATES: dict[str, Predicate] = {
    'line.sku = "A"': lambda each: each.sku == "A",
    "line.qty >= 4": lambda each: each.quantity >= 4,
    "line.discounted = false": lambda each: not each.discounted,
    "line.unit < 50": lambda each: each.unit < 50,
    "line.running >= 100": lambda each: each.running >= 100,
}
CHECKED = {text: check_expression(text, scope=LINE) for text in PREDICATES}
MEASURE = check_expression("line.qty", scope=LINE)
# Prices and percents whose products have few decimals, so that twelve of them are exact.
PRICES = {"A": "100", "B": "20", "C": "9.60"}
percents = st.sampled_from((0, 5, 10, 20, 25, 50))
amounts = st.sampled_from(("0.5", "1.25", "3", "15", "40"))
simple = st.one_of(
    st.builds(
        lambda n, sign, of: Percent(D(n), On.UNIT, sign, of), percents, st.sampled_from(Sign), st.sampled_from(Basis)
    ),
    st.builds(
        lambda n, on, sign: Amount(D(n), on, sign), amounts, st.sampled_from((On.UNIT, On.LINE)), st.sampled_from(Sign)
    ),
    st.builds(lambda n, on: SetPrice(D(n), on), amounts, st.sampled_from((On.UNIT, On.LINE))),
)
effects = st.one_of(
    simple,
    st.builds(lambda one, more: FirstNext(D(one), D(more)), amounts, amounts),
    st.builds(lambda low, high: Tiered(MEASURE, (TierStep(D(2), low), TierStep(D(5), high))), simple, simple),
)
limits = st.builds(
    lambda units, base, most: Limit(
        {} if most is None else {"EUR": D(most)}, None if units is None else D(units), base
    ),
    st.none() | st.sampled_from((1, 2, 4)),
    st.sampled_from(UnitsBase),
    st.none() | st.sampled_from((2, 30)),
)
caps = st.builds(
    lambda percent, money, scope: Cap(
        None if percent is None else D(percent),
        {} if money is None else {"EUR": D(money)},
        scope,
    ),
    st.none() | st.sampled_from((10, 25)),
    st.none() | st.sampled_from(("4", "30.5")),
    st.sampled_from(CapScope),
)

BUDGETS = tuple(UsageLimit(budgets={"EUR": D(amount)}) for amount in ("5", "12.34", "40"))

roundings = st.builds(
    lambda mode, points, of, places: RoundingSettings(mode, frozenset(points), of, places),
    st.sampled_from(Rounding),
    st.sampled_from(((RoundingPoint.LINE,), (RoundingPoint.LINE,), (RoundingPoint.RULE, RoundingPoint.LINE))),
    st.sampled_from(RoundingOf),
    st.sampled_from((None, None, 3)),
)


@st.composite
def books(draw: st.DrawFn) -> PricingRules:
    groups = tuple(
        RuleGroup(
            f"g{number}",
            pick=draw(st.sampled_from(Pick)),
            combine=draw(st.sampled_from(Combine)),
            at_most=draw(st.none() | st.integers(1, 3)),
            cap=draw(st.none() | caps),
            within=draw(st.sampled_from(Within)),
            across=draw(st.sampled_from(Across)),
        )
        for number in range(draw(st.integers(1, 2)))
    )
    names = [f"r{number}" for number in range(draw(st.integers(1, 5)))]
    rules = tuple(
        Rule(
            name,  # type: ignore[arg-type]
            draw(st.sampled_from(groups)).id,
            {"": draw(effects)},
            when=tuple(
                CHECKED[text] for text in draw(st.lists(st.sampled_from(sorted(PREDICATES)), max_size=2, unique=True))
            ),
            priority=draw(st.integers(0, 2)),
            limit=draw(st.just(Limit()) | limits),
            usage=draw(st.sampled_from((*(UsageLimit(),) * 4, *BUDGETS))),
            exclusive=draw(st.integers(0, 11)) == 0,
            stop=draw(st.integers(0, 5)) == 0,
            not_with=frozenset(draw(st.lists(st.sampled_from(names), max_size=1))) - {name},
            mode=draw(st.sampled_from(Mode)),
        )
        for name in names
    )
    rounding = draw(roundings)
    if any(group.cap is not None and group.cap.scope is CapScope.QUOTE for group in groups):
        # what a cap over all lines gives back is whole cents of a line: no rule's discount, and not one of units
        rounding = replace(rounding, points=frozenset({RoundingPoint.LINE}))
    return PricingRules(
        "EUR",
        entries=tuple(entry(sku, amount) for sku, amount in PRICES.items()),
        groups=groups,
        rules=rules,
        rounding=rounding,
        habits=Habits(ties=TieBreak.LISTED, budget_overrun=draw(st.sampled_from(BudgetOverrun))),
    )


requests = st.builds(
    lambda parts: asked(
        *(line(sku, str(quantity), id=f"l{n}", floor=floor) for n, (sku, quantity, floor) in enumerate(parts))
    ),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PRICES)),
            st.sampled_from((1, 2, 4, 5, 8)),
            st.none() | st.sampled_from((D(8), D("15.5"))),
        ),
        min_size=1,
        max_size=3,
    ),
)


def twin_of(request: PriceRequest) -> list[TwinLine]:
    return [
        TwinLine(
            each.sku,
            Fraction(each.quantity),
            Fraction(PRICES[each.sku]),
            Fraction(PRICES[each.sku]),
            Fraction(each.floor or 0),
        )
        for each in request.lines
    ]


def cents_of(rules: PricingRules, twin: TwinLine) -> int:
    """The line in cents: its price is rounded, or what it was and what came off."""
    mode, start = rules.rounding.mode, twin.listed * twin.quantity
    if rules.rounding.of is RoundingOf.DISCOUNT:
        return rounded(start * 100, mode) - rounded((start - twin.running) * 100, mode)
    return rounded(twin.running * 100, mode)


@settings(max_examples=400, deadline=None)
@given(books(), requests)
def test_every_way_of_stacking_prices_as_the_slow_twin_does(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    twins = twin_of(request)
    price_lines(rules, twins, PREDICATES)
    for mine, twin in zip(found.lines, twins, strict=True):
        assert [plan.source(number).id for number in mine.applied] == twin.applied
        assert abs(Fraction(mine.unit) - twin.unit) < Fraction(1, 10**9)
        assert mine.amount == cents_of(rules, twin)


@settings(max_examples=100, deadline=None)
@given(books(), requests)
def test_every_rule_that_could_act_and_did_not_has_a_reason(rules: PricingRules, request: PriceRequest) -> None:
    """A rule whose conditions hold on the list price is in the waterfall, or among the losers with a reason."""
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    for index, each in enumerate(found.lines):
        told = waterfall(plan, found, each.id, request)
        acted = {step.rule_id for step in told.steps}
        lost = {loser.rule_id: loser.reason for loser in told.losers}
        twin = twin_of(request)[index]
        for rule in rules.rules:
            if all(PREDICATES[condition.text](twin) for condition in rule.when) and rule.id not in acted:
                assert lost.get(rule.id), rule.id
