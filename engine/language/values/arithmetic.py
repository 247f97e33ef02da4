"""Arithmetic on all kinds of values (DMN 10.3.2.5): numbers, texts, dates, times and durations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias, cast

from engine.language.values import number
from engine.language.values.duration import DAY, SECOND, DaysDuration, MonthsDuration
from engine.language.values.fault import UndefinedError, bounded_text
from engine.language.values.kind import Kind, describe_kind, kind_of
from engine.language.values.temporal import (
    DateTime,
    DateValue,
    Time,
    add_days,
    add_months,
    midnight,
    ordinal,
    shift,
    shift_clock,
)

Operation: TypeAlias = Callable[[object, object], object]


def _number(value: object) -> Decimal:
    return cast(Decimal, value)


def _days(value: object) -> DaysDuration:
    return cast(DaysDuration, value)


def _months(value: object) -> MonthsDuration:
    return cast(MonthsDuration, value)


def _moment(value: object) -> DateTime:
    return cast(DateTime, value)


def _date(value: object) -> DateValue:
    return cast("DateValue", value)


def _scaled_days(duration: object, factor: Decimal) -> DaysDuration:
    exact = number.multiply(Decimal(_days(duration).nanoseconds), factor)
    return DaysDuration(number.whole(exact.to_integral_value(ROUND_HALF_EVEN)))


def _scaled_months(duration: object, factor: Decimal) -> MonthsDuration:
    return MonthsDuration(number.whole(number.multiply(Decimal(_months(duration).months), factor)))


def _shift_months(value: object, months: int) -> DateTime:
    moment = _moment(value)
    return DateTime(add_months(moment.date, months), moment.time)


def _between(later: object, earlier: object) -> DaysDuration:
    one, other = _moment(later), _moment(earlier)
    if (one.time.zone is None) != (other.time.zone is None):
        raise UndefinedError("a local time and a time in a zone have no distance")
    return DaysDuration(one.instant - other.instant)


def _between_clocks(later: object, earlier: object) -> DaysDuration:
    one, other = cast(Time, later), cast(Time, earlier)
    if (one.zone is None) != (other.zone is None):
        raise UndefinedError("a local time and a time in a zone have no distance")
    shifted = ((one.offset or 0) - (other.offset or 0)) * SECOND
    return DaysDuration(one.nanosecond_of_day - other.nanosecond_of_day - shifted)


def _day_start(value: object, beside: object) -> DateTime:
    """A date beside a date and time counts as its midnight: UTC, or local beside a local time."""
    return midnight(_date(value), None if _moment(beside).time.zone is None else 0)


def _per(left: int, right: int) -> Decimal:
    return number.divide(Decimal(left), Decimal(right))


def _shorter(duration: DaysDuration) -> DaysDuration:
    return DaysDuration(-duration.nanoseconds)


_NUMBER, _TEXT, _DATE, _TIME = Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.TIME
_DATE_TIME, _DAYS, _MONTHS = Kind.DATE_TIME, Kind.DAYS, Kind.MONTHS

_ADD: dict[tuple[Kind, Kind], Operation] = {
    (_NUMBER, _NUMBER): lambda a, b: number.add(_number(a), _number(b)),
    (_TEXT, _TEXT): lambda a, b: bounded_text(cast(str, a) + cast(str, b)),
    (_DATE, _DAYS): lambda a, b: add_days(_date(a), _days(b)),
    (_DATE, _MONTHS): lambda a, b: add_months(_date(a), _months(b).months),
    (_DATE_TIME, _DAYS): lambda a, b: shift(_moment(a), _days(b)),
    (_DATE_TIME, _MONTHS): lambda a, b: _shift_months(a, _months(b).months),
    (_TIME, _DAYS): lambda a, b: shift_clock(cast(Time, a), _days(b)),
    (_DAYS, _DAYS): lambda a, b: DaysDuration(_days(a).nanoseconds + _days(b).nanoseconds),
    (_MONTHS, _MONTHS): lambda a, b: MonthsDuration(_months(a).months + _months(b).months),
    (_DAYS, _DATE): lambda a, b: add_days(_date(b), _days(a)),
    (_MONTHS, _DATE): lambda a, b: add_months(_date(b), _months(a).months),
    (_DAYS, _DATE_TIME): lambda a, b: shift(_moment(b), _days(a)),
    (_MONTHS, _DATE_TIME): lambda a, b: _shift_months(b, _months(a).months),
    (_DAYS, _TIME): lambda a, b: shift_clock(cast(Time, b), _days(a)),
}

_SUBTRACT: dict[tuple[Kind, Kind], Operation] = {
    (_NUMBER, _NUMBER): lambda a, b: number.subtract(_number(a), _number(b)),
    (_DATE, _DATE): lambda a, b: DaysDuration((ordinal(_date(a)) - ordinal(_date(b))) * DAY),
    (_DATE_TIME, _DATE_TIME): _between,
    (_DATE, _DATE_TIME): lambda a, b: _between(_day_start(a, b), b),
    (_DATE_TIME, _DATE): lambda a, b: _between(a, _day_start(b, a)),
    (_TIME, _TIME): _between_clocks,
    (_DATE, _DAYS): lambda a, b: add_days(_date(a), _shorter(_days(b))),
    (_DATE, _MONTHS): lambda a, b: add_months(_date(a), -_months(b).months),
    (_DATE_TIME, _DAYS): lambda a, b: shift(_moment(a), _shorter(_days(b))),
    (_DATE_TIME, _MONTHS): lambda a, b: _shift_months(a, -_months(b).months),
    (_TIME, _DAYS): lambda a, b: shift_clock(cast(Time, a), _shorter(_days(b))),
    (_DAYS, _DAYS): lambda a, b: DaysDuration(_days(a).nanoseconds - _days(b).nanoseconds),
    (_MONTHS, _MONTHS): lambda a, b: MonthsDuration(_months(a).months - _months(b).months),
}

_MULTIPLY: dict[tuple[Kind, Kind], Operation] = {
    (_NUMBER, _NUMBER): lambda a, b: number.multiply(_number(a), _number(b)),
    (_DAYS, _NUMBER): lambda a, b: _scaled_days(a, _number(b)),
    (_NUMBER, _DAYS): lambda a, b: _scaled_days(b, _number(a)),
    (_MONTHS, _NUMBER): lambda a, b: _scaled_months(a, _number(b)),
    (_NUMBER, _MONTHS): lambda a, b: _scaled_months(b, _number(a)),
}

_DIVIDE: dict[tuple[Kind, Kind], Operation] = {
    (_NUMBER, _NUMBER): lambda a, b: number.divide(_number(a), _number(b)),
    (_DAYS, _NUMBER): lambda a, b: _scaled_days(a, number.divide(number.ONE, _number(b))),
    (_MONTHS, _NUMBER): lambda a, b: MonthsDuration(
        number.whole(number.divide(Decimal(_months(a).months), _number(b)))
    ),
    (_DAYS, _DAYS): lambda a, b: _per(_days(a).nanoseconds, _days(b).nanoseconds),
    (_MONTHS, _MONTHS): lambda a, b: _per(_months(a).months, _months(b).months),
}

_POWER: dict[tuple[Kind, Kind], Operation] = {
    (_NUMBER, _NUMBER): lambda a, b: number.power(_number(a), _number(b)),
}


def _apply(table: dict[tuple[Kind, Kind], Operation], words: str, left: object, right: object) -> object:
    operation = table.get((kind_of(left), kind_of(right)))
    if operation is None:
        raise UndefinedError(words.format(describe_kind(left), describe_kind(right)))
    return operation(left, right)


def add(left: object, right: object) -> object:
    """``left + right``: sum, joined text, or a date, time or duration moved by a duration."""
    return _apply(_ADD, "{} and {} cannot be added", left, right)


def subtract(left: object, right: object) -> object:
    """``left - right``: difference, distance, or a date, time or duration moved back."""
    return _apply(_SUBTRACT, "from {} one cannot subtract {}", left, right)


def multiply(left: object, right: object) -> object:
    """``left * right``: numbers, or a duration by a number."""
    return _apply(_MULTIPLY, "{} and {} cannot be multiplied", left, right)


def divide(left: object, right: object) -> object:
    """``left / right``: numbers, a duration by a number, or the ratio of two durations of one kind."""
    return _apply(_DIVIDE, "{} cannot be divided by {}", left, right)


def power(left: object, right: object) -> object:
    """``left ** right`` for numbers."""
    return _apply(_POWER, "{} cannot be raised to {}", left, right)


def negate(value: object) -> object:
    """``-value`` for numbers and durations."""
    match value:
        case Decimal():
            return number.DECIMAL128.minus(value)
        case DaysDuration():
            return _shorter(value)
        case MonthsDuration():
            return MonthsDuration(-value.months)
        case _:
            raise UndefinedError(f"{describe_kind(value)} has no negative")


def next_step(value: object, *, down: bool) -> object:
    """Return the next value of an iteration over a range: one more or one day later, or less when counting down."""
    match value:
        case Decimal():
            return number.add(value, Decimal(-1 if down else 1))
        case date():
            return add_days(value, DaysDuration(-DAY if down else DAY))
        case _:
            raise UndefinedError(f"{describe_kind(value)} cannot be counted from")
