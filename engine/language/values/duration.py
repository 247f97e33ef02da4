"""The two durations of FEEL: days and time (exact nanoseconds) and years and months."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.language.values.fault import UndefinedError

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_LARGEST_NANOSECONDS = 2**63 * SECOND
_LARGEST_MONTHS = 2**63

_DAYS = re.compile(
    r"(-?)P(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{1,18}))?S)?)?"
)
_MONTHS = re.compile(r"(-?)P(?:(\d{1,18})Y)?(?:(\d{1,18})M)?")


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A days and time duration: a signed length in whole nanoseconds."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if abs(self.nanoseconds) > _LARGEST_NANOSECONDS:
            raise UndefinedError("the duration is too long")

    def __str__(self) -> str:
        days, rest = divmod(abs(self.nanoseconds), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds, fraction = divmod(rest, SECOND)
        date_part = f"{days}D" if days else ""
        second_text = f"{seconds}{fraction_text(fraction)}S" if seconds or fraction else ""
        time_part = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + second_text
        if not date_part and not time_part:
            return "PT0S"
        return ("-" if self.nanoseconds < 0 else "") + "P" + date_part + (f"T{time_part}" if time_part else "")


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A years and months duration: a signed number of whole months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > _LARGEST_MONTHS:
            raise UndefinedError("the duration is too long")

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        if not self.months:
            return "P0M"
        sign = "-" if self.months < 0 else ""
        return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def fraction_text(nanoseconds: int) -> str:
    """Write the fraction of a second with its dot and without trailing zeros; nothing for a whole second."""
    return ("." + f"{nanoseconds:09}".rstrip("0")) if nanoseconds else ""


def read_duration(text: str) -> DaysDuration | MonthsDuration:
    """Read ``P1DT2H3M4.5S`` or ``P1Y2M``; the two kinds never mix. Raises ``UndefinedError``."""
    found = _MONTHS.fullmatch(text)
    if found and (found[2] or found[3]):
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return MonthsDuration(-months if found[1] else months)
    found = _DAYS.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        raise UndefinedError(f"`{text[:60]}` is not a duration such as `P1DT12H` or `P1Y6M`")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
    fraction = int((found[6] or "0").ljust(9, "0")[:9])
    total = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + fraction
    return DaysDuration(-total if found[1] else total)
