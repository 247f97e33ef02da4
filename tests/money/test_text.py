from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, MoneyError, currency, show

EUR = currency("EUR")


def test_an_amount_with_more_decimals_than_its_currency_is_refused() -> None:
    with pytest.raises(MoneyError, match="MNY004"):
        Money.exactly(Decimal("1.234"), EUR)


@pytest.mark.parametrize(
    ("units", "code", "shown"),
    [
        (123450, "EUR", "EUR 1,234.50"),
        (-123456789, "EUR", "EUR -1,234,567.89"),
        (5, "EUR", "EUR 0.05"),
        (0, "EUR", "EUR 0.00"),
        (1234, "JPY", "JPY 1,234"),
        (-7, "KWD", "KWD -0.007"),
    ],
)
def test_amounts_for_people(units, code, shown) -> None:
    assert show(Money(units, currency(code))) == shown


def test_marks_can_be_chosen() -> None:
    assert show(Money(123450, EUR), group="'", point=",") == "EUR 1'234,50"


@given(st.integers(-(10**20), 10**20))
def test_writing_then_reading_is_the_identity(units) -> None:
    assert Money.exactly(Decimal(str(Money(units, EUR).decimal)), EUR) == Money(units, EUR)
