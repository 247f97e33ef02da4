"""The decimal contexts of the engine, and whole-number division with a rounding mode.

A context is always passed explicitly: one that is set in the main thread does not reach a handler thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
)

from engine.money.rounding import Rounding

DIGITS = 34
"""Digits of IEEE 754 decimal128, which FEEL has too."""

STEP_PLACES = 12
"""Decimals that a price keeps between two steps of the waterfall."""

EXACT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)
"""For prices on their way down the waterfall: 34 digits, half-even, no binary float."""

STRICT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation, Inexact],
)
"""The same, but a lost digit is an error: for the product that is about to be settled."""

_STEP = Decimal(1).scaleb(-STEP_PLACES)


def step(price: Decimal) -> Decimal:
    """Quantise a price to 12 decimals, half-even: what every step of the waterfall hands to the next.

    Raises ``InvalidOperation`` when more than 22 digits stand before the point.
    """
    return price.quantize(_STEP, context=EXACT)


def round_to(amount: Decimal, increment: Decimal, mode: Rounding) -> Decimal:
    """Round a number to a multiple of ``increment`` (0.00001 for a unit price with five decimals, 100 for hundreds).

    The answer keeps the decimals of the increment. The increment is positive; both numbers are finite.
    """
    top, bottom = amount.as_integer_ratio()
    coin_top, coin_bottom = increment.as_integer_ratio()
    return EXACT.multiply(divide_rounded(top * coin_bottom, bottom * coin_top, mode), increment)


def divide_rounded(numerator: int, denominator: int, mode: Rounding) -> int:
    """Divide whole numbers and round to a whole number, exactly, whatever their size; ``denominator`` is not zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if mode is Rounding.HALF_UP:  # by far the most common, and one division
        magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
        return magnitude if numerator >= 0 else -magnitude
    negative = numerator < 0
    quotient, rest = divmod(abs(numerator), denominator)
    if rest and _away(quotient, 2 * rest - denominator, mode, negative=negative):
        quotient += 1
    return -quotient if negative else quotient


def shares_rounded(amounts: Sequence[int], top: int, bottom: int, mode: Rounding) -> list[int]:
    """The share ``top / bottom`` of each amount, rounded to a whole number; ``bottom`` is above zero."""
    if mode is Rounding.HALF_UP and top >= 0 and min(amounts, default=0) >= 0:
        double, whole = 2 * top, 2 * bottom
        return [(amount * double + bottom) // whole for amount in amounts]
    return [divide_rounded(amount * top, bottom, mode) for amount in amounts]


def _away(quotient: int, excess: int, mode: Rounding, *, negative: bool) -> bool:
    """Whether the magnitude goes up; ``excess`` compares the rest with a half (0 is a tie)."""
    match mode:
        case Rounding.UP:
            return True
        case Rounding.DOWN:
            return False
        case Rounding.CEILING:
            return not negative
        case Rounding.FLOOR:
            return negative
        case Rounding.HALF_UP:
            return excess >= 0
        case Rounding.HALF_DOWN:
            return excess > 0
        case Rounding.HALF_EVEN:
            return excess > 0 or (excess == 0 and quotient % 2 == 1)
