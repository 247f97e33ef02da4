"""Order discounts: targets, bases, single units, buy and get, gifts, manual discounts; amounts worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.diagnostics import Refusal
from engine.pricing import compile_plan, price
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    Effect,
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
from engine.pricing.plan import Cap, Combine, Level, Pick, Rule, RuleGroup, Spread, UsageLimit
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Replaces
from engine.pricing.settings import BudgetOverrun, Habits, TaxRate, TaxSettings
from engine.pricing.story import told_of
from tests.pricing.books import ON_ORDER, PROMO, D, amounts, asked, book, entry, line, order_when, priced, rule, when

TWO = (line("A"), line("B", "2"))  # 100.00 and 40.00


def after(*rules: Rule, group: RuleGroup = ON_ORDER) -> dict[str, Decimal]:
    return dict(amounts(priced(book(*rules, groups=(PROMO, group)), asked(*TWO))))


@pytest.mark.parametrize(
    ("effect", "more", "expected"),
    [
        (Percent(D("10"), On.ORDER), {}, ("90.00", "36.00")),
        (Amount(D("14"), On.ORDER), {}, ("90.00", "36.00")),
        (Amount(D("14"), On.ORDER), {"spread": Spread.EVEN}, ("93.00", "33.00")),
        # one unit of A, two of B: 4.67 and 9.33
        (Amount(D("14"), On.ORDER), {"spread": Spread.BY_QUANTITY}, ("95.33", "30.67")),
        (SetPrice(D("70"), On.ORDER), {}, ("50.00", "20.00")),
        (SetPrice(D("700"), On.ORDER), {}, ("100.00", "40.00")),
        (Amount(D("5"), On.EACH_LINE), {}, ("95.00", "35.00")),
        (Amount(D("5"), On.UNIT), {}, ("95.00", "30.00")),
        (Percent(D("10"), On.ORDER, Sign.UP), {}, ("110.00", "44.00")),
        (Amount(D("1000"), On.ORDER), {}, ("0.00", "0.00")),
        (Amount(D("14"), On.ORDER), {"target": when('line.sku = "B"')}, ("100.00", "26.00")),
        (Amount(D("14"), On.ORDER), {"when": order_when("quote.net > 140")}, ("100.00", "40.00")),
        (Amount(D("14"), On.ORDER), {"when": order_when("sum(lines.net) >= 140")}, ("90.00", "36.00")),
        # the dearest unit at half price
        (UnitsOff(Percent(D("50")), Select.DEAREST, D("1")), {}, ("50.00", "40.00")),
        # 5.00 off each of the two cheapest
        (UnitsOff(Amount(D("5")), Select.CHEAPEST, D("2")), {}, ("100.00", "30.00")),
        # one whole group of three
        (UnitsOff(SetPrice(D("10")), Select.LINE_ORDER, group_of=3), {}, ("10.00", "20.00")),
        # A qualifies, one B is free
        (BuyGet(UnitPick(D("1")), UnitPick(D("1"), select=Select.CHEAPEST), D("100")), {}, ("100.00", "20.00")),
        # three units are needed and two more to get: no set
        (BuyGet(UnitPick(D("3")), UnitPick(D("2")), D("100")), {}, ("100.00", "40.00")),
    ],
)
def test_one_order_rule(effect: object, more: dict[str, object], expected: tuple[str, str]) -> None:
    found = after(rule("o", effect, "order", **more))  # type: ignore[arg-type]
    assert found == {"a": D(expected[0]), "b": D(expected[1])}


def test_order_rules_compound_or_add_up() -> None:
    ten, twenty = rule("a", Percent(D("10"), On.ORDER), "order"), rule("b", Percent(D("20"), On.ORDER), "order")
    # 100 x 0.9 x 0.8 and 40 x 0.9 x 0.8
    assert after(ten, twenty) == {"a": D("72.00"), "b": D("28.80")}
    # a tenth of the list price of each line, whatever was taken off before
    listed = rule("c", Percent(D("10"), On.EACH_LINE, of=Basis.LIST), "order", priority=-1)
    assert after(twenty, listed) == {"a": D("70.00"), "b": D("28.00")}
    additive = RuleGroup("order", Level.ORDER, combine=Combine.ADDITIVE)
    assert after(ten, twenty, group=additive) == {"a": D("70.00"), "b": D("28.00")}
    best = RuleGroup("order", Level.ORDER, pick=Pick.BEST)
    assert after(ten, twenty, group=best) == {"a": D("80.00"), "b": D("32.00")}
    capped = RuleGroup("order", Level.ORDER, cap=Cap(D("15"), {"EUR": D("14")}))
    assert after(twenty, group=capped) == {"a": D("90.00"), "b": D("36.00")}


def test_a_line_that_takes_no_discount_is_passed_by() -> None:
    request = asked(line("A"), line("B", "2", discountable=False))
    off = rule("o", Amount(D("14"), On.ORDER), "order")
    assert amounts(priced(book(off), request)) == {"a": D("86.00"), "b": D("40.00")}


def test_what_no_line_can_take_is_told() -> None:
    request = asked(line("A", floor=D("95")), line("B", "2", floor=D("18")))
    quote = priced(book(rule("o", Amount(D("20"), On.ORDER), "order")), request)
    assert amounts(quote) == {"a": D("95.00"), "b": D("36.00")}
    assert (quote.order_discounts[0].amount, quote.order_discounts[0].not_given) == (900, 1100)


def test_sets_repeat_and_a_unit_is_never_used_twice() -> None:
    effect = BuyGet(UnitPick(D("2")), UnitPick(D("1"), select=Select.CHEAPEST), D("100"), repeat=True)
    request = asked(line("B", "7"))
    # two sets of three, the seventh unit is left over: 2 x 20.00 free
    assert amounts(priced(book(rule("o", effect, "order")), request))["b"] == D("100.00")
    once = BuyGet(UnitPick(D("2")), UnitPick(D("1"), select=Select.CHEAPEST), D("100"), repeat=True, sets_max=1)
    assert amounts(priced(book(rule("o", once, "order")), request))["b"] == D("120.00")
    again = (rule("o", effect, "order"), rule("p", effect, "order"))
    assert amounts(priced(book(*again), request))["b"] == D("100.00")


def test_units_are_worth_what_earlier_rules_left() -> None:
    rules = (
        rule("a", UnitsOff(Percent(D("20")), Select.DEAREST), "order", priority=2),
        rule("b", UnitsOff(Percent(D("50")), Select.DEAREST, D("1")), "order", priority=1),
    )
    # 80.00 and 32.00, then half of the unit that is worth 80.00
    assert after(*rules) == {"a": D("40.00"), "b": D("32.00")}


def test_groups_of_units_count_those_that_served_a_set_too() -> None:
    rules = (
        rule("a", BuyGet(UnitPick(D("1")), UnitPick(D("1")), D("50")), "order", priority=2),
        rule("b", UnitsOff(Percent(D("10")), Select.LINE_ORDER, group_of=3), "order", priority=1),
    )
    # half of one of six units, 120.00 - 10.00; then a tenth of 20.00 for each unit of two groups of three
    assert amounts(priced(book(*rules), asked(line("B", "6"))))["b"] == D("98.00")


def test_a_gift_is_a_line_of_its_own() -> None:
    each = Gift("MUG", D("1"), D("2.50"), ForEach(D("2"), when('line.sku = "B"')))
    quote = priced(book(rule("g", each, "order")), asked(line("A"), line("B", "5")))
    assert [(gift.sku, gift.quantity, gift.amount) for gift in quote.gifts] == [("MUG", D("2"), 500)]
    # 100.00 + 5 x 20.00 + 2 x 2.50
    assert quote.totals.amount.decimal == D("205.00")
    assert priced(book(rule("g", each, "order")), asked(line("B"))).applied == ()


def manual(on: ManualOn, kind: ManualKind, value: str, **more: object) -> ManualDiscount:
    return ManualDiscount("m", on, kind, D(value), "to close the deal", "ann", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        (manual(ManualOn.LINE, ManualKind.PERCENT, "10", target="b"), ("90.00", "32.40")),
        (manual(ManualOn.LINE, ManualKind.AMOUNT, "6", target="b"), ("90.00", "30.00")),
        (manual(ManualOn.LINE, ManualKind.TARGET, "15", target="b"), ("90.00", "30.00")),
        # after rules the order is 126.00; 26.00 off is spread by net
        (manual(ManualOn.TOTAL, ManualKind.TARGET, "100"), ("71.43", "28.57")),
        (manual(ManualOn.TOTAL, ManualKind.PERCENT, "50"), ("45.00", "18.00")),
        (manual(ManualOn.GROUP, ManualKind.AMOUNT, "6", target="extras"), ("90.00", "30.00")),
        # all rules are replaced: 140.00 less 14.00
        (manual(ManualOn.TOTAL, ManualKind.AMOUNT, "14", replaces=Replaces.ALL), ("90.00", "36.00")),
        (manual(ManualOn.LINE, ManualKind.PERCENT, "50", target="b", replaces=Replaces.ALL), ("90.00", "20.00")),
    ],
)
def test_manual_discounts_come_after_the_rules_or_replace_them(
    discount: ManualDiscount, expected: tuple[str, str]
) -> None:
    request = asked(line("A"), line("B", "2", group="extras"), manual=(discount,))
    quote = priced(book(rule("ten", Percent(D("10")))), request)
    assert amounts(quote) == {"a": D(expected[0]), "b": D(expected[1])}


def test_an_agreed_price_is_left_alone_by_the_order_too() -> None:
    final = manual(ManualOn.LINE, ManualKind.TARGET, "15", target="b", replaces=Replaces.FINAL)
    more = manual(ManualOn.TOTAL, ManualKind.AMOUNT, "9")
    rules = (rule("ten", Percent(D("10"))), rule("five", Percent(D("5"), On.ORDER), "order"))
    # a: 100 less 10 %, less 5 % on the order, less all of the 9.00 on the total; b: 2 x 15.00
    quote = priced(book(*rules), asked(line("A"), line("B", "2", group="extras"), manual=(final, more)))
    assert amounts(quote) == {"a": D("76.50"), "b": D("30.00")}
    wide = manual(ManualOn.TOTAL, ManualKind.AMOUNT, "9", replaces=Replaces.FINAL)
    refused = price(compile_plan(book()), asked(line("A"), manual=(wide,)))
    assert isinstance(refused, Refusal)
    assert [each.field for each in refused.faults] == ["manual_discounts[0].replaces"]


def lost(*rules: Rule, group: RuleGroup) -> dict[str, str]:
    """Why each rule that did not act did not."""
    plan = compile_plan(book(*rules, groups=(PROMO, group)))
    return {plan.rule_plan(no).rule.id: reason for no, reason in told_of(plan, asked(*TWO), ()).order.lost.items()}


def test_the_best_two_order_discounts_are_the_best_pair_not_the_best_one_and_another() -> None:
    big = rule("big", Amount(D("30"), On.ORDER), "order", not_with=frozenset({"one", "two"}))
    pair = (rule("one", Amount(D("20"), On.ORDER), "order"), rule("two", Amount(D("22"), On.ORDER), "order"))
    group = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=2)
    # 140.00 - 20.00 - 22.00; the 30.00 stands beside neither
    assert sum(after(big, *pair, group=group).values()) == D("98.00")
    assert lost(big, *pair, group=group) == {"big": "beaten by one, two in group order"}


@pytest.mark.parametrize(("count", "warned"), [(62, False), (63, True)])
def test_too_many_sets_of_order_discounts_are_chosen_one_after_another_and_said(count: int, warned: bool) -> None:
    # 62 + 62 x 61 / 2 = 1953 sets, 63 + 63 x 62 / 2 = 2016 sets
    rules = [rule(f"o{n}", Amount(D(n) / 10, On.ORDER), "order") for n in range(1, count + 1)]
    group = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=2)
    quote = priced(book(*rules, groups=(PROMO, group)), asked(*TWO))
    assert quote.totals.amount.decimal == D("140") - D(count) / 10 - D(count - 1) / 10
    assert any("one after another: too many sets" in each for each in quote.warnings) == warned
    reasons = lost(*rules, group=group)
    assert len(reasons) == count - 2
    assert all(reason.endswith("; chosen one after another: too many sets") == warned for reason in reasons.values())


UP = [rule(f"up-{n}", Percent(D(n), On.ORDER, Sign.UP), "order") for n in ("10", "5", "5.5")]


@pytest.mark.parametrize("at_most", [1, 2, 3])
def test_of_surcharges_alone_the_best_is_the_smallest_however_many_a_group_may_take(at_most: int) -> None:
    group = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=at_most)
    # 140.00 x 1.05
    assert sum(after(*UP, group=group).values()) == D("147.00")
    # beside a discount none of them acts: 140.00 - 1.00
    assert sum(after(*UP, rule("off", Amount(D("1"), On.ORDER), "order"), group=group).values()) == D("139.00")


def test_the_worst_is_one_rule() -> None:
    rules = [rule(f"o{n}", Amount(D(n), On.ORDER), "order") for n in (3, 2, 4)]
    assert sum(after(*rules, group=RuleGroup("order", Level.ORDER, pick=Pick.WORST)).values()) == D("138.00")


def test_discounts_chosen_one_after_another_leave_surcharges_out() -> None:
    # 63 candidates are 2016 sets of at most two; only one of them takes something off
    ups = [rule(f"up-{n}", Amount(D(n), On.ORDER, Sign.UP), "order") for n in range(1, 63)]
    group = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=2)
    quote = priced(book(*ups, rule("off", Amount(D(9), On.ORDER), "order"), groups=(PROMO, group)), asked(*TWO))
    assert quote.totals.amount.decimal == D("131.00")


YEARS = tuple(
    line("A", str(count), id=f"a/{n}", segment=n, uplift_percent=D(uplift))
    for n, (count, uplift) in enumerate(((4, "0"), (4, "10"), (6, "21")), 1)
)
BUY_TWO = BuyGet(UnitPick(D(2)), UnitPick(D(1), select=Select.CHEAPEST), D(100), repeat=True)


@pytest.mark.parametrize(
    ("effect", "off"),
    [
        # four, four and six of them at 100.00, 110.00 and 121.00: one, one and two sets of three, each in its year
        (BUY_TWO, ("100.00", "110.00", "242.00", "0.00")),
        (UnitsOff(Percent(D(50)), Select.CHEAPEST, count=D(1)), ("0.00", "55.00", "60.50", "10.00")),
        (UnitsOff(Percent(D(50)), Select.LINE_ORDER, group_of=5), ("200.00", "0.00", "302.50", "10.00")),
    ],
)
def test_units_of_a_ramp_count_in_their_own_year(effect: Effect, off: tuple[str, ...]) -> None:
    """What is in no segment runs beside the first: with a B, five units are there then."""
    more = () if effect is BUY_TWO else (line("B"),)
    found = priced(book(rule("o", effect, "order")), asked(*YEARS, *more))
    assert [str(found.money(each.order_discount).decimal) for each in found.lines] == list(off[: len(found.lines)])


def test_a_gift_comes_for_what_is_sold_at_first() -> None:
    gift = Gift("MUG", for_each=ForEach(D(2), when('line.sku = "A"')))
    assert [each.quantity for each in priced(book(rule("g", gift, "order")), asked(*YEARS)).gifts] == [D(2)]


@pytest.mark.parametrize(
    ("budget", "overrun", "at_most", "expected"),
    [
        ("20", BudgetOverrun.REFUSE, 2, [1500, 300]),
        ("20", BudgetOverrun.CAP, 1, [1500]),
        # 2.00 are left of the budget: less than 3.00, and beside it all of them or none
        ("2", BudgetOverrun.CAP, 1, [300]),
        ("2", BudgetOverrun.CAP, 2, [200, 300]),
        ("2", BudgetOverrun.REFUSE, 2, [300]),
    ],
)
def test_the_best_is_chosen_by_what_budgets_pay(
    budget: str, overrun: BudgetOverrun, at_most: int, expected: list[int]
) -> None:
    group = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=at_most)
    paid = rule("b", Amount(D(15), On.ORDER), "order", usage=UsageLimit(budgets={"EUR": D(budget)}))
    habits = Habits(budget_overrun=overrun)
    plan = book(paid, rule("c", Amount(D(3), On.ORDER), "order"), groups=(group,), habits=habits)
    assert [each.amount for each in priced(plan, asked(line("A"))).order_discounts] == expected


def test_a_budget_that_pays_all_caps_no_line() -> None:
    each = rule("e", Percent(D(3), On.EACH_LINE), "order", usage=UsageLimit(budgets={"EUR": D(5)}))
    plan = book(each, groups=(ON_ORDER,), entries=(entry("A", "100"), entry("BACK", "-4")))
    # 3.00 off 100.00 and 0.12 onto -4.00 come to 2.88
    assert [x.order_discount for x in priced(plan, asked(line("A"), line("BACK"))).lines] == [300, -12]


def test_nothing_of_the_best_set_acts_after_a_rule_that_stops() -> None:
    best = RuleGroup("order", Level.ORDER, pick=Pick.BEST, at_most=2)
    ends = rule("ends", Amount(D(15), On.ORDER), "order", stop=True, priority=9)
    more = rule("more", Amount(D(20), On.ORDER), "order")
    # 15.00 and nothing after it, or 20.00 by itself: never 35.00
    quote = priced(book(ends, more, groups=(best,)), asked(line("A")))
    assert [each.amount for each in quote.order_discounts] == [2000]
    # what comes before it acts beside it
    quote = priced(book(ends, rule("more", more.effects[""], "order", priority=99), groups=(best,)), asked(line("A")))
    assert [each.amount for each in quote.order_discounts] == [2000, 1500]


@pytest.mark.parametrize("pick", list(Pick))
def test_what_an_earlier_group_stopped_is_told_so(pick: Pick) -> None:
    first = rule("first", Amount(D(5), On.ORDER), "order", stop=True)
    later = rule("later", Amount(D(7), On.ORDER), "late")
    plan = compile_plan(book(first, later, groups=(ON_ORDER, RuleGroup("late", Level.ORDER, pick=pick))))
    lost = told_of(plan, asked(line("A")), ()).order.lost
    assert {plan.source(number).id: reason for number, reason in lost.items()} == {"later": "stopped by first"}


@pytest.mark.parametrize(
    ("effect", "more", "reason"),
    [
        # two and one unit are there, and a set takes five
        (
            BuyGet(UnitPick(D("3")), UnitPick(D("2")), D("100")),
            {},
            "there are too few unused units for a set: it takes 3 that are bought and 2 that are got",
        ),
        (
            UnitsOff(Percent(D("10")), where=(*when('line.sku = "C"'),)),
            {},
            "there are no units that it is for",
        ),
        (
            Gift("MUG", for_each=ForEach(D("3"), when('line.sku = "B"'))),
            {},
            "there are fewer units than the 3 that one is given for",
        ),
        (Percent(D("10"), On.ORDER), {"target": when('line.sku = "C"')}, "no line takes part in it"),
        (Percent(D("0"), On.ORDER), {}, "nothing left to give"),
    ],
)
@pytest.mark.parametrize("pick", [Pick.ALL, Pick.BEST, Pick.FIRST])
def test_a_rule_that_gives_nothing_says_what_it_lacks(
    effect: Effect, more: dict[str, object], reason: str, pick: Pick
) -> None:
    assert lost(rule("o", effect, "order", **more), group=RuleGroup("order", Level.ORDER, pick=pick)) == {"o": reason}


@pytest.mark.parametrize("full", [{"id": "c", "list_price": D(0)}, {"id": "c", "list_price": D(7), "floor": D(7)}])
def test_a_line_that_can_take_nothing_has_no_part_in_the_split(full: dict[str, Any]) -> None:
    """Of two cents by quantity a line of 7 and one of 2 units take 1.56 and 0.44 cents; were the unit of the full line
    counted too (1.4, 0.4 and 0.2), each would take one.
    """
    off = rule("off", Amount(D("0.02"), On.ORDER), "order", spread=Spread.BY_QUANTITY)
    lines = line("A", "2"), line("B", "7"), line("E", **full)
    assert amounts(priced(book(off), asked(*lines)))["a"] == D("200.00")
    assert amounts(priced(book(off), asked(*lines)))["b"] == D("139.98")


def test_a_rule_for_some_lines_counts_the_floors_of_those_alone_though_all_are_known() -> None:
    """The first rule is for all lines and learns their floors, the second for two of three."""
    all_of_them = rule("all", Amount(D(12), On.ORDER), "order", priority=1)
    two = rule("two", Amount(D(60), On.ORDER), "order", target=when('line.sku in ("A", "B")'))
    lines = line("A", floor=D("50.10")), line("B", "2"), line("C", "10")
    quote = priced(book(all_of_them, two), asked(*lines))
    # 12.00 over 100.00, 40.00 and 99.90: 5.00, 2.00 and 5.00 (5.002, 2.001, 4.997)
    # 60.00 over 95.00 and 38.00: 42.86 and 17.14 (42.857, 17.143)
    assert amounts(quote) == {"a": D("52.14"), "b": D("20.86"), "c": D("94.90")}


def test_what_a_rule_is_for_is_asked_of_what_earlier_rules_left() -> None:
    tenth = rule("tenth", Percent(D(10), On.ORDER), "order", priority=1)
    dear = rule("dear", Amount(D(9), On.ORDER), "order", target=when("line.running > 95"))
    # a tenth leaves 90.00 of A and 99.00 of five B and a half
    quote = priced(book(tenth, dear), asked(line("A"), line("B", "5.5")))
    assert amounts(quote) == {"a": D("90.00"), "b": D("90.00")}


@pytest.mark.parametrize(
    ("inclusive", "expected"),
    [
        # 119 and 100 parts of 10.00: 5.43 and 4.57
        (False, {"a": D("94.57"), "b": D("95.43")}),
        # the prices are those with tax
        (True, {"a": D("95.00"), "b": D("95.00")}),
    ],
)
def test_a_discount_is_split_by_what_lines_cost_with_tax(inclusive: bool, expected: dict[str, Decimal]) -> None:
    tax = TaxSettings(inclusive=inclusive, rates=(TaxRate("std", D(19)), TaxRate("none", D(0))))
    off = rule("off", Amount(D(10), On.ORDER), "order", spread=Spread.BY_GROSS)
    lines = line("A", tax_code="std"), line("B", "5", tax_code="none")
    assert amounts(priced(book(off, tax=tax), asked(*lines))) == expected
