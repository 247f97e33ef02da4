"""Whole amounts spread over lines: as by fractions, also of negative amounts, and never beyond what a line can take."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing.spread import MANY, largest, proportional, spread, whole_numbers
from tests.pricing.twin_lines import proportional as slow_shares
from tests.pricing.twin_order_lines import spread as slow_spread

totals = st.integers(-40, 40)
weights = st.lists(st.sampled_from((-7, -3, -1, 0, 0, 1, 1, 2, 5, 9)), max_size=5)


@settings(max_examples=300)
@given(totals, weights)
def test_shares_are_the_exact_ones_to_less_than_a_cent_and_add_up(total: int, each: list[int]) -> None:
    found = proportional(total, each)
    assert found == slow_shares(total, each)
    assert sum(found) == (total if each else 0)
    if sum(each):
        exact = [Fraction(total * one, sum(each)) for one in each]
        assert all(abs(share - one) < 1 for share, one in zip(found, exact, strict=True))
    assert [-share for share in found] == proportional(-total, each)


@pytest.mark.parametrize(
    ("total", "of", "expected"),
    [
        (5, (3, 1), (4, 1)),  # 3.75 and 1.25
        (10, (1, 1, 1), (4, 3, 3)),  # 3 1/3 each: the odd cent is the first one's
        (-10, (1, 1, 1), (-4, -3, -3)),
        (10, (3, -1), (15, -5)),  # 10 / 2 for each of weight
        (-10, (3, -1), (-15, 5)),
        (10, (-3, 1), (15, -5)),
        (5, (4, -1), (6, -1)),  # 6 2/3 and -1 2/3: towards zero they add up already
        (4, (4, -1), (5, -1)),  # 5 1/3 and -1 1/3
        (7, (2, 2, -1), (5, 4, -2)),  # 4 2/3 twice and -2 1/3 make 6: the first of the two lacks most
        (6, (2, -2, 1), (12, -12, 6)),
        (7, (2, -2), (4, 3)),  # weights that cancel out count by size
        (7, (0, 0), (4, 3)),
        (0, (2, 3), (0, 0)),
        (3, (), ()),
    ],
)
def test_shares_by_hand(total: int, of: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert tuple(proportional(total, of)) == expected


@settings(max_examples=300)
@given(totals, st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 12)), max_size=5))
def test_a_line_takes_no_more_than_it_has_room_for(total: int, lines: list[tuple[int, int | None]]) -> None:
    each, rooms = [weight for weight, _ in lines], [room for _, room in lines]
    found, left = spread(total, each, rooms)
    assert sum(found) + left == total
    if total < 0:
        assert found == slow_shares(total, each)  # a surcharge has no limit
        return
    assert found == slow_spread(total, each, rooms)
    assert all(room is None or 0 <= share <= room for share, room in zip(found, rooms, strict=True))
    assert not left or all(room == share for share, room in zip(found, rooms, strict=True))


def test_weights_keep_their_proportion_as_whole_numbers() -> None:
    assert whole_numbers([Decimal("0.5"), Decimal("2"), Decimal("1.25")]) == [50, 200, 125]
    assert whole_numbers([Decimal("1E+2"), Decimal("3")]) == [100, 3]
    assert whole_numbers([]) == []


def test_what_a_line_cannot_take_goes_to_those_that_can() -> None:
    # half of 10 each, but the first has room for 2 only, and together they have room for 9
    assert spread(10, [1, 1], [2, None]) == ([2, 8], 0)
    assert spread(10, [1, 1], [2, 7]) == ([2, 7], 1)


@pytest.mark.parametrize("kind", ["random", "equal", "few values", "rising", "all but one equal", "periodic"])
@pytest.mark.parametrize("lines", [MANY - 1, MANY, 3_701])
def test_of_many_values_the_largest_are_those_that_sorting_finds(kind: str, lines: int) -> None:
    chance = random.Random(5)
    values = {
        "random": [chance.randrange(10**12) for _ in range(lines)],
        "equal": [7] * lines,
        "few values": [chance.randrange(3) for _ in range(lines)],
        "rising": list(range(lines)),
        "all but one equal": [*[4] * (lines - 1), 5],
        # the sample is taken at regular places: values that repeat there mislead it
        "periodic": [10**6 + place if place % (lines // 250) else place for place in range(lines)],
    }[kind]
    order = sorted(range(lines), key=lambda each: (-values[each], each))
    for count in (0, 1, 20, lines // 3, lines // 2, lines - 1, lines):
        assert sorted(largest(values, count)) == sorted(order[:count])


@pytest.mark.parametrize("seed", range(5))
def test_many_lines_share_as_the_slow_way_says(seed: int) -> None:
    chance = random.Random(seed)
    weights = [chance.randrange(1, 10**7) for _ in range(2_000)]
    assert proportional(sum(weights) * 3 // 100, weights) == slow_shares(sum(weights) * 3 // 100, weights)
