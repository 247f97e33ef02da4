"""Groups and rules: pick, combine, caps, exclusions, stops, limits, bands; amounts worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing.best import best_set
from engine.pricing.effects import (
    Amount,
    Basis,
    FirstNext,
    On,
    Percent,
    Select,
    SetPrice,
    Sign,
    Tiered,
    TierStep,
    UnitsOff,
)
from engine.pricing.plan import (
    Across,
    Cap,
    CapScope,
    Combine,
    Level,
    Limit,
    Mode,
    Pick,
    Rule,
    RuleGroup,
    Step,
    UsageLimit,
    Within,
)
from engine.pricing.request import Redeemed
from engine.pricing.settings import BudgetOverrun, Habits
from tests.pricing.books import ON_ORDER, PROMO, D, amounts, asked, book, formula, line, priced, rule, units, when

FIVE, TEN, TWENTY = (rule(name, Percent(D(value))) for name, value in (("five", "5"), ("ten", "10"), ("twenty", "20")))


def unit(group: RuleGroup, *rules: Rule) -> Decimal:
    """The unit price of A (100) under rules of one group."""
    return units(priced(book(*rules, groups=(group, ON_ORDER)), asked(line("A"))))["a"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        # 100 x 0.95 x 0.9 x 0.8
        (RuleGroup("promo"), "68.4"),
        # 100 - 5 - 10 - 20
        (RuleGroup("promo", combine=Combine.ADDITIVE), "65"),
        # by specificity (all the same), then id: five, ten, twenty
        (RuleGroup("promo", pick=Pick.FIRST), "95"),
        (RuleGroup("promo", pick=Pick.BEST), "80"),
        (RuleGroup("promo", pick=Pick.WORST), "95"),
        # the best two: 100 x 0.9 x 0.8
        (RuleGroup("promo", pick=Pick.BEST, at_most=2), "72"),
        # 5, then 10 of 95
        (RuleGroup("promo", at_most=2), "85.5"),
        # together at most 12: 5, then 7
        (RuleGroup("promo", combine=Combine.ADDITIVE, cap=Cap(D("12"))), "88"),
        # at most 9.00 a line: 5, then 4
        (RuleGroup("promo", combine=Combine.ADDITIVE, cap=Cap(amounts={"EUR": D("9")})), "91"),
    ],
)
def test_pick_and_combine(group: RuleGroup, expected: str) -> None:
    assert unit(group, FIVE, TEN, TWENTY) == D(expected)


def test_groups_follow_their_steps_whatever_their_order_in_the_book() -> None:
    partner = RuleGroup("partner", step=Step.PARTNER)
    promo = RuleGroup("promo", step=Step.PROMOTIONS)
    rules = (rule("p", Percent(D("10")), "partner"), rule("off", Amount(D("20"))))
    # (100 - 20) x 0.9, not 100 x 0.9 - 20
    assert units(priced(book(*rules, groups=(partner, promo)), asked(line("A"))))["a"] == D("72")


def test_bands() -> None:
    rules = (
        rule("a", Percent(D("10")), priority=9),
        rule("b", Percent(D("20")), priority=9),
        rule("alone", Percent(D("25")), priority=9, mode=Mode.BEST_PRICE),
        rule("low", Percent(D("50")), priority=1),
    )
    stop = RuleGroup("promo", pick=Pick.BANDS, within=Within.COMPOUND_VS_BEST, across=Across.STOP)
    # a and b stack to 28 off, more than 25 alone; the lower band is ignored
    assert unit(stop, *rules) == D("72")
    go_on = RuleGroup("promo", pick=Pick.BANDS, within=Within.BEST, across=Across.COMPOUND)
    # the best of the upper band leaves 75, the lower band halves it
    assert unit(go_on, *rules) == D("37.5")


def test_an_exclusive_rule_stands_alone_in_its_level() -> None:
    other = RuleGroup("other")
    rules = (rule("ten", Percent(D("10")), priority=9), rule("only", Percent(D("5")), "other", exclusive=True))
    assert units(priced(book(*rules, groups=(PROMO, other)), asked(line("A"))))["a"] == D("95")


def test_stop_ends_the_level_and_not_with_keeps_rules_apart() -> None:
    stopping = rule("five", Percent(D("5")), stop=True, priority=1)
    assert unit(PROMO, stopping, TEN) == D("95")
    assert unit(PROMO, rule("five", Percent(D("5")), not_with=frozenset({"ten"})), TEN) == D("95")


def test_stop_ends_the_level_within_bands_and_within_the_best_set() -> None:
    go_on = RuleGroup("promo", pick=Pick.BANDS, across=Across.COMPOUND)
    high = rule("high", Percent(D("10")), stop=True, priority=9)
    # the lower band would halve 90
    assert unit(go_on, high, rule("low", Percent(D("50")), priority=1)) == D("90")
    stacked = RuleGroup("promo", pick=Pick.BANDS, within=Within.COMPOUND_VS_BEST)
    # of two that stack the first ends the level: 10 off, less than 12 alone
    both = (rule("a", Percent(D("10")), stop=True, priority=9), rule("b", Percent(D("20")), priority=9))
    assert unit(stacked, *both, rule("c", Percent(D("12")), priority=9, mode=Mode.BEST_PRICE)) == D("88")
    best = RuleGroup("promo", pick=Pick.BEST, at_most=2)
    ends = rule("ends", Percent(D("15")), stop=True, priority=9)
    # 15 and nothing after it, or 20 by itself: never both
    assert unit(best, ends, TWENTY) == D("80")
    # what comes before it acts beside it: 100 x .9 x .85
    assert unit(best, rule("ends", Percent(D("15")), stop=True), rule("ten", Percent(D("10")), priority=9)) == D("76.5")


def test_of_list_counts_from_the_list_price() -> None:
    # 100 - 10, then 20 % of 100
    assert unit(PROMO, TEN, rule("z", Percent(D("20"), of=Basis.LIST))) == D("70")


def test_surcharges_and_set_prices() -> None:
    assert unit(PROMO, rule("up", Percent(D("10"), sign=Sign.UP))) == D("110")
    assert unit(PROMO, rule("set", SetPrice(D("42")))) == D("42")
    assert unit(PROMO, rule("set", SetPrice(D("120"), On.LINE))) == D("100")


def test_tiers_first_and_next_and_limits() -> None:
    steps = (TierStep(D("0"), Percent(D("5"))), TierStep(D("10"), Percent(D("15"))))
    tiered = rule("t", Tiered(formula("line.qty"), steps))
    assert units(priced(book(tiered), asked(line("A", "9"), line("A", "10", id="b")))) == {"a": D("95"), "b": D("85")}
    first = rule("f", FirstNext(D("3"), D("1")))
    # 4 x 20.00 - 3.00 - 3 x 1.00
    assert amounts(priced(book(first), asked(line("B", "4"))))["b"] == D("74.00")
    limited = rule("l", Percent(D("50")), limit=Limit(units_max=D("2")))
    # half of two of five units at 20.00
    assert amounts(priced(book(limited), asked(line("B", "5"))))["b"] == D("80.00")
    capped = rule("c", Percent(D("50")), limit=Limit({"EUR": D("7")}))
    assert amounts(priced(book(capped), asked(line("B", "5"))))["b"] == D("93.00")


def test_a_rule_without_an_effect_in_the_currency_does_not_apply() -> None:
    dollars = Rule("usd", "promo", {"USD": Amount(D("10"))})
    assert unit(PROMO, dollars) == D("100")


def test_a_floor_is_never_passed_and_what_gives_nothing_is_not_applied() -> None:
    quote = priced(book(TWENTY, TEN), asked(line("A", "2", floor=D("85"))))
    assert units(quote)["a"] == D("85")
    # ten comes first (id), twenty brings it to the floor
    assert len(quote.applied) == 2
    quote = priced(book(TEN, rule("zero", Percent(D("0")))), asked(line("A")))
    assert len(quote.applied) == 1


def test_a_cap_over_the_quote_gives_back_in_proportion() -> None:
    group = RuleGroup("promo", cap=Cap(amounts={"EUR": D("6")}, scope=CapScope.QUOTE))
    quote = priced(book(TEN, groups=(group,)), asked(line("A"), line("B")))
    # 10.00 and 2.00 were given, 6.00 is allowed: 5.00 and 1.00 go back
    assert amounts(quote) == {"a": D("95.00"), "b": D("19.00")}


def test_a_percent_of_the_quote_counts_lines_that_were_stopped_before_the_group() -> None:
    groups = (RuleGroup("first"), RuleGroup("promo", cap=Cap(D("10"), scope=CapScope.QUOTE)))
    stop = rule("stop", SetPrice(D("10")), "first", when=when('line.sku = "B"'), stop=True)
    half = rule("half", Percent(D("50")), when=when('line.sku = "A"'))
    quote = priced(book(stop, half, groups=groups), asked(line("A"), line("B", "2")))
    # B comes to 2 x 10.00 and goes no further; A took 50.00 off, of 10 % of 100.00 + 20.00 = 12.00
    assert amounts(quote) == {"a": D("88.00"), "b": D("20.00")}


def test_a_budget_refuses_or_caps_what_it_cannot_pay() -> None:
    limited = rule("b", Percent(D("10")), usage=UsageLimit(budgets={"EUR": D("100")}))
    request = asked(line("A"), line("B"), redeemed={"b": Redeemed(spent=D("89"))})
    # 11.00 left: A takes 10.00, B wants 2.00 of the 1.00 left
    assert amounts(priced(book(limited), request)) == {"a": D("90.00"), "b": D("20.00")}
    capped = book(limited, habits=Habits(budget_overrun=BudgetOverrun.CAP))
    assert amounts(priced(capped, request)) == {"a": D("90.00"), "b": D("19.00")}
    assert [each.reason for each in priced(book(limited), request).refused] == ["budget"]


@pytest.mark.parametrize(
    ("level", "at_most", "overrun", "budget", "net", "refused"),
    [
        # ten takes 10.00 and five 5.00: what is tried on the way to the best set spends nothing
        (Level.LINE, 2, BudgetOverrun.REFUSE, "15", "85.00", []),
        (Level.ORDER, 2, BudgetOverrun.REFUSE, "15", "85.00", []),
        # of 10.00 the budget pays 4.00: five gives more by itself, and both together give 9.00
        (Level.LINE, 1, BudgetOverrun.CAP, "4", "95.00", []),
        (Level.ORDER, 1, BudgetOverrun.CAP, "4", "95.00", []),
        (Level.LINE, 2, BudgetOverrun.CAP, "4", "91.00", []),
        (Level.ORDER, 2, BudgetOverrun.CAP, "4", "91.00", []),
        (Level.LINE, 1, BudgetOverrun.REFUSE, "4", "95.00", [("ten", "budget")]),
        (Level.ORDER, 1, BudgetOverrun.REFUSE, "4", "95.00", [("ten", "budget")]),
    ],
)
def test_the_best_of_a_group_is_chosen_by_what_budgets_pay(
    level: Level, at_most: int, overrun: BudgetOverrun, budget: str, net: str, refused: list[tuple[str, str]]
) -> None:
    on = On.ORDER if level is Level.ORDER else On.UNIT
    usage = UsageLimit(budgets={"EUR": D(budget)})
    rules = rule("ten", Amount(D(10), on), "g", usage=usage), rule("five", Amount(D(5), on), "g")
    groups = (RuleGroup("g", level, pick=Pick.BEST, at_most=at_most),)
    quote = priced(book(*rules, groups=groups, habits=Habits(budget_overrun=overrun)), asked(line("A")))
    assert quote.totals.net.decimal == D(net)
    assert [(each.rule_id, each.reason) for each in quote.refused] == refused


@pytest.mark.parametrize("level", [Level.LINE, Level.ORDER])
def test_what_a_budget_cannot_pay_of_a_rule_by_itself_it_may_pay_beside_another(level: Level) -> None:
    on = On.ORDER if level is Level.ORDER else On.UNIT
    half = rule("half", Percent(D(50), on), "g", priority=1)
    fifth = rule("fifth", Percent(D(20), on), "g", usage=UsageLimit(budgets={"EUR": D(15)}))
    quote = priced(book(half, fifth, groups=(RuleGroup("g", level, pick=Pick.BEST, at_most=2),)), asked(line("A")))
    # a fifth of 100.00 is beyond 15.00, a fifth of the half that is left is not
    assert quote.totals.net.decimal == D("40.00")
    assert quote.refused == ()


def test_a_budget_pays_what_the_floor_leaves_of_a_discount() -> None:
    limited = rule("b", Percent(D("10")), usage=UsageLimit(budgets={"EUR": D("5")}))
    quote = priced(book(limited), asked(line("A", floor=D(97))))
    # 3.00 of the 10.00 down to the floor, of a budget of 5.00
    assert (quote.totals.net.decimal, quote.refused) == (D("97.00"), ())


def test_a_surcharge_on_each_line_is_the_same_with_a_budget() -> None:
    dearer = Amount(D(5), On.EACH_LINE, Sign.UP)
    up = rule("up", dearer, "order", usage=UsageLimit(budgets={"EUR": D(100)}))
    assert amounts(priced(book(up), asked(line("A"), line("B")))) == {"a": D("105.00"), "b": D("25.00")}


def test_a_budget_that_pays_all_changes_no_split() -> None:
    """Three units at 3 percent: 3.00 of A, 1.20 of two B of which the floor allows 1.00."""
    three = UnitsOff(Percent(D(3)), Select.LINE_ORDER, None, 3)
    request = asked(line("A"), line("B", "2", floor=D("19.5")))
    for budgets in ({}, {"EUR": D("4.99")}):
        quote = priced(book(rule("three", three, "order", usage=UsageLimit(budgets=budgets))), request)
        assert amounts(quote) == {"a": D("97.00"), "b": D("39.00")}


def test_a_rule_sees_the_running_state_of_its_line() -> None:
    fresh = rule("z", Percent(D("50")), when=when("line.discounted = false"))
    first = rule("ten", Percent(D("10")), priority=1)
    assert unit(PROMO, first, fresh) == D("90")
    # without a priority the more specific rule comes first: 100 x 0.5 x 0.9
    assert unit(PROMO, TEN, fresh) == D("45")


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=6),
    st.integers(1, 4),
)
def test_the_best_set_equals_brute_force(values: list[int], pairs: list[tuple[int, int]], at_most: int) -> None:
    clashes = [
        frozenset(b for a, b in (*pairs, *((b, a) for a, b in pairs)) if a == i != b) for i in range(len(values))
    ]

    def worth(taken: tuple[int, ...]) -> Decimal:
        left = D(100)
        for each in taken:
            left *= 1 - D(values[each]) / 100
        return 100 - left

    found = best_set([D(value) for value in values], clashes, at_most, worth)
    allowed = [
        taken
        for size in range(1, at_most + 1)
        for taken in combinations(range(len(values)), size)
        if not any(b in clashes[a] for a in taken for b in taken)
    ]
    assert found.exact
    assert worth(found.positions) == max((worth(taken) for taken in allowed), default=D(0))


def test_the_cap_of_a_group_without_rules_caps_no_other_group() -> None:
    """Two groups may begin at the same rule number when the first has no rules."""
    empty = RuleGroup("empty", cap=Cap(amounts={"EUR": D(4)}, scope=CapScope.QUOTE))
    capped = RuleGroup("promo", cap=Cap(amounts={"EUR": D(30)}, scope=CapScope.QUOTE))
    rules = book(rule("half", Percent(D(50))), groups=(empty, capped, ON_ORDER))
    assert amounts(priced(rules, asked(line("A")))) == {"a": D("70.00")}


def test_a_surcharge_among_the_best_two_does_not_hide_the_discounts() -> None:
    group = RuleGroup("promo", pick=Pick.BEST, at_most=2)
    rules = book(rule("five", Percent(D(5))), rule("up", Percent(D(5), sign=Sign.UP)), groups=(group, ON_ORDER))
    assert amounts(priced(rules, asked(line("A")))) == {"a": D("95.00")}


@pytest.mark.parametrize("at_most", [None, 1, 2, 3])
def test_of_surcharges_alone_the_best_is_the_smallest_however_many_a_group_may_take(at_most: int | None) -> None:
    group = RuleGroup("promo", pick=Pick.BEST, at_most=at_most)
    ups = [rule(f"up-{n}", Percent(D(n), sign=Sign.UP)) for n in (10, 5, 8)]
    assert unit(group, *ups) == D("105")
    assert unit(group, *ups, rule("off", Percent(D(1)))) == D("99")
