"""The configurator of products against brute force over every configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import ConfiguredLine, LineId, Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import Aim, ConstraintKind, Pick, ProductState, Standing, compile_product
from engine.configuration.products.configurator import ProductConfigurator
from tests.configuration.products import parts

EVERYTHING = tuple(parts.all_configurations())
SCOPE = parts.scope()
PRICES = {Sku(sku): Decimal(7 * n + (n * n) % 5) for n, sku in enumerate(parts.PARTS, 1)}

COSTS = {sku: price - Decimal(3 * n % 11) for n, (sku, price) in enumerate(PRICES.items(), 1)}
"""Of the drives D2 brings nothing, D3 three: the dearer one is the better one."""
SLOTS = tuple(parts.SLOTS)

RULE_SETS = st.frozensets(st.sampled_from(range(len(parts.RULES))), min_size=1, max_size=4)
PICKS = st.lists(
    st.sampled_from([Pick(slot, Sku(sku)) for slot, kind in parts.SLOTS.items() for sku in parts.PARTS
                     if parts.PARTS[sku][0] == kind]
                    + [Pick("gpu", Sku("G1"), 2), Pick("drives", Sku("D2"), 2)]),
    max_size=3,
    unique_by=lambda pick: (pick.slot, "" if pick.slot != "drives" else pick.sku),
)  # fmt: skip


@cache
def configurator(rules: frozenset[int]) -> ProductConfigurator:
    constraints = [parts.constraint(number, SCOPE) for number in sorted(rules)]
    catalog = parts.catalog()
    return ProductConfigurator(compile_product(catalog.bundles[Sku("PC")], catalog, {Sku("PC"): constraints}))


@cache
def charted(rules: frozenset[int]) -> ProductConfigurator:
    """The same with a chart, where it can be charted."""
    found = ProductConfigurator(configurator(rules).product)
    found.chart()
    return found


@cache
def valid(rules: frozenset[int]) -> tuple[parts.Configuration, ...]:
    return tuple(c for c in EVERYTHING if all(parts.RULES[number].holds(c) is not False for number in rules))


def fitting(rules: frozenset[int], picks: Sequence[Pick]) -> list[parts.Configuration]:
    return [c for c in valid(rules) if all(parts.contains(c, pick) for pick in picks)]


@pytest.mark.parametrize("number", range(len(parts.RULES)), ids=lambda n: parts.RULES[n].text)
def test_each_rule_alone_leaves_exactly_what_brute_force_leaves(number: int) -> None:
    check_domains(frozenset({number}), [])


@given(RULE_SETS, PICKS)
def test_options_are_possible_exactly_when_a_valid_configuration_has_them(
    rules: frozenset[int], picks: list[Pick]
) -> None:
    check_domains(rules, picks)


def check_domains(rules: frozenset[int], picks: list[Pick]) -> None:
    for engine in (configurator(rules), charted(rules)):
        check_state(engine, fitting(rules, picks), picks)


def check_state(engine: ProductConfigurator, left: Sequence[parts.Configuration], picks: list[Pick]) -> None:
    state = engine.configure(picks)
    assert isinstance(state, ProductState)
    assert state.consistent == bool(left)
    for slot in state.slots:
        mine = {pick.sku for pick in picks if pick.slot == slot.path}
        possible = {sku for c in left for sku, _ in c[slot.path]}
        shown = {sku for option in slot.options for sku in option.skus if option.standing is not Standing.IMPOSSIBLE}
        assert shown - mine == possible - mine
        if left and not mine:
            assert slot.may_be_empty == any(not c[slot.path] for c in left)


@given(RULE_SETS, PICKS)
def test_the_order_of_choices_does_not_matter(rules: frozenset[int], picks: list[Pick]) -> None:
    engine = configurator(rules)
    assert engine.configure(picks).slots == engine.configure(list(reversed(picks))).slots


@given(RULE_SETS, PICKS)
def test_an_explanation_is_a_smallest_clash(rules: frozenset[int], picks: list[Pick]) -> None:
    conflict = configurator(rules).explain(picks)
    assert (conflict is None) == bool(fitting(rules, picks))
    if conflict is None:
        return
    blamed = frozenset(int(each.rule.removeprefix("rule-")) for each in conflict.rules)
    clash = list(conflict.choices)
    assert not fitting(blamed, clash), "the rules named and the choices named do clash"
    for each in clash:
        assert fitting(rules, [pick for pick in clash if pick != each]), "without any of the choices there is no clash"
    for rule in blamed:
        assert fitting(blamed - {rule}, clash), "without any of the rules there is no clash"


@given(RULE_SETS, PICKS)
def test_a_repair_works_and_none_is_smaller(rules: frozenset[int], picks: list[Pick]) -> None:
    if not valid(rules):
        return
    repairs = configurator(rules).repair(picks, prices=PRICES)
    sizes = {len(each.drop) for each in repairs}
    for repair in repairs:
        assert fitting(rules, [pick for pick in picks if pick not in repair.drop])
    smallest = next(
        size
        for size in range(len(picks) + 1)
        if any(fitting(rules, kept) for kept in _subsets(picks, len(picks) - size))
    )
    assert min(sizes) == smallest


def _subsets(picks: Sequence[Pick], size: int) -> list[list[Pick]]:
    from itertools import combinations

    return [list(each) for each in combinations(picks, size)]


def price(configuration: parts.Configuration) -> Decimal:
    return sum((PRICES[Sku(sku)] * units for entries in configuration.values() for sku, units in entries), Decimal(0))


@given(RULE_SETS, PICKS)
def test_the_cheapest_completion_is_the_cheapest(rules: frozenset[int], picks: list[Pick]) -> None:
    left = fitting(rules, picks)
    found = configurator(rules).complete(picks, prices=PRICES)
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    chosen = {
        slot: tuple(sorted((p.sku, p.quantity) for p in found.choices if p.slot == slot and p.sku))
        for slot in parts.SLOTS
    }
    assert chosen in [{slot: tuple(sorted(entries)) for slot, entries in c.items()} for c in left]
    assert found.list_price == sum(PRICES[p.sku] * p.quantity for p in found.choices if p.sku)
    assert found.proven and found.list_price == min(price(c) for c in left)


def loss(configuration: parts.Configuration) -> Decimal:
    units = ((Sku(sku), units) for entries in configuration.values() for sku, units in entries)
    return sum(((COSTS[sku] - PRICES[sku]) * count for sku, count in units), Decimal(0))


@given(RULE_SETS, PICKS, st.sampled_from([Aim.CHEAPEST, Aim.BEST_MARGIN]), st.integers(100, 400) | st.none())
def test_a_completion_keeps_the_limit_and_is_the_best_where_it_is_proven(
    rules: frozenset[int], picks: list[Pick], aim: Aim, limit: int | None
) -> None:
    within = [c for c in fitting(rules, picks) if limit is None or price(c) <= limit]
    most = None if limit is None else Decimal(limit)
    found = configurator(rules).complete(picks, aim=aim, prices=PRICES, costs=COSTS, limit=most)
    if found.status is CompletionStatus.INFEASIBLE:
        assert not within
    if not found.choices:
        assert limit is not None or not within
        assert found.status in (CompletionStatus.INFEASIBLE, CompletionStatus.UNKNOWN)
        return
    chosen = {slot: tuple((p.sku, p.quantity) for p in found.choices if p.slot == slot and p.sku) for slot in SLOTS}
    assert price(chosen) == found.list_price and (limit is None or found.list_price <= limit)
    assert {slot: sorted(each) for slot, each in chosen.items()} in [
        {slot: sorted(each) for slot, each in c.items()} for c in within
    ]
    if found.proven:
        measure = price if aim is Aim.CHEAPEST else loss
        assert measure(chosen) == min(measure(c) for c in within)


@cache
def preferring(rules: frozenset[int], wishes: frozenset[int]) -> ProductConfigurator:
    hard = [parts.constraint(number, SCOPE) for number in sorted(rules - wishes)]
    soft = [
        replace(parts.constraint(number, SCOPE, ConstraintKind.PREFER), weight=1 + number % 3)
        for number in sorted(wishes)
    ]
    catalog = parts.catalog()
    return ProductConfigurator(compile_product(catalog.bundles[Sku("PC")], catalog, {Sku("PC"): [*hard, *soft]}))


@given(RULE_SETS, RULE_SETS, PICKS, st.integers(100, 400) | st.none())
def test_of_those_preferred_as_much_the_cheapest_is_taken(
    rules: frozenset[int], wishes: frozenset[int], picks: list[Pick], limit: int | None
) -> None:
    def missed(configuration: parts.Configuration) -> int:
        return sum(1 + number % 3 for number in wishes if parts.RULES[number].holds(configuration) is False)

    within = [c for c in fitting(rules - wishes, picks) if limit is None or price(c) <= limit]
    most = None if limit is None else Decimal(limit)
    found = preferring(rules, wishes).complete(picks, aim=Aim.PREFERRED, prices=PRICES, limit=most)
    if not found.choices:
        assert not within or limit is not None
        return
    chosen = {slot: tuple((p.sku, p.quantity) for p in found.choices if p.slot == slot and p.sku) for slot in SLOTS}
    if found.proven:
        least = min(missed(c) for c in within)
        assert missed(chosen) == least
        assert found.list_price == min(price(c) for c in within if missed(c) == least)


def test_the_second_product_of_a_class_may_break_the_limit_that_the_first_would_keep() -> None:
    """D2 and D3 are alike to the rules; the solver counts the better one for each of them, and the cheaper price."""
    engine = configurator(frozenset({0}))
    prices = {Sku(sku): Decimal(30 if sku == "D3" else 10) for sku in parts.PARTS}
    costs = {sku: price - {"D2": 4, "D3": 9}.get(sku, 0) for sku, price in prices.items()}
    free = engine.complete([], aim=Aim.BEST_MARGIN, prices=prices, costs=costs)
    # two of each drive earn 2 * 4 + 2 * 9, not the 4 * 9 of the better one alone
    assert {(p.sku, p.quantity) for p in free.choices if p.slot == "drives"} == {("D2", 2), ("D3", 2)}
    assert free.proven
    # processor, board and supply cost 30, all four drives 80 more; 20 for two of D2 and 30 for one of D3 keep the limit
    less = engine.complete([], aim=Aim.BEST_MARGIN, prices=prices, costs=costs, limit=Decimal(80))
    assert less.proven and less.list_price == 80
    assert {(p.sku, p.quantity) for p in less.choices if p.slot == "drives"} == {("D2", 2), ("D3", 1)}


@given(RULE_SETS, st.sampled_from(EVERYTHING))
def test_a_full_configuration_is_checked_rule_by_rule(rules: frozenset[int], chosen: parts.Configuration) -> None:
    broken = {number for number in rules if parts.RULES[number].holds(chosen) is False}
    lines = [ConfiguredLine(LineId("root"), Sku("PC"), Decimal(1))]
    for slot, entries in chosen.items():
        lines += [
            ConfiguredLine(LineId(f"{slot}-{sku}"), Sku(sku), Decimal(units), LineId("root"), slot)
            for sku, units in entries
        ]
    findings = configurator(rules).check(lines, root=LineId("root"))
    assert {int(each.rule.removeprefix("rule-")) for each in findings} == broken


@given(st.sampled_from(range(len(parts.RULES))), PICKS)
def test_exclude_forbids_what_require_demands(number: int, picks: list[Pick]) -> None:
    catalog = parts.catalog()
    constraint = parts.constraint(number, SCOPE, ConstraintKind.EXCLUDE)
    excluded = ProductConfigurator(compile_product(catalog.bundles[Sku("PC")], catalog, {Sku("PC"): [constraint]}))
    left = [
        c
        for c in EVERYTHING
        if parts.RULES[number].holds(c) is not True and all(parts.contains(c, pick) for pick in picks)
    ]
    assert excluded.configure(picks).consistent == bool(left)
