"""Reading the arguments of built-ins: each function returns its argument as the kind wanted or says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.language.values.fault import UndefinedError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import describe_kind
from engine.language.values.number import whole
from engine.language.values.temporal import DateTime, DateValue, FarDate


def number(value: object) -> Decimal:
    """A number."""
    if type(value) is not Decimal:
        raise _wanted("a number", value)
    return value


def integer(value: object) -> int:
    """A number without its fraction."""
    return whole(number(value))


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise _wanted("a string", value)
    return value


def boolean(value: object) -> bool:
    """True or false."""
    if value is not True and value is not False:
        raise _wanted("a boolean", value)
    return value


def items(value: object) -> tuple[object, ...]:
    """A list; a single value counts as the list of it, null does not."""
    if value is None:
        raise _wanted("a list", value)
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, tuple) else (value,)


def context(value: object) -> Mapping[str, object]:
    """A context."""
    if not isinstance(value, Mapping):
        raise _wanted("a context", value)
    return value


def interval(value: object) -> RangeValue:
    """A range."""
    if not isinstance(value, RangeValue):
        raise _wanted("a range", value)
    return value


def function(value: object) -> FunctionValue:
    """A function."""
    if not isinstance(value, FunctionValue):
        raise _wanted("a function", value)
    return value


def day(value: object) -> DateValue:
    """A date, or the date of a date and time."""
    if isinstance(value, DateTime):
        return value.date
    if not isinstance(value, (date, FarDate)):
        raise _wanted("a date", value)
    return value


def _wanted(kind: str, value: object) -> UndefinedError:
    return UndefinedError(f"expected {kind}, found {describe_kind(value)}")
