"""How points and ranges lie to each other (DMN 10.3.4.11, after Allen's interval algebra)."""

from __future__ import annotations

from collections.abc import Callable

from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import RangeValue
from engine.language.values.kind import describe_kind
from engine.language.values.relation import compare


def _order(left: object, right: object) -> int:
    order = compare(left, right)
    if order is None:
        raise UndefinedError(f"{describe_kind(left)} and {describe_kind(right)} have no order")
    return order


def _ends(value: object) -> RangeValue:
    """Return a range with both ends given; a point is the range of itself."""
    if value is None:
        raise UndefinedError("expected a point or a range, found null")
    return value if isinstance(value, RangeValue) else RangeValue(value, value, low_included=True, high_included=True)


def _starts(left: RangeValue, right: RangeValue) -> int:
    """Compare two starts: -1 when the left range begins before the right one."""
    if not (left.low_given and right.low_given):
        return left.low_given - right.low_given
    return _order(left.low, right.low) or right.low_included - left.low_included


def _finishes(left: RangeValue, right: RangeValue) -> int:
    """Compare two ends: -1 when the left range ends before the right one."""
    if not (left.high_given and right.high_given):
        return right.high_given - left.high_given
    return _order(left.high, right.high) or left.high_included - right.high_included


def _gap(left: RangeValue, right: RangeValue) -> int:
    """Compare the end of one range with the start of another: -1 apart, 0 sharing exactly that point, 1 overlapping."""
    if not (left.high_given and right.low_given):
        return 1
    order = _order(left.high, right.low)
    return order if order or (left.high_included and right.low_included) else -1


def before(first: object, second: object) -> bool:
    """``before([1..5), 5) = true``: everything in the first comes before everything in the second."""
    return _gap(_ends(first), _ends(second)) < 0


def after(first: object, second: object) -> bool:
    """``after(10, [1..5]) = true``."""
    return before(second, first)


def meets(first: object, second: object) -> bool:
    """``meets([1..5], [5..10]) = true``: the first ends exactly where the second starts."""
    return _gap(_ends(first), _ends(second)) == 0


def met_by(first: object, second: object) -> bool:
    """``met by([5..10], [1..5]) = true``."""
    return meets(second, first)


def overlaps(first: object, second: object) -> bool:
    """``overlaps([1..5], [3..8]) = true``: they share at least one point."""
    one, other = _ends(first), _ends(second)
    return _gap(one, other) >= 0 and _gap(other, one) >= 0


def overlaps_before(first: object, second: object) -> bool:
    """``overlaps before([1..5], [3..8]) = true``: the first starts earlier and ends within the second."""
    one, other = _ends(first), _ends(second)
    return _starts(one, other) < 0 and _gap(one, other) >= 0 and _finishes(one, other) <= 0


def overlaps_after(first: object, second: object) -> bool:
    """``overlaps after([3..8], [1..5]) = true``."""
    one, other = _ends(first), _ends(second)
    return _starts(one, other) > 0 and _gap(other, one) >= 0 and _finishes(one, other) >= 0


def finishes(first: object, second: object) -> bool:
    """``finishes([5..10], [1..10]) = true``: they end together and the first starts no earlier."""
    one, other = _ends(first), _ends(second)
    return _finishes(one, other) == 0 and _starts(one, other) >= 0


def finished_by(first: object, second: object) -> bool:
    """``finished by([1..10], [5..10]) = true``."""
    return finishes(second, first)


def includes(first: object, second: object) -> bool:
    """``includes([1..10], 5) = true``: all of the second lies in the first."""
    one, other = _ends(first), _ends(second)
    return _starts(one, other) <= 0 and _finishes(one, other) >= 0


def during(first: object, second: object) -> bool:
    """``during(5, [1..10]) = true``."""
    return includes(second, first)


def starts(first: object, second: object) -> bool:
    """``starts([1..5], [1..10]) = true``: they start together and the first ends no later."""
    one, other = _ends(first), _ends(second)
    return _starts(one, other) == 0 and _finishes(one, other) <= 0


def started_by(first: object, second: object) -> bool:
    """``started by([1..10], [1..5]) = true``."""
    return starts(second, first)


def coincides(first: object, second: object) -> bool:
    """``coincides([1..5], [1..5]) = true``."""
    one, other = _ends(first), _ends(second)
    return _starts(one, other) == 0 and _finishes(one, other) == 0


_POINTS = "point1: O, point2: O -> boolean"
_POINT_RANGE = "point: O, range: range<O> -> boolean"
_RANGE_POINT = "range: range<O>, point: O -> boolean"
_RANGES = "range1: range<O>, range2: range<O> -> boolean"


def _relation(name: str, run: Callable[[object, object], bool], *forms: str) -> Builtin:
    """Describe a relation; each form says at which places a range stands."""
    allowed = frozenset(tuple("range<" in part for part in form.split(",")) for form in forms)

    def checked(first: object, second: object) -> bool:
        if (isinstance(first, RangeValue), isinstance(second, RangeValue)) not in allowed:
            raise UndefinedError(f"`{name}` does not relate {describe_kind(first)} and {describe_kind(second)}")
        return run(first, second)

    return builtin(name, *((form, checked) for form in forms))


RANGES: tuple[Builtin, ...] = (
    _relation("before", before, _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES),
    _relation("after", after, _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES),
    _relation("meets", meets, _RANGES),
    _relation("met by", met_by, _RANGES),
    _relation("overlaps", overlaps, _RANGES),
    _relation("overlaps before", overlaps_before, _RANGES),
    _relation("overlaps after", overlaps_after, _RANGES),
    _relation("finishes", finishes, _POINT_RANGE, _RANGES),
    _relation("finished by", finished_by, _RANGE_POINT, _RANGES),
    _relation("includes", includes, _RANGE_POINT, _RANGES),
    _relation("during", during, _POINT_RANGE, _RANGES),
    _relation("starts", starts, _POINT_RANGE, _RANGES),
    _relation("started by", started_by, _RANGE_POINT, _RANGES),
    _relation("coincides", coincides, _POINTS, _RANGES),
)
