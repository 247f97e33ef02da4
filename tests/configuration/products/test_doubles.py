"""Several products of one class: a group of products that rules hardly tell apart, against every way to fill it."""

from __future__ import annotations

import itertools
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku
from engine.configuration.answers import Budget, CompletionStatus
from engine.configuration.products import (
    Aim,
    Constraint,
    ConstraintKind,
    Pick,
    ProductCompletion,
    compile_product,
    constraint_scope,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER

SKUS = [Sku(f"P{at}") for at in range(5)]
SIZES = dict(zip(SKUS, (1, 1, 1, 2, 2), strict=True))
BUDGET = Budget(conflicts=10**9, milliseconds=600_000)
PATIENT = settings(deadline=None)
AMOUNT = st.sampled_from([1, 2, 3, 50, 100]).map(Decimal)
Entries = tuple[tuple[Sku, int], ...]


def shelf(least: int, size: int) -> ProductConfigurator:
    """``least`` to three products of one or two pieces each, of at least so much size in all."""
    group = OptionGroup("g", "G", tuple(SKUS), minimum=least, maximum=3, quantity_maximum=2)
    bundle = Bundle(Sku("TOP"), "Top", (group,))
    products = [Product(Sku("TOP"), "Top", category="top")]
    products += [Product(sku, sku, category="p", attributes={"size": Decimal(size)}) for sku, size in SIZES.items()]
    definitions = {"p": {"size": AttributeDef("size", NUMBER)}}
    catalog = Catalog({each.sku: each for each in products}, {Sku("TOP"): bundle}, definitions)
    text = f"sum(for x in g return x.size * x.qty) >= {size}"
    body = check_expression(text, scope=Scope(constraint_scope(bundle, catalog)), expected=BOOLEAN)
    rule = Constraint("size", ConstraintKind.REQUIRE, body)
    return ProductConfigurator(compile_product(bundle, catalog, {Sku("TOP"): [rule]}))


def fillings(least: int, size: int) -> list[Entries]:
    return [
        tuple(zip(skus, units, strict=True))
        for count in range(least, 4)
        for skus in itertools.combinations(SKUS, count)
        for units in itertools.product((1, 2), repeat=count)
        if sum(SIZES[sku] * each for sku, each in zip(skus, units, strict=True)) >= size
    ]


def adds(entries: Entries, amounts: dict[Sku, Decimal]) -> Decimal:
    return sum((amounts[sku] * units for sku, units in entries), Decimal(0))


def taken(found: ProductCompletion) -> Entries:
    return tuple((each.sku, each.quantity or 1) for each in found.choices if isinstance(each, Pick) and each.sku)


def test_a_dear_second_product_of_a_class_is_passed_over_for_another_class() -> None:
    """The two of size 1 cost 1 and 100, those of size 2 cost 3 each: 1 + 3, not twice 1, which would be 101."""
    prices = dict(zip(SKUS, map(Decimal, (1, 100, 100, 3, 3)), strict=True))
    found = shelf(2, 2).complete([], prices=prices, budget=BUDGET)
    assert found.status is CompletionStatus.OPTIMAL and found.list_price == 4 and found.bound == 4


@given(
    st.integers(0, 3),
    st.integers(0, 8),
    st.lists(AMOUNT, min_size=5, max_size=5),
    st.lists(AMOUNT, min_size=5, max_size=5),
    st.sampled_from([Aim.CHEAPEST, Aim.BEST_MARGIN]),
    st.none() | st.integers(3, 300),
    st.none() | st.tuples(st.sampled_from(SKUS), st.sampled_from([None, 1, 2])),
)
@PATIENT
def test_the_best_of_all_fillings_is_found_and_proven(
    least: int,
    size: int,
    listed: list[Decimal],
    cost: list[Decimal],
    aim: Aim,
    limit: int | None,
    pick: tuple[Sku, int | None] | None,
) -> None:
    prices, costs = dict(zip(SKUS, listed, strict=True)), dict(zip(SKUS, cost, strict=True))
    amounts = prices if aim is Aim.CHEAPEST else {sku: costs[sku] - prices[sku] for sku in SKUS}
    within = [
        each
        for each in fillings(least, size)
        if (limit is None or adds(each, prices) <= limit)
        and (pick is None or any(sku == pick[0] and pick[1] in (None, units) for sku, units in each))
    ]
    chosen = [] if pick is None else [Pick("g", *pick)]
    most = None if limit is None else Decimal(limit)
    found = shelf(least, size).complete(chosen, aim=aim, prices=prices, costs=costs, limit=most, budget=BUDGET)
    if not within:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    assert found.proven
    assert tuple(sorted(taken(found))) in within
    assert adds(taken(found), amounts) == min(adds(each, amounts) for each in within)
