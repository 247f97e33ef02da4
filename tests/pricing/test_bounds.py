"""What a formula comes to is held to what it may be as a constant: no free or negative price by a slip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.pricing import codes
from engine.pricing.effects import Amount, FirstNext, On, Percent, Select, SetPrice, Sign, UnitsOff
from engine.pricing.plan import (
    BookFormula,
    BundlePrice,
    ContractedPrice,
    FormulaBase,
    Guard,
    Match,
    Narrowness,
    PercentOfTotal,
    PriceEntry,
    RuleId,
)
from tests.pricing.books import (
    D,
    amounts,
    asked,
    book,
    entry,
    formula,
    line,
    order_formula,
    priced,
    refused,
    rule,
    when,
)

SKU_A = Match(Narrowness.SKU, "A")
TEN_EACH, LESS = formula("10 * line.qty"), formula("10 - line.qty")
BOOKS: dict[str, dict[str, Any]] = {
    "the percent of `r` comes to 120; it lies between 0 and 100": {"rules": (rule("r", Percent(TEN_EACH)),)},
    "the percent of `r` comes to -2; it lies between 0 and 100": {"rules": (rule("r", Percent(LESS)),)},
    "the percent of `r` comes to -2; none is below zero": {"rules": (rule("r", Percent(LESS, sign=Sign.UP)),)},
    "the amount of `r` comes to -2; none is below zero": {"rules": (rule("r", Amount(LESS)),)},
    "the amount of `f` comes to -2; none is below zero": {"rules": (rule("f", FirstNext(D(1), LESS)),)},
    "the price of `r` comes to -2; none is below zero": {"rules": (rule("r", SetPrice(LESS)),)},
    "the price of `p` comes to -2; none is below zero": {"entries": (PriceEntry(RuleId("p"), SKU_A, price=LESS),)},
    "the price of `g` comes to -1; none is below zero": {
        "entries": (PriceEntry(RuleId("g"), SKU_A, formula=BookFormula(FormulaBase.COST, surcharge=D(-9))),)
    },
    "the agreed price of `c` comes to -2; none is below zero": {
        "contracted": (ContractedPrice(RuleId("c"), SKU_A, price=LESS),)
    },
    "the agreed percent of `c` comes to 120; it lies between 0 and 100": {
        "contracted": (ContractedPrice(RuleId("c"), SKU_A, percent_off=TEN_EACH),)
    },
    "the bundle price of `b` comes to -2; none is below zero": {
        "bundle_prices": (BundlePrice(RuleId("b"), "A", LESS),)
    },
    "the percent of `o` comes to 120; it lies between 0 and 100": {
        "rules": (rule("o", Percent(order_formula("10 * quote.qty"), On.ORDER), "order"),)
    },
    "the amount of `u` comes to -2; none is below zero": {
        "rules": (rule("u", UnitsOff(Amount(order_formula("10 - quote.qty")), Select.CHEAPEST, D(1)), "order"),)
    },
}


@pytest.mark.parametrize("told", BOOKS)
def test_a_formula_out_of_bounds_is_refused_with_its_rule(told: str) -> None:
    rules = replace(book(entries=(entry("A", "100"),)), **BOOKS[told])
    found = refused(rules, asked(line("A", "12", cost=D(8))))
    assert [(each.code, each.message) for each in found.faults] == [(codes.RULE_FAILED, told)]


def test_a_percent_of_others_below_zero_is_refused() -> None:
    care = PercentOfTotal(RuleId("care"), "CARE", LESS, when('line.sku = "A"'))
    found = refused(book(percent_of=(care,)), asked(line("A"), line("CARE", "12")))
    assert [each.message for each in found.faults] == ["the percent of `care` comes to -2; none is below zero"]


def test_the_bounds_themselves_are_prices() -> None:
    # 10 x 10 % of 100.00 is all of it, and 10 - 10 is a price of nothing that somebody wrote
    assert amounts(priced(book(rule("r", Percent(TEN_EACH))), asked(line("A", "10")))) == {"a": D("0.00")}
    assert amounts(priced(book(rule("r", SetPrice(LESS))), asked(line("A", "10")))) == {"a": D("0.00")}


def test_a_floor_below_zero_holds_nothing_back() -> None:
    guard = Guard(RuleId("g"), floor=LESS)
    # 12 at 100.00, half off: a floor of 10 - 12 is none
    rules = book(rule("half", Percent(D(50))), guards=(guard,))
    assert amounts(priced(rules, asked(line("A", "12")))) == {"a": D("600.00")}


def test_a_formula_that_a_percent_and_an_amount_share_may_exceed_a_hundred() -> None:
    shared = book(rule("a", Percent(TEN_EACH), when=when("line.qty < 5")), rule("b", Amount(TEN_EACH)))
    # 12 x 120.00 less 120.00 off each is nothing, and not refused; 2 units: 20 % and 20.00 off 100.00 each
    assert amounts(priced(shared, asked(line("A", "2")))) == {"a": D("120.00")}
    assert amounts(priced(shared, asked(line("A", "12")))) == {"a": D("0.00")}
