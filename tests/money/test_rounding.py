from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Rounding, RoundingRule
from engine.money.arithmetic import divide_rounded, round_to, shares_rounded

# value: half_up, half_even, half_down, up, down, ceiling, floor; written by hand
TABLE = {
    "2.5": (3, 2, 2, 3, 2, 3, 2),
    "3.5": (4, 4, 3, 4, 3, 4, 3),
    "-2.5": (-3, -2, -2, -3, -2, -2, -3),
    "2.1": (2, 2, 2, 3, 2, 3, 2),
    "-2.1": (-2, -2, -2, -3, -2, -2, -3),
    "2.9": (3, 3, 3, 3, 2, 3, 2),
    "-2.9": (-3, -3, -3, -3, -2, -2, -3),
    "4": (4, 4, 4, 4, 4, 4, 4),
}
MODES = (
    Rounding.HALF_UP,
    Rounding.HALF_EVEN,
    Rounding.HALF_DOWN,
    Rounding.UP,
    Rounding.DOWN,
    Rounding.CEILING,
    Rounding.FLOOR,
)


@pytest.mark.parametrize("value", TABLE)
def test_each_mode_moves_as_its_name_says(value: str) -> None:
    numerator, denominator = Decimal(value).as_integer_ratio()
    assert tuple(divide_rounded(numerator, denominator, mode) for mode in MODES) == TABLE[value]


@given(st.integers(-(10**30), 10**30), st.integers(0, 6), st.sampled_from(MODES))
def test_whole_number_rounding_agrees_with_decimal(units: int, places: int, mode: Rounding) -> None:
    with localcontext() as context:
        context.prec = 60
        expected = int((Decimal(units) / 10**places).to_integral_value(mode.decimal))
    assert divide_rounded(units, 10**places, mode) == expected
    assert divide_rounded(-units, -(10**places), mode) == expected


def test_multiples() -> None:
    assert round_to(Decimal("-4550"), Decimal(100), Rounding.HALF_UP) == -4600
    assert str(round_to(Decimal("0.0011439"), Decimal("0.00001"), Rounding.HALF_UP)) == "0.00114"
    assert round_to(Decimal("10.025"), Decimal("0.05"), Rounding.HALF_UP) == Decimal("10.05")


@pytest.mark.parametrize("increment", ["0", "-0.05", "NaN", "Infinity"])
def test_an_increment_is_positive(increment: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        RoundingRule(increment=Decimal(increment))


@given(
    st.lists(st.integers(-(10**12), 10**12) | st.integers(-9, 9)),
    st.integers(-500, 500) | st.integers(-2, 3),
    st.integers(1, 500) | st.sampled_from((2, 4)),
    st.sampled_from(MODES),
)
def test_the_shares_of_amounts_are_rounded_one_by_one(
    amounts: list[int], top: int, bottom: int, mode: Rounding
) -> None:
    wanted = [divide_rounded(amount * top, bottom, mode) for amount in amounts]
    assert shares_rounded(amounts, top, bottom, mode) == wanted


def test_halves_of_either_sign_go_away_from_zero_beside_each_other() -> None:
    assert shares_rounded([1, -1, 3, -3], 1, 2, Rounding.HALF_UP) == [1, -1, 2, -2]
    assert shares_rounded([1, -1, 3, -3], -1, 2, Rounding.HALF_UP) == [-1, 1, -2, 2]
