"""What a constant cell admits, as intervals over the order of its values: the ground of index and analysis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from engine.language import tree
from engine.language.evaluate import evaluate
from engine.language.tables.intervals import EVERYTHING, Interval, Region, complement, is_empty, union
from engine.language.values.duration import DAY, DaysDuration, MonthsDuration
from engine.language.values.kind import Kind, kind_of
from engine.language.values.temporal import (
    LARGEST_YEAR,
    DateTime,
    DateValue,
    FarDate,
    Time,
    clock_time,
    date_of,
    from_instant,
    ordinal,
)

COUNTED = frozenset({Kind.BOOLEAN, Kind.DATE, Kind.DAYS, Kind.MONTHS, Kind.TIME})
"""Kinds whose keys are whole numbers: between two neighbours there is nothing."""

_FAR = ordinal(FarDate(LARGEST_YEAR, 12, 30)) * DAY
_AS_IT_IS: dict[type, Kind] = {str: Kind.TEXT, Decimal: Kind.NUMBER}
_DAY_ZERO = date(1970, 1, 1).toordinal()
_TEMPORAL_CALLS = frozenset({"date", "time", "date and time", "duration"})


def key_of(value: object) -> tuple[Kind, object] | None:
    """Return the kind of a value and its orderable stand-in, or None for a value that has no order here."""
    quick = _AS_IT_IS.get(type(value))
    if quick is not None:
        return quick, value
    if type(value) is date:
        return Kind.DATE, value.toordinal() - _DAY_ZERO
    kind = kind_of(value)
    match kind:
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
    kind = kinds.pop()
    region = union(_normal(each, kind) for _, region in parts for each in region)
    return Admitted(kind, complement(region) if tests.negated else region)


def _normal(interval: Interval, kind: Kind) -> Interval:
    """Write an interval of a kind that is counted (dates, durations) as ``[low..high)``, so that neighbours touch.

    A date and time in a zone has no order with a local one, so an open end stops at the border of the two.
    """
    if kind is Kind.DATE_TIME:
        return _one_sided(interval)
    if kind not in COUNTED:
        return interval
    low, high = cast("int | None", interval.low), cast("int | None", interval.high)
    return Interval(
        None if low is None else low + (not interval.low_included),
        None if high is None else high + interval.high_included,
        low_included=low is not None,
        high_included=False,
    )


def _one_sided(interval: Interval) -> Interval:
    local = cast("tuple[bool, int]", interval.high if interval.low is None else interval.low)[0]
    low = interval.low if interval.low is not None else (local, -_FAR)
    high = interval.high if interval.high is not None else (local, _FAR)
    return Interval(
        low,
        high,
        interval.low_included or interval.low is None,
        interval.high_included or interval.high is None,
    )


def moments(region: Region) -> Region:
    """Return all dates and times of the sorts (local, in a zone) that occur in a region."""
    sorts = {cast("tuple[bool, int]", each.low)[0] for each in region if each.low is not None}
    return union(Interval((sort, -_FAR), (sort, _FAR), low_included=True, high_included=True) for sort in sorted(sorts))


def value_of(kind: Kind, key: object) -> object:
    """Return the value that a key stands for; the inverse of ``key_of``."""
    match kind:
        case Kind.BOOLEAN:
            return bool(key)
        case Kind.DATE:
            return date_of(cast(int, key))
        case Kind.DAYS:
            return DaysDuration(cast(int, key))
        case Kind.MONTHS:
            return MonthsDuration(cast(int, key))
        case Kind.TIME:
            return clock_time(cast(int, key), None)
        case Kind.DATE_TIME:
            local, instant = cast("tuple[bool, int]", key)
            return from_instant(instant, None if local else 0)
        case _:
            return key


def domain_of(kind: Kind | None) -> Region:
    """Return all keys that values of a kind can have."""
    if kind is Kind.BOOLEAN:
        return (Interval(0, 2, low_included=True, high_included=False),)
    if kind is Kind.TIME:
        return (Interval(0, DAY, low_included=True, high_included=False),)
    return EVERYTHING


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
