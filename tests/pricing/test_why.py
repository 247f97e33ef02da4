"""Why a rule does not act: what its conditions saw when its turn came, and what would make it act, tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.catalog import Value
from engine.pricing import PricePlan, compile_plan, explain_rule, price, waterfall
from engine.pricing.atoms import Interval, Key, OneOf, admits, split
from engine.pricing.changes import Change, change_of, changed
from engine.pricing.effects import Amount, BuyGet, Gift, On, Percent, Sign, UnitPick, UnitsOff
from engine.pricing.obstacles import Explanation
from engine.pricing.plan import Combine, Level, PercentOfTotal, Pick, PricingRules, Rule, RuleGroup, RuleId, Window
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces
from engine.pricing.result import Priced
from tests.pricing.books import DAY, D, asked, book, line, order_when, priced, rule, when

FIRST, SECOND, ORDER = RuleGroup("first"), RuleGroup("second"), RuleGroup("order", Level.ORDER)


def why(rules: PricingRules, name: str, *lines: object, of: str = "a", **more: object) -> Explanation:
    return explain_rule(compile_plan(rules), asked(*(lines or (line("A"),)), **more), of, name)  # type: ignore[arg-type]


def test_a_line_rule_is_explained_on_what_the_groups_before_it_left() -> None:
    ten = rule("ten", Percent(D(10)), "first")
    full = rule("full", Percent(D(5)), "second", when=when("line.unit >= 95"))
    told = why(book(ten, full, groups=(FIRST, SECOND)), "full")
    # 100.00 less a tenth; it started at 100, where the condition holds
    assert (told.applied, told.reason) == (False, "`line.unit >= 95` does not hold")
    assert told.failed[0].values == (("line.unit", D(90)),)
    assert told.wishes == ("line.unit is at least 95",)
    assert (told.enough, told.even_then) == (False, "")


def test_a_line_rule_is_explained_on_what_the_rules_of_its_own_group_left() -> None:
    ten = rule("ten", Percent(D(10)), "first", priority=2)
    more = rule("more", Percent(D(5)), "first", when=when("not(line.discounted) and line.running > 150"))
    told = why(book(ten, more, groups=(FIRST,)), "more", line("A", "2"))
    assert [each.text for each in told.failed] == ["not(line.discounted)"]  # 180.00 are more than 150
    assert told.failed[0].values == (("line.discounted", True),)


def test_a_rule_whose_other_conditions_fail_still_sees_what_was_left_in_its_turn() -> None:
    ten = rule("ten", Percent(D(10)), "first")
    rest = rule("rest", Percent(D(5)), "second", when=when('line.sku = "B" and line.unit > 95'))
    told = why(book(ten, rest, groups=(FIRST, SECOND)), "rest")
    assert [(each.text, each.values) for each in told.failed] == [
        ('line.sku = "B"', (("line.sku", "A"),)),
        ("line.unit > 95", (("line.unit", D(90)),)),
    ]


def test_only_the_line_that_is_asked_about_is_watched() -> None:
    ten = rule("ten", Percent(D(10)), "first")
    full = rule("full", Percent(D(5)), "second", when=when("line.unit >= 95"))
    told = why(book(ten, full, groups=(FIRST, SECOND)), "full", line("A"), line("B"))
    assert told.failed[0].values == (("line.unit", D(90)),)
    told = why(book(ten, full, groups=(FIRST, SECOND)), "full", line("A"), line("B"), of="b")
    assert told.failed[0].values == (("line.unit", D(18)),)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("line.unit < 100", "stopped by ten"),
        ('line.sku = "B" and line.unit < 100', '`line.sku = "B"` does not hold'),
    ],
)
def test_a_rule_whose_turn_never_comes_is_judged_by_what_nothing_before_it_changes(condition: str, reason: str) -> None:
    ten = rule("ten", Percent(D(10)), "first", stop=True)
    late = rule("late", Percent(D(5)), "second", when=when(condition))
    told = why(book(ten, late, groups=(FIRST, SECOND)), "late")
    assert (told.reason, told.wishes) == (reason, () if "stopped" in reason else ('line.sku is "B"',))


def test_an_order_rule_whose_turn_never_comes_is_judged_by_what_nothing_before_it_changes() -> None:
    manual = ManualDiscount("m1", ManualOn.TOTAL, ManualKind.PERCENT, D(5), "why", "ann", "", Replaces.ORDER)
    rules = (
        rule("left", Percent(D(5), On.ORDER), "order", when=order_when("quote.running > 900")),
        rule("net", Percent(D(5), On.ORDER), "order", when=order_when("quote.net > 900")),
    )
    shop = book(*rules, groups=(ORDER,))
    assert why(shop, "left", manual=(manual,)).reason == "replaced by the manual discount m1"
    assert why(shop, "net", manual=(manual,)).failed[0].values == (("quote.net", D("100.00")),)


def test_an_order_rule_counts_lines_that_are_a_percent_of_others() -> None:
    care = PercentOfTotal(RuleId("care"), "CARE", D(20), when('line.sku = "A"'))
    big = rule("big", Percent(D(5), On.ORDER), "order", when=order_when("quote.net > 200"))
    told = why(book(big, groups=(ORDER,), percent_of=(care,)), "big", line("A"), line("CARE"))
    assert told.failed[0].values == (("quote.net", D("120.00")),)  # 100.00 and a fifth of it


def test_a_code_that_was_not_entered_leaves_the_true_values_of_the_conditions() -> None:
    ten = rule("ten", Percent(D(10)), "first")
    may = rule("may", Percent(D(5)), "second", code="MAY", when=when("line.unit > 95 and line.qty >= 2"))
    told = why(book(ten, may, groups=(FIRST, SECOND)), "may")
    assert told.reason == "its code `MAY` was not entered"
    assert [each.values for each in told.failed] == [(("line.unit", D(90)),), (("line.qty", D(1)),)]
    order = rule("order", Percent(D(5), On.ORDER), "order", code="MAY", when=order_when("quote.net > 95"))
    told = why(book(ten, order, groups=(FIRST, ORDER)), "order")
    assert (told.reason, told.failed[0].values) == ("its code `MAY` was not entered", (("quote.net", D("90.00")),))


def test_an_order_rule_for_other_lines_says_so() -> None:
    some = rule("some", Percent(D(5), On.ORDER), "order", target=when('line.sku = "B"'))
    told = why(book(some, groups=(ORDER,)), "some", line("A"), line("B"))
    assert (told.reason, told.wishes) == ('`line.sku = "B"` does not hold', ('line.sku is "B"',))
    assert why(book(some, groups=(ORDER,)), "some", line("A"), line("B"), of="b").applied


def test_a_line_that_takes_part_in_no_order_discount_says_so_and_a_try_agrees() -> None:
    all_ = rule("all", Percent(D(5), On.ORDER), "order")
    told = why(book(all_, groups=(ORDER,)), "all", line("A", discountable=False), line("B"))
    assert told.reason == "no discount on the order is for this line: it is not discountable"
    assert told.wishes == ("the line is discountable",)
    assert told.enough


def test_a_price_that_is_agreed_as_final_is_the_last_word() -> None:
    manual = ManualDiscount("m1", ManualOn.LINE, ManualKind.TARGET, D(95), "why", "ann", "a", Replaces.FINAL)
    all_ = rule("all", Percent(D(5), On.ORDER), "order")
    told = why(book(all_, groups=(ORDER,)), "all", line("A"), line("B"), manual=(manual,))
    assert told.reason == "the manual discount m1 is the last word on the price of this line"
    assert told.wishes == ()


@pytest.mark.parametrize(
    "effect",
    [
        UnitsOff(Percent(D(50)), count=D(1), where=when('line.sku = "B"')),
        BuyGet(UnitPick(D(1), when('line.sku = "A"')), UnitPick(D(1), when('line.sku = "B"')), D(100)),
    ],
)
def test_single_units_are_given_on_lines_of_their_kind(effect: UnitsOff | BuyGet) -> None:
    shop = book(rule("one", effect, "order"), groups=(ORDER,))
    told = why(shop, "one", line("A"), line("B"))
    assert (told.applied, told.reason) == (False, '`line.sku = "B"` does not hold')
    assert why(shop, "one", line("A"), line("B"), of="b").applied


def test_what_is_given_on_other_lines_is_told_where_no_condition_says_it() -> None:
    cheapest = rule("cheapest", UnitsOff(Percent(D(50)), count=D(1)), "order")
    shop = book(cheapest, groups=(ORDER,))
    assert why(shop, "cheapest", line("A"), line("B")).reason == "it gives on other lines only"


def test_a_gift_acts_on_every_line_of_the_quote() -> None:
    mug = rule("mug", Gift("B"), "order")
    assert why(book(mug, groups=(ORDER,)), "mug").applied


def test_a_quote_without_a_price_says_why() -> None:
    ten = rule("ten", Percent(D(10)), "first")
    told = why(book(ten, groups=(FIRST,)), "ten", line("X"), of="x")
    assert told.reason == "the quote has no price: no price for `X` in EUR on 2026-03-01, quantity 1"


def test_a_condition_that_cannot_be_worked_out_does_not_hold() -> None:
    odd = rule("odd", Percent(D(10)), "first", when=when("line.term_months > 3"))
    told = why(book(odd, groups=(FIRST,)), "odd")
    assert (told.applied, [each.text for each in told.failed]) == (False, ["line.term_months > 3"])


def test_what_is_enough_was_tried() -> None:
    many = rule("many", Percent(D(10)), "first", when=when("line.qty >= 5"))
    told = why(book(many, groups=(FIRST,)), "many")
    assert (told.wishes, told.enough, told.even_then) == (("line.qty is at least 5",), True, "")


def test_what_is_not_enough_says_why() -> None:
    best = replace(FIRST, pick=Pick.BEST)
    many = rule("many", Percent(D(10)), "first", when=when("line.qty >= 5"))
    better = rule("better", Percent(D(20)), "first")
    told = why(book(many, better, groups=(best,)), "many")
    assert (told.wishes, told.enough) == (("line.qty is at least 5",), False)
    assert told.even_then == "beaten by better in group first"


def test_a_wish_that_no_quote_may_have_says_so() -> None:
    many = rule("many", Percent(D(10)), "first", when=when("line.qty >= 5"))
    told = why(book(many, groups=(FIRST,)), "many", line("A", "4", quantity_multiple=D(4)))
    assert not told.enough
    assert told.even_then.startswith("the quote cannot be priced so: ")


def test_one_of_several_ways_is_tried() -> None:
    either = 'sum(lines.qty) > 9 or (line.qty > 4 and customer.segment = "edu")'
    told = why(book(rule("r", Percent(D(10)), "first", when=when(either)), groups=(FIRST,)), "r")
    assert told.wishes == (
        'sum(lines.qty) is more than 9 (it is 1), or line.qty is more than 4 and customer.segment is "edu"',
    )
    assert told.enough


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("line.qty >= 5", D(5)),
        ("line.qty > 5", D(6)),
        ("line.qty in (5..6)", D("5.5")),
        ("line.qty in (5..9]", D(9)),
        ("line.qty <= 0.5", D("0.5")),
        ("line.qty < 0.5", D("0.25")),
        ("line.qty < 9", D(8)),
        ('quote.date > date("2026-05-01")', date(2026, 5, 2)),
        ('quote.date < date("2026-05-01")', date(2026, 4, 30)),
        ('quote.date >= date("2026-05-01")', date(2026, 5, 1)),
        ('customer.segment in ("edu", "big")', "big"),
    ],
)
def test_the_value_that_is_tried_meets_the_condition(condition: str, value: object) -> None:
    (atom,) = split(when(condition)[0]).atoms
    assert isinstance(atom, Interval | OneOf)
    assert change_of(atom).value == value
    assert admits(atom, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (("code",), "MAY", lambda each: each.codes == ("MAY",)),
        (("quote", "date"), date(2026, 5, 1), lambda each: each.date == date(2026, 5, 1)),
        (("quote", "currency"), "USD", lambda each: each.currency == "USD"),
        (("quote", "channel"), "web", lambda each: each.quote == {"channel": "web"}),
        (("customer", "segment"), "edu", lambda each: each.customer == {"segment": "edu"}),
        (("line", "qty"), D(5), lambda each: (each.lines[0].quantity, each.lines[1].quantity) == (5, 1)),
        (("line", "group"), "g", lambda each: (each.lines[0].group, dict(each.lines[0].facts)) == ("g", {})),
        (("line", "family"), "disk", lambda each: each.lines[0].facts == {"family": "disk"}),
        (("quote", "net"), D(5), None),
        (("line", "running"), D(5), None),
        (("line", "sku"), "B", None),
        (("line", "item", "watts"), D(5), None),
    ],
)
def test_a_request_says_what_it_can_say(key: Key, value: Value, said: Callable[[PriceRequest], bool] | None) -> None:
    before = asked(line("A", allowed=(1,), is_plain=True), line("B"))
    after = changed(before, 0, (Change(key, value),))
    assert (after is None) == (said is None)
    if after is not None and said is not None:
        assert said(after) and not said(before)
    if after is not None and key[0] == "line":
        assert (after.lines[0].allowed, after.lines[0].is_plain) == (None, False)
    assert changed(before, 0, (Change(key, value), Change(("quote", "net"), D(1)))) is None


# Properties: the answers are checked by what prices do, found out in other ways than the answer itself.

CONDITIONS = (
    "line.qty >= 3",
    "line.qty < 2",
    "line.unit >= 95",
    "line.unit < 90",
    "line.running > 150",
    'customer.segment = "edu"',
    'customer.segment in ("edu", "gov")',
    'quote.channel = "web"',
    "not(line.discounted)",
    'line.sku = "A"',
    "quote.net > 250",
    'line.qty > 4 or customer.segment = "gov"',
)
ORDER_CONDITIONS = ("quote.net > 250", "quote.running < 200", 'quote.channel = "web"', "quote.qty >= 5")
WINDOWS = (Window(), Window(), Window(), Window(DAY + timedelta(days=9)), Window(end=DAY))


@st.composite
def shops(draw: st.DrawFn) -> PricingRules:
    """A book of two groups of line rules and one of the order, whose conditions read what earlier rules left."""
    groups = []
    for name in ("first", "second"):
        combine = draw(st.sampled_from(tuple(Combine)))
        groups.append(RuleGroup(name, pick=draw(st.sampled_from((Pick.ALL, Pick.FIRST, Pick.BEST))), combine=combine))
    rules: list[Rule] = []
    for number in range(draw(st.integers(1, 6))):
        group = draw(st.sampled_from(("first", "second", "order")))
        texts = draw(st.lists(st.sampled_from(ORDER_CONDITIONS if group == "order" else CONDITIONS), max_size=2))
        conditions = tuple((order_when if group == "order" else when)(each)[0] for each in texts)
        on = On.ORDER if group == "order" else On.UNIT
        more = {
            "when": conditions,
            "window": draw(st.sampled_from(WINDOWS)),
            "code": draw(st.sampled_from(("", "", "", "MAY"))),
            "stop": draw(st.sampled_from((False, False, True))),
            "priority": draw(st.integers(0, 2)),
        }
        if group == "order":
            more["target"] = draw(st.sampled_from(((), when('line.sku = "A"'))))
        rules.append(rule(f"r{number}", Percent(D(draw(st.integers(1, 20))), on), group, **more))
    return book(*rules, groups=(*groups, ORDER))


@st.composite
def quotes(draw: st.DrawFn) -> PriceRequest:
    return asked(
        line("A", str(draw(st.integers(1, 6)))),
        line("B", str(draw(st.integers(1, 6)))),
        customer={"segment": draw(st.sampled_from(("edu", "gov", "retail")))},
        quote={"channel": draw(st.sampled_from(("web", "shop")))},
    )


def acts(plan: PricePlan, request: PriceRequest, name: str) -> bool:
    """Whether a rule gives something on the first line, told from the steps of its price."""
    found = price(plan, request)
    assert isinstance(found, Priced)
    return any(each.rule_id == name for each in waterfall(plan, found, "a").steps)


def granted(request: PriceRequest, wish: str) -> PriceRequest:
    """The request after one wish came true, read from its words alone."""
    first = re.split(r", or | and (?=customer|line|quote)", wish)[0]
    if code := re.fullmatch(r"the code `(\w+)` is entered", first):
        return replace(request, codes=(*request.codes, code[1]))
    if day := re.fullmatch(r"quote\.date is (at least|before) (\S+)", first):
        bound = date.fromisoformat(day[2])
        return replace(request, date=bound if day[1] == "at least" else bound - timedelta(days=1))
    if text := re.fullmatch(r'(\w+)\.(\w+) is (?:one of )?"(\w+)".*', first):
        if text[1] == "quote":
            return replace(request, quote={**request.quote, text[2]: text[3]})
        return replace(request, customer={**request.customer, text[2]: text[3]})
    number = re.fullmatch(r"line\.qty is (at least|more than|less than) (\S+)", first)
    assert number is not None, wish
    quantity = D(number[2]) + {"at least": 0, "more than": 1, "less than": -1}[number[1]]
    return replace(request, lines=(request.lines[0]._replace(quantity=quantity), *request.lines[1:]))


@settings(max_examples=300, deadline=None)
@given(shops(), quotes())
def test_a_rule_acts_once_wishes_that_are_enough_come_true(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    for each in rules.rules:
        told = explain_rule(plan, request, "a", each.id)
        assert told.applied == acts(plan, request, each.id)
        assert bool(told.reason)
        if told.enough:
            wished = request
            for wish in told.wishes:
                wished = granted(wished, wish)
            assert acts(plan, wished, each.id), told
        elif told.even_then and not told.even_then.startswith("the quote"):
            assert told.wishes


@settings(max_examples=200, deadline=None)
@given(shops(), quotes(), st.data())
def test_conditions_are_judged_on_what_was_there_in_the_turn_of_the_rule(
    rules: PricingRules, request: PriceRequest, data: st.DataObject
) -> None:
    """A surcharge without conditions in the place of the rule shows in its step which price it met."""
    of_line = [each for each in rules.rules if each.group != "order" and not each.code and each.window == Window()]
    assume(of_line)
    asked_about = data.draw(st.sampled_from(of_line))
    always = tuple(replace(each, pick=Pick.ALL, combine=Combine.COMPOUND) for each in rules.groups)
    rules = replace(rules, groups=always, rules=tuple(replace(each, stop=False) for each in rules.rules))
    watched = replace(asked_about, when=when("line.unit = -1 and line.running = -1"), stop=False)
    told = explain_rule(compile_plan(with_rule(rules, watched)), request, "a", watched.id)
    always_up = replace(watched, when=(), effects={"": Amount(D(1), On.UNIT, Sign.UP)})
    plan = compile_plan(with_rule(rules, replace(always_up, specificity=1)))
    met = next(each for each in waterfall(plan, priced(plan, request), "a").steps if each.rule_id == watched.id)
    ((_, unit),), ((_, running),) = (each.values for each in told.failed)
    assert (unit, running) == (met.before, met.before * request.lines[0].quantity)


def with_rule(rules: PricingRules, changed_rule: Rule) -> PricingRules:
    """The book with another rule in the place of the one of its id, told as specific as that one."""
    told = tuple(replace(changed_rule, specificity=1) if each.id == changed_rule.id else each for each in rules.rules)
    return replace(rules, rules=told)


def test_an_order_rule_whose_code_was_not_entered_sees_what_was_left_in_its_turn() -> None:
    ten = rule("ten", Percent(D(10), On.ORDER), "order", priority=2)
    may = rule("may", Percent(D(5), On.ORDER), "order", code="MAY", when=order_when("quote.running > 95"))
    told = why(book(ten, may, groups=(ORDER,)), "may")
    assert [each.values for each in told.failed] == [(("quote.running", D("90.00")),)]
