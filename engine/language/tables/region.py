"""What a constant cell admits, as intervals over the order of its values: the ground of index and analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, cast

from engine.language import tree
from engine.language.evaluate import evaluate
from engine.language.values.duration import DaysDuration, MonthsDuration
from engine.language.values.kind import Kind, kind_of
from engine.language.values.temporal import DateTime, DateValue, Time, ordinal

_TEMPORAL_CALLS = frozenset({"date", "time", "date and time", "duration"})


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


def key_of(value: object) -> tuple[Kind, object] | None:
    """Return the kind of a value and its orderable stand-in, or None for a value that has no order here."""
    if type(value) is str:
        return Kind.TEXT, value
    kind = kind_of(value)
    match kind:
        case Kind.NUMBER | Kind.TEXT:
            return kind, value
        case Kind.BOOLEAN:
            return kind, int(cast(bool, value))
        case Kind.DATE:
            return kind, ordinal(cast("DateValue", value))
        case Kind.DAYS:
            return kind, cast(DaysDuration, value).nanoseconds
        case Kind.MONTHS:
            return kind, cast(MonthsDuration, value).months
        case Kind.TIME:
            clock = cast(Time, value)
            return (kind, clock.nanosecond_of_day) if clock.zone is None else None
        case Kind.DATE_TIME:
            moment = cast(DateTime, value)
            return (kind, (moment.time.zone is None, moment.instant))
        case _:
            return None


class _Opaque(Exception):
    """The cell is no constant set of values of one kind."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a cell admits: the kind of its values (None for a dash) and the region of their keys."""

    kind: Kind | None
    region: Region


def admitted(tests: tree.UnaryTests) -> Admitted | None:
    """Return what a cell of constants admits, or None when it looks at anything but the subject."""
    if not tests.tests:
        return Admitted(None, EVERYTHING)
    try:
        parts = [_of_test(test) for test in tests.tests]
    except _Opaque:
        return None
    kinds = {kind for kind, _ in parts}
    if len(kinds) != 1:
        return None
    region = union(each for _, region in parts for each in region)
    return Admitted(kinds.pop(), complement(region) if tests.negated else region)


def _of_test(test: tree.Expression) -> tuple[Kind, Region]:
    if isinstance(test, tree.OperatorTest):
        kind, key = _key(test.operand)
        return kind, _of_operator(test.op, key, kind)
    if isinstance(test, tree.Range):
        return _of_range(test)
    kind, key = _key(test)
    return kind, (Interval(key, key, low_included=True, high_included=True),)


def _of_operator(op: tree.ComparisonOp, key: object, kind: Kind) -> Region:
    point = Interval(key, key, low_included=True, high_included=True)
    if op is tree.ComparisonOp.EQUAL:
        return (point,)
    if op is tree.ComparisonOp.UNEQUAL:
        return complement((point,))
    if kind is Kind.BOOLEAN:
        raise _Opaque
    closed = op in (tree.ComparisonOp.AT_MOST, tree.ComparisonOp.AT_LEAST)
    if op in (tree.ComparisonOp.LESS, tree.ComparisonOp.AT_MOST):
        return (Interval(None, key, low_included=False, high_included=closed),)
    return (Interval(key, None, low_included=closed, high_included=False),)


def _of_range(node: tree.Range) -> tuple[Kind, Region]:
    ends = [_key(end) for end in (node.low, node.high) if end is not None]
    kinds = {kind for kind, _ in ends}
    if len(kinds) != 1:
        raise _Opaque
    low = _key(node.low)[1] if node.low is not None else None
    high = _key(node.high)[1] if node.high is not None else None
    interval = Interval(low, high, node.low_included, node.high_included)
    return kinds.pop(), (interval,) if not is_empty(interval) else ()


def _key(node: tree.Expression) -> tuple[Kind, object]:
    if not _is_constant(node):
        raise _Opaque
    found = key_of(evaluate(node, {}))
    if found is None:
        raise _Opaque
    return found


def _is_constant(node: tree.Expression) -> bool:
    match node:
        case tree.NumberLiteral() | tree.TextLiteral() | tree.BooleanLiteral() | tree.AtLiteral():
            return True
        case tree.Negation(operand=operand):
            return _is_constant(operand)
        case tree.Call(function=tree.Name(name=name), arguments=arguments, named=()):
            return name in _TEMPORAL_CALLS and all(_is_constant(each) for each in arguments)
        case _:
            return False


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
