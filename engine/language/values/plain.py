"""Values as plain data for JSON: typed (``{"$type": "date", "$text": "2026-03-01"}``) or bare, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from engine.language.types import (
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    TIME,
    ContextType,
    ListType,
    OptionalType,
    Type,
)
from engine.language.values.duration import DaysDuration, MonthsDuration, read_duration
from engine.language.values.fault import LimitError, UndefinedError
from engine.language.values.kind import from_python
from engine.language.values.number import number_text, read_number
from engine.language.values.reading import read_date, read_date_time, read_time
from engine.language.values.show import text_of
from engine.language.values.temporal import DateTime, FarDate, Time
from engine.language.values.weight import check_weight

_READERS: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "boolean": lambda text: text == "true",
    "date": read_date,
    "time": read_time,
    "dateTime": read_date_time,
    "duration": read_duration,
    "dayTimeDuration": read_duration,
    "yearMonthDuration": read_duration,
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long"), read_number),
}

_BY_TYPE: Mapping[Type, Callable[[str], object]] = {
    DATE: read_date,
    TIME: read_time,
    DATE_TIME: read_date_time,
    DAYS_DURATION: read_duration,
    MONTHS_DURATION: read_duration,
}


def from_plain(value: object) -> object:
    """Turn plain data into a value; raises ``UndefinedError`` for an unknown ``$type`` or an unreadable text."""
    match value:
        case {"$type": str(kind), "$text": text}:
            reader = _READERS.get(kind)
            if reader is None:
                raise UndefinedError(f"`{kind[:40]}` is not a known type")
            return reader(str(from_python(str(text))))
        case Mapping():
            return {str(from_python(str(key))): from_plain(each) for key, each in value.items()}
        case list() | tuple():
            return tuple(from_plain(each) for each in value)
        case _:
            return from_python(value)


def to_typed(value: object) -> object:
    """Return plain data that says the type of what JSON has no word for; functions and ranges as their text.

    Raises ``LimitError`` for a value too large to be written out.
    """
    return _written(value, _typed)


def _typed(value: object) -> object:
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return {"$type": "decimal", "$text": number_text(value)}
        case Mapping():
            return {str(key): _typed(each) for key, each in value.items()}
        case tuple() | list():
            return [_typed(each) for each in value]
        case _:
            return {"$type": _type_word(value), "$text": text_of(value)}


def _type_word(value: object) -> str:
    match value:
        case date() | FarDate():
            return "date"
        case Time():
            return "time"
        case DateTime():
            return "dateTime"
        case DaysDuration() | MonthsDuration():
            return "duration"
        case _:
            return "text"


def to_bare(value: object) -> object:
    """Return plain data without types: numbers stay decimals, dates and durations become their text.

    Raises ``LimitError`` for a value too large to be written out.
    """
    return _written(value, _bare)


def _written(value: object, write: Callable[[object], object]) -> object:
    check_weight(value)
    try:
        return write(value)
    except RecursionError:
        raise LimitError("the value is nested too deeply") from None


def _bare(value: object) -> object:
    match value:
        case None | bool() | str() | Decimal():
            return value
        case Mapping():
            return {str(key): _bare(each) for key, each in value.items()}
        case tuple() | list():
            return [_bare(each) for each in value]
        case _:
            return text_of(value)


def read_as(value: object, wanted: Type | None) -> object:
    """Read the texts in a value that stand where a date, time or duration is wanted; others stay as they are."""
    match wanted:
        case OptionalType(item):
            return read_as(value, item)
        case ListType(item) if isinstance(value, tuple):
            return tuple(read_as(each, item) for each in value)
        case ContextType() if isinstance(value, Mapping):
            return {key: read_as(each, wanted.fields.get(key)) for key, each in value.items()}
        case _:
            reader = _BY_TYPE.get(wanted) if wanted is not None else None
            return reader(value) if reader is not None and isinstance(value, str) else value
