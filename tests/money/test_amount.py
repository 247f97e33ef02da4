from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, MoneyError, currency, total

EUR = currency("EUR")
JPY = currency("JPY")
KWD = currency("KWD")
CLF = currency("CLF")


def test_money_adds_subtracts_and_compares() -> None:
    assert Money(150, EUR) + Money(-20, EUR) == Money(130, EUR)
    assert Money(150, EUR) - Money(200, EUR) == -Money(50, EUR)
    assert Money(1, EUR) < Money(2, EUR) <= Money(2, EUR) < Money(3, EUR)
    assert Money(3, EUR) > Money(2, EUR) >= Money(2, EUR)
    assert abs(Money(-7, EUR)) == Money(7, EUR)
    assert 3 * Money(7, EUR) == Money(7, EUR) * 3 == Money(21, EUR)
    assert total([Money(1, EUR), Money(2, EUR)], EUR) == Money(3, EUR)
    assert total([], JPY) == Money.zero(JPY)
    assert Money.zero(EUR).is_zero


@pytest.mark.parametrize(
    "act", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: total([b], EUR)]
)
def test_currencies_do_not_mix(act) -> None:
    with pytest.raises(MoneyError, match="EUR and JPY do not mix"):
        act(Money(1, EUR), Money(1, JPY))


def test_currencies_with_the_same_units_are_not_equal() -> None:
    assert Money(1, EUR) != Money(1, JPY)


@pytest.mark.parametrize("factor", [True, Decimal("1.5"), "2"])
def test_money_is_multiplied_by_whole_counts_only(factor) -> None:
    with pytest.raises(TypeError):
        Money(100, EUR) * factor


@pytest.mark.parametrize(
    ("text", "unit", "units"),
    [
        ("12.30", EUR, 1230),
        ("-0.01", EUR, -1),
        ("1234", JPY, 1234),
        ("1.235", KWD, 1235),
        ("0.0001", CLF, 1),
        ("12.3000", EUR, 1230),
    ],
)
def test_exact_amounts_become_minor_units(text, unit, units) -> None:
    assert Money.exactly(Decimal(text), unit) == Money(units, unit)


@pytest.mark.parametrize(("text", "unit"), [("12.305", EUR), ("0.5", JPY), ("1.2355", KWD), ("-0.001", EUR)])
def test_an_amount_that_is_too_precise_is_refused(text, unit) -> None:
    with pytest.raises(MoneyError, match="MNY004"):
        Money.exactly(Decimal(text), unit)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MoneyError, match="MNY003"):
        Money.exactly(Decimal(text), EUR)


@pytest.mark.parametrize(
    ("units", "unit", "shown"),
    [(1230, EUR, "12.30"), (-5, EUR, "-0.05"), (0, KWD, "0.000"), (-12, JPY, "-12"), (7, CLF, "0.0007")],
)
def test_the_decimal_keeps_every_place_of_the_currency(units, unit, shown) -> None:
    assert str(Money(units, unit).decimal) == shown
    assert str(Money(units, unit)) == f"{shown} {unit.code}"


@given(st.integers(-(10**40), 10**40), st.sampled_from([EUR, JPY, KWD, CLF]))
def test_decimal_and_back_is_the_identity(units, unit) -> None:
    assert Money.exactly(Money(units, unit).decimal, unit) == Money(units, unit)
