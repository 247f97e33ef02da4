"""Spreading an amount: the largest remainders, of equal ones the earlier, however many lines there are."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pricing.spread import MANY, largest, proportional, spread


def slow_shares(total: int, weights: list[int]) -> list[int]:
    """Largest remainders by the book: floors, then one by one to whoever is furthest below its exact share."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    shares = [int(each) for each in exact]
    order = sorted(range(len(weights)), key=lambda each: (shares[each] - exact[each], each))
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares


def test_a_cent_that_is_left_goes_to_the_largest_remainder_and_of_equal_ones_to_the_earlier() -> None:
    # 10 of 1 + 1 + 1: 3.33 each, one is left; 5 of 3 + 1: 3.75 and 1.25, the one left is nearer to the first
    assert proportional(10, [1, 1, 1]) == [4, 3, 3]
    assert proportional(5, [3, 1]) == [4, 1]


def test_what_a_line_cannot_take_goes_to_those_that_can() -> None:
    # half of 10 each, but the first has room for 2 only, and together they have room for 9
    assert spread(10, [1, 1], [2, None]) == ([2, 8], 0)
    assert spread(10, [1, 1], [2, 7]) == ([2, 7], 1)


@given(st.integers(0, 500), st.lists(st.integers(0, 40), min_size=1, max_size=8).filter(any))
def test_shares_are_what_the_slow_way_says(total: int, weights: list[int]) -> None:
    assert proportional(total, weights) == slow_shares(total, weights)


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
