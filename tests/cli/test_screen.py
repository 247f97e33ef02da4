"""Numbers of things, amounts and differences as people read them."""

from __future__ import annotations

import pytest

from engine.cli.prices import signed
from engine.cli.screen import amount, counted, money


@pytest.mark.parametrize(
    ("number", "words", "shown"),
    [
        (1, ("draft",), "1 draft"),
        (0, ("draft",), "0 drafts"),
        (2, ("credit note",), "2 credit notes"),
        (1, ("entry", "entries"), "1 entry"),
        (12345, ("entry", "entries"), "12,345 entries"),
    ],
)
def test_things_are_counted_in_words(number: int, words: tuple[str, ...], shown: str) -> None:
    assert counted(number, *words) == shown


@pytest.mark.parametrize(("text", "shown"), [("10", "+10.00"), ("-0.5", "-0.50"), ("0", "+0.00")])
def test_a_difference_has_its_sign(text: str, shown: str) -> None:
    assert signed(text) == shown


def test_amounts_have_the_digits_of_their_currency() -> None:
    assert (amount(123450, "EUR"), money(-1234, "JPY"), amount(1234, "BHD")) == ("1,234.50", "JPY -1,234", "1.234")
