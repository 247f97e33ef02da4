"""Time zones of FEEL times: none, a fixed offset in seconds, or a zone of the IANA database by its name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.language.values.fault import UndefinedError

Zone: TypeAlias = int | str | None
"""Offset from UTC in seconds, name of a zone, or None for local time."""

LARGEST_OFFSET = 14 * 3600
"""What XML Schema, whose times FEEL takes, allows on either side of UTC."""
_LONGEST_NAME = 64
_CYCLE = 400


@lru_cache(maxsize=1024)
def _zone_info(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def check_zone(name: str) -> str:
    """Return ``name`` when the IANA database knows it; raises ``UndefinedError``."""
    if len(name) > _LONGEST_NAME or _zone_info(name) is None:
        raise UndefinedError(f"`{name[:_LONGEST_NAME]}` is not a known time zone")
    return name


def offset_at_local(zone: Zone, year: int, month: int, day: int, second_of_day: int) -> int | None:
    """Return the offset in seconds that holds at a local time; None for local time.

    Years outside 1..9999 use the year of the same place in the 400-year cycle of the calendar.
    """
    if zone is None or isinstance(zone, int):
        return zone
    near = year if 2 <= year <= 9998 else 2000 + year % _CYCLE
    moment = datetime(near, month, day, tzinfo=_known(zone)) + timedelta(seconds=second_of_day)
    return _offset(zone, moment)


def offset_at_instant(zone: Zone, year: int, month: int, day: int, second_of_day: int) -> int | None:
    """Return the offset in seconds that holds at a UTC time; None for local time."""
    if zone is None or isinstance(zone, int):
        return zone
    near = year if 2 <= year <= 9998 else 2000 + year % _CYCLE
    moment = datetime(near, month, day, tzinfo=ZoneInfo("UTC")) + timedelta(seconds=second_of_day)
    return _offset(zone, moment.astimezone(_known(zone)))


def standard_offset(zone: Zone) -> int | None:
    """Return the offset of a time that has no date: a named zone counts without daylight saving."""
    if zone is None or isinstance(zone, int):
        return zone
    new_year = date(2000, 1, 1)
    moment = datetime(new_year.year, new_year.month, new_year.day, tzinfo=_known(zone))
    saving = moment.dst() or timedelta()
    return _offset(zone, moment) - int(saving.total_seconds())


def offset_text(offset: int) -> str:
    """Write an offset: ``Z``, ``+02:00``, ``-02:45:55``."""
    if not offset:
        return "Z"
    hours, rest = divmod(abs(offset), 3600)
    minutes, seconds = divmod(rest, 60)
    sign = "-" if offset < 0 else "+"
    return f"{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _known(name: str) -> ZoneInfo:
    found = _zone_info(name)
    if found is None:
        raise UndefinedError(f"`{name}` is not a known time zone")
    return found


def _offset(name: str, moment: datetime) -> int:
    offset = moment.utcoffset()
    if offset is None:
        raise UndefinedError(f"`{name}` has no offset")
    return int(offset.total_seconds())
