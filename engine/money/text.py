"""Amounts as text for people."""

from __future__ import annotations

from engine.money.amount import Money


def show(amount: Money, *, group: str = ",", point: str = ".") -> str:
    """Write an amount for people: ``EUR 1,234.50``, ``JPY -1,235``."""
    whole, _, cents = str(abs(amount.decimal)).partition(".")
    grouped = f"{int(whole):,}".replace(",", group)
    sign = "-" if amount.minor_units < 0 else ""
    return f"{amount.currency.code} {sign}{grouped}{point if cents else ''}{cents}"
