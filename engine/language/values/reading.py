"""Dates and times from text, in the lexical forms of XML Schema and DMN 10.3.4.1."""

from __future__ import annotations

import re

from engine.language.values.duration import DaysDuration, MonthsDuration, read_duration
from engine.language.values.fault import UndefinedError
from engine.language.values.temporal import DateTime, DateValue, Time, make_date, make_time, midnight
from engine.language.values.zone import LARGEST_OFFSET, Zone, check_zone

_DATE = r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)"
_TIME = r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]+)?"
_WHOLE_DATE = re.compile(_DATE, re.ASCII)
_WHOLE_TIME = re.compile(_TIME, re.ASCII)
_WHOLE_DATE_TIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)


def read_date(text: str) -> DateValue:
    """Read ``2026-03-01``; raises ``UndefinedError``."""
    found = _WHOLE_DATE.fullmatch(text)
    if not found:
        raise UndefinedError(f"`{text[:60]}` is not a date such as `2026-03-01`")
    return make_date(int(found[1]), int(found[2]), int(found[3]))


def read_time(text: str) -> Time:
    """Read ``10:30:00``, with a fraction and a zone when given; raises ``UndefinedError``."""
    found = _WHOLE_TIME.fullmatch(text)
    if not found:
        raise UndefinedError(f"`{text[:60]}` is not a time such as `10:30:00`")
    return _time(found.groups())


def read_date_time(text: str) -> DateTime:
    """Read ``2026-03-01T10:30:00`` or a date alone (its midnight); raises ``UndefinedError``."""
    found = _WHOLE_DATE_TIME.fullmatch(text)
    if found:
        parts = found.groups()
        return DateTime(make_date(int(parts[0]), int(parts[1]), int(parts[2])), _time(parts[3:]))
    if _WHOLE_DATE.fullmatch(text):
        return midnight(read_date(text))
    raise UndefinedError(f"`{text[:60]}` is not a date and time such as `2026-03-01T10:30:00`")


def read_at_literal(text: str) -> DateValue | Time | DateTime | DaysDuration | MonthsDuration:
    """Read what stands in ``@"..."``: a date, time, date and time or duration; raises ``UndefinedError``."""
    if "P" in text[:2]:
        return read_duration(text)
    if _WHOLE_DATE.fullmatch(text):
        return read_date(text)
    return read_time(text) if _WHOLE_TIME.fullmatch(text) else read_date_time(text)


def _time(parts: tuple[str | None, ...]) -> Time:
    hour, minute, second, fraction, zone = parts
    nanosecond = int((fraction or "0").ljust(9, "0")[:9])
    return make_time(int(hour or 0), int(minute or 0), int(second or 0), nanosecond, _zone(zone))


def _zone(text: str | None) -> Zone:
    if not text:
        return None
    if text == "Z":
        return 0
    if text.startswith("@"):
        return check_zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = hours * 3600 + minutes * 60 + (seconds[0] if seconds else 0)
    if minutes > 59 or (seconds and seconds[0] > 59) or offset > LARGEST_OFFSET:
        raise UndefinedError(f"`{text}` is not an offset from UTC")
    return -offset if text[0] == "-" else offset
