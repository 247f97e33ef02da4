from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, MoneyError, Ratio, allocate, currency, whole_units

EUR = currency("EUR")


def units(total: int, weights) -> list[int]:
    return [part.minor_units for part in allocate(Money(total, EUR), weights)]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [1, 1, 1], [4, 3, 3]),
        (101, [3, 7], [30, 71]),
        (-5, [7, 3], [-4, -1]),
        (299, [4300, 1400, 2300], [161, 52, 86]),
        (1, [Decimal("0.33"), Decimal("0.66")], [0, 1]),
        (10, [Ratio(1, 3), Ratio(2, 3)], [3, 7]),
        (5, [0, 0], [3, 2]),
        (7, [0, 5], [0, 7]),
        (0, [], []),
        (0, [2, 1], [0, 0]),
    ],
)
def test_known_splits(total, weights, parts) -> None:
    assert units(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1], [Decimal("NaN")], [Decimal("Infinity")]])
def test_weights_that_make_no_sense_are_refused(weights) -> None:
    with pytest.raises(MoneyError, match="MNY006"):
        allocate(Money(1, EUR), weights)


weights = st.lists(st.one_of(st.integers(0, 10**12), st.decimals(0, 10**6, places=4)), min_size=1, max_size=12)


@given(st.integers(-(10**15), 10**15), weights)
def test_parts_add_up_keep_the_sign_and_stay_within_a_unit(total, weights) -> None:
    parts = units(total, weights)
    assert sum(parts) == total
    assert all(part * total >= 0 for part in parts)
    assert units(-total, weights) == [-part for part in parts]
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * Decimal(whole) - total * Decimal(weight)) <= whole * Decimal("1.000001")


@given(st.integers(0, 10**9), weights)
def test_an_equal_weight_never_gets_more_than_an_earlier_one(total, weights) -> None:
    parts = units(total, weights)
    for index, weight in enumerate(weights):
        later = [parts[i] for i in range(index + 1, len(weights)) if weights[i] == weight]
        assert all(part <= parts[index] for part in later)


@pytest.mark.parametrize(
    ("total", "exact", "expected"),
    [
        (1, ("0.004", "0.006"), [0, 1]),
        (2, ("0.005", "0.005", "0.005"), [1, 1, 0]),  # equal remainders: the earlier parts
        (-1, ("-0.006", "-0.004"), [-1, 0]),
        (-2, ("-0.007", "-0.002", "-0.006"), [-1, 0, -1]),
        (299, ("1.999", "0.999"), [200, 99]),  # 199.9 and 99.9 cents: one cent is left, the first part's
        (100, ("1.205", "-0.201"), [120, -20]),
        (101, ("1.205", "-0.201"), [121, -20]),
    ],
)
def test_exact_amounts_become_whole_units_of_a_total(total: int, exact: tuple[str, ...], expected: list[int]) -> None:
    assert whole_units(total, [Decimal(each) for each in exact], 2) == expected
