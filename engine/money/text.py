"""Amounts as text: strict reading, and writing for people."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.money.amount import Money
from engine.money.arithmetic import DIGITS
from engine.money.problem import NOT_A_NUMBER, OUT_OF_RANGE, TOO_PRECISE, MoneyError

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LONGEST_SHOWN = 40


def parse_decimal(text: str, *, places_max: int | None = None) -> Decimal:
    """Read a decimal number: digits, one point, maybe a minus; no exponent, sign plus, space, group mark or NaN.

    Raises ``MoneyError``: MNY003 for other text, MNY004 for more than ``places_max`` decimals, MNY005 for more than
    34 digits.
    """
    if not _NUMBER.fullmatch(text):
        raise MoneyError(NOT_A_NUMBER, f"`{text[:_LONGEST_SHOWN]}` is not a decimal number", "write it like 1234.50")
    if sum(each.isdigit() for each in text) > DIGITS:
        raise MoneyError(OUT_OF_RANGE, f"`{text[:_LONGEST_SHOWN]}` has more than {DIGITS} digits")
    places = len(text.partition(".")[2])
    if places_max is not None and places > places_max:
        raise MoneyError(TOO_PRECISE, f"`{text}` has {places} decimals, at most {places_max} are allowed")
    return Decimal(text)


def show(amount: Money, *, group: str = ",", point: str = ".") -> str:
    """Write an amount for people: ``EUR 1,234.50``, ``JPY -1,235``."""
    whole, _, cents = str(abs(amount.decimal)).partition(".")
    grouped = f"{int(whole):,}".replace(",", group)
    sign = "-" if amount.minor_units < 0 else ""
    return f"{amount.currency.code} {sign}{grouped}{point if cents else ''}{cents}"
