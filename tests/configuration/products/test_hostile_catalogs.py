"""Catalogs of a size that nobody should offer in one slot: answered exactly where products are alike, else refused."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku
from engine.configuration.answers import Budget
from engine.configuration.products import (
    Aim,
    Constraint,
    ConstraintKind,
    Pick,
    ProductState,
    Standing,
    compile_product,
    constraint_scope,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import DiagnosticError
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER
from tests.configuration.solver.impatience import Countdown, make_impatient

COUNT = 100_000
PATIENT = Budget(milliseconds=600_000)
BIN = Sku("BIN")


@cache
def crowd(kinds: int) -> tuple[Catalog, Bundle]:
    """A hundred thousand parts in one slot, of so many sizes, and two covers for them."""
    products = {BIN: Product(BIN, "Bin", category="bin")}
    for at in range(COUNT):
        sku = Sku(f"P{at}")
        products[sku] = Product(sku, sku, category="part", attributes={"size": Decimal(at % kinds)})
    for sku, size in ((Sku("SMALL"), 9), (Sku("LARGE"), kinds)):
        products[sku] = Product(sku, sku, category="cover", attributes={"size": Decimal(size)})
    parts = tuple(each.sku for each in products.values() if each.category == "part")
    groups = (OptionGroup("part", "Part", parts), OptionGroup("cover", "Cover", (Sku("SMALL"), Sku("LARGE"))))
    bundle = Bundle(BIN, "Bin", groups)
    attributes = {name: {"size": AttributeDef("size", NUMBER)} for name in ("part", "cover")}
    return Catalog(products, {BIN: bundle}, attributes), bundle


def configurator(kinds: int) -> ProductConfigurator:
    catalog, bundle = crowd(kinds)
    scope = Scope(constraint_scope(bundle, catalog))
    fits = check_expression("part.size < cover.size", scope=scope, expected=BOOLEAN)
    return ProductConfigurator(
        compile_product(bundle, catalog, {BIN: [Constraint("fits", ConstraintKind.REQUIRE, fits)]})
    )


def test_a_hundred_thousand_products_in_one_slot_are_as_many_questions_as_they_differ() -> None:
    engine = configurator(100)
    state = engine.configure([Pick("cover", Sku("SMALL"))], budget=PATIENT)
    assert isinstance(state, ProductState) and state.settled
    (slot,) = (each for each in state.slots if each.path == "part")
    left = [sku for each in slot.options if each.standing is Standing.POSSIBLE for sku in each.skus]
    assert set(left) == {Sku(f"P{at}") for at in range(COUNT) if at % 100 < 9}
    why = engine.explain([Pick("cover", Sku("SMALL"))], wanted=Pick("part", Sku("P99")), budget=PATIENT)
    assert why is not None and [each.rule for each in why.rules] == ["fits"]  # type: ignore[union-attr]
    prices = {Sku(f"P{at}"): Decimal(COUNT - at) for at in range(COUNT)} | {Sku("SMALL"): Decimal(1)}
    found = engine.complete([Pick("cover", Sku("SMALL"))], aim=Aim.CHEAPEST, prices=prices, budget=PATIENT)
    # the last part below 9 in its hundred is P99908, which costs 100 000 - 99 908 = 92
    assert Pick("part", Sku("P99908"), 1) in found.choices


def test_a_hundred_thousand_different_products_are_refused_with_what_to_do() -> None:
    with pytest.raises(DiagnosticError) as refused:
        configurator(COUNT)
    (problem,) = refused.value.diagnostics
    assert "100000 kinds; 10000 are the most" in problem.message
    assert problem.hint == "let rules read attributes of fewer different values"


def test_the_most_kinds_that_are_taken_end_in_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    make_impatient(monkeypatch)
    Countdown.looks = 100
    engine = configurator(10_000)
    state = engine.configure([Pick("cover", Sku("LARGE"))])
    assert isinstance(state, ProductState)
    (slot,) = (each for each in state.slots if each.path == "part")
    assert {each.standing for each in slot.options} <= {Standing.POSSIBLE, Standing.UNDECIDED}
    assert state.settled == all(each.standing is Standing.POSSIBLE for each in slot.options)
