from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money, MoneyError, currency, parse_decimal, show

EUR = currency("EUR")


@pytest.mark.parametrize("text", ["0", "-12.5", "007.10", "1234567890.123456789"])
def test_plain_numbers_are_read(text) -> None:
    assert parse_decimal(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1e3", "1E3", "NaN", "Infinity", "+1", ".5", "5.", "1_000", "1,000", "--1", "١٢", "0x1", "1\n"],
)
def test_other_text_is_refused(text) -> None:
    with pytest.raises(MoneyError, match="MNY003"):
        parse_decimal(text)


def test_precision_and_size_have_limits() -> None:
    assert parse_decimal("1.234", places_max=3) == Decimal("1.234")
    with pytest.raises(MoneyError, match="MNY004"):
        parse_decimal("1.2345", places_max=3)
    with pytest.raises(MoneyError, match="MNY005"):
        parse_decimal("1" * 35)
    with pytest.raises(MoneyError, match="MNY004"):
        Money.exactly(parse_decimal("1.234"), EUR)


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
    assert Money.exactly(parse_decimal(str(Money(units, EUR).decimal)), EUR) == Money(units, EUR)
