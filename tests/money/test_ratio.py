from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import WHOLE, MoneyError, Ratio, Rounding, whole_weights


def test_ratios_are_equal_by_value_and_shown_as_counted() -> None:
    assert Ratio(29, 29) == WHOLE
    assert hash(Ratio(2, 4)) == hash(Ratio(1, 2))
    assert str(Ratio(2, 4)) == "2/4"
    assert Ratio(1, 3) < Ratio(1, 2)
    assert Ratio(1, 3) != "1/3"


def test_nine_decimals_half_up() -> None:
    assert str(Ratio(14, 31).decimal(9)) == "0.451612903"
    assert Ratio(14, 31).rounded(9) == Ratio(451612903, 10**9)
    assert str(Ratio(-1, 2).decimal(0)) == "-1"
    assert str(Ratio(1, 2).decimal(0, Rounding.HALF_EVEN)) == "0"
    assert str(Ratio(830, 365).decimal(4)) == "2.2740"


def test_how_often_a_share_is_in_another_is_in_lowest_terms() -> None:
    assert str(Ratio(12, 1).over(Ratio(12, 365))) == "365/1"
    assert str(Ratio(1, 1).over(Ratio(84, 365))) == "365/84"
    assert str(Ratio(0, 5).over(Ratio(2, 3))) == "0/1"


def test_products_and_sums() -> None:
    assert Ratio(1, 2) * Ratio(2, 3) == Ratio(1, 3)
    assert Ratio(1, 2) + Ratio(1, 3) == Ratio(5, 6)
    assert str(Ratio(5, 31) + Ratio(12, 31)) == "17/31"


parts = st.tuples(st.integers(-30, 30), st.integers(1, 30))


@given(parts, parts)
def test_ratios_are_ordered_added_and_multiplied_as_fractions(one: tuple[int, int], other: tuple[int, int]) -> None:
    mine, its = Ratio(*one), Ratio(*other)
    assert (mine < its) == (Fraction(*one) < Fraction(*other))
    assert (mine == its) == (Fraction(*one) == Fraction(*other))
    for found, wanted in (
        (mine + its, Fraction(*one) + Fraction(*other)),
        (mine * its, Fraction(*one) * Fraction(*other)),
    ):
        assert Fraction(found.numerator, found.denominator) == wanted


@pytest.mark.parametrize("denominator", [0, -3])
def test_a_denominator_is_positive(denominator) -> None:
    with pytest.raises(MoneyError, match="MNY007"):
        Ratio(1, denominator)


def test_numbers_become_ratios() -> None:
    assert Ratio.of(Decimal("0.25")) == Ratio(1, 4)
    assert Ratio.of(3) == Ratio(3, 1)
    with pytest.raises(MoneyError, match="MNY007"):
        Ratio.of(Decimal("NaN"))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=5), st.integers(1, 50))
def test_whole_weights_keep_the_proportion(tops, bottom) -> None:
    whole = whole_weights([Ratio(top, bottom) for top in tops])
    assert all(a * tops[0] == b * whole[0] for a, b in zip(whole, tops, strict=True)) or tops[0] == 0
