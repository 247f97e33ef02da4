"""Completions nearest to a wish list, against brute force over every configuration."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import Pick
from engine.configuration.products.wishes import ProductWish
from tests.configuration.products import parts
from tests.configuration.products.test_products import PICKS, PRICES, RULE_SETS, configurator, fitting

WISHES = st.lists(
    st.tuples(
        st.sampled_from(
            [Pick(slot, Sku(sku)) for slot, kind in parts.SLOTS.items() for sku in parts.PARTS
             if parts.PARTS[sku][0] == kind]
            + [Pick("gpu"), Pick("gpu", Sku("G2"), 2), Pick("drives", Sku("D2"), 2), Pick("drives", Sku("D3"), 1)]
        ),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda wish: (wish[0].slot, wish[0].sku),
)  # fmt: skip


def keeps(configuration: parts.Configuration, wish: Pick) -> bool:
    return parts.contains(configuration, wish) if wish.sku else not configuration[wish.slot]


def price(configuration: parts.Configuration) -> Decimal:
    return sum((PRICES[Sku(sku)] * n for entries in configuration.values() for sku, n in entries), Decimal(0))


@given(RULE_SETS, PICKS, WISHES)
@settings(deadline=None, max_examples=80)
def test_the_least_weight_is_missed_and_then_the_least_paid(
    rules: frozenset[int], picks: list[Pick], wishes: list[tuple[Pick, int]]
) -> None:
    left = fitting(rules, picks)
    asked = [ProductWish(wish, weight) for wish, weight in wishes]
    found = configurator(rules).nearest(picks, asked, tables=(PRICES, {}))
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE and not found.choices
        return

    def missed(configuration: parts.Configuration) -> int:
        return sum(weight for wish, weight in wishes if not keeps(configuration, wish))

    least = min(map(missed, left))
    weights = dict(wishes)
    assert sum(weights[each] for each in found.missed) == least  # type: ignore[index]
    assert found.proven
    mine = {slot: tuple((each.sku, each.quantity or 1) for each in found.choices if isinstance(each, Pick)
            and each.slot == slot and each.sku) for slot in parts.SLOTS}  # fmt: skip
    same = [each for each in left if all(set(each[slot]) == set(mine[slot]) for slot in parts.SLOTS)]
    assert len(same) == 1, "the answer is one of the valid configurations"
    assert missed(same[0]) == least
    assert found.list_price == price(same[0])


def test_more_wishes_than_places_keep_the_heavier_ones() -> None:
    wishes = [ProductWish(Pick("drives", Sku(sku)), weight) for sku, weight in (("D1", 1), ("D2", 3), ("D3", 2))]
    found = configurator(frozenset({0})).nearest([], wishes, tables=(PRICES, {}))
    assert found.missed == (Pick("drives", Sku("D1")),)
    taken = {each.sku for each in found.choices if isinstance(each, Pick) and each.slot == "drives"}
    assert taken == {"D2", "D3"} and found.proven


def test_a_wish_that_clashes_with_a_choice_is_missed() -> None:
    wishes = [ProductWish(Pick("cpu", Sku("CPU2"))), ProductWish(Pick("psu", Sku("P2")))]
    found = configurator(frozenset({0})).nearest([Pick("cpu", Sku("CPU1"))], wishes, tables=(PRICES, {}))
    assert found.missed == (Pick("cpu", Sku("CPU2")),) and found.proven


@given(RULE_SETS, PICKS, WISHES, st.integers(100, 400))
@settings(deadline=None, max_examples=80)
def test_the_limit_is_kept_and_what_is_proven_is_the_nearest_within_it(
    rules: frozenset[int], picks: list[Pick], wishes: list[tuple[Pick, int]], limit: int
) -> None:
    within = [each for each in fitting(rules, picks) if price(each) <= limit]
    asked = [ProductWish(wish, weight) for wish, weight in wishes]
    found = configurator(rules).nearest(picks, asked, tables=(PRICES, {}), limit=Decimal(limit))
    if not found.choices:
        assert found.status is CompletionStatus.UNKNOWN or not within
        return
    assert found.list_price is not None and found.list_price <= limit
    if found.proven:
        weights = dict(wishes)
        least = min(sum(weight for wish, weight in wishes if not keeps(each, wish)) for each in within)
        assert sum(weights[each] for each in found.missed) == least  # type: ignore[index]


def test_a_second_product_of_a_class_does_not_break_the_limit() -> None:
    """D2 and D3 are alike to the rules: the solver counts the cheaper one for both."""
    prices = {Sku(sku): Decimal(30 if sku == "D3" else 10) for sku in parts.PARTS}
    wishes = [ProductWish(Pick("drives", Sku(sku), 2)) for sku in ("D2", "D3")]
    engine = configurator(frozenset({0}))
    free = engine.nearest([], wishes, tables=(prices, {}))
    # processor, board and supply cost 30, two of D2 20 and two of D3 60
    assert free.list_price == 110 and free.proven and not free.missed
    less = engine.nearest([], wishes, tables=(prices, {}), limit=Decimal(80))
    assert less.list_price is not None and less.list_price <= 80 and less.missed
