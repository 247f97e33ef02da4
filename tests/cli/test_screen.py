"""Numbers of things, amounts and differences as people read them."""

from __future__ import annotations

import pytest

from engine.cli.prices import signed
from engine.cli.screen import amount, money


@pytest.mark.parametrize(("text", "shown"), [("10", "+10.00"), ("-0.5", "-0.50"), ("0", "+0.00")])
def test_a_difference_has_its_sign(text: str, shown: str) -> None:
    assert signed(text) == shown


def test_amounts_have_the_digits_of_their_currency() -> None:
    assert (amount(123450, "EUR"), money(-1234, "JPY"), amount(1234, "BHD")) == ("1,234.50", "JPY -1,234", "1.234")
