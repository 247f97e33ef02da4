"""A hashable stand-in for each value, the same for equal values, so that long lists are searched in linear time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from engine.language.values.duration import DAY, SECOND
from engine.language.values.fault import LimitError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import kind_of
from engine.language.values.temporal import DateTime, Time

_MOST_PARTS = 250_000


def canonical(value: object) -> Hashable:
    """Return a key such that two keys are equal exactly when ``equal`` holds of the values."""
    return _key(value, [_MOST_PARTS])


def _key(value: object, left: list[int]) -> Hashable:
    left[0] -= 1
    if left[0] < 0:
        raise LimitError("the value is too large to compare")
    match value:
        case Time():
            if value.zone is None:
                return ("local time", value.nanosecond_of_day)
            return ("time", (value.nanosecond_of_day - (value.offset or 0) * SECOND) % DAY)
        case DateTime():
            return ("moment", value.time.zone is None, value.instant)
        case tuple() | list():
            return ("list", tuple(_key(each, left) for each in value))
        case Mapping():
            return ("context", frozenset((key, _key(each, left)) for key, each in value.items()))
        case RangeValue():
            ends = (value.low_included, value.high_included, value.low_given, value.high_given)
            return ("range", _key(value.low, left), _key(value.high, left), ends)
        case FunctionValue():
            return ("function", id(value))
        case _:
            return (kind_of(value), value)
