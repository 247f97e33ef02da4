"""Amounts in whole minor units: as exact fractions say, whichever way they are found."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Rounding, currency, divide_rounded
from engine.pricing.amounts import Amounts

CODES = st.sampled_from(("EUR", "JPY", "KWD"))
UNITS = st.decimals(-1_000, 1_000_000, places=2) | st.decimals(0, 1_000, places=12) | st.integers(0, 99).map(Decimal)
QUANTITIES = st.integers(1, 10_000).map(Decimal) | st.decimals("0.001", 50, places=3)


def exact(unit: Decimal, quantity: Decimal, code: str) -> Fraction:
    return Fraction(unit) * Fraction(quantity) * 10 ** currency(code).exponent


@given(CODES, st.sampled_from(Rounding), st.lists(st.tuples(UNITS, QUANTITIES), min_size=1, max_size=6))
def test_an_amount_is_the_exact_product_rounded_once(
    code: str, mode: Rounding, lines: list[tuple[Decimal, Decimal]]
) -> None:
    amounts = Amounts(currency(code), mode)
    for unit, quantity in (*lines, *lines):  # again: what was looked at is remembered
        wanted = exact(unit, quantity, code)
        assert amounts.of(unit, quantity) == divide_rounded(wanted.numerator, wanted.denominator, mode)


@given(CODES, st.lists(st.tuples(UNITS, QUANTITIES), min_size=1, max_size=6))
def test_the_lowest_amount_is_the_next_whole_one_and_the_quick_bound_is_not_below(
    code: str, lines: list[tuple[Decimal, Decimal]]
) -> None:
    amounts = Amounts(currency(code), Rounding.HALF_UP)
    for unit, quantity in (*lines, *lines):
        lowest = amounts.lowest(unit, quantity)
        assert lowest == max(ceil(exact(unit, quantity, code)), 0)
        bound = amounts.not_below(unit, quantity)
        assert (bound is None) == (quantity != int(quantity))
        assert bound is None or lowest <= bound <= lowest + quantity


@pytest.mark.parametrize(
    ("unit", "quantity", "wanted"),
    [
        ("10.00", "3", 3000),
        ("0.333", "3", 100),  # 0.999
        ("0.125", "1", 13),  # half up
        ("-0.125", "1", -13),
        ("10.00", "0.3335", 334),  # 3.335
        ("1234567890123456.78", "1", 123456789012345678),
    ],
)
def test_an_amount_by_hand(unit: str, quantity: str, wanted: int) -> None:
    assert Amounts(currency("EUR"), Rounding.HALF_UP).of(Decimal(unit), Decimal(quantity)) == wanted
