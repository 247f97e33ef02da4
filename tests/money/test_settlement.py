from __future__ import annotations

import threading
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import (
    EXACT,
    HALF_UP,
    Money,
    MoneyError,
    Ratio,
    Rounding,
    RoundingRule,
    UnitPrice,
    currency,
    settle,
    share_of,
    step,
)

EUR = currency("EUR")
JPY = currency("JPY")
CHF = currency("CHF")
ONE = Decimal(1)


def price(text: str, unit=EUR) -> UnitPrice:
    return UnitPrice(Decimal(text), unit)


@pytest.mark.parametrize(
    ("amount", "quantity", "mode", "units"),
    [
        ("2.345", "1", Rounding.HALF_UP, 235),
        ("2.345", "1", Rounding.HALF_EVEN, 234),
        ("-2.345", "1", Rounding.HALF_UP, -235),
        ("-2.345", "1", Rounding.CEILING, -234),
        ("-2.341", "1", Rounding.FLOOR, -235),
        ("0.0011439", "10000", Rounding.HALF_UP, 1144),  # 11.439
        ("12.50", "0.333", Rounding.HALF_UP, 416),  # 4.1625
        ("12.50", "0.333", Rounding.UP, 417),
    ],
)
def test_settling_rounds_once_at_the_end(amount, quantity, mode, units) -> None:
    settled = settle(price(amount), quantity=Decimal(quantity), rounding=RoundingRule(mode))
    assert settled == Money(units, EUR)


def test_an_increment_settles_to_its_multiples() -> None:
    rule = RoundingRule(increment=Decimal("0.05"))
    assert settle(price("10.025", CHF), quantity=ONE, rounding=rule) == Money(1005, CHF)
    assert settle(price("-10.024", CHF), quantity=ONE, rounding=rule) == Money(-1000, CHF)
    assert settle(price("1295", JPY), quantity=ONE, rounding=RoundingRule(increment=Decimal(10))) == Money(1300, JPY)


def test_an_increment_below_the_smallest_unit_is_refused() -> None:
    with pytest.raises(MoneyError, match="MNY004"):
        settle(price("1"), quantity=ONE, rounding=RoundingRule(increment=Decimal("0.005")))


def test_a_share_is_settled_without_an_intermediate_rounding() -> None:
    # 100 x 14/31 = 45.1612...; 1 x 31 x 17/31 = 17 exactly
    assert settle(price("100"), quantity=ONE, rounding=HALF_UP, share=Ratio(14, 31)) == Money(4516, EUR)
    assert settle(price("1"), quantity=Decimal(31), rounding=HALF_UP, share=Ratio(17, 31)) == Money(1700, EUR)


def test_a_share_of_settled_money() -> None:
    # 8.02 x 24/25 = 7.6992
    assert share_of(Money(802, EUR), Ratio(24, 25)) == Money(770, EUR)
    assert share_of(Money(-802, EUR), Ratio(24, 25)) == Money(-770, EUR)


@pytest.mark.parametrize(
    ("amount", "quantity", "code"),
    [
        ("NaN", "1", "MNY003"),
        ("Infinity", "1", "MNY003"),
        ("1e19", "1", "MNY005"),
        ("1." + "1" * 30, "1." + "1" * 30, "MNY008"),
    ],
)
def test_what_cannot_be_settled_says_so(amount, quantity, code) -> None:
    with pytest.raises(MoneyError, match=code):
        settle(price(amount), quantity=Decimal(quantity), rounding=HALF_UP)


@given(
    st.decimals(-(10**9), 10**9, places=6),
    st.decimals(0, 10**5, places=3),
    st.integers(0, 400),
    st.integers(1, 400),
    st.sampled_from(Rounding),
)
def test_the_settled_amount_is_the_neighbour_that_the_mode_names(amount, quantity, top, bottom, mode) -> None:
    exact = Fraction(amount) * Fraction(quantity) * Fraction(top, bottom) * 100
    units = settle(
        UnitPrice(amount, EUR), quantity=quantity, rounding=RoundingRule(mode), share=Ratio(top, bottom)
    ).minor_units
    distance = Fraction(units) - exact
    assert abs(distance) < 1
    match mode:
        case Rounding.UP:
            assert distance * exact >= 0
        case Rounding.DOWN:
            assert distance * exact <= 0
        case Rounding.CEILING:
            assert distance >= 0
        case Rounding.FLOOR:
            assert distance <= 0
        case Rounding.HALF_UP | Rounding.HALF_DOWN | Rounding.HALF_EVEN:
            assert abs(distance) <= Fraction(1, 2)


def test_a_step_keeps_twelve_decimals_half_even() -> None:
    assert str(step(Decimal("0.0000000000005"))) == "0E-12"
    assert str(step(Decimal("0.0000000000015"))) == "2E-12"
    assert str(step(Decimal("9.99"))) == "9.990000000000"


def test_binary_floats_are_trapped() -> None:
    with pytest.raises((TypeError, ArithmeticError)):
        EXACT.create_decimal(0.1)
    with pytest.raises(TypeError):
        EXACT.multiply(Decimal(1), 0.1)  # type: ignore[arg-type]


def test_the_context_of_the_thread_changes_nothing() -> None:
    answers = []

    def work() -> None:
        getcontext().prec = 3
        answers.append(settle(price("1234567.891"), quantity=Decimal("3"), rounding=HALF_UP))
        answers.append(EXACT.multiply(Decimal("1234567.891"), Decimal(3)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [Money(370370367, EUR), Decimal("3703703.673")]
