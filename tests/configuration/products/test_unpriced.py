"""Products without a price among those that no rule tells apart: they are left out one by one."""

from __future__ import annotations

from decimal import Decimal

from engine.catalog import Sku
from engine.configuration.answers import Budget, CompletionStatus
from engine.configuration.products import Aim, Pick, Sought
from engine.configuration.products.wishes import ProductWish
from tests.configuration.products.test_candidates import shelf_of

ONLY_A = {Sku("A"): Decimal(1)}


def test_a_group_takes_no_more_entries_of_a_kind_than_have_a_price() -> None:
    engine = shelf_of(["A", "B"], 2)
    for aim in Aim:
        costs = {Sku("A"): Decimal(0)}
        for budget in (Budget(), Budget(milliseconds=0)):
            found = engine.candidates((), Sought(aim, ONLY_A, costs, None, 20), budget=budget)
            assert [[each.sku for each in one.choices if isinstance(each, Pick)] for one in found.completions] == [
                ["A"]
            ]
        found = engine.candidates((), Sought(aim, {**ONLY_A, Sku("B"): Decimal(5)}, costs), budget=Budget())
        assert found.best.choices


def test_a_choice_without_a_price_has_no_completion() -> None:
    engine = shelf_of(["A", "B"], 2)
    for wishes in ([], [ProductWish(Pick("g", Sku("A")))]):
        found = engine.candidates([Pick("g", Sku("B"))], Sought(Aim.CHEAPEST, ONLY_A, {}), wishes=wishes)
        assert found.best.status is CompletionStatus.INFEASIBLE and not found.best.choices
    repairs = engine.repair([Pick("g", Sku("B"))], prices=ONLY_A)
    assert isinstance(repairs, tuple) and [(each.drop, each.list_price) for each in repairs] == [((), None)]


def test_a_wish_without_a_price_is_missed() -> None:
    engine = shelf_of(["A", "B"], 2)
    wish = ProductWish(Pick("g", Sku("B")))
    found = engine.candidates((), Sought(Aim.CHEAPEST, ONLY_A, {}), wishes=[wish])
    assert found.best.missed == (wish.choice,) and found.best.list_price == 1
