"""Numbers: decimal128 (34 digits, half even) as DMN 10.3.2.3.1 asks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Clamped,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
)

from engine.language.values.fault import UndefinedError

DECIMAL128 = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)
"""The arithmetic of FEEL: overflow, division by zero and roots of negative numbers have no value."""

_WIDE = Context(prec=13_000, Emin=-13_000, Emax=13_000, traps=[InvalidOperation, FloatOperation])
_WIDE.clear_traps()
_WIDE.traps[InvalidOperation] = True
_WIDE.traps[Clamped] = False

SCALE_LEAST = -6111
SCALE_MOST = 6176
ZERO = Decimal(0)
ONE = Decimal(1)

HALF_EVEN = ROUND_HALF_EVEN
UP = ROUND_UP
DOWN = ROUND_DOWN
HALF_UP = ROUND_HALF_UP
HALF_DOWN = ROUND_HALF_DOWN
FLOOR = ROUND_FLOOR
CEILING = ROUND_CEILING


def calculate(operation: Callable[[], Decimal]) -> Decimal:
    """Run one decimal operation; raises ``UndefinedError`` instead of the library's own errors."""
    try:
        return operation()
    except DecimalException as error:
        raise UndefinedError(_reason(error)) from None


def _reason(error: DecimalException) -> str:
    if isinstance(error, Overflow):
        return "the number is too large"
    if isinstance(error, DivisionByZero):
        return "division by zero"
    return "the operation has no result for these numbers"


def add(left: Decimal, right: Decimal) -> Decimal:
    """``left + right``."""
    return calculate(lambda: DECIMAL128.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """``left - right``."""
    return calculate(lambda: DECIMAL128.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """``left * right``."""
    return calculate(lambda: DECIMAL128.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal:
    """``left / right``; division by zero has no value."""
    if not right:
        raise UndefinedError("division by zero")
    return calculate(lambda: DECIMAL128.divide(left, right))


def power(left: Decimal, right: Decimal) -> Decimal:
    """``left ** right``; 0 to the power 0 is 1."""
    if not right:
        return ONE
    return calculate(lambda: DECIMAL128.power(left, right))


def round_to(number: Decimal, scale: int, rounding: str) -> Decimal:
    """Round to ``scale`` decimals (negative: tens, hundreds, ...); scales beyond decimal128 have no value."""
    if not SCALE_LEAST <= scale <= SCALE_MOST:
        raise UndefinedError(f"the scale lies between {SCALE_LEAST} and {SCALE_MOST}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return number
    return calculate(lambda: number.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=_WIDE))


def whole(number: Decimal) -> int:
    """Return a number without its fraction as an integer; beyond 34 digits there is no value."""
    if not number.is_finite() or number.adjusted() > DECIMAL128.prec:
        raise UndefinedError("the number is too large to count with")
    return int(number)


def is_whole(number: Decimal) -> bool:
    """Whether a number has no fraction."""
    return number == number.to_integral_value()


def read_number(text: str) -> Decimal:
    """Read an XML Schema decimal or double without NaN and INF; raises ``UndefinedError``."""
    try:
        number = DECIMAL128.create_decimal(text.strip())
    except (DecimalException, ValueError):
        raise UndefinedError(f"`{text[:60]}` is not a number") from None
    if not number.is_finite():
        raise UndefinedError(f"`{text[:60]}` is not a number")
    return number


def number_text(number: Decimal) -> str:
    """Write a number without exponent, as ``string()`` does; a zero after a minus stays ``0``."""
    if not number:
        number = abs(number)
    return format(number, "f")
