"""Cash rounding: a line of its own on the payable total, never a change of a price."""

from __future__ import annotations

from engine.money.amount import Money
from engine.money.arithmetic import divide_rounded
from engine.money.currency import Currency
from engine.money.currency_table import CASH_INCREMENTS
from engine.money.rounding import Rounding


def cash_increment(currency: Currency) -> Money:
    """The smallest amount that can be paid in coins."""
    return Money(CASH_INCREMENTS.get(currency.code, 1), currency)


def cash_difference(payable: Money, *, increment: Money | None = None, mode: Rounding = Rounding.HALF_UP) -> Money:
    """Return the rounding line that takes ``payable`` to a multiple of the smallest coin: 10.02 CHF gets -0.02.

    ``increment`` overrides the currency's own coin, since euro countries differ (0.05 in some).
    """
    coin = increment if increment is not None else cash_increment(payable.currency)
    rounded = divide_rounded(payable.minor_units, coin.minor_units, mode) * coin
    return rounded - payable
