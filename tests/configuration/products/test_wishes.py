"""Completions nearest to a wish list, against brute force over every configuration."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import Pick, ProductWish
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
