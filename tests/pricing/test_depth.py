"""The depth of discounts: a surcharge neither hides a discount nor makes it deeper, each figure by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.pricing import Edit, compile_plan, price, reprice
from engine.pricing.effects import Amount, Basis, FirstNext, On, Percent, SetPrice, Sign, Tiered, TierStep
from engine.pricing.models import PerUnit
from engine.pricing.plan import (
    BundlePrice,
    ContractedPrice,
    Guard,
    Level,
    Match,
    ModelUse,
    Narrowness,
    PercentOfTotal,
    PricingRules,
    Rule,
    RuleGroup,
    RuleId,
    Step,
)
from engine.pricing.repricing import Repriced
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.pricing.result import Priced
from engine.quotes.facts import line_facts
from tests.pricing.books import D, asked, entry, formula, line, when

LINES, ORDER = RuleGroup("lines"), RuleGroup("order", Level.ORDER)
RUSH = Percent(D(50), sign=Sign.UP)


def rule(name: str, effect: Any, *, group: str = "lines", only: str = "", priority: int = 0) -> Rule:
    condition = when(f'line.sku = "{only}"') if only else ()
    return Rule(name, group, {"": effect}, when=condition, priority=priority)  # type: ignore[arg-type]


def book(*rules: Rule, **more: Any) -> PricingRules:
    entries = (entry("A", "100"), entry("B", "100"))
    return PricingRules("EUR", **{"entries": entries, "groups": (LINES, ORDER), "rules": rules, **more})


def depth(rules: PricingRules, *lines: Any, **more: Any) -> str:
    found = price(compile_plan(rules), asked(*(lines or (line("A"),)), **more))
    assert isinstance(found, Priced)
    return f"{found.totals.discount_percent.normalize():f}"


def manual(kind: ManualKind, value: int) -> ManualDiscount:
    return ManualDiscount("m", ManualOn.LINE, kind, D(value), "to win", "ann", "a")


def test_a_discount_is_as_deep_before_a_surcharge_as_after_it() -> None:
    ten = Percent(D(10))
    assert depth(book(rule("up", RUSH, priority=1), rule("ten", ten))) == "10"  # 100, 150, 135
    assert depth(book(rule("up", RUSH), rule("ten", ten, priority=1))) == "10"  # 100, 90, 135
    assert depth(book(rule("up", RUSH)), manual=(manual(ManualKind.PERCENT, 10),)) == "10"
    # 15 of 150 is a tenth; 15 of 100 would be more
    assert depth(book(rule("up", RUSH, priority=1), rule("off", Amount(D(15))))) == "10"
    assert depth(book(rule("up", RUSH))) == "0"


def test_a_surcharge_on_one_line_hides_no_discount_on_another() -> None:
    rules = book(rule("up", RUSH, only="A"), rule("off", Percent(D(20)), only="B"))
    assert depth(rules, line("A"), line("B")) == "10"  # 20 of 200


def test_an_agent_who_raises_a_price_hides_nothing() -> None:
    off = rule("off", Percent(D(20)), only="B")
    raised = (manual(ManualKind.TARGET, 130),)
    assert depth(book(off), line("A"), line("B"), manual=raised) == "10"
    assert depth(book(), manual=(manual(ManualKind.TARGET, 80),)) == "20"
    fifth = rule("fifth", Percent(D(20)))
    assert depth(book(fifth), manual=(manual(ManualKind.TARGET, 90),)) == "10"  # 100, 80, 90
    assert depth(book(fifth), manual=(manual(ManualKind.TARGET, 130),)) == "0"


def test_a_guard_takes_a_discount_back_and_is_no_surcharge() -> None:
    off = rule("off", Percent(D(20)))
    assert depth(book(off, guards=(Guard("floor", floor=D(95)),))) == "5"
    above = Guard("floor", when=when('line.sku = "A"'), floor=D(120))
    assert depth(book(rule("off", Percent(D(20)), only="B"), guards=(above,)), line("A"), line("B")) == "10"


def test_a_price_of_nothing_is_brought_back_too() -> None:
    free = rule("free", Percent(D(100)))
    assert depth(book(free)) == "100"
    assert depth(book(free, guards=(Guard("floor", floor=D(95)),))) == "5"  # 100, 0, 95
    assert depth(book(free), manual=(manual(ManualKind.TARGET, 90),)) == "10"
    assert depth(book(rule("up", RUSH, priority=1), free), manual=(manual(ManualKind.TARGET, 120),)) == "20"  # of 150
    fee = rule("fee", Amount(D(7), sign=Sign.UP))  # a surcharge brings nothing back, nor does an agent who gives more
    assert (
        depth(book(rule("free", Percent(D(100)), priority=1), fee), manual=(manual(ManualKind.PERCENT, 12),)) == "100"
    )


def test_what_an_agent_adds_hides_no_discount_that_follows() -> None:
    partner = RuleGroup("partner", step=Step.PARTNER)
    tenth = rule("tenth", Percent(D(10)), group="partner")
    rules = book(tenth, groups=(LINES, partner, ORDER))
    assert depth(rules, manual=(manual(ManualKind.TARGET, 130),)) == "10"  # 100, 130, 117


def test_an_agent_who_raises_the_whole_quote_takes_discounts_back() -> None:
    fifth = book(rule("fifth", Percent(D(20))))
    total = ManualDiscount("m", ManualOn.TOTAL, ManualKind.TARGET, D(90), "to win", "ann", "")
    assert depth(fifth, manual=(total,)) == "10"  # 100, 80, 90
    assert depth(fifth, manual=(replace(total, value=D(130)),)) == "0"


def test_the_price_of_a_segment_stands_in_the_place_of_a_contracted_one() -> None:
    agreed = book(contracted=(ContractedPrice("agreed", Match(Narrowness.SKU, "A"), price=D(80)),))
    segment = line("A")._replace(segment=1)
    assert depth(agreed, segment) == "20"
    assert depth(agreed, segment._replace(segment_price=D(90))) == "10"  # 100, 80, 90
    assert depth(agreed, segment._replace(segment_price=D(120))) == "0"  # of 120


def test_a_floor_under_a_percent_of_other_lines_makes_it_no_discount() -> None:
    care = PercentOfTotal("care", "CARE", D(5), when('line.sku != "CARE"'))  # type: ignore[arg-type]
    rules = book(percent_of=(care,), guards=(Guard("floor", floor=D(8)),))
    assert depth(rules, line("A"), line("CARE")) == "0"  # 0, 8, and then 5 % of 100


def test_a_percent_of_other_lines_is_no_surcharge() -> None:
    care = PercentOfTotal("care", "CARE", D(18), when('line.sku != "CARE"'))  # type: ignore[arg-type]
    tenth = rule("tenth", Percent(D(10), On.ORDER), group="order")
    lines = (line("A", "8"), line("CARE"))  # 800 and 144: 94.40 of 944
    assert depth(book(percent_of=(care,)), *lines) == "0"
    assert depth(book(tenth, percent_of=(care,)), *lines) == "10"


def test_a_surcharge_on_the_order_hides_no_discount_on_it() -> None:
    up = rule("up", Percent(D(10), On.ORDER, Sign.UP), group="order", priority=1)
    off = rule("off", Percent(D(10), On.ORDER), group="order")
    assert depth(book(up, off)) == "10"  # 100, 110, 99
    each = rule("each", SetPrice(D(120), On.UNIT), group="order", priority=1)
    assert depth(book(each, off)) == "10"  # 100, 120, 108


@pytest.mark.parametrize("price_of_a", ["100", "0"])
def test_what_is_free_has_no_depth(price_of_a: str) -> None:
    rules = replace(book(rule("up", RUSH)), entries=(entry("A", price_of_a), entry("B", "100")))
    assert depth(rules) == "0"


def test_approvals_read_the_same_of_a_line() -> None:
    plan = compile_plan(book(rule("up", RUSH, priority=1, only="A"), rule("ten", Percent(D(10)))))
    request = asked(line("A"), line("B"))
    found = price(plan, request)
    assert isinstance(found, Priced)
    assert [str(each["discount_pct"]) for each in line_facts(request.lines, found, plan)] == ["10.0000", "10.0000"]


def test_an_edit_tells_the_same_depth() -> None:
    plan = compile_plan(book(rule("up", RUSH, only="A"), rule("off", Percent(D(20)), only="B")))
    before = asked(line("A"), line("B"))
    priced = price(plan, before)
    assert isinstance(priced, Priced)
    found = reprice(plan, before, priced, Edit(changed=(line("B", "3"),)))
    assert isinstance(found, Repriced)
    assert found.priced == price(plan, found.request)
    assert str(found.priced.totals.discount_percent) == "15.0000"  # 60 of 400


@pytest.mark.parametrize(
    ("rules", "percent"),
    [
        ((rule("fifth", Percent(D(20), of=Basis.LIST)),), "20"),
        # 150, less 20 of the list price of 100
        ((rule("rush", Percent(D(50), sign=Sign.UP), priority=1), rule("fifth", Percent(D(20), of=Basis.LIST))), "20"),
        # as without the surcharge: 100, 90, 70
        (
            (
                rule("rush", Percent(D(50), sign=Sign.UP), priority=2),
                rule("tenth", Percent(D(10)), priority=1),
                rule("fifth", Percent(D(20), of=Basis.LIST)),
            ),
            "30",
        ),
        # 100, 80, then 10 % of that: 72
        (
            (
                rule("rush", Percent(D(50), sign=Sign.UP), priority=2),
                rule("fifth", Percent(D(20), of=Basis.LIST), priority=1),
                rule("tenth", Percent(D(10))),
            ),
            "28",
        ),
        # on the order
        (
            (
                rule("rush", Percent(D(50), sign=Sign.UP)),
                rule("all", Percent(D(20), On.ORDER, of=Basis.LIST), group="order"),
            ),
            "20",
        ),
    ],
)
def test_a_percent_of_the_list_price_counts_as_that(rules: tuple[Rule, ...], percent: str) -> None:
    assert depth(book(*rules)) == percent


def test_what_is_given_back_counts_by_its_part_of_what_was_taken() -> None:
    rush = rule("rush", Percent(D(50), sign=Sign.UP), priority=1)
    fifth = rule("fifth", Percent(D(20), of=Basis.LIST))
    for floor, percent in (("130", "20"), ("140", "10"), ("150", "0"), ("160", "0")):  # 150, 130, and up again
        guard = Guard("least", floor=D(floor))
        assert depth(book(rush, fifth, guards=(guard,))) == percent, floor


TEN = Rule("ten", "lines", {"": Percent(D(10))}, priority=-1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more",
    [
        {"models": (ModelUse(RuleId("m"), "A", PerUnit(D(150))),)},
        {"contracted": (ContractedPrice(RuleId("c"), Match(Narrowness.SKU, "A"), price=D(150)),)},
        {"bundle_prices": (BundlePrice(RuleId("b"), "A", D(150)),)},
        {"rules": (rule("up", Amount(D(50), sign=Sign.UP)), TEN)},
        {"rules": (rule("set", SetPrice(D(150))), TEN)},
        {"rules": (rule("by formula", Percent(formula("line.qty * 50"), sign=Sign.UP)), TEN)},
        {"rules": (rule("by formula", Amount(formula("line.qty * 50"), sign=Sign.UP)), TEN)},
        {
            "rules": (
                rule("tiers", Tiered(formula("line.qty"), (TierStep(D(1), RUSH), TierStep(D(5), Percent(D(20)))))),
                TEN,
            )
        },
        {
            "rules": (
                rule("tiers", Tiered(formula("line.qty"), (TierStep(D(0), Percent(D(20))), TierStep(D(1), RUSH)))),
                TEN,
            )
        },
        {"rules": (rule("next", FirstNext(D(-50), D(0))), TEN)},
    ],
)
def test_a_tenth_off_what_was_raised_is_a_tenth_whatever_raised_it(more: dict[str, Any]) -> None:
    """100.00 becomes 150.00, less 10 percent: 135.00."""
    assert depth(book(*more.pop("rules", (TEN,)), **more)) == "10"


def test_an_agent_who_asks_for_more_than_the_list_price_gives_the_discounts_back() -> None:
    # 100.00, 90.00, and half as much again: 135.00
    assert depth(book(TEN), manual=(manual(ManualKind.PERCENT, -50),)) == "0"
