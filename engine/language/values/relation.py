"""Equality and order of FEEL values (DMN 10.3.2.13): unlike kinds are neither equal nor unequal, the answer is null."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from engine.language.values.duration import DAY, SECOND
from engine.language.values.fault import LimitError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import Kind, kind_of
from engine.language.values.temporal import DateTime, DateValue, Time, ordinal

_MOST_COMPARED = 1_000_000

_EXACT = frozenset({Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.DAYS, Kind.MONTHS, Kind.NULL})
_ORDERED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DAYS, Kind.MONTHS})


class _Budget:
    """Counts comparisons, so that comparing deeply shared structures stays bounded."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MOST_COMPARED

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise LimitError("the values are too large to compare")


def equal(left: object, right: object) -> bool | None:
    """``left = right``: true, false, or None when the kinds differ. Null equals null and nothing else."""
    if type(left) is type(right) and type(left) in _PLAIN:
        return left == right
    return _equal(left, right, _Budget())


_PLAIN = frozenset({str, bool, type(None)})


def _equal(left: object, right: object, budget: _Budget) -> bool | None:
    budget.spend()
    if left is None or right is None:
        return left is right
    kind = kind_of(left)
    if kind is not kind_of(right):
        return None
    if kind in _EXACT:
        return left == right
    return _EQUALITIES[kind](left, right, budget)


def _equal_times(left: object, right: object, _budget: _Budget) -> bool | None:
    one, other = cast(Time, left), cast(Time, right)
    if (one.zone is None) != (other.zone is None):
        return False
    return _clock(one) == _clock(other)


def _equal_moments(left: object, right: object, _budget: _Budget) -> bool | None:
    one, other = cast(DateTime, left), cast(DateTime, right)
    if (one.time.zone is None) != (other.time.zone is None):
        return False
    return one.instant == other.instant


def _equal_lists(left: object, right: object, budget: _Budget) -> bool | None:
    one, other = cast("Sequence[object]", left), cast("Sequence[object]", right)
    if len(one) != len(other):
        return False
    return all(a is b or _equal(a, b, budget) is True for a, b in zip(one, other, strict=True))


def _equal_contexts(left: object, right: object, budget: _Budget) -> bool | None:
    one, other = cast("Mapping[str, object]", left), cast("Mapping[str, object]", right)
    if one.keys() != other.keys():
        return False
    return all(value is other[key] or _equal(value, other[key], budget) is True for key, value in one.items())


def _equal_ranges(left: object, right: object, budget: _Budget) -> bool | None:
    one, other = cast(RangeValue, left), cast(RangeValue, right)
    ends = (one.low_included, one.high_included, one.low_given, one.high_given)
    if ends != (other.low_included, other.high_included, other.low_given, other.high_given):
        return False
    low, high = _equal(one.low, other.low, budget), _equal(one.high, other.high, budget)
    return None if low is None or high is None else low and high


def _equal_functions(left: object, right: object, _budget: _Budget) -> bool | None:
    return cast(FunctionValue, left) is cast(FunctionValue, right)


_EQUALITIES: dict[Kind, Callable[[object, object, _Budget], bool | None]] = {
    Kind.TIME: _equal_times,
    Kind.DATE_TIME: _equal_moments,
    Kind.LIST: _equal_lists,
    Kind.CONTEXT: _equal_contexts,
    Kind.RANGE: _equal_ranges,
    Kind.FUNCTION: _equal_functions,
}


def _clock(value: Time) -> int:
    return (
        (value.nanosecond_of_day - (value.offset or 0) * SECOND) % DAY
        if value.zone is not None
        else (value.nanosecond_of_day)
    )


def compare(left: object, right: object) -> int | None:
    """Return -1, 0 or 1 for the order of two values, or None when the standard gives them none.

    Texts are ordered by code point; a local time has no order with a time in a zone.
    """
    kind = kind_of(left)
    if kind is not kind_of(right):
        return None
    if kind in _ORDERED:
        return _sign(left, right)
    match kind:
        case Kind.DATE:
            return _sign(ordinal(cast("DateValue", left)), ordinal(cast("DateValue", right)))
        case Kind.TIME:
            return _compare_times(cast(Time, left), cast(Time, right))
        case Kind.DATE_TIME:
            return _compare_moments(cast(DateTime, left), cast(DateTime, right))
        case _:
            return None


def _sign(left: object, right: object) -> int:
    one = cast(int, left)
    other = cast(int, right)
    return (one > other) - (one < other)


def _compare_times(left: Time, right: Time) -> int | None:
    if (left.zone is None) != (right.zone is None):
        return None
    one = left.nanosecond_of_day - (left.offset or 0) * SECOND
    return _sign(one, right.nanosecond_of_day - (right.offset or 0) * SECOND)


def _compare_moments(left: DateTime, right: DateTime) -> int | None:
    if (left.time.zone is None) != (right.time.zone is None):
        return None
    return _sign(left.instant, right.instant)


def same(left: object, right: object) -> bool:
    """``is(left, right)``: same kind and same element of its value space; zones of times must be the same too."""
    if kind_of(left) is not kind_of(right):
        return False
    if isinstance(left, (Time, DateTime)):
        return left == right
    return equal(left, right) is True


def within(value: object, interval: RangeValue) -> bool | None:
    """Whether a value lies in a range; None when it cannot be compared with an end."""
    low: bool | None = True
    high: bool | None = True
    if interval.low_given:
        order = None if interval.low is None else compare(value, interval.low)
        low = None if order is None else order > 0 or (order == 0 and interval.low_included)
    if interval.high_given:
        order = None if interval.high is None else compare(value, interval.high)
        high = None if order is None else order < 0 or (order == 0 and interval.high_included)
    return None if low is None or high is None else low and high
