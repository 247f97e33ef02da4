"""Sets of values as intervals over the order of their keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, cast


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from ``low`` to ``high``; None is unbounded."""

    low: object
    high: object
    low_included: bool
    high_included: bool


Region: TypeAlias = tuple[Interval, ...]
"""Intervals in ascending order that neither touch nor overlap. The empty region admits nothing."""

EVERYTHING: Region = (Interval(None, None, low_included=False, high_included=False),)


def is_empty(interval: Interval) -> bool:
    """Whether an interval admits nothing."""
    if interval.low is None or interval.high is None:
        return False
    if interval.low == interval.high:
        return not (interval.low_included and interval.high_included)
    return less(interval.high, interval.low)


def less(left: object, right: object) -> bool:
    """Whether one key comes before another of the same kind."""
    return cast(int, left) < cast(int, right)


def _starts_before(left: Interval, right: Interval) -> bool:
    if left.low is None or right.low is None:
        return left.low is None and right.low is not None
    if left.low == right.low:
        return left.low_included and not right.low_included
    return less(left.low, right.low)


def _ends_before(left: Interval, right: Interval) -> bool:
    if left.high is None or right.high is None:
        return left.high is not None and right.high is None
    if left.high == right.high:
        return right.high_included and not left.high_included
    return less(left.high, right.high)


def _apart(left: Interval, right: Interval) -> bool:
    """Whether a value lies between the end of ``left`` and the start of ``right``."""
    if left.high is None or right.low is None:
        return False
    if left.high == right.low:
        return not (left.high_included or right.low_included)
    return less(left.high, right.low)


def union(intervals: Iterable[Interval]) -> Region:
    """Return all values of some intervals as a region."""
    waiting = [each for each in intervals if not is_empty(each)]
    merged: list[Interval] = []
    for each in _sorted(waiting):
        if merged and not _apart(merged[-1], each):
            last = merged[-1]
            high = each if _ends_before(last, each) else last
            merged[-1] = Interval(last.low, high.high, last.low_included, high.high_included)
        else:
            merged.append(each)
    return tuple(merged)


class _ByStart:
    """Orders intervals by where they start."""

    __slots__ = ("interval",)

    def __init__(self, interval: Interval) -> None:
        self.interval = interval

    def __lt__(self, other: _ByStart) -> bool:
        return _starts_before(self.interval, other.interval)


def _sorted(intervals: list[Interval]) -> list[Interval]:
    return [each.interval for each in sorted(_ByStart(interval) for interval in intervals)]


def intersection(left: Region, right: Region) -> Region:
    """Return the values in both regions."""
    found = []
    for one in left:
        for other in right:
            start = other if _starts_before(one, other) else one
            end = one if _ends_before(one, other) else other
            both = Interval(start.low, end.high, start.low_included, end.high_included)
            if not is_empty(both):
                found.append(both)
    return tuple(found)


def complement(region: Region) -> Region:
    """Return the values not in a region."""
    gaps: list[Interval] = []
    low: object = None
    low_included = False
    unbounded_below = True
    for each in region:
        if each.low is not None:
            gap = Interval(low, each.low, low_included, not each.low_included)
            if unbounded_below or not is_empty(gap):
                gaps.append(gap)
        if each.high is None:
            return tuple(gaps)
        low, low_included, unbounded_below = each.high, not each.high_included, False
    gaps.append(Interval(low, None, low_included, high_included=False))
    return tuple(gaps)


def contains(region: Region, key: object) -> bool:
    """Whether a key lies in a region."""
    point = Interval(key, key, low_included=True, high_included=True)
    return bool(intersection(region, (point,)))
