"""The story of a price: steps with their places, losers with their reasons, answers to "why not"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Span
from engine.language import check_unary_tests
from engine.pricing import compile_plan, explain_rule, price, waterfall
from engine.pricing.effects import Amount, Gift, On, Percent
from engine.pricing.explain import UnknownRuleError
from engine.pricing.plan import ExchangeRate, Guard, Level, Pick, Rule, RuleGroup, RuleId, Window
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces
from engine.pricing.result import Priced
from engine.pricing.settings import Habits, UnusableCode
from engine.pricing.story import UnknownLineError
from tests.pricing.books import DAY, LINE, ON_ORDER, D, asked, book, entry, line, order_when, rule, when

PLACE = Span("discounts/2026.yaml", 7, 3)


def priced_with(*rules: Rule, request: PriceRequest, **more: object) -> tuple[object, Priced]:
    plan = compile_plan(book(*rules, **more))
    found = price(plan, request)
    assert isinstance(found, Priced)
    return plan, found


def test_each_step_names_its_rule_its_place_and_what_it_did() -> None:
    ten = rule("ten", Percent(D("10")), say="Ten percent", span=PLACE)
    off = rule("off", Amount(D("9"), On.ORDER), "order")
    request = asked(line("A", "2"))
    plan, found = priced_with(ten, off, request=request)
    told = waterfall(plan, found, "a")  # type: ignore[arg-type]
    assert [(each.step, each.rule_id, each.before, each.after) for each in told.steps] == [
        ("list price", "list-A", D("0"), D("100")),
        ("rules", "ten", D("100"), D("90")),
        # 9.00 off an order of 180.00, two units
        ("order discount", "off", D("90"), D("85.5")),
    ]
    assert told.steps[1].place == "discounts/2026.yaml:7:3"
    assert told.steps[1].say == "Ten percent"
    assert told.amount.decimal == D("171.00")


def test_an_order_discount_for_some_lines_is_no_step_of_the_others() -> None:
    dear = rule("dear", Amount(D("6"), On.ORDER), "order", target=when('line.sku = "A"'), priority=1)
    off = rule("off", Amount(D("19"), On.ORDER), "order")
    request = asked(line("A"), line("B", "2"))
    plan, found = priced_with(dear, off, request=request)
    # 6.00 off A leaves 94.00 and 40.00; of 19.00 they take 94 and 40 parts of 134: 13.33 and 5.67
    told = [
        [(each.rule_id, each.before, each.after) for each in waterfall(plan, found, name).steps]  # type: ignore[arg-type]
        for name in ("a", "b")
    ]
    assert told == [
        [("list-A", D(0), D(100)), ("dear", D(100), D(94)), ("off", D(94), D("80.67"))],
        # 40.00 - 5.67 = 34.33, of two units
        [("list-B", D(0), D(20)), ("off", D(20), D("17.165"))],
    ]


def test_losers_say_who_beat_them() -> None:
    group = RuleGroup("promo", pick=Pick.BEST)
    request = asked(line("A"))
    plan, found = priced_with(
        rule("five", Percent(D("5"))),
        rule("ten", Percent(D("10"))),
        rule("other-line", Percent(D("50")), when=when('line.sku = "B"')),
        request=request,
        groups=(group, ON_ORDER),
    )
    told = waterfall(plan, found, "a", request)  # type: ignore[arg-type]
    assert [(each.rule_id, each.reason) for each in told.losers] == [("five", "beaten by ten in group promo")]


def test_losers_come_in_the_order_of_the_book_and_codes_that_cannot_be_used_are_among_them() -> None:
    groups = (RuleGroup("promo", pick=Pick.BEST), RuleGroup("codes"), ON_ORDER)
    request = asked(line("A"), codes=("OLD",))
    plan, found = priced_with(
        rule("old", Percent(D("30")), "codes", code="OLD", window=Window(end=DAY)),
        rule("five", Percent(D("5"))),
        rule("ten", Percent(D("10"))),
        request=request,
        groups=groups,
        habits=Habits(unusable_codes=UnusableCode.REPORT),
    )
    told = waterfall(plan, found, "a", request)  # type: ignore[arg-type]
    assert [(each.rule_id, each.reason) for each in told.losers] == [
        ("five", "beaten by ten in group promo"),
        ("old", "it has ended: its last day was 2026-02-28"),
    ]


def test_a_guard_is_a_step_of_its_own() -> None:
    guard = Guard(RuleId("margin"), margin_percent_min=D("20"))
    request = asked(line("A", cost=D("76")))
    plan, found = priced_with(rule("big", Percent(D("50"))), request=request, guards=(guard,))
    told = waterfall(plan, found, "a")  # type: ignore[arg-type]
    # 76 / (1 - 20 %) = 95
    assert (told.steps[-1].step, told.steps[-1].before, told.steps[-1].after) == ("guard", D("50"), D("95"))


def test_why_not_names_the_first_condition_that_failed_its_value_and_the_wish() -> None:
    seats = rule("seats", Percent(D("10")), when=when('line.qty >= 5 and customer.segment = "edu"'))
    plan = compile_plan(book(seats))
    answer = explain_rule(plan, asked(line("A", "3"), customer={"segment": "gov"}), "a", "seats")
    assert not answer.applied
    assert answer.reason == "`line.qty >= 5` does not hold"
    assert [(each.text, each.wish) for each in answer.failed] == [
        ("line.qty >= 5", "line.qty is at least 5"),
        ('customer.segment = "edu"', 'customer.segment is "edu"'),
    ]
    assert answer.failed[1].values == (("customer.segment", "gov"),)


def test_a_rule_that_applied_says_so() -> None:
    plan = compile_plan(book(rule("ten", Percent(D("10")))))
    assert explain_rule(plan, asked(line("A")), "a", "ten").applied


def test_an_exchanged_price_tells_the_price_the_rate_and_who_published_it() -> None:
    dollars = replace(entry("US", "9.99", id="us"), currency="USD")
    rate = ExchangeRate("USD", "EUR", D("0.8713"), date(2026, 2, 1), "ECB")
    rules = replace(book(entries=(dollars,)), exchange_rates=(rate,))
    plan, request = compile_plan(rules), asked(line("US"))
    found = price(plan, request)
    assert isinstance(found, Priced)
    (step,) = waterfall(plan, found, "us", request).steps
    assert (step.before, step.after) == (D(0), D("8.70"))  # 9.99 x 0.8713 = 8.704287
    assert step.inputs == (
        ("price entry", "us"),
        ("price in USD", D("9.99")),
        ("rate of USD", D("0.8713")),
        ("day of the rate", date(2026, 2, 1)),
        ("its source", "ECB"),
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"code": "X"}, "its code `X` was not entered"),
        ({"window": Window(end=DAY)}, "it has ended: its last day was 2026-02-28"),
        ({"priority": -1}, "cannot stand beside first"),
    ],
)
def test_other_reasons(more: dict[str, object], reason: str) -> None:
    group = RuleGroup("promo")
    first = rule("first", Percent(D("10")), not_with=frozenset({"second"}))
    plan = compile_plan(book(first, rule("second", Percent(D("5")), **more), groups=(group,)))
    assert explain_rule(plan, asked(line("A")), "a", "second").reason == reason


def test_an_order_rule_is_explained_on_what_the_order_comes_to() -> None:
    big = rule("big", Percent(D("10"), On.ORDER), "order", when=order_when("quote.net > 500"))
    plan = compile_plan(book(big, groups=(RuleGroup("order", Level.ORDER),)))
    answer = explain_rule(plan, asked(line("A")), "a", "big")
    assert answer.failed[0].wish == "quote.net is more than 500"
    assert answer.failed[0].values == (("quote.net", D("100.00")),)
    assert answer.wishes == ("quote.net is more than 500",)


def test_a_gift_is_what_a_rule_gave_and_no_other_rule_gave_it() -> None:
    bag = rule("bag", Gift("BAG"), "order", when=order_when("quote.net >= 100"))
    little = rule("little", Amount(D("1"), On.ORDER), "order", target=when('line.sku = "B"'))
    plan = compile_plan(book(bag, little, groups=(ON_ORDER,)))
    request = asked(line("A"), line("B"))
    bag_told, little_told = (explain_rule(plan, request, "a", name) for name in ("bag", "little"))
    assert (bag_told.applied, bag_told.reason) == (True, "it applied")
    # line a is not what it is for: the condition on lines is what fails
    assert (little_told.applied, little_told.reason) == (False, '`line.sku = "B"` does not hold')


def test_a_rule_for_discountable_lines_says_when_it_does_not_take_part_in_a_line() -> None:
    off = rule("off", Amount(D("1"), On.ORDER), "order")
    plan = compile_plan(book(off, groups=(ON_ORDER,)))
    answer = explain_rule(plan, asked(line("A", discountable=False), line("B")), "a", "off")
    assert not answer.applied
    assert answer.reason == "no discount on the order is for this line: it is not discountable"


def test_each_step_says_what_its_rule_read() -> None:
    rules = (
        rule("many", Percent(D(10)), when=when('line.qty >= 2 and customer.segment = "edu"')),
        rule("big", Percent(D(5), On.ORDER), "order", when=order_when("quote.net > 100")),
    )
    entries = (entry("A", "100", quantity_min=D(2)),)
    request = asked(line("A", "2"), customer={"segment": "edu"})
    plan, found = priced_with(*rules, request=request, entries=entries)
    told = waterfall(plan, found, "a", request)  # type: ignore[arg-type]
    assert [(each.rule_id, each.inputs) for each in told.steps] == [
        ("list-A", (("line.qty", D(2)),)),
        ("many", (("customer.segment", "edu"), ("line.qty", D(2)))),
        ("big", (("quote.net", D(180)),)),
    ]
    assert all(each.inputs == () for each in waterfall(plan, found, "a").steps)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "failed", "wish"),
    [
        ("line.qty >= 5 and line.unit < 50", ["line.qty >= 5", "line.unit < 50"], "line.qty is at least 5"),
        ('line.family = "disk" or line.qty > 9', None, 'line.family is "disk", or line.qty is more than 9'),
        ("line.qty * line.list > 500", None, "line.qty * line.list is more than 500 (it is 200)"),
        ("sum(lines.qty) >= 3", None, "sum(lines.qty) is at least 3 (it is 2)"),
        ("line.qty > count(lines) + 4", None, "line.qty is more than 5 (it is 2)"),
        ('not(line.sku = "A")', None, ""),
    ],
)
def test_what_would_make_a_rule_act(condition: str, failed: list[str] | None, wish: str) -> None:
    plan = compile_plan(book(rule("r", Percent(D(10)), when=when(condition))))
    answer = explain_rule(plan, asked(line("A", "2")), "a", "r")
    assert [each.text for each in answer.failed] == (failed or [condition])
    assert answer.failed[0].wish == wish
    assert bool(answer.wishes) == all(each.wish for each in answer.failed)


def test_codes_and_days_are_wishes_too() -> None:
    late = rule("late", Percent(D(10)), code="MAY", window=Window(date(2026, 5, 1)), when=when("line.qty >= 5"))
    answer = explain_rule(compile_plan(book(late)), asked(line("A", "2")), "a", "late")
    assert answer.reason == "its code `MAY` was not entered"
    assert answer.wishes == (
        "the code `MAY` is entered",
        "quote.date is at least 2026-05-01",
        "line.qty is at least 5",
    )
    wished = asked(line("A", "5"), codes=("MAY",), day=date(2026, 5, 1))
    assert explain_rule(compile_plan(book(late)), wished, "a", "late").applied


def test_a_manual_discount_that_replaces_rules_is_named() -> None:
    manual = ManualDiscount("m1", ManualOn.LINE, ManualKind.PERCENT, D(5), "why", "ann", "a", Replaces.ALL)
    request = asked(line("A"), manual=(manual,))
    plan, found = priced_with(rule("ten", Percent(D(10))), request=request)
    told = waterfall(plan, found, "a", request)  # type: ignore[arg-type]
    assert [(each.rule_id, each.reason) for each in told.losers] == [("ten", "replaced by the manual discount m1")]


@settings(max_examples=60, deadline=None)
@given(quantity=st.integers(1, 9), bound=st.integers(1, 9), segment=st.sampled_from(("edu", "retail")))
def test_a_wish_that_comes_true_makes_the_rule_act(quantity: int, bound: int, segment: str) -> None:
    condition = f'line.qty >= {bound} and customer.segment = "edu"'
    plan = compile_plan(book(rule("r", Percent(D(10)), when=when(condition))))
    answer = explain_rule(plan, asked(line("A", str(quantity)), customer={"segment": segment}), "a", "r")
    wishes = set(answer.wishes)
    more = str(bound) if f"line.qty is at least {bound}" in wishes else str(quantity)
    other = "edu" if 'customer.segment is "edu"' in wishes else segment
    assert explain_rule(plan, asked(line("A", more), customer={"segment": other}), "a", "r").applied


def test_unknown_names_are_told_apart() -> None:
    plan = compile_plan(book())
    with pytest.raises(UnknownRuleError):
        explain_rule(plan, asked(line("A")), "a", "nobody")
    found = price(plan, asked(line("A")))
    assert isinstance(found, Priced)
    with pytest.raises(UnknownLineError):
        waterfall(plan, found, "zz")


def test_a_cell_that_does_not_hold_is_told_with_its_column_and_value() -> None:
    cell = check_unary_tests("[24..36)", subject="line.qty", scope=LINE)
    plan = compile_plan(book(rule("bulk", Percent(D(5)), when=(cell,))))
    told = explain_rule(plan, asked(line("A", "12")), "a", "bulk")
    (failed,) = told.failed
    assert (failed.text, failed.values) == ("line.qty [24..36)", (("line.qty", D(12)),))
    assert told.wishes == ("line.qty is at least 24 and less than 36",)


def test_an_order_rule_is_explained_on_what_the_groups_before_it_left() -> None:
    ten = rule("ten", Percent(D("10"), On.ORDER), "first")
    later = rule("later", Percent(D("5"), On.ORDER), "second", when=order_when("quote.running > 95"))
    groups = (RuleGroup("first", Level.ORDER), RuleGroup("second", Level.ORDER))
    answer = explain_rule(compile_plan(book(ten, later, groups=groups)), asked(line("A")), "a", "later")
    # 100.00 less a tenth
    assert answer.reason == "`quote.running > 95` does not hold"
    assert answer.failed[0].values == (("quote.running", D("90.00")),)
    assert answer.wishes == ("quote.running is more than 95",)
