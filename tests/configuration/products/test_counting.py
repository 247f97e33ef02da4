"""Counts of bundles against brute force: every configuration as an order would say it, and every rule asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, combinations_with_replacement, product
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku
from engine.configuration.answers import AtLeast, Budget, OutOfBudget
from engine.configuration.products import Constraint, ConstraintKind, ProductModel, compile_product, constraint_scope
from engine.configuration.products.counting import count_product
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER
from tests.configuration.products import test_instances as racks
from tests.configuration.products import test_products as computers
from tests.configuration.products import test_quantities as goods

PATIENT = Budget(conflicts=10**9, milliseconds=600_000)
MOST = 30_000
"""Bundles of more configurations are not counted twice."""

Entries = tuple[tuple[str, int], ...]


class Cup(NamedTuple):
    units: int
    held: Entries


class Box(NamedTuple):
    units: int
    on: bool
    held: Entries
    cups: tuple[Cup, ...]


class Whole(NamedTuple):
    loud: bool
    first: Entries
    second: Entries
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Shape:
    """A group: the weights of its products, how many of them go in, how many units of each."""

    weights: tuple[int, ...]
    minimum: int
    maximum: int
    units: int

    def group(self, name: str) -> OptionGroup:
        return OptionGroup(name, name, self.skus(name), self.minimum, self.maximum, 1, self.units)

    def skus(self, name: str) -> tuple[Sku, ...]:
        return tuple(Sku(f"{name}-{at}-{weight}") for at, weight in enumerate(self.weights))

    def every(self, name: str) -> list[Entries]:
        return [
            tuple(zip(some, units, strict=True))
            for size in range(self.minimum, self.maximum + 1)
            for some in combinations(self.skus(name), size)
            for units in product(range(1, self.units + 1), repeat=size)
        ]


class Nest(NamedTuple):
    """How many configured entries a group takes, and how many units of each."""

    minimum: int
    maximum: int
    units: int

    def group(self, name: str, sku: str) -> OptionGroup:
        return OptionGroup(name, name, (Sku(sku),), self.minimum, self.maximum, 1, self.units, bundle=sku)


class World(NamedTuple):
    first: Shape
    second: Shape
    boxes: Nest
    held: Shape
    cups: Nest
    inner: Shape
    rules: tuple[tuple[int, int], ...]


def shapes(most: int = 3, units: int = 2) -> st.SearchStrategy[Shape]:
    def sized(weights: list[int]) -> st.SearchStrategy[Shape]:
        limits = st.tuples(st.integers(0, len(weights)), st.integers(1, len(weights) + 1))
        return st.builds(
            lambda ends, units: Shape(tuple(weights), min(ends), max(1, *ends), units),
            limits,
            st.integers(1, units),
        )

    return st.lists(st.integers(1, 3), min_size=1, max_size=most).flatmap(sized)


def nests(most: int) -> st.SearchStrategy[Nest]:
    ends = st.tuples(st.integers(0, most), st.integers(0, most))
    return st.builds(lambda each, units: Nest(min(each), max(1, *each), units), ends, st.integers(1, 2))


def weight(sku: str) -> int:
    return int(sku.rpartition("-")[2])


def load(entries: Entries) -> int:
    return sum(weight(sku) * units for sku, units in entries)


class Twin(NamedTuple):
    """A rule of a bundle in the rule language with a number left open, and what it says in Python."""

    owner: str
    text: str
    holds: Callable[[Whole, int], bool]


def _each_box(holds: Callable[[Box, int], bool]) -> Callable[[Whole, int], bool]:
    return lambda whole, number: all(holds(each, number) for each in whole.boxes)


RULES = (
    Twin("WHOLE", "sum(for x in first return x.w * x.qty) <= {n}", lambda c, n: load(c.first) <= n),
    Twin("WHOLE", "count(first) + count(second) != {n}", lambda c, n: len(c.first) + len(c.second) != n),
    Twin("WHOLE", "some x in first satisfies x.w = {n}", lambda c, n: any(weight(sku) == n for sku, _ in c.first)),
    Twin(
        "WHOLE",
        "every x in second satisfies (x.qty <= 1 or x.w < {n})",
        lambda c, n: all(units <= 1 or weight(sku) < n for sku, units in c.second),
    ),
    Twin(
        "WHOLE",
        "loud = true or sum(for x in first return x.qty) <= sum(for x in second return x.qty)",
        lambda c, _: c.loud or sum(units for _, units in c.first) <= sum(units for _, units in c.second),
    ),
    Twin(
        "WHOLE",
        "sum(for b in boxes return sum(for x in b.held return x.w * x.qty)) <= {n}",
        lambda c, n: sum(load(each.held) for each in c.boxes) <= n,
    ),
    Twin(
        "WHOLE",
        "loud = false or some b in boxes satisfies b.on = true",
        lambda c, _: not c.loud or any(each.on for each in c.boxes),
    ),
    Twin("WHOLE", "every b in boxes satisfies b.qty != {n}", _each_box(lambda box, n: box.units != n)),
    Twin("BOX", "on = false or count(held) >= {n}", _each_box(lambda box, n: not box.on or len(box.held) >= n)),
    Twin(
        "BOX",
        "sum(for x in held return x.w) + count(cups) <= {n}",
        _each_box(lambda box, n: sum(weight(sku) for sku, _ in box.held) + len(box.cups) <= n),
    ),
    Twin(
        "BOX",
        "every c in cups satisfies (on = true or count(c.inner) != {n})",
        _each_box(lambda box, n: all(box.on or len(each.held) != n for each in box.cups)),
    ),
    Twin(
        "CUP",
        "sum(for x in inner return x.w * x.qty) != {n}",
        lambda c, n: all(load(cup.held) != n for box in c.boxes for cup in box.cups),
    ),
)


def every_configuration(world: World) -> Iterator[Whole]:
    """All configurations of the right shape; entries that are configured are alike, so their order means nothing."""
    cups = [Cup(*each) for each in product(range(1, world.cups.units + 1), world.inner.every("inner"))]
    boxes = [
        Box(*each)
        for each in product(
            range(1, world.boxes.units + 1), (False, True), world.held.every("held"), several(cups, world.cups)
        )
    ]
    assume(len(boxes) <= 200)
    parts = (False, True), world.first.every("first"), world.second.every("second"), several(boxes, world.boxes)
    assume(len(parts[1]) * len(parts[2]) * len(parts[3]) * 2 <= MOST)
    return (Whole(*each) for each in product(*parts))


def several(entries: list[tuple], nest: Nest) -> list[tuple]:  # type: ignore[type-arg]
    sizes = range(nest.minimum, nest.maximum + 1)
    assume(len(entries) ** nest.maximum <= MOST)
    return [some for size in sizes for some in combinations_with_replacement(entries, size)]


def compiled(world: World) -> ProductModel:
    groups = {
        "WHOLE": (world.first.group("first"), world.second.group("second"), world.boxes.group("boxes", "BOX")),
        "BOX": (world.held.group("held"), world.cups.group("cups", "CUP")),
        "CUP": (world.inner.group("inner"),),
    }
    settings_of = {"WHOLE": (AttributeDef("loud", BOOLEAN),), "BOX": (AttributeDef("on", BOOLEAN),), "CUP": ()}
    bundles = {Sku(sku): Bundle(Sku(sku), sku, groups[sku], settings_of[sku]) for sku in groups}
    products = {sku: Product(sku, sku) for sku in bundles}
    for shape, name in ((world.first, "first"), (world.second, "second"), (world.held, "held"), (world.inner, "inner")):
        for sku in shape.skus(name):
            products[sku] = Product(sku, sku, category="part", attributes={"w": Decimal(weight(sku))})
    catalog = Catalog(products, bundles, {"part": {"w": AttributeDef("w", NUMBER)}})
    rules: dict[Sku, list[Constraint]] = {sku: [] for sku in bundles}
    for at, (number, limit) in enumerate(world.rules):
        rule = RULES[number]
        scope = Scope(constraint_scope(bundles[Sku(rule.owner)], catalog))
        body = check_expression(rule.text.format(n=limit), scope=scope, expected=BOOLEAN)
        rules[Sku(rule.owner)].append(Constraint(f"rule-{at}", ConstraintKind.REQUIRE, body))
    return compile_product(bundles[Sku("WHOLE")], catalog, rules)


WORLDS = st.builds(
    World,
    shapes(),
    shapes(),
    nests(3),
    shapes(2),
    nests(2),
    shapes(2, 1),
    st.lists(st.tuples(st.integers(0, len(RULES) - 1), st.integers(0, 6)), max_size=4).map(tuple),
)


@given(WORLDS, st.integers(1, 300))
@settings(deadline=None, max_examples=100)
def test_random_bundles_have_as_many_configurations_as_brute_force_finds(world: World, conflicts: int) -> None:
    expected = sum(
        all(RULES[number].holds(whole, limit) for number, limit in world.rules) for whole in every_configuration(world)
    )
    model = compiled(world)
    assert count_product(model, budget=PATIENT) == expected
    hasty = count_product(model, budget=Budget(conflicts, milliseconds=600_000))
    if isinstance(hasty, OutOfBudget):
        assert hasty.known is None or 1 <= hasty.known.count <= expected
    else:
        assert hasty == expected


@given(computers.RULE_SETS)
@settings(deadline=None, max_examples=40)
def test_computers_are_counted_by_the_products_in_them(rules: frozenset[int]) -> None:
    assert count_product(computers.configurator(rules).product, budget=PATIENT) == len(computers.valid(rules))


@given(racks.NAMES)
@settings(deadline=None, max_examples=20)
def test_shelves_are_counted_in_no_order(names: frozenset[str]) -> None:
    expected = {(rack.psu, tuple(sorted(rack.shelves))) for rack in racks.valid(names)}
    assert count_product(racks.configurator(names).product, budget=PATIENT) == len(expected)


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        # 3 goods in 10 000 quantities, 2 trucks, up to 2 of 12 extras in 3 quantities: 1 + 12 * 3 + 66 * 9 = 631
        (["count(extras) <= 2"], 3 * 10_000 * 2 * 631),
        # nothing reads the extras: up to 10 of 12, which is 4 ** 12 but for 12 * 3 ** 11 and 3 ** 12
        (["goods.qty <= 7"], 3 * 7 * 2 * (4**12 - 12 * 3**11 - 3**12)),
        # one extra of 12 in 3 quantities. 9 quantities of goods: the van takes at most 5000 // 3 = 1666 seats and fewer
        # desks, and any number of lamps; the lorry takes all of seats and lamps, but desks to 60000 // 7 = 8571 only
        (["count(extras) = 1", "goods.qty in [1700..1705] or goods.qty in [8570..8572]",
          "goods.weight * goods.qty <= truck.limit"], 12 * 3 * (9 + 9 + 8 + 9)),
    ],
)  # fmt: skip
def test_large_quantities_and_groups_are_counted_as_by_hand(rules: list[str], count: int) -> None:
    product = goods.engine(*map(goods.rule, rules)).product
    assert count_product(product, budget=PATIENT) == count


def test_what_is_too_much_to_count_ends_in_its_budget_with_a_lower_bound() -> None:
    product = goods.engine(goods.rule("sum(for x in extras return x.weight * x.qty) <= 70")).product
    found = count_product(product, budget=Budget(conflicts=2_000, milliseconds=600_000))
    assert isinstance(found, OutOfBudget) and isinstance(found.known, AtLeast)
    assert 1 < found.known.count < 3 * 10_000 * 2 * 4**12


def test_a_rule_asks_nothing_of_a_bundle_that_is_not_there() -> None:
    one, nothing = Shape((1,), 0, 1, 1), Nest(0, 1, 1)
    world = World(one, one, nothing, one, nothing, one, ((11, 0),))
    # loud, first, second: 2 each; no box, or one: on, held 2 each, and no cup or one that is not empty
    assert count_product(compiled(world), budget=PATIENT) == 8 * (1 + 4 * 2)
