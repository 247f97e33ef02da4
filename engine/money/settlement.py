"""The only road from an exact price to money."""

from __future__ import annotations

from decimal import Decimal, Inexact

from engine.money.amount import Money, UnitPrice
from engine.money.arithmetic import EXACT, STRICT, divide_rounded
from engine.money.currency import Currency
from engine.money.problem import INEXACT, NOT_A_NUMBER, OUT_OF_RANGE, MoneyError
from engine.money.ratio import WHOLE, Ratio
from engine.money.rounding import HALF_UP, RoundingRule

MOST_MINOR_UNITS = 2**63 - 1
"""An amount on the wire is a signed 64-bit number of minor units."""


def settle(price: UnitPrice, *, quantity: Decimal, rounding: RoundingRule, share: Ratio = WHOLE) -> Money:
    """Multiply an exact price by a quantity (and a share of a period), and round once to money.

    Raises ``MoneyError``: MNY003 for a value that is not a number, MNY005 for an amount beyond 64 bits, MNY008 when
    price times quantity needs more than 34 digits.
    """
    try:
        product = STRICT.multiply(price.amount, quantity)
    except Inexact:
        raise MoneyError(INEXACT, f"{price.amount} x {quantity} needs more than 34 digits") from None
    if not product.is_finite():
        raise MoneyError(NOT_A_NUMBER, f"`{product}` is not an amount")
    if share is WHOLE and rounding.increment is None:
        scaled = product.scaleb(price.currency.exponent, EXACT)
        units = int(scaled.to_integral_value(rounding.mode.decimal, EXACT))
    else:
        numerator, denominator = product.as_integer_ratio()
        units = _settled_units(numerator * share.numerator, denominator * share.denominator, price.currency, rounding)
    if abs(units) > MOST_MINOR_UNITS:
        raise MoneyError(OUT_OF_RANGE, f"{price.amount} x {quantity} is beyond the largest amount")
    return Money(units, price.currency)


def share_of(amount: Money, share: Ratio, *, rounding: RoundingRule = HALF_UP) -> Money:
    """Return a share of an amount that is already settled, rounded once: a credit of 14 of 31 days of a billed line."""
    units = _settled_units(
        amount.minor_units * share.numerator, amount.currency.scale * share.denominator, amount.currency, rounding
    )
    return Money(units, amount.currency)


def _settled_units(numerator: int, denominator: int, currency: Currency, rounding: RoundingRule) -> int:
    """Minor units of ``numerator / denominator`` major units, by the rule's mode and increment."""
    increment = _increment_units(currency, rounding)
    return increment * divide_rounded(numerator * currency.scale, denominator * increment, rounding.mode)


def _increment_units(currency: Currency, rounding: RoundingRule) -> int:
    if rounding.increment is None:
        return 1
    return Money.exactly(rounding.increment, currency).minor_units
