"""Currencies by ISO 4217 code."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import did_you_mean
from engine.money.currency_table import EXPONENTS
from engine.money.problem import UNKNOWN_CURRENCY, MoneyError


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code and how many decimals its smallest unit has (JPY 0, EUR 2, KWD 3, CLF 4)."""

    code: str
    exponent: int

    def __str__(self) -> str:
        return self.code

    @property
    def scale(self) -> int:
        """How many smallest units make one major unit."""
        return int(10**self.exponent)


_KNOWN = {code: Currency(code, exponent) for code, exponent in EXPONENTS.items()}


def currency(code: str) -> Currency:
    """Return the currency with this ISO 4217 code, which is case-sensitive.

    Raises ``MoneyError`` MNY001 for an unknown code, with the nearest known one as a hint.
    """
    found = _KNOWN.get(code)
    if found is None:
        hint = f"did you mean `{code.upper()}`?" if code.upper() in _KNOWN else did_you_mean(code, _KNOWN)
        raise MoneyError(UNKNOWN_CURRENCY, f"unknown currency `{code[:16]}`", hint)
    return found


def known_currencies() -> tuple[Currency, ...]:
    """Every currency of the table, by code."""
    return tuple(_KNOWN[code] for code in sorted(_KNOWN))
