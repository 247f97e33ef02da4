"""Prices of bundles as a whole: which one holds and what is shared out; and list prices that a model alone states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.catalog import Charge, ChargeKind, ChargePeriod
from engine.pricing.models import Graduated, Tier
from engine.pricing.plan import BundlePrice, ModelUse, PercentOfTotal, RuleId, Window
from tests.pricing.books import D, amounts, asked, book, line, priced, when

# A 100.00 and two parts B of 20.00: 140.00 by themselves
SET = (line("A"), line("B", "2", root="a", bundle="A"))


def sold(*prices: BundlePrice, lines: Any = SET, **more: Any) -> list[str]:
    found = amounts(priced(book(bundle_prices=prices, **more), asked(*lines)))
    return [str(each) for each in found.values()]


def at(price: str, **more: Any) -> BundlePrice:
    return BundlePrice(RuleId(f"at-{price}"), "A", D(price), **more)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        # 70.00 is half of it
        ((at("70"),), ["50.00", "20.00"]),
        ((at("70", currency="EUR"),), ["50.00", "20.00"]),
        ((at("70", currency="USD"),), ["100.00", "40.00"]),
        ((at("35", currency="USD"), at("70")), ["50.00", "20.00"]),
        ((at("70", window=Window(date(2026, 3, 2))),), ["100.00", "40.00"]),
        ((at("70", window=Window(end=date(2026, 3, 1))), at("35")), ["25.00", "10.00"]),
        ((at("35", when=when("line.qty > 1")), at("70")), ["50.00", "20.00"]),
        ((at("35"), at("70")), ["25.00", "10.00"]),
        ((), ["100.00", "40.00"]),
    ],
)
def test_the_first_price_that_holds_is_shared_out(prices: tuple[BundlePrice, ...], expected: list[str]) -> None:
    assert sold(*prices) == expected


def test_a_bundle_bought_twice_costs_twice_as_much() -> None:
    # 140.00 for 200.00 + 80.00
    assert sold(at("70"), lines=(line("A", "2"), line("B", "4", root="a", bundle="A"))) == ["100.00", "40.00"]
    # each bundle has parts of its own; B that is nobody's part keeps its price
    two = (*SET, line("A", id="a2"), line("C", root="a2", bundle="A"), line("B", id="alone"))
    # 70.00 of 109.99: 63.64 and 6.36
    assert sold(at("70"), lines=two) == ["50.00", "20.00", "63.64", "6.36", "20.00"]


def test_what_is_charged_otherwise_or_is_a_percent_of_others_keeps_its_price() -> None:
    monthly = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)
    lines = (*SET, replace_charge(line("C", root="a", bundle="A"), monthly))
    assert sold(at("70"), lines=lines) == ["50.00", "20.00", "9.99"]
    care = PercentOfTotal(RuleId("care"), "C", D(10), when('line.sku != "C"'))
    # a tenth of 70.00
    assert sold(at("70"), lines=(*SET, line("C", root="a", bundle="A")), percent_of=(care,)) == [
        "50.00",
        "20.00",
        "7.00",
    ]


def replace_charge(each: Any, charge: Charge) -> Any:
    return each._replace(charge=charge)


def test_a_model_states_the_list_price_of_what_no_price_book_has() -> None:
    tiers = Graduated((Tier(D(5), D(7)), Tier(None, D(5))))
    rules = replace(book(), models=(ModelUse(RuleId("m"), "Z", tiers),))
    (found,) = priced(rules, asked(line("Z", "6"))).lines
    # 5 x 7.00 + 5.00
    assert (found.list_amount, found.amount) == (4000, 4000)
    # with a price in the book the model discounts from it
    rules = replace(rules, models=(ModelUse(RuleId("m"), "B", tiers),))
    (found,) = priced(rules, asked(line("B", "6"))).lines
    assert (found.list_amount, found.amount) == (12000, 4000)
