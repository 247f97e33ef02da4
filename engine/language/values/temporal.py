"""Dates, times, and dates with times, on the proleptic Gregorian calendar of any year up to nine digits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from engine.language.values.duration import DAY, HOUR, MINUTE, SECOND, DaysDuration, fraction_text
from engine.language.values.fault import UndefinedError
from engine.language.values.zone import Zone, offset_at_instant, offset_at_local, offset_text, standard_offset

LARGEST_YEAR = 999_999_999
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date in a year that ``datetime.date`` cannot hold (before 1 or after 9999)."""

    year: int
    month: int
    day: int


DateValue: TypeAlias = date | FarDate


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day with its zone: None for local time, an offset in seconds, or the name of a zone."""

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    zone: Zone = None

    @property
    def nanosecond_of_day(self) -> int:
        """Nanoseconds since midnight of the local clock."""
        return self.hour * HOUR + self.minute * MINUTE + self.second * SECOND + self.nanosecond

    @property
    def offset(self) -> int | None:
        """Offset from UTC in seconds; None for local time."""
        return standard_offset(self.zone)

    def __str__(self) -> str:
        clock = f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction_text(self.nanosecond)}"
        return clock + zone_text(self.zone)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date with a time of day and its zone."""

    date: DateValue
    time: Time

    @property
    def offset(self) -> int | None:
        """Offset from UTC in seconds that holds at this moment; None for local time."""
        second = self.time.nanosecond_of_day // SECOND
        return offset_at_local(self.time.zone, self.date.year, self.date.month, self.date.day, second)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00 UTC; a local time counts as if it were UTC."""
        return ordinal(self.date) * DAY + self.time.nanosecond_of_day - (self.offset or 0) * SECOND

    def __str__(self) -> str:
        return f"{date_text(self.date)}T{self.time}"


def zone_text(zone: Zone) -> str:
    """Write a zone as it follows a time: nothing, ``Z``, ``+02:00`` or ``@Europe/Paris``."""
    if zone is None:
        return ""
    return f"@{zone}" if isinstance(zone, str) else offset_text(zone)


def date_text(value: DateValue) -> str:
    """Write a date with at least four digits of the year."""
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def month_length(year: int, month: int) -> int:
    """Days of a month."""
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else _MONTH_LENGTHS[month - 1]


def make_date(year: int, month: int, day: int) -> DateValue:
    """Return the date; raises ``UndefinedError`` when the calendar has no such day."""
    if abs(year) > LARGEST_YEAR or not 1 <= month <= 12 or not 1 <= day <= month_length(year, month):
        raise UndefinedError(f"there is no day {year}-{month}-{day}")
    return date(year, month, day) if 1 <= year <= 9999 else FarDate(year, month, day)


def make_time(hour: int, minute: int, second: int, nanosecond: int = 0, zone: Zone = None) -> Time:
    """Return the time of day; raises ``UndefinedError`` outside 00:00:00..23:59:59."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        raise UndefinedError(f"there is no time {hour}:{minute}:{second}")
    return Time(hour, minute, second, nanosecond, zone)


def clock_time(nanosecond_of_day: int, zone: Zone) -> Time:
    """Return the time so many nanoseconds after midnight (less than a day)."""
    hour, rest = divmod(nanosecond_of_day, HOUR)
    minute, rest = divmod(rest, MINUTE)
    second, nanosecond = divmod(rest, SECOND)
    return Time(hour, minute, second, nanosecond, zone)


def ordinal(value: DateValue) -> int:
    """Days since 1970-01-01, negative before."""
    year = value.year - (value.month <= 2)
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((value.month + 9) % 12) + 2) // 5 + value.day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def date_of(days: int) -> DateValue:
    """Return the date so many days after 1970-01-01; the inverse of ``ordinal``."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return make_date(year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1)


def from_instant(instant: int, zone: Zone) -> DateTime:
    """Return the date and time of a moment (nanoseconds since 1970 UTC) on the clock of ``zone``."""
    days, rest = divmod(instant, DAY)
    day = date_of(days)
    offset = offset_at_instant(zone, day.year, day.month, day.day, rest // SECOND) or 0
    days, rest = divmod(instant + offset * SECOND, DAY)
    return DateTime(date_of(days), clock_time(rest, zone))


def add_months(value: DateValue, months: int) -> DateValue:
    """Move a date by whole months; a day the month does not have becomes its last day."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if abs(year) > LARGEST_YEAR:
        raise UndefinedError("the date is too far away")
    return make_date(year, month + 1, min(value.day, month_length(year, month + 1)))


def add_days(value: DateValue, duration: DaysDuration) -> DateValue:
    """Move a date by a days and time duration counted from midnight; what is left of a day is dropped."""
    return date_of((ordinal(value) * DAY + duration.nanoseconds) // DAY)


def shift(value: DateTime, duration: DaysDuration) -> DateTime:
    """Move a date and time along the time line, keeping its zone."""
    return from_instant(value.instant + duration.nanoseconds, value.time.zone)


def shift_clock(value: Time, duration: DaysDuration) -> Time:
    """Move a time of day around the clock, keeping its zone."""
    return clock_time((value.nanosecond_of_day + duration.nanoseconds) % DAY, value.zone)


def midnight(value: DateValue, zone: Zone = None) -> DateTime:
    """Return the start of a day."""
    return DateTime(value, Time(0, 0, 0, 0, zone))


def from_datetime(value: datetime) -> DateTime:
    """Convert the library's date and time; a tzinfo becomes its zone name, or its offset when it has none."""
    zone: Zone = None
    if value.tzinfo is not None:
        name = getattr(value.tzinfo, "key", None)
        offset = value.utcoffset()
        zone = name if isinstance(name, str) and name != "UTC" else int(offset.total_seconds()) if offset else 0
    clock = Time(value.hour, value.minute, value.second, value.microsecond * 1000, zone)
    return DateTime(date(value.year, value.month, value.day), clock)
