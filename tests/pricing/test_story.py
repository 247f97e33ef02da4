"""The story of a price: steps with their places, losers with their reasons, answers to "why not"."""

from __future__ import annotations

import pytest

from engine.diagnostics import Span
from engine.pricing import compile_plan, explain_rule, price, waterfall
from engine.pricing.effects import Amount, On, Percent
from engine.pricing.plan import Guard, Level, Pick, Rule, RuleGroup, RuleId, Window
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from engine.pricing.story import UnknownLineError, UnknownRuleError
from tests.pricing.books import DAY, ON_ORDER, D, asked, book, line, order_when, rule, when

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
    assert ("customer.segment", '"gov"') in answer.failed[0].values


def test_a_rule_that_applied_says_so() -> None:
    plan = compile_plan(book(rule("ten", Percent(D("10")))))
    assert explain_rule(plan, asked(line("A")), "a", "ten").applied


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"code": "X"}, "its code `X` was not entered"),
        ({"window": Window(end=DAY)}, "expired"),
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
    assert answer.failed[0].values == (("quote.net", "100.00"),)


def test_unknown_names_are_told_apart() -> None:
    plan = compile_plan(book())
    with pytest.raises(UnknownRuleError):
        explain_rule(plan, asked(line("A")), "a", "nobody")
    found = price(plan, asked(line("A")))
    assert isinstance(found, Priced)
    with pytest.raises(UnknownLineError):
        waterfall(plan, found, "zz")
