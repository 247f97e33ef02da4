from __future__ import annotations

import pytest

from engine.money import Currency, currency, known_currencies
from engine.money.currency_table import CASH_INCREMENTS, EXPONENTS, NO_CURRENCY
from engine.money.problem import MoneyError


@pytest.mark.parametrize(
    ("code", "exponent"),
    [
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("EUR", 2),
        ("RSD", 2),
        ("ALL", 2),
        ("IQD", 3),
        ("KWD", 3),
        ("CLF", 4),
        ("UYW", 4),
    ],
)
def test_exponents_follow_the_standard(code: str, exponent: int) -> None:
    assert currency(code) == Currency(code, exponent)
    assert currency(code).scale == 10**exponent


def test_the_table_is_whole_and_well_formed() -> None:
    assert 170 <= len(known_currencies()) <= 190
    assert all(len(each.code) == 3 and each.code.isupper() for each in known_currencies())
    assert {exponent for exponent in EXPONENTS.values()} == {0, 2, 3, 4}
    assert set(CASH_INCREMENTS) <= set(EXPONENTS)
    assert currency(NO_CURRENCY).exponent == 0


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(MoneyError) as caught:
        currency("EURO")
    fault = caught.value.fault("quote.currency")
    assert str(fault) == "MNY001: quote.currency: unknown currency `EURO`; did you mean `EUR`?"


def test_a_code_in_small_letters_is_not_guessed_but_hinted() -> None:
    with pytest.raises(MoneyError, match="did you mean `CHF`"):
        currency("chf")


def test_a_currency_shows_as_its_code() -> None:
    assert str(currency("SEK")) == "SEK"
