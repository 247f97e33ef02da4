from __future__ import annotations

import pytest

from engine.money import Money, Rounding, cash_difference, cash_increment, currency


@pytest.mark.parametrize(
    ("code", "payable", "difference"),
    [
        ("CHF", 1002, -2),
        ("CHF", 1003, 2),
        ("SEK", 1049, -49),
        ("SEK", 1050, 50),
        ("EUR", 1003, 0),
        ("JPY", 7, 0),
        ("CHF", -1003, -2),
    ],
)
def test_the_difference_goes_to_the_nearest_coin(code, payable, difference) -> None:
    unit = currency(code)
    assert cash_difference(Money(payable, unit)) == Money(difference, unit)


def test_the_coin_and_the_mode_can_be_named() -> None:
    euro = currency("EUR")
    assert cash_difference(Money(1003, euro), increment=Money(5, euro)) == Money(2, euro)
    assert cash_difference(Money(1003, euro), increment=Money(5, euro), mode=Rounding.DOWN) == Money(-3, euro)
    assert cash_increment(currency("HUF")) == Money(500, currency("HUF"))
