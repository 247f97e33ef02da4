"""The configurations that come first by price or margin, against brute force over every configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Bundle, Catalog, OptionGroup, Product, Sku
from engine.configuration.answers import Budget, CompletionStatus
from engine.configuration.products import Aim, Candidates, Pick, ProductChoice, Sought, compile_product
from engine.configuration.products import candidates as module
from engine.configuration.products.candidates import Variants
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.products.wishes import ProductWish
from engine.configuration.solver import completing, optimum, program
from tests.configuration.products import parts, test_instances
from tests.configuration.products.test_products import PICKS, RULE_SETS, configurator, fitting

PRICES = {Sku(sku): Decimal(7 * n + (n * n) % 5) for n, sku in enumerate(parts.PARTS, 1)}
PRICES[Sku("D3")] = PRICES[Sku("D2")]
"""No rule tells D2 and D3 apart; at one price both count as the solver counts them."""
COSTS = {sku: price - Decimal(3 * n % 11) for n, (sku, price) in enumerate(PRICES.items(), 1)}
COSTS[Sku("D3")] = COSTS[Sku("D2")]


def amount(configuration: parts.Configuration, table: dict[Sku, Decimal]) -> Decimal:
    return sum((table[Sku(sku)] * units for entries in configuration.values() for sku, units in entries), Decimal(0))


def as_parts(full: Sequence[ProductChoice]) -> parts.Configuration:
    found: dict[str, tuple[parts.Entry, ...]] = {slot: () for slot in parts.SLOTS}
    for each in full:
        if isinstance(each, Pick) and each.sku:
            assert each.quantity is not None
            found[each.slot] = tuple(sorted((*found[each.slot], (each.sku, each.quantity))))
    return found


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """However hard the next ones are to find."""
    with patch.multiple(optimum, CONFLICTS_MAX=10**9, FOLLOWING_MS=10**6):
        yield


@given(
    RULE_SETS,
    PICKS,
    st.sampled_from([Aim.CHEAPEST, Aim.BEST_MARGIN]),
    st.integers(100, 400) | st.none(),
    st.sampled_from([2, 7, 20]),
)
@settings(max_examples=60)
def test_those_that_come_first_are_those_that_brute_force_puts_first(
    rules: frozenset[int], picks: list[Pick], aim: Aim, limit: int | None, several: int
) -> None:
    table = PRICES if aim is Aim.CHEAPEST else {sku: COSTS[sku] - PRICES[sku] for sku in PRICES}
    left = [c for c in fitting(rules, picks) if limit is None or amount(c, PRICES) <= limit]
    sought = Sought(aim, PRICES, COSTS, None if limit is None else Decimal(limit), several)
    found = configurator(rules).candidates(picks, sought)
    if not found.best.choices:
        assert found.best.status is not CompletionStatus.OPTIMAL and len(found.completions) == 1
        assert limit is not None or not left
        return
    shown = [as_parts(each.choices) for each in found.completions]
    valid = [{slot: tuple(sorted(entries)) for slot, entries in c.items()} for c in left]
    assert all(each in valid for each in shown) and all(shown.count(each) == 1 for each in shown)
    assert [each.list_price for each in found.completions] == [amount(each, PRICES) for each in shown]
    amounts, lowest = [amount(each, table) for each in shown], sorted(amount(each, table) for each in valid)[:several]
    if found.best.proven and (aim is Aim.CHEAPEST or limit is None):
        assert amounts == lowest
    elif found.best.proven:  # the best of a class may break the limit on prices: after the first, others may be missed
        assert amounts[0] == lowest[0] and amounts[1:] == sorted(amounts[1:]) and len(amounts) == len(lowest)
    if found.exhausted:
        assert len(shown) == len(valid)
    elif found.best.proven:
        assert len(valid) >= several


@given(RULE_SETS, PICKS)
@settings(max_examples=25)
def test_without_a_proof_they_are_valid_and_differ(rules: frozenset[int], picks: list[Pick]) -> None:
    """As where a search takes longer than it may: what lies beside the one that was found."""
    left = [{slot: tuple(sorted(entries)) for slot, entries in c.items()} for c in fitting(rules, picks)]
    sought = Sought(Aim.BEST_MARGIN, PRICES, COSTS, None, 12)
    with patch.object(completing, "STEPS_MAX", -1), patch.object(program, "fits", lambda *_: False):
        found = configurator(rules).candidates(picks, sought)
    if not found.best.choices:
        assert not left
        return
    assert found.best.status is CompletionStatus.FEASIBLE and not found.exhausted
    shown = [as_parts(each.choices) for each in found.completions]
    assert all(each in left for each in shown) and all(shown.count(each) == 1 for each in shown)
    one_off = [c for c in left if len({*c.items()} - {*shown[0].items()}) == 1 and same_units(c, shown[0], picks)]
    assert len(shown) >= min(12, 1 + len(one_off))


def same_units(one: parts.Configuration, other: parts.Configuration, picks: Sequence[Pick]) -> bool:
    """Whether one product is exchanged for another in the same quantity, and none that was chosen."""
    for slot in parts.SLOTS:
        out, into = ({*each[slot]} for each in (other, one))
        gone, new = out - into, into - out
        if gone and (len(gone) != 1 or len(new) != 1 or [q for _, q in gone] != [q for _, q in new]):
            return False
        if new and not gone:
            return False
        if any(each.slot == slot and any(sku == each.sku for sku, _ in gone) for each in picks):
            return False
        if {sku for sku, _ in gone} & {sku for sku, _ in new}:
            return False
    return True


@given(RULE_SETS, PICKS, st.integers(0, 40))
@settings(max_examples=40)
def test_those_nearest_to_wishes_miss_no_more_than_the_nearest(
    rules: frozenset[int], picks: list[Pick], seed: int
) -> None:
    wishes = [ProductWish(Pick("gpu", Sku("G2")), 2), ProductWish(Pick("drives", Sku("D3"), 1 + seed % 2))]
    taken = {each.slot for each in picks}
    wishes = [each for each in wishes if isinstance(each.choice, Pick) and each.choice.slot not in taken]
    if not wishes:
        return
    found = configurator(rules).candidates(picks, Sought(Aim.CHEAPEST, PRICES, COSTS, None, 10), wishes=wishes)
    left = fitting(rules, picks)
    if not found.best.choices:
        assert not left
        return

    def missed(c: parts.Configuration) -> int:
        picks = [(each.choice, each.weight) for each in wishes if isinstance(each.choice, Pick)]
        return sum(weight for pick, weight in picks if not parts.contains(c, pick))

    least = min(map(missed, left))
    near = sorted(amount(c, PRICES) for c in left if missed(c) == least)
    shown = [as_parts(each.choices) for each in found.completions]
    assert found.best.proven and all(missed(each) == least for each in shown)
    prices = [amount(each, PRICES) for each in shown]
    assert prices[0] == near[0] and prices == sorted(prices) and all(shown.count(each) == 1 for each in shown)
    assert len(shown) <= 10 and len(shown) == len(near) if found.exhausted else len(shown) > 1 or len(near) == 1


RACK_PRICES = {"P-S": Decimal(11), "P-L": Decimal(17), "D-A": Decimal(2), "D-B": Decimal(2), "SHELF": Decimal(9)}
RACK_PRICES |= {"C-1": Decimal(3), "C-2": Decimal(8)}
LOCKED_COUNTS = frozenset({"locked"})
SHELVES = test_instances.every_shelf()


def pairs(shelves: list[test_instances.Shelf]) -> list[tuple[test_instances.Shelf, test_instances.Shelf]]:
    return [(one, other) for at, one in enumerate(shelves) for other in shelves[at:]]


def shelf_price(shelf: test_instances.Shelf) -> Decimal:
    disks: Decimal = sum((RACK_PRICES[sku] * units for sku, units in shelf.disks), Decimal(0))
    return RACK_PRICES["SHELF"] + disks + (RACK_PRICES[shelf.card] if shelf.card else Decimal(0))


def test_instances_of_a_nested_bundle_are_alike() -> None:
    engine = ProductConfigurator(compile_product(test_instances.RACK_BUNDLE, test_instances.CATALOG, {}))
    prices = {Sku(sku): price for sku, price in RACK_PRICES.items()}
    choices = [Pick("shelves[1]", Sku("SHELF")), Pick("shelves[2]", Sku("SHELF"))]
    for counted in (frozenset[str](), LOCKED_COUNTS):
        shelves = [each for each in SHELVES if counted or not each.locked]
        two = [
            RACK_PRICES[psu] + shelf_price(one) + shelf_price(other)
            for psu, (one, other) in product(("P-S", "P-L"), pairs(shelves))
        ]
        found = engine.candidates(choices, Sought(Aim.CHEAPEST, prices, {}, None, 40, counted))
        assert [each.list_price for each in found.completions] == sorted(two)[:40] and not found.exhausted


def shelf_of(skus: Sequence[str], maximum: int, quantity: int = 1) -> ProductConfigurator:
    """A bundle with one group of products that no rule tells apart."""
    group = OptionGroup("g", "G", tuple(map(Sku, skus)), minimum=1, maximum=maximum, quantity_maximum=quantity)
    bundle = Bundle(Sku("B"), "B", (group,))
    catalog = Catalog({Sku(sku): Product(Sku(sku), sku) for sku in ("B", *skus)}, {Sku("B"): bundle}, {})
    return ProductConfigurator(compile_product(bundle, catalog, {}))


def test_products_of_one_class_are_configurations_of_their_own() -> None:
    engine = shelf_of([f"S{n}" for n in range(30)], 2)
    prices = {Sku(f"S{n}"): Decimal(n + 1) for n in range(30)}
    found = engine.candidates((), Sought(Aim.CHEAPEST, prices, {}, None, 20))
    ones = [Decimal(n + 1) for n in range(30)]
    twos = [one + other for one, other in product(ones, ones) if one < other]
    assert [each.list_price for each in found.completions] == sorted([*ones, *twos])[:20] and not found.exhausted
    few = shelf_of(["A", "B", "C"], 2).candidates(
        (), Sought(Aim.CHEAPEST, {Sku("A"): Decimal(1), Sku("B"): Decimal(1), Sku("C"): Decimal(4)}, {}, None, 20)
    )
    # A, B, A+B, C, A+C, B+C
    assert [each.list_price for each in few.completions] == [1, 1, 2, 4, 5, 5] and few.exhausted


def test_entries_of_different_quantities_hold_their_products_in_every_order() -> None:
    """Two of the one and one of the other: which is which matters to the price."""
    engine = shelf_of(["A", "B"], 2, quantity=2)
    prices = {Sku("A"): Decimal(1), Sku("B"): Decimal(10)}
    found = engine.candidates((), Sought(Aim.CHEAPEST, prices, {}, None, 20))
    # one entry: 1 or 2 of A or B; both: every pair of quantities
    wanted = sorted([1, 2, 10, 20, *(a + 10 * b for a in (1, 2) for b in (1, 2))])
    assert [each.list_price for each in found.completions] == wanted and found.exhausted


def test_exchanges_are_cut_where_there_are_too_many() -> None:
    engine = shelf_of([f"S{n}" for n in range(6)], 3)
    prices = {Sku(f"S{n}"): Decimal(n + 1) for n in range(6)}
    with patch.object(module, "LOOKS_MAX", 4):
        found = engine.candidates((), Sought(Aim.CHEAPEST, prices, {}, None, 100))
    assert not found.exhausted and len(found.completions) == 4
    full = (Pick("g", Sku("S0"), 1), Pick("g", Sku("S1"), 1))
    every = Variants(engine.product, [(full, frozenset())], prices)
    assert len(list(every)) == 15 and not every.cut


def test_the_customers_own_product_is_never_exchanged() -> None:
    engine = shelf_of(["A", "B", "C"], 2)
    prices = {Sku("A"): Decimal(9), Sku("B"): Decimal(1), Sku("C"): Decimal(4)}
    found = engine.candidates([Pick("g", Sku("A"))], Sought(Aim.CHEAPEST, prices, {}, None, 20))
    skus = [sorted(each.sku for each in one.choices if isinstance(each, Pick)) for one in found.completions]
    assert skus == [["A"], ["A", "B"], ["A", "C"]] and found.exhausted


def test_an_entry_of_the_customers_product_is_not_like_those_of_others() -> None:
    """Two of the dear one that was chosen and one of the cheap one, or the other way round: not the same price."""
    engine = shelf_of(["A", "B"], 2, quantity=2)
    prices = {Sku("A"): Decimal(10), Sku("B"): Decimal(1)}
    wanted = sorted(10 * a + b for a in (1, 2) for b in (0, 1, 2))
    chosen = engine.candidates([Pick("g", Sku("A"))], Sought(Aim.CHEAPEST, prices, {}, None, 20))
    wished = engine.candidates(
        (), Sought(Aim.CHEAPEST, prices, {}, None, 20), wishes=[ProductWish(Pick("g", Sku("A")))]
    )
    for found in (chosen, wished):
        assert [each.list_price for each in found.completions] == wanted and found.exhausted


def test_an_instance_that_holds_the_customers_product_is_not_like_the_others() -> None:
    engine = ProductConfigurator(compile_product(test_instances.RACK_BUNDLE, test_instances.CATALOG, {}))
    prices = {Sku(sku): price for sku, price in RACK_PRICES.items()} | {Sku("D-B"): Decimal(4)}
    shelf = [Pick(f"shelves[{n}]", Sku("SHELF")) for n in (1, 2)]
    picks = [*shelf, Pick("psu", Sku("P-S")), *(Pick(f"shelves[{n}].card") for n in (1, 2))]
    own = [Pick("shelves[1].disks", Sku("D-B"))]
    found = engine.candidates([*picks, *own], Sought(Aim.CHEAPEST, prices, {}, None, 7))
    disks = [2 * a + 4 * b for a in range(3) for b in range(3) if a + b]
    with_b = [2 * a + 4 * b for a in range(3) for b in (1, 2)]
    wanted = sorted(11 + 18 + one + other for one in with_b for other in disks)
    # the two shelves with B of each may change places, which is no other rack
    assert [each.list_price for each in found.completions][:2] == wanted[:2]
    assert {each.list_price for each in found.completions} <= {*wanted}


def test_preferred_and_a_single_one_come_alone() -> None:
    engine = shelf_of(["A", "B", "C"], 2)
    prices = dict.fromkeys(map(Sku, "ABC"), Decimal(1))
    for sought in (Sought(Aim.PREFERRED, prices, {}, None, 20), Sought(Aim.CHEAPEST, prices, {})):
        found = engine.candidates((), sought)
        assert len(found.completions) == 1 and found.best.choices and not found.exhausted


def test_nothing_fits_or_nothing_is_known() -> None:
    engine = shelf_of(["A", "B"], 2)
    none = engine.candidates((), Sought(Aim.CHEAPEST, {}, {}, None, 20))
    assert none == Candidates((none.best,), exhausted=True) and none.best.status is CompletionStatus.INFEASIBLE
    both = {Sku("A"): Decimal(1), Sku("B"): Decimal(1)}
    late = engine.candidates((), Sought(Aim.CHEAPEST, both, {}, None, 20), budget=Budget(milliseconds=0))
    assert late.best.status is not CompletionStatus.INFEASIBLE and not late.exhausted


def test_repairs_share_the_completions_out() -> None:
    engine = shelf_of(["A", "B", "C"], 1)
    prices = {Sku("A"): Decimal(3), Sku("B"): Decimal(1), Sku("C"): Decimal(4)}
    found = engine.repairs([Pick("g", Sku("A"))], Sought(Aim.CHEAPEST, prices, {}, None, 20), wanted=())
    assert isinstance(found, tuple) and len(found) == 1 and not found[0].drop
    assert found[0].after is not None and found[0].before is not None
    assert [each.list_price for each in found[0].after.completions] == [3]
