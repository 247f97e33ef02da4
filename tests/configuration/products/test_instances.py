"""Several entries of one group that are configured themselves: against brute force, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.application.configure import lines_of
from engine.catalog import AttributeDef, Bundle, Catalog, ConfiguredLine, LineId, OptionGroup, Product, Sku
from engine.configuration.products import (
    Constraint,
    ConstraintKind,
    Pick,
    ProductState,
    Set,
    Standing,
    compile_product,
    constraint_scope,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import DiagnosticError
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.template import check_template
from engine.language.types import BOOLEAN, NUMBER

RACK, SHELF = Sku("RACK"), Sku("SHELF")
WATTS = {"P-S": 30, "P-L": 70, "D-A": 5, "D-B": 9}
CARDS = ("C-1", "C-2")


def part(sku: str, category: str) -> Product:
    facts = {"watts": Decimal(WATTS[sku])} if sku in WATTS else {}
    return Product(Sku(sku), sku, category=category, attributes=facts)  # type: ignore[arg-type]


SHELF_BUNDLE = Bundle(
    SHELF,
    "Shelf",
    (
        OptionGroup("disks", "Disks", (Sku("D-A"), Sku("D-B")), maximum=2, quantity_maximum=2),
        OptionGroup("card", "Card", tuple(map(Sku, CARDS)), minimum=0),
    ),
    attributes=(AttributeDef("locked", BOOLEAN),),
)
SHELVES = OptionGroup("shelves", "Shelf", (SHELF,), minimum=0, maximum=2, bundle="SHELF")
RACK_BUNDLE = Bundle(RACK, "Rack", (OptionGroup("psu", "Power", (Sku("P-S"), Sku("P-L"))), SHELVES))
CATALOG = Catalog(
    {
        each.sku: each
        for each in (
            part("RACK", "rack"),
            part("SHELF", "shelf"),
            *(part(sku, "psu") for sku in ("P-S", "P-L")),
            *(part(sku, "disk") for sku in ("D-A", "D-B")),
            *(part(sku, "card") for sku in CARDS),
        )
    },
    {RACK: RACK_BUNDLE, SHELF: SHELF_BUNDLE},
    {
        "psu": {"watts": AttributeDef("watts", NUMBER)},
        "disk": {"watts": AttributeDef("watts", NUMBER)},
    },
)
RACK_SCOPE = Scope(constraint_scope(RACK_BUNDLE, CATALOG))
SHELF_SCOPE = Scope(constraint_scope(SHELF_BUNDLE, CATALOG))


class Shelf(NamedTuple):
    locked: bool
    disks: tuple[tuple[str, int], ...]
    card: str


class Rack(NamedTuple):
    psu: str
    shelves: tuple[Shelf, ...]


def every_shelf() -> list[Shelf]:
    few = [
        tuple(zip(skus, units, strict=True))
        for size in (1, 2)
        for skus in combinations(("D-A", "D-B"), size)
        for units in product((1, 2), repeat=size)
    ]
    return [Shelf(*each) for each in product((False, True), few, ("", *CARDS))]


def watts(shelf: Shelf) -> int:
    return sum(WATTS[sku] * units for sku, units in shelf.disks)


RULES = {
    "power": (
        RACK,
        "psu.watts >= sum(for s in shelves return sum(for d in s.disks return d.watts * d.qty)) + 10",
        lambda rack: WATTS[rack.psu] >= sum(map(watts, rack.shelves)) + 10,
    ),
    "one-open": (
        RACK,
        "count(shelves) = 0 or some s in shelves satisfies s.locked = false",
        lambda rack: not rack.shelves or any(not each.locked for each in rack.shelves),
    ),
    "first-card": (
        RACK,
        'every s in shelves satisfies (s.locked = false or s.card.sku = "C-1")',
        lambda rack: all(not each.locked or each.card in ("C-1", "") for each in rack.shelves),
    ),
    "twice": (
        SHELF,
        "locked = false or (every d in disks satisfies d.qty = 2)",
        lambda rack: all(not each.locked or all(units == 2 for _, units in each.disks) for each in rack.shelves),
    ),
    "card-needs-two": (
        SHELF,
        'card.sku != "C-2" or count(disks) = 2',
        lambda rack: all(each.card != "C-2" or len(each.disks) == 2 for each in rack.shelves),
    ),
}


def constraint(name: str) -> Constraint:
    owner, text, _ = RULES[name]
    scope = RACK_SCOPE if owner == RACK else SHELF_SCOPE
    say = check_template("{count(disks)} kinds of disks", scope=SHELF_SCOPE) if name == "card-needs-two" else None
    return Constraint(name, ConstraintKind.REQUIRE, check_expression(text, scope=scope, expected=BOOLEAN), say=say)


@cache
def configurator(names: frozenset[str]) -> ProductConfigurator:
    rules = {owner: [constraint(each) for each in sorted(names) if RULES[each][0] == owner] for owner in (RACK, SHELF)}
    return ProductConfigurator(compile_product(RACK_BUNDLE, CATALOG, rules))


@cache
def charted(names: frozenset[str]) -> ProductConfigurator:
    """The same with a chart, where it can be charted."""
    found = ProductConfigurator(configurator(names).product)
    found.chart()
    return found


@cache
def valid(names: frozenset[str]) -> tuple[Rack, ...]:
    shelves = [rows for size in range(3) for rows in product(every_shelf(), repeat=size)]
    racks = (Rack(psu, rows) for psu in ("P-S", "P-L") for rows in shelves)
    return tuple(each for each in racks if all(RULES[name][2](each) for name in names))


def held(rack: Rack, path: str) -> list[tuple[str, int]]:
    """What a slot of a rack holds."""
    if path == "psu":
        return [(rack.psu, 1)]
    number = int(path[len("shelves[")]) - 1
    if number >= len(rack.shelves):
        return []
    shelf = rack.shelves[number]
    match path.partition(".")[2]:
        case "disks":
            return list(shelf.disks)
        case "card":
            return [(shelf.card, 1)] if shelf.card else []
        case _:
            return [("SHELF", 1)]


def fits(rack: Rack, choice: Pick | Set) -> bool:
    if isinstance(choice, Set):
        number = int(choice.setting[len("shelves[")]) - 1
        return number < len(rack.shelves) and rack.shelves[number].locked == choice.value
    found = held(rack, choice.slot)
    if not choice.sku:
        return not found
    return any(sku == choice.sku and choice.quantity in (None, units) for sku, units in found)


PICKS: list[Pick | Set] = [
    *(Pick("psu", Sku(sku)) for sku in ("P-S", "P-L")),
    *(
        each
        for at in (1, 2)
        for each in (
            Pick(f"shelves[{at}]", SHELF),
            Pick(f"shelves[{at}]"),
            Pick(f"shelves[{at}].disks", Sku("D-A")),
            Pick(f"shelves[{at}].disks", Sku("D-B"), 2),
            Pick(f"shelves[{at}].card", Sku("C-2")),
            Set(f"shelves[{at}].locked", value=True),
        )
    ),
]
CHOICES = st.lists(st.sampled_from(PICKS), max_size=4, unique=True)
"""Choices of which a few contradict each other in form; those are left out where they are used."""
NAMES = st.frozensets(st.sampled_from(sorted(RULES)), min_size=1)


def possible(racks: Sequence[Rack], path: str) -> set[str]:
    return {sku for rack in racks for sku, _ in held(rack, path)}


@given(NAMES, CHOICES, st.sampled_from([configurator, charted]))
@settings(deadline=None)
def test_every_entry_has_domains_of_its_own(
    names: frozenset[str], choices: list[Pick | Set], made: Callable[[frozenset[str]], ProductConfigurator]
) -> None:
    engine = made(names)
    if engine.faults(choices):
        return
    left = [rack for rack in valid(names) if all(fits(rack, each) for each in choices)]
    state = engine.configure(choices)
    assert isinstance(state, ProductState)
    assert state.consistent == bool(left)
    for slot in state.slots:
        mine = {each.sku for each in choices if isinstance(each, Pick) and each.slot == slot.path}
        shown = {sku for one in slot.options for sku in one.skus if one.standing is not Standing.IMPOSSIBLE}
        assert shown - mine == possible(left, slot.path) - mine, slot.path
        if left and not mine:
            assert slot.may_be_empty == any(not held(rack, slot.path) for rack in left), slot.path
        for option in slot.options if left else ():
            units = {n for rack in left for sku, n in held(rack, slot.path) if sku in option.skus}
            if option.standing is Standing.SELECTED and option.units is not None:
                assert option.units == (min(units), max(units))
    for setting in state.settings if left else ():
        number = int(setting.path[len("shelves[")]) - 1
        said = {each.value for each in choices if isinstance(each, Set) and each.setting == setting.path}
        seen = said or {rack.shelves[number].locked for rack in left if number < len(rack.shelves)}
        assert {value for value, standing in setting.values if standing is not Standing.IMPOSSIBLE} == seen


@given(NAMES, CHOICES)
@settings(deadline=None)
def test_explanations_and_repairs_hold(names: frozenset[str], choices: list[Pick | Set]) -> None:
    engine = configurator(names)
    if engine.faults(choices):
        return
    racks = valid(names)

    def goes(some: Sequence[Pick | Set]) -> bool:
        return any(all(fits(rack, each) for each in some) for rack in racks)

    conflict = engine.explain(choices)
    assert (conflict is None) == goes(choices)
    if conflict is None:
        return
    assert not goes(conflict.choices)  # type: ignore[union-attr]
    for each in conflict.choices:  # type: ignore[union-attr]
        assert goes([one for one in conflict.choices if one != each])  # type: ignore[union-attr]
    repairs = engine.repair(choices)
    assert isinstance(repairs, tuple) and repairs
    smallest = min(
        size
        for size in range(len(choices) + 1)
        if any(goes(kept) for kept in combinations(choices, len(choices) - size))
    )
    for repair in repairs:
        assert goes([each for each in choices if each not in repair.drop])
    assert min(len(each.drop) for each in repairs) == smallest


def test_a_completion_fills_every_entry_and_becomes_lines_that_are_valid() -> None:
    engine = configurator(frozenset(RULES))
    prices = {sku: Decimal(at) for at, sku in enumerate(CATALOG.products, 1)}
    asked = [Pick("shelves[2]", SHELF), Pick("shelves[1].card", Sku("C-2"))]
    done = engine.complete(asked, prices=prices)
    racks = [rack for rack in valid(frozenset(RULES)) if all(fits(rack, each) for each in asked)]

    def price(rack: Rack) -> Decimal:
        paths = ["psu", *(f"shelves[{at}]{tail}" for at in (1, 2) for tail in ("", ".disks", ".card"))]
        return sum((prices[Sku(sku)] * units for path in paths for sku, units in held(rack, path)), Decimal(0))

    assert done.proven and done.list_price == min(map(price, racks))
    lines = lines_of("RACK", done.choices)
    assert [each.group for each in lines].count("shelves") == 2
    configured = [
        ConfiguredLine(each.id, each.sku, each.quantity, each.parent, each.group, dict(each.attributes))
        for each in lines
    ]
    assert engine.check(configured, root=LineId("root")) == ()


def test_findings_name_the_rule_with_the_values_of_that_entry() -> None:
    lines = [
        ConfiguredLine(LineId("r"), RACK, Decimal(1)),
        ConfiguredLine(LineId("p"), Sku("P-L"), Decimal(1), LineId("r"), "psu"),
        ConfiguredLine(LineId("s1"), SHELF, Decimal(1), LineId("r"), "shelves", {"locked": False}),
        ConfiguredLine(LineId("s2"), SHELF, Decimal(1), LineId("r"), "shelves", {"locked": False}),
        ConfiguredLine(LineId("d1"), Sku("D-A"), Decimal(1), LineId("s1"), "disks"),
        ConfiguredLine(LineId("d2"), Sku("D-B"), Decimal(1), LineId("s2"), "disks"),
        ConfiguredLine(LineId("c2"), Sku("C-2"), Decimal(1), LineId("s2"), "card"),
    ]
    engine = configurator(frozenset({"card-needs-two"}))
    assert [(each.rule, each.message) for each in engine.check(lines, root=LineId("r"))] == [
        ("card-needs-two", "1 kinds of disks")
    ]
    more = [*lines, ConfiguredLine(LineId("s3"), SHELF, Decimal(1), LineId("r"), "shelves")]
    assert [each.message for each in engine.check(more, root=LineId("r"))] == ["`shelves` takes 2 entries at most"]
    twice = [*lines[:5], ConfiguredLine(LineId("d3"), Sku("D-A"), Decimal(1), LineId("s1"), "disks"), *lines[5:]]
    assert [each.message for each in engine.check(twice, root=LineId("r"))] == [
        "Disks holds `D-A` more than once; give one line the whole quantity"
    ]


def compiled_with(group: OptionGroup, **bundles: Bundle) -> list[str]:
    extra = {Sku(sku): bundle for sku, bundle in bundles.items()}
    products = {**CATALOG.products, **{sku: Product(sku, sku) for sku in extra}}
    catalog = Catalog(products, {**CATALOG.bundles, **extra}, CATALOG.attributes)
    with pytest.raises(DiagnosticError) as raised:
        compile_product(Bundle(RACK, "Rack", (group,)), catalog, {})
    return [f"{each.code}: {each.message}" for each in raised.value.diagnostics]


def nest(sku: str, inner: str, **limits: int) -> Bundle:
    return Bundle(Sku(sku), sku, (OptionGroup("in", "In", (Sku(inner),), bundle=inner, **limits),))


def test_what_has_no_end_or_is_too_much_is_refused_with_its_reason() -> None:
    many = OptionGroup("s", "S", (SHELF,), maximum=17, bundle="SHELF")
    assert compiled_with(many) == ["CFG102: the group `s` takes 17 configurable entries; 16 are the most"]
    circle = OptionGroup("a", "A", (Sku("A"),), bundle="A")
    assert compiled_with(circle, A=nest("A", "B"), B=nest("B", "A")) == ["CFG104: the bundle holds itself: A → B → A"]
    deep = {f"L{at}": nest(f"L{at}", f"L{at + 1}") for at in range(5)}
    first = OptionGroup("l", "L", (Sku("L0"),), bundle="L0")
    assert compiled_with(first, **deep, L5=SHELF_BUNDLE) == [
        "CFG104: bundles lie 4 levels deep at most: RACK → L0 → L1 → L2 → L3 → L4"
    ]
    wide = {f"W{at}": nest(f"W{at}", f"W{at + 1}", maximum=16) for at in range(2)}
    top = OptionGroup("w", "W", (Sku("W0"),), maximum=16, bundle="W0")
    assert compiled_with(top, **wide, W2=SHELF_BUNDLE) == [
        "CFG105: `RACK` has more than 400 option groups, counting those of every entry"
    ]
    nowhere = OptionGroup("x", "X", (SHELF,), bundle="SHELFF")
    assert compiled_with(nowhere) == ["CFG103: `SHELFF` is no bundle"]
