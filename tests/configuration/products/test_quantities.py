"""Large quantities, products of quantity and attribute, counts, optional attributes and wishes: against brute force."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku
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
from engine.configuration.products import problem as compiling
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import DiagnosticError
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER

BOX = Sku("BOX")
WEIGHTS: dict[str, int | None] = {"SEAT": 3, "DESK": 7, "LAMP": None}
LIMITS = {"VAN": 5_000, "LORRY": 60_000}
GROUPS = (
    OptionGroup("goods", "Goods", tuple(map(Sku, WEIGHTS)), quantity_maximum=10_000),
    OptionGroup("truck", "Truck", tuple(map(Sku, LIMITS))),
    OptionGroup(
        "extras", "Extras", tuple(Sku(f"X{at}") for at in range(12)), minimum=0, maximum=10, quantity_maximum=3
    ),
)
BUNDLE = Bundle(BOX, "Box", GROUPS)


def product(sku: str, category: str, **facts: int | None) -> Product:
    values = {name: None if value is None else Decimal(value) for name, value in facts.items()}
    return Product(Sku(sku), sku, category=category, attributes=values)  # type: ignore[arg-type]


CATALOG = Catalog(
    {
        each.sku: each
        for each in (
            product("BOX", "box"),
            *(product(sku, "goods", weight=weight) for sku, weight in WEIGHTS.items()),
            *(product(sku, "truck", limit=limit) for sku, limit in LIMITS.items()),
            *(product(f"X{at}", "extra", weight=at + 1) for at in range(12)),
        )
    },
    {BOX: BUNDLE},
    {
        "goods": {"weight": AttributeDef("weight", NUMBER)},
        "truck": {"limit": AttributeDef("limit", NUMBER)},
        "extra": {"weight": AttributeDef("weight", NUMBER)},
    },
)
SCOPE = Scope(constraint_scope(BUNDLE, CATALOG))


def rule(text: str, kind: ConstraintKind = ConstraintKind.REQUIRE, weight: int = 1) -> Constraint:
    return Constraint(text, kind, check_expression(text, scope=SCOPE, expected=BOOLEAN), weight=weight)


def engine(*rules: Constraint) -> ProductConfigurator:
    return ProductConfigurator(compile_product(BUNDLE, CATALOG, {BOX: rules}))


LOAD = rule("goods.weight * goods.qty <= truck.limit")


def units(sku: str, truck: str | None) -> tuple[int, int]:
    """The quantities that go: all of them where the weight is not known."""
    weight = WEIGHTS[sku]
    most = max(LIMITS.values()) if truck is None else LIMITS[truck]
    return (1, 10_000) if weight is None else (1, min(10_000, most // weight))


@pytest.mark.parametrize("sku", WEIGHTS)
@pytest.mark.parametrize("truck", [None, *LIMITS])
def test_the_range_of_a_large_quantity_is_exact(sku: str, truck: str | None) -> None:
    choices = [Pick("goods", Sku(sku)), *([Pick("truck", Sku(truck))] if truck else [])]
    state = engine(LOAD).configure(choices)
    assert isinstance(state, ProductState)
    goods = state.slots[0]
    assert (goods.quantity_minimum, goods.quantity_maximum) == units(sku, truck)


@given(st.sampled_from(sorted(WEIGHTS)), st.integers(1, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_large_quantity_rules_trucks_out(sku: str, count: int) -> None:
    state = LOADED.configure([Pick("goods", Sku(sku), count)])
    assert isinstance(state, ProductState)
    weight = WEIGHTS[sku] or 0
    fits = {truck for truck, limit in LIMITS.items() if weight * count <= limit}
    assert state.consistent == bool(fits)
    shown = {
        one for option in state.slots[1].options for one in option.skus if option.standing is not Standing.IMPOSSIBLE
    }
    assert shown == fits


LOADED = engine(LOAD)


@given(st.frozensets(st.integers(0, 11), max_size=5), st.integers(2, 5), st.integers(5, 40))
@settings(max_examples=40, deadline=None)
def test_a_large_group_counts_adds_and_compares(taken: frozenset[int], most: int, load: int) -> None:
    rules = (
        rule(f"count(extras) <= {most}"),
        rule(f"sum(for x in extras return x.weight * x.qty) <= {load}"),
        rule("every x in extras satisfies x.qty <= 2 or x.weight <= 4"),
        rule("count(extras) = 0 or max(extras.weight) >= 3"),
    )
    state = engine(*rules).configure([Pick("extras", Sku(f"X{at}")) for at in sorted(taken)])
    assert isinstance(state, ProductState)

    def goes(some: frozenset[int]) -> bool:
        """One unit each is the lightest way to take them; a heavier companion may be what `max` asks for."""
        alone = sum(at + 1 for at in some)
        helped = not some or max(some) + 1 >= 3
        with_one = min((at + 1 for at in range(2, 12) if at not in some), default=99)
        return (len(some) <= most and alone <= load and helped) or (
            len(some) + 1 <= most and alone + with_one <= load and not helped
        )

    assert state.consistent == goes(taken)
    if not state.consistent:
        return
    extras = state.slots[2]
    for at in set(range(12)) - taken:
        assert (extras.standing(f"X{at}") is not Standing.IMPOSSIBLE) == goes(taken | {at}), at
    for at in taken:
        (option,) = [each for each in extras.options if each.skus == (f"X{at}",)]
        assert option.standing is Standing.SELECTED and option.units is not None
        rest = sum(one + 1 for one in taken if one != at)
        if not taken or max(taken) + 1 >= 3:
            most_units = min(3 if at + 1 <= 4 else 2, (load - rest) // (at + 1))
            assert option.units == (1, most_units)


def test_heavier_wishes_win_and_defaults_give_way_to_the_customer() -> None:
    wishes = (
        rule('truck.sku = "VAN"', ConstraintKind.PREFER, weight=2),
        rule('truck.sku = "LORRY"', ConstraintKind.PREFER, weight=1),
        rule("goods.qty >= 9999", ConstraintKind.DEFAULT),
        LOAD,
    )
    prices = {sku: Decimal(1) for sku in CATALOG.products}
    wished = engine(*wishes)
    # Only lamps, whose weight nobody knows, make 9999 and the van go together.
    done = wished.complete([], aim=Aim.PREFERRED, prices=prices).choices
    goods = next(each for each in done if isinstance(each, Pick) and each.slot == "goods")
    assert Pick("truck", Sku("VAN"), 1) in done
    assert goods.sku == "LAMP" and goods.quantity is not None and goods.quantity >= 9999
    kept = wished.complete([Pick("goods", Sku("DESK"), 9_000)], aim=Aim.PREFERRED, prices=prices)
    assert kept.choices == (), "63 000 is more than any truck takes"
    less = wished.complete([Pick("goods", Sku("DESK"), 8_000)], aim=Aim.PREFERRED, prices=prices).choices
    assert Pick("truck", Sku("LORRY"), 1) in less


def test_too_many_kinds_in_one_slot_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "CLASSES_MAX", 11)
    with pytest.raises(DiagnosticError) as raised:
        engine(rule("sum(extras.weight) <= 9"))
    (found,) = raised.value.diagnostics
    assert f"{found.code}: {found.message}" == (
        "CFG106: rules tell the products of `extras` apart into 12 kinds; 11 are the most"
    )
