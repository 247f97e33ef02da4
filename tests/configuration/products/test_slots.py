"""Attributes of bundles that are whole numbers: chosen, read by rules and checked, against every configuration."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest

from engine.catalog import AttributeDef, Bundle, Catalog, ConfiguredLine, LineId, OptionGroup, Product, Sku
from engine.configuration.answers import Budget
from engine.configuration.products import (
    Constraint,
    ConstraintKind,
    Pick,
    Set,
    Standing,
    compile_product,
    constraint_scope,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.products.counting import count_product
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER

TABLE = Sku("TABLE")
SEATS = range(0, 6)
WIDTHS = {"T-80": 80, "T-120": 120}
World = tuple[int, bool, str, int]
"""Seats, whether it can be extended, the top, and how many chairs of one kind."""

BUNDLE = Bundle(
    TABLE,
    "Table",
    (
        OptionGroup("top", "Top", tuple(map(Sku, WIDTHS))),
        OptionGroup("chair", "Chair", (Sku("CHAIR"),), quantity_maximum=6),
    ),
    (AttributeDef("seats", NUMBER, minimum=0, maximum=5), AttributeDef("extends", BOOLEAN)),
)
CATALOG = Catalog(
    {
        TABLE: Product(TABLE, "Table"),
        Sku("CHAIR"): Product(Sku("CHAIR"), "Chair", category="chair"),
        **{
            Sku(sku): Product(Sku(sku), sku, category="top", attributes={"width": Decimal(width)})
            for sku, width in WIDTHS.items()
        },
    },
    {TABLE: BUNDLE},
    {"top": {"width": AttributeDef("width", NUMBER)}},
)
SCOPE = Scope(constraint_scope(BUNDLE, CATALOG))
RULES: dict[str, Callable[[World], bool]] = {
    "seats > 1": lambda world: world[0] > 1,
    "seats = chair.qty": lambda world: world[0] == world[3],
    "seats * 30 <= top.width": lambda world: world[0] * 30 <= WIDTHS[world[2]],
    "seats + chair.qty >= 7": lambda world: world[0] + world[3] >= 7,
    "extends or seats in [1..3]": lambda world: world[1] or 1 <= world[0] <= 3,
    "if extends then seats >= 2 else seats <= 4": lambda world: world[0] >= 2 if world[1] else world[0] <= 4,
    "seats != 0": lambda world: world[0] != 0,
}
WORLDS: list[World] = list(product(SEATS, (False, True), WIDTHS, range(1, 7)))


def table(*texts: str) -> ProductConfigurator:
    checked = [check_expression(text, scope=SCOPE, expected=BOOLEAN) for text in texts]
    rules = [Constraint(f"rule-{at}", ConstraintKind.REQUIRE, body) for at, body in enumerate(checked)]
    return ProductConfigurator(compile_product(BUNDLE, CATALOG, {TABLE: rules}))


@pytest.mark.parametrize("other", RULES)
@pytest.mark.parametrize("text", RULES)
def test_a_number_that_is_chosen_is_as_free_as_the_rules_leave_it(text: str, other: str) -> None:
    left = [world for world in WORLDS if RULES[text](world) and RULES[other](world)]
    engine = table(*{text, other})
    state = engine.configure([])
    assert state.consistent == bool(left)  # type: ignore[union-attr]
    shown = dict(state.settings[0].values)  # type: ignore[union-attr]
    assert {int(value) for value, standing in shown.items() if standing is not Standing.IMPOSSIBLE} == {
        world[0] for world in left
    }
    assert count_product(engine.product, budget=Budget()) == len(left)
    for seats in SEATS:
        asked = [Set("seats", Decimal(seats)), Pick("top", Sku("T-80"))]
        fits = any(world[0] == seats and world[2] == "T-80" for world in left)
        assert (engine.explain(asked) is None) == fits


def test_a_number_outside_its_range_and_a_yes_are_no_values() -> None:
    engine = table("seats > 1")
    faults = engine.faults([Set("seats", Decimal(9)), Set("extends", Decimal(1))])
    assert [str(each) for each in faults] == [
        "CFG204: choices[0].value: `seats` cannot be `9`; a whole number from 0 to 5",
        "CFG204: choices[1].value: `extends` cannot be `1`; give true or false",
    ]
    (yes_in_letters,) = engine.faults([Set("extends", "true")])
    assert yes_in_letters.hint == "give true or false, not a text"
    twice = engine.faults([Set("extends", value=True), Set("extends", value=False)])
    assert [each.message for each in twice] == ["`extends` is chosen twice"]
    assert engine.faults([Set("seats", value=True)]) and not engine.faults([Set("seats", Decimal(5))])
    lines = [
        ConfiguredLine(LineId("r"), TABLE, Decimal(1), attributes={"seats": Decimal("2.5"), "extends": True}),
        ConfiguredLine(LineId("t"), Sku("T-80"), Decimal(1), LineId("r"), "top"),
        ConfiguredLine(LineId("c"), Sku("CHAIR"), Decimal(1), LineId("r"), "chair"),
    ]
    found = [each.message for each in engine.check(lines, root=LineId("r"))]
    assert found == ["`seats` cannot be `2.5`; a whole number from 0 to 5"]


def test_a_completion_says_the_number_it_takes() -> None:
    prices = {Sku("T-80"): Decimal(10), Sku("T-120"): Decimal(20), Sku("CHAIR"): Decimal(5)}
    found = table("seats = chair.qty", "seats >= 3", "seats * 30 <= top.width").complete([], prices=prices)
    # three chairs need 90: the wide top, 20 + 3 * 5
    assert found.proven and found.list_price == Decimal(35)
    assert Set("seats", Decimal(3)) in found.choices


@pytest.mark.parametrize("most", [1, 3])
def test_products_may_be_called_as_nothing_is(most: int) -> None:
    """Tables of a catalog take any SKU, so no name that the solver needs may be one."""
    skus = tuple(map(Sku, ("(none)", "False", "empty", "(empty)", "a.b", "x[1]", "日本 😀")))
    group = OptionGroup("g", "G", skus, minimum=0, maximum=most)
    bundle = Bundle(TABLE, "Table", (group, OptionGroup("h", "H", skus)))
    catalog = Catalog({each: Product(each, each) for each in (TABLE, *skus)}, {TABLE: bundle}, {})
    scope = Scope(constraint_scope(bundle, catalog))
    named = " and ".join(f'h.sku != "{each}"' for each in skus if each != "(none)")
    body = check_expression(named, scope=scope, expected=BOOLEAN)
    rule = Constraint("only one", ConstraintKind.REQUIRE, body)
    engine = ProductConfigurator(compile_product(bundle, catalog, {TABLE: [rule]}))
    prices = {each: Decimal(1) for each in skus}
    for sku in skus:
        found = engine.complete([Pick("g", sku)], prices=prices)
        assert {(each.slot, each.sku) for each in found.choices if isinstance(each, Pick)} == {
            ("g", sku), ("h", Sku("(none)")),
        }  # fmt: skip
    state = engine.configure([])
    assert [each.skus for each in state.slots[1].options if each.standing is Standing.IMPLIED] == [(skus[0],)]  # type: ignore[union-attr]
