"""Concrete example values from a set of values."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from engine.language.tables.intervals import Interval, Region, contains, intersection
from engine.language.tables.region import COUNTED, value_of
from engine.language.values.kind import Kind

_FRIENDLY_TEXTS = ("other", "another", "none of these")
_ONE = Decimal(1)


def example(kind: Kind | None, region: Region) -> object:
    """Return a value of a region that is not empty; null for a column where any value at all will do."""
    if kind is None or not region:
        return None
    if kind is Kind.TEXT and (text := _friendly(region)) is not None:
        return text
    return value_of(kind, _key(kind, region[0]))


def _friendly(region: Region) -> str | None:
    if any(each.low is not None and each.low_included for each in region):
        return None
    return next((text for text in _FRIENDLY_TEXTS if contains(region, text)), None)


def _key(kind: Kind, interval: Interval) -> object:
    if interval.low is not None and interval.low_included:
        return interval.low
    if interval.high is not None and interval.high_included:
        return interval.high
    if kind is Kind.TEXT:
        return _text_between(interval)
    if kind is Kind.DATE_TIME:
        local, instant = cast("tuple[bool, int]", interval.low)
        return local, instant + 1
    if kind in COUNTED:
        return 0 if interval.high is None else cast(int, interval.high) - 1
    return _number_between(cast("Decimal | None", interval.low), cast("Decimal | None", interval.high))


def _number_between(low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is None:
        return Decimal(0) if high is None else high - _ONE
    if high is None or low + _ONE < high:
        return low + _ONE
    return (low + high) / 2


def _text_between(interval: Interval) -> str:
    low = "" if interval.low is None else str(interval.low)
    for tail in ("", " ", "-", "a", "\0"):
        text = low + tail
        if intersection((interval,), (Interval(text, text, low_included=True, high_included=True),)):
            return text
    return low
