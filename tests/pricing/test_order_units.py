"""Buy and get against a slow twin that handles unit by unit, and the size of its work."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing.effects import BuyGet, Select, UnitPick
from engine.pricing.order_units import buy_and_get
from engine.pricing.units import UnitLedger
from tests.pricing.books import D, amounts, asked, book, line, priced, rule


def twin(values: list[list[int]], buy: int, get: int, select: Select, *, partial: bool, most: int | None) -> list[int]:
    """What each line gets off, unit by unit: the dearest qualify, then so many are free, none counts twice."""
    units = [(value, index) for index, line_values in enumerate(values) for value in line_values]
    off = [0] * len(values)
    sets = 0
    while most is None or sets < most:
        units.sort(key=lambda unit: (-unit[0], unit[1]))
        if len(units) < buy:
            break
        rest = units[buy:]
        if select is Select.CHEAPEST:
            rest.sort(key=lambda unit: (unit[0], unit[1]))
        free = rest[:get]
        if not free or (len(free) < get and not partial):
            break
        for unit in free:
            off[unit[1]] += unit[0]
            rest.remove(unit)
        units = rest
        sets += 1
    return off


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from((Select.CHEAPEST, Select.DEAREST)),
    st.booleans(),
    st.none() | st.integers(1, 3),
)
def test_sets_are_formed_as_by_hand(
    lines: list[tuple[int, int]], buy: int, get: int, select: Select, partial: bool, most: int | None
) -> None:
    effect = BuyGet(
        UnitPick(D(buy)), UnitPick(D(get), select=select), D(100), repeat=True, partial=partial, sets_max=most
    )
    ledger = UnitLedger([D(value * count) for value, count in lines], [D(count) for _, count in lines])
    every = range(len(lines))
    found = [Decimal(0)] * len(lines)
    for grant in buy_and_get(effect, D(100), every, every, ledger).grants:
        found[grant.picked.run.line] += grant.amount
    values = [[value] * count for value, count in lines]
    assert found == twin(values, buy, get, select, partial=partial, most=most)


def test_a_hundred_thousand_units_take_a_few_steps() -> None:
    effect = BuyGet(UnitPick(D("1")), UnitPick(D("1"), select=Select.CHEAPEST), D("100"), repeat=True)
    request = asked(line("A", "100000"), line("B", "100000"))
    # each unit of A at 100.00 makes one of B free
    assert amounts(priced(book(rule("o", effect, "order")), request)) == {"a": D("10000000.00"), "b": D("0.00")}
