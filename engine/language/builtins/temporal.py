"""Built-ins on dates, times and durations (DMN 10.3.4.1, 10.3.4.8, 10.3.4.9)."""

from __future__ import annotations

from datetime import date as near_date
from decimal import Decimal

from engine.language.builtins.arguments import day, integer, number
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.duration import SECOND, DaysDuration, MonthsDuration, read_duration
from engine.language.values.fault import UndefinedError
from engine.language.values.kind import describe_kind
from engine.language.values.property import weekday
from engine.language.values.reading import read_date, read_date_time, read_time
from engine.language.values.temporal import (
    DateTime,
    DateValue,
    FarDate,
    Time,
    make_date,
    make_time,
    midnight,
    ordinal,
)
from engine.language.values.zone import LARGEST_OFFSET, Zone, check_zone

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = "January February March April May June July August September October November December".split()


def _unfit(value: object, wanted: str) -> UndefinedError:
    return UndefinedError(f"{describe_kind(value)} cannot be turned into {wanted}")


def date_from(value: object) -> DateValue:
    """``date("2012-12-25")``, or the date of a date and time."""
    if isinstance(value, str):
        return read_date(value)
    return day(value)


def date_of_parts(year: object, month: object, number_of_day: object) -> DateValue:
    """``date(2012, 12, 25)``."""
    return make_date(integer(year), integer(month), integer(number_of_day))


def time_from(value: object) -> Time:
    """``time("23:59:00Z")``, or the time of a date and time; a date alone is midnight UTC."""
    match value:
        case str():
            return read_time(value)
        case Time():
            return value
        case DateTime():
            return value.time
        case near_date() | FarDate():
            return Time(0, 0, 0, 0, 0)
        case _:
            raise _unfit(value, "a time")


def time_of_parts(hour: object, minute: object, second: object, offset: object = None) -> Time:
    """``time(23, 59, 0, duration("PT0H"))``; a null offset is local time."""
    seconds, fraction = divmod(number(second), 1)
    nanosecond = integer(fraction.scaleb(9)) if fraction > 0 else 0
    return make_time(integer(hour), integer(minute), integer(seconds), nanosecond, _zone(offset))


def _zone(offset: object) -> Zone:
    match offset:
        case None:
            return None
        case str():
            return check_zone(offset)
        case DaysDuration() if abs(offset.nanoseconds) <= LARGEST_OFFSET * SECOND:
            return -(-offset.nanoseconds // SECOND) if offset.nanoseconds < 0 else offset.nanoseconds // SECOND
        case _:
            raise _unfit(offset, "an offset from UTC")


def moment_from(value: object) -> DateTime:
    """``date and time("2012-12-24T23:59:00")``; a date alone is its midnight."""
    match value:
        case str():
            return read_date_time(value)
        case DateTime():
            return value
        case near_date() | FarDate():
            return midnight(value, 0)
        case _:
            raise _unfit(value, "a date and time")


def moment_of(date: object, time: object) -> DateTime:
    """``date and time(date("2012-12-24"), time("T23:59:00"))``; of a first date and time only the date counts."""
    if not isinstance(time, Time):
        raise _unfit(time, "a time")
    return DateTime(day(date), time)


def moment_of_parts(*parts: object) -> DateTime:
    """``date and time(2012, 12, 24, 23, 59, 0)``, with an offset or the name of a zone as seventh argument."""
    zone = parts[6] if len(parts) > 6 else None
    return DateTime(date_of_parts(*parts[:3]), time_of_parts(parts[3], parts[4], parts[5], zone))


def duration_from(value: object) -> DaysDuration | MonthsDuration:
    """``duration("P1DT2H")`` or ``duration("P1Y2M")``."""
    if isinstance(value, (DaysDuration, MonthsDuration)):
        return value
    if not isinstance(value, str):
        raise _unfit(value, "a duration")
    return read_duration(value)


def months_between(earlier: object, later: object) -> MonthsDuration:
    """``years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")``: whole months."""
    start, end = day(earlier), day(later)
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return MonthsDuration(months)


def day_of_year(value: object) -> Decimal:
    """``day of year(date(2019, 9, 17)) = 260``."""
    found = day(value)
    return Decimal(ordinal(found) - ordinal(make_date(found.year, 1, 1)) + 1)


def day_of_week(value: object) -> str:
    """``day of week(date(2019, 9, 17)) = "Tuesday"``."""
    return _WEEKDAYS[weekday(day(value)) - 1]


def month_of_year(value: object) -> str:
    """``month of year(date(2019, 9, 17)) = "September"``."""
    return _MONTHS[day(value).month - 1]


def week_of_year(value: object) -> Decimal:
    """``week of year(date(2003, 12, 29)) = 1``: ISO 8601, a week belongs to the year of its Thursday."""
    found = day(value)
    thursday = ordinal(found) + 4 - weekday(found)
    year = found.year
    if thursday >= ordinal(make_date(year + 1, 1, 1)):
        return Decimal(1)
    if thursday < ordinal(make_date(year, 1, 1)):
        year -= 1
    return Decimal((thursday - ordinal(make_date(year, 1, 1))) // 7 + 1)


def no_clock() -> object:
    """``now()`` and ``today()`` read the moment that the evaluation was given; without one there is no value."""
    raise UndefinedError("the evaluation was given no current time")


_PARTS = "year: number, month: number, day: number, hour: number, minute: number, second: number"

TEMPORAL: tuple[Builtin, ...] = (
    builtin(
        "date",
        ("from: text -> date?", date_from),
        ("from: date -> date", date_from),
        ("from: datetime -> date", date_from),
        ("year: number, month: number, day: number -> date?", date_of_parts),
    ),
    builtin(
        "time",
        ("from: text -> time?", time_from),
        ("from: datetime -> time", time_from),
        ("hour: number, minute: number, second: number, offset?: days -> time?", time_of_parts),
    ),
    builtin(
        "date and time",
        ("from: text -> datetime?", moment_from),
        ("date: date, time: time -> datetime", moment_of),
        (f"{_PARTS}, offset?: days -> datetime?", moment_of_parts),
        (f"{_PARTS}, timezone: text -> datetime?", moment_of_parts),
    ),
    builtin("duration", ("from: text -> any", duration_from)),
    builtin("years and months duration", ("from: date, to: date -> months", months_between)),
    builtin("day of year", ("date: date -> number", day_of_year)),
    builtin("day of week", ("date: date -> text", day_of_week)),
    builtin("month of year", ("date: date -> text", month_of_year)),
    builtin("week of year", ("date: date -> number", week_of_year)),
    builtin("now", (" -> datetime", no_clock), strict=False),
    builtin("today", (" -> date", no_clock), strict=False),
)
