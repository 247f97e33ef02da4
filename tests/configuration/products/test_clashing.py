"""Clashes and repairs of products, groups with more picks than room, and prices of repairs, against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Sku
from engine.configuration.answers import OutOfBudget
from engine.configuration.products import Conflict, Pick, ProductRepair
from engine.configuration.products.overfull import WAYS_MAX, ways_out
from tests.configuration.products import parts
from tests.configuration.products import test_products as computers
from tests.configuration.products import test_quantities as goods
from tests.configuration.products.test_products import RULE_SETS, configurator, fitting, valid

DRIVES = [Pick("drives", Sku(sku), units) for sku in ("D1", "D2", "D3") for units in (None, 1, 2)]
OTHERS = [Pick(slot, Sku(sku)) for slot, sku in (("cpu", "CPU1"), ("gpu", "G2"), ("psu", "P1"), ("psu", "P2"))]
CHOSEN = st.tuples(
    st.lists(st.sampled_from(DRIVES), min_size=1, max_size=3, unique_by=lambda pick: pick.sku),
    st.lists(st.sampled_from(OTHERS), max_size=2, unique_by=lambda pick: pick.slot),
).map(lambda both: [*both[0], *both[1]])
WANTED = st.none() | st.sampled_from([*DRIVES, *OTHERS, Pick("gpu", Sku("G1"), 2)])
PRICES = st.lists(st.integers(1, 60), min_size=len(parts.PARTS), max_size=len(parts.PARTS)).map(
    lambda found: dict(zip(map(Sku, parts.PARTS), map(Decimal, found), strict=True))
)


def left_of(picks: Sequence[Pick], wanted: Pick | None) -> list[Pick]:
    """The picks that the wanted one does not replace."""
    several = wanted is not None and wanted.slot == "drives"
    return [
        each for each in picks if wanted is None or each.slot != wanted.slot or (several and each.sku != wanted.sku)
    ]


@given(RULE_SETS, CHOSEN, WANTED)
@settings(deadline=None)
def test_a_clash_is_smallest_where_groups_are_too_full(
    rules: frozenset[int], picks: list[Pick], wanted: Pick | None
) -> None:
    kept, hoped = left_of(picks, wanted), [] if wanted is None else [wanted]

    def goes(some: Sequence[Pick], by: frozenset[int] = rules) -> bool:
        return bool(fitting(by, [*some, *hoped]))

    found = configurator(rules).explain(picks, wanted=wanted)
    assert (found is None) == goes(kept)
    if found is None:
        return
    assert isinstance(found, Conflict)
    blamed = frozenset(int(each.rule.removeprefix("rule-")) for each in found.rules)
    clash = [each for each in found.choices if isinstance(each, Pick)]
    assert not goes(clash, blamed)
    smallest = min(size for size in range(len(kept) + 1) if not all(map(goes, combinations(kept, size))))
    assert len(clash) == smallest


def cheapest(rules: frozenset[int], picks: Sequence[Pick], prices: dict[Sku, Decimal]) -> Decimal | None:
    def price(configuration: parts.Configuration) -> Decimal:
        entries = (each for slot in configuration.values() for each in slot)
        return sum((prices[Sku(sku)] * units for sku, units in entries), Decimal(0))

    return min(map(price, fitting(rules, picks)), default=None)


@given(RULE_SETS, CHOSEN, WANTED, PRICES)
@settings(deadline=None)
def test_a_proven_price_of_a_repair_is_the_lowest_and_so_is_its_effect(
    rules: frozenset[int], picks: list[Pick], wanted: Pick | None, prices: dict[Sku, Decimal]
) -> None:
    """D2 and D3 are of one class at prices of their own: two of the class cost more than twice the cheaper."""
    kept, hoped = left_of(picks, wanted), [] if wanted is None else [wanted]
    repairs = configurator(rules).repair(picks, wanted=hoped, prices=prices, limit=12)
    assert not isinstance(repairs, OutOfBudget)
    fits = [
        frozenset(some)
        for size in range(len(kept) + 1)
        for some in combinations(kept, size)
        if fitting(rules, [*(each for each in kept if each not in some), *hoped])
    ]
    assert {frozenset(each.drop) for each in repairs} == {each for each in fits if not any(one < each for one in fits)}
    before = cheapest(rules, kept, prices)
    for repair in repairs:
        left = [each for each in kept if each not in repair.drop]
        check_price(repair, cheapest(rules, [*left, *hoped], prices), before)
    prices_of = [(len(each.drop), each.list_price or 0) for each in repairs]
    assert prices_of == sorted(prices_of)


def check_price(repair: ProductRepair, least: Decimal | None, before: Decimal | None) -> None:
    assert least is not None and repair.list_price is not None and repair.list_price >= least
    assert (repair.price_effect is None) == (before is None)
    if repair.proven:
        assert repair.list_price == least
        assert before is None or repair.price_effect == least - before


def test_the_effect_is_not_called_proven_where_a_second_product_of_the_class_was_there_before() -> None:
    """Two drives of one class, 1 and 50, were wanted; without one of them the other is enough."""
    prices = {Sku(sku): Decimal(10) for sku in parts.PARTS} | {Sku("D2"): Decimal(1), Sku("D3"): Decimal(50)}
    both = [Pick("drives", Sku("D2")), Pick("drives", Sku("D3"))]
    found = configurator(frozenset({0})).repair(both, wanted=[Pick("drives", Sku("D1"))], prices=prices)
    # cpu, board and supply cost 30; both drives 51 before; D1 with D2 11 after, with D3 60
    assert [(each.drop, each.list_price, each.price_effect, each.proven) for each in found] == [  # type: ignore[union-attr]
        ((both[1],), Decimal(41), Decimal(41 - 81), True),
        ((both[0],), Decimal(90), Decimal(90 - 81), True),
    ]


def test_a_group_with_far_too_many_picks_says_that_fewer_may_do() -> None:
    engine = goods.engine()
    eight = next(each for each in engine.product.slots.values() if not each.single)
    assert eight.apart, "a place for every product needs no ways out"
    crowd = [Pick("drives", Sku(f"X{at:02}")) for at in range(11)]
    found, every = ways_out(computers.configurator(frozenset({0})).product, crowd, ())
    # nine of eleven have to go: 55 ways, and ten of twenty would be more than are looked at
    assert (len(found), every) == (55, True)
    found, every = ways_out(computers.configurator(frozenset({0})).product, [*crowd, *DRIVES[::3]], ())
    assert (len(found), every) == (91, True)
    more = [*crowd, *(Pick("drives", Sku(f"Y{at:02}")) for at in range(9))]
    assert ways_out(computers.configurator(frozenset({0})).product, more, ())[1] is False
    assert len(ways_out(computers.configurator(frozenset({0})).product, more, ())[0]) == WAYS_MAX


def test_there_is_no_way_out_where_what_is_wanted_is_too_much_alone() -> None:
    wanted = [Pick("drives", Sku(sku)) for sku in ("D1", "D2", "D3")]
    assert valid(frozenset({0}))
    assert configurator(frozenset({0})).repair([Pick("drives", Sku("D9"))][:0], wanted=wanted) == ()
