"""Numeric built-ins (DMN 10.3.4.5)."""

from __future__ import annotations

from decimal import Decimal

from engine.language.builtins.arguments import integer, number
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values import number as numbers
from engine.language.values.duration import DaysDuration, MonthsDuration
from engine.language.values.fault import UndefinedError


def decimal(n: object, scale: object) -> Decimal:
    """``decimal(1/3, 2) = 0.33``: half to even."""
    return numbers.round_to(number(n), integer(scale), numbers.HALF_EVEN)


def floor(n: object, scale: object = numbers.ZERO) -> Decimal:
    """``floor(-1.5) = -2``."""
    return numbers.round_to(number(n), integer(scale), numbers.FLOOR)


def ceiling(n: object, scale: object = numbers.ZERO) -> Decimal:
    """``ceiling(-1.5) = -1``."""
    return numbers.round_to(number(n), integer(scale), numbers.CEILING)


def round_up(n: object, scale: object) -> Decimal:
    """``round up(-5.5, 0) = -6``: away from zero."""
    return numbers.round_to(number(n), integer(scale), numbers.UP)


def round_down(n: object, scale: object) -> Decimal:
    """``round down(-5.5, 0) = -5``: towards zero."""
    return numbers.round_to(number(n), integer(scale), numbers.DOWN)


def round_half_up(n: object, scale: object) -> Decimal:
    """``round half up(-5.5, 0) = -6``: halves away from zero."""
    return numbers.round_to(number(n), integer(scale), numbers.HALF_UP)


def round_half_down(n: object, scale: object) -> Decimal:
    """``round half down(-5.5, 0) = -5``: halves towards zero."""
    return numbers.round_to(number(n), integer(scale), numbers.HALF_DOWN)


def absolute(n: object) -> object:
    """``abs(-1) = 1``, of durations too."""
    if isinstance(n, DaysDuration):
        return DaysDuration(abs(n.nanoseconds))
    if isinstance(n, MonthsDuration):
        return MonthsDuration(abs(n.months))
    return abs(number(n))


def modulo(dividend: object, divisor: object) -> Decimal:
    """``modulo(-12, 5) = 3``: the remainder has the sign of the divisor."""
    left, right = number(dividend), number(divisor)
    if not right:
        raise UndefinedError("division by zero")
    rest = numbers.calculate(lambda: numbers.DECIMAL128.remainder(left, right))
    return numbers.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def square_root(n: object) -> Decimal:
    """``sqrt(16) = 4``; a negative number has none."""
    value = number(n)
    return numbers.calculate(lambda: numbers.DECIMAL128.sqrt(value))


def logarithm(n: object) -> Decimal:
    """``log(10) = 2.30258509...``: the natural logarithm of a number above 0."""
    value = number(n)
    if value <= 0:
        raise UndefinedError("only a number above 0 has a logarithm")
    return numbers.calculate(lambda: numbers.DECIMAL128.ln(value))


def exponential(n: object) -> Decimal:
    """``exp(5) = 148.413159...``."""
    value = number(n)
    return numbers.calculate(lambda: numbers.DECIMAL128.exp(value))


def odd(n: object) -> bool:
    """``odd(5) = true``; a number with a fraction is neither odd nor even."""
    value = number(n)
    return numbers.is_whole(value) and numbers.whole(value) % 2 == 1


def even(n: object) -> bool:
    """``even(5) = false``."""
    value = number(n)
    return numbers.is_whole(value) and numbers.whole(value) % 2 == 0


_SCALED = "n: N, scale: number -> N"

NUMERIC: tuple[Builtin, ...] = (
    builtin("decimal", (_SCALED, decimal)),
    builtin("floor", ("n: N, scale?: number -> N", floor)),
    builtin("ceiling", ("n: N, scale?: number -> N", ceiling)),
    builtin("round up", (_SCALED, round_up)),
    builtin("round down", (_SCALED, round_down)),
    builtin("round half up", (_SCALED, round_half_up)),
    builtin("round half down", (_SCALED, round_half_down)),
    builtin("abs", ("n: N -> N", absolute), ("n: days -> days", absolute), ("n: months -> months", absolute)),
    builtin("modulo", ("dividend: N, divisor: N -> N", modulo)),
    builtin("sqrt", ("number: number -> number?", square_root)),
    builtin("log", ("number: number -> number?", logarithm)),
    builtin("exp", ("number: number -> number", exponential)),
    builtin("odd", ("number: number -> boolean", odd)),
    builtin("even", ("number: number -> boolean", even)),
)
