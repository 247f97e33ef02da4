"""Entries of contexts and properties of values (DMN 10.3.2.15): ``value.name``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.language.values.duration import DAY, HOUR, MINUTE, SECOND, DaysDuration, MonthsDuration, fraction_text
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import RangeValue
from engine.language.values.kind import describe_kind
from engine.language.values.temporal import DateTime, DateValue, FarDate, Time, ordinal

Getter: TypeAlias = Callable[[object], object]


def weekday(value: DateValue) -> int:
    """Day of the week: 1 is Monday, 7 is Sunday."""
    return (ordinal(value) + 3) % 7 + 1


def _offset(value: Time | DateTime) -> DaysDuration | None:
    offset = value.offset
    return None if offset is None else DaysDuration(offset * SECOND)


def _seconds(value: Time) -> Decimal:
    return Decimal(f"{value.second}{fraction_text(value.nanosecond)}")


def _of_date(value: DateValue, name: str) -> object:
    match name:
        case "year":
            return Decimal(value.year)
        case "month":
            return Decimal(value.month)
        case "day":
            return Decimal(value.day)
        case "weekday":
            return Decimal(weekday(value))
        case _:
            raise _Unknown


def _of_clock(value: Time, name: str) -> object:
    match name:
        case "hour":
            return Decimal(value.hour)
        case "minute":
            return Decimal(value.minute)
        case "second":
            return _seconds(value)
        case "timezone":
            return value.zone if isinstance(value.zone, str) else None
        case "time offset":
            return _offset(value)
        case _:
            raise _Unknown


def _of_moment(value: DateTime, name: str) -> object:
    if name == "time offset":
        return _offset(value)
    if name in ("year", "month", "day", "weekday"):
        return _of_date(value.date, name)
    return _of_clock(value.time, name)


def _of_days(value: DaysDuration, name: str) -> object:
    sign = -1 if value.nanoseconds < 0 else 1
    length = abs(value.nanoseconds)
    match name:
        case "days":
            return Decimal(sign * (length // DAY))
        case "hours":
            return Decimal(sign * (length % DAY // HOUR))
        case "minutes":
            return Decimal(sign * (length % HOUR // MINUTE))
        case "seconds":
            whole, fraction = divmod(length % MINUTE, SECOND)
            return sign * Decimal(f"{whole}{fraction_text(fraction)}")
        case _:
            raise _Unknown


def _of_months(value: MonthsDuration, name: str) -> object:
    sign = -1 if value.months < 0 else 1
    match name:
        case "years":
            return Decimal(sign * (abs(value.months) // 12))
        case "months":
            return Decimal(sign * (abs(value.months) % 12))
        case _:
            raise _Unknown


def _of_range(value: RangeValue, name: str) -> object:
    match name:
        case "start":
            return value.low
        case "end":
            return value.high
        case "start included":
            return value.low_included
        case "end included":
            return value.high_included
        case _:
            raise _Unknown


class _Unknown(Exception):
    """The kind of value has no such property."""


def property_of(value: object, name: str) -> object:
    """Return an entry or property; over a list, the list of the items' ones (null where an item has none).

    Raises ``UndefinedError`` when there is none.
    """
    if isinstance(value, Mapping):
        if name not in value:
            raise UndefinedError(f"the context has no entry `{name}`")
        return value[name]
    if isinstance(value, (tuple, list)):
        return tuple(_or_null(item, name) for item in value)
    try:
        return _of_scalar(value, name)
    except _Unknown:
        raise UndefinedError(f"{describe_kind(value)} has no property `{name}`") from None


def _of_scalar(value: object, name: str) -> object:
    match value:
        case date() | FarDate():
            return _of_date(value, name)
        case DateTime():
            return _of_moment(value, name)
        case Time():
            return _of_clock(value, name)
        case DaysDuration():
            return _of_days(value, name)
        case MonthsDuration():
            return _of_months(value, name)
        case RangeValue():
            return _of_range(value, name)
        case _:
            raise _Unknown


def _or_null(value: object, name: str) -> object:
    try:
        return property_of(value, name)
    except UndefinedError:
        return None
