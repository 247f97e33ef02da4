"""Which kind of FEEL value a Python value is, and how values of the outer world become FEEL values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

from engine.language.values.duration import SECOND, DaysDuration, MonthsDuration
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.temporal import DateTime, FarDate, Time, clock_time, from_datetime


class Kind(Enum):
    """The kinds of value; two values of different kinds are never equal and have no order."""

    NULL = "null"
    NUMBER = "number"
    TEXT = "string"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date and time"
    DAYS = "days and time duration"
    MONTHS = "years and months duration"
    LIST = "list"
    CONTEXT = "context"
    RANGE = "range"
    FUNCTION = "function"


_KINDS: dict[type, Kind] = {
    type(None): Kind.NULL,
    Decimal: Kind.NUMBER,
    str: Kind.TEXT,
    bool: Kind.BOOLEAN,
    date: Kind.DATE,
    FarDate: Kind.DATE,
    Time: Kind.TIME,
    DateTime: Kind.DATE_TIME,
    DaysDuration: Kind.DAYS,
    MonthsDuration: Kind.MONTHS,
    tuple: Kind.LIST,
    list: Kind.LIST,
    dict: Kind.CONTEXT,
    RangeValue: Kind.RANGE,
    FunctionValue: Kind.FUNCTION,
}


def kind_of(value: object) -> Kind:
    """Return the kind of a value; raises ``TypeError`` for what is no FEEL value (a programming error)."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, Mapping):
        return Kind.CONTEXT
    if isinstance(value, tuple):
        return Kind.LIST
    if isinstance(value, str):
        return Kind.TEXT
    raise TypeError(f"{type(value).__name__} is not a FEEL value")


def describe_kind(value: object) -> str:
    """Say the kind of a value with its article, for messages: ``a number``, ``null``."""
    kind = kind_of(value)
    return "null" if kind is Kind.NULL else f"a {kind.value}"


def from_python(value: object) -> object:
    """Turn plain Python data into FEEL values, deeply: int to number, list to tuple, the library's times to FEEL times.

    Raises ``UndefinedError`` for anything else, binary floating point included.
    """
    if isinstance(value, str):
        return _whole(value)
    if type(value) in _KINDS and not isinstance(value, (list, tuple, dict)):
        return value
    match value:
        case int():
            return Decimal(value)
        case datetime():
            return from_datetime(value)
        case time():
            seconds = (value.hour * 60 + value.minute) * 60 + value.second
            offset = value.utcoffset()
            zone = None if offset is None else int(offset.total_seconds())
            return clock_time(seconds * SECOND + value.microsecond * 1000, zone)
        case timedelta():
            return DaysDuration((value.days * 86_400 + value.seconds) * SECOND + value.microseconds * 1000)
        case Mapping():
            return {_whole(str(key)): from_python(each) for key, each in value.items()}
        case list() | tuple():
            return tuple(from_python(each) for each in value)
        case _:
            raise UndefinedError(f"{type(value).__name__} is not a value of the rule language")


def _whole(text: str) -> str:
    """Return a text; raises ``UndefinedError`` for one with half of a pair that stands for a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UndefinedError("a text holds half of a character (one `\\u` escape of a pair)") from None
    return str(text)
