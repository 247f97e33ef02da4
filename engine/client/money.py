"""Amounts between the wire's whole minor units and decimals in major units."""

from __future__ import annotations

from decimal import Decimal

from engine.money import Money, currency, show


def decimal_amount(minor_units: int, currency_code: str) -> Decimal:
    """An amount in the major unit, exact: 1250 EUR is 12.50, 1250 JPY is 1250."""
    return Money(minor_units, currency(currency_code)).decimal


def minor_units(amount: Decimal, currency_code: str) -> int:
    """An amount in whole minor units; raises MoneyError when it has more decimals than the currency."""
    return Money.exactly(amount, currency(currency_code)).minor_units


def show_amount(minor_units: int, currency_code: str) -> str:
    """An amount as people read it, with its currency."""
    return show(Money(minor_units, currency(currency_code)))
