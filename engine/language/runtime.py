"""What compiled expressions call while they run; absent values are None and make what needs them None."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from engine.language.faults import AbsentError
from engine.language.values import arithmetic
from engine.language.values.fault import LimitError, UndefinedError
from engine.language.values.interval import RangeValue
from engine.language.values.number import DECIMAL128, ZERO, is_whole, whole
from engine.language.values.relation import compare, equal, within

MOST_STEPS = 100_000

_add = DECIMAL128.add


def lift(operation: Callable[..., object], *values: object) -> object:
    """Run an operation unless one of its values is absent."""
    return None if any(each is None for each in values) else operation(*values)


def less(left: object, right: object) -> bool:
    """``left < right`` of values of any kind that has an order."""
    return order(left, right) < 0


def order(left: object, right: object) -> int:
    """-1, 0 or 1; raises ``UndefinedError`` when two times have no order."""
    found = compare(left, right)
    if found is None:
        raise UndefinedError("a local time has no order with a time in a zone")
    return found


def ordered(operator: str, left: object, right: object) -> bool:
    """A comparison by operator of values of any kind that has an order."""
    found = order(left, right)
    return {"<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0}[operator]


def same(left: object, right: object) -> bool:
    """``left = right`` of values of any kind."""
    return equal(left, right) is True


def member(value: object, items: Iterable[object]) -> bool:
    """Whether a list holds a value."""
    return any(equal(value, each) is True for each in items)


def inside(value: object, interval: RangeValue | None) -> bool | None:
    """Whether a range holds a value."""
    return None if value is None or interval is None else within(value, interval)


def all_hold(*conditions: Callable[[], bool | None]) -> bool | None:
    """``and`` with absent answers: false when one is false, else absent when one is absent."""
    unknown = False
    for each in conditions:
        answer = each()
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def one_holds(*conditions: Callable[[], bool | None]) -> bool | None:
    """``or`` with absent answers: true when one is true, else absent when one is absent."""
    unknown = False
    for each in conditions:
        answer = each()
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def every_of(answers: Iterable[bool | None]) -> bool | None:
    """``every`` with absent answers."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def some_of(answers: Iterable[bool | None]) -> bool | None:
    """``some`` with absent answers."""
    unknown = False
    for answer in answers:
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def negated(answer: object) -> bool | None:
    """``not``; an absent answer stays absent."""
    return None if answer is None else not answer


def entry(record: Mapping[str, object] | None, name: str) -> object:
    """An attribute of a record that may itself be absent."""
    return None if record is None else record.get(name)


def single(record: object) -> tuple[object, ...]:
    """A record as a list of one, an absent one as an empty list."""
    return () if record is None else (record,)


def at(items: Sequence[object], position: Decimal | None) -> object:
    """The item at a position from 1, or from -1 at the end; absent when there is none."""
    if position is None or not is_whole(position):
        return None
    place = whole(position)
    if place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum of numbers; 0 for none."""
    found = ZERO
    for each in values:
        found = _add(found, each)
    return found


def divide(left: Decimal, right: Decimal) -> Decimal:
    """``left / right``."""
    if not right:
        raise ZeroDivisionError
    return DECIMAL128.divide(left, right)


class Steps:
    """Counts the rounds of iterations, so that nested ones cost a bounded amount."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def __call__(self, items: Iterable[object]) -> Iterator[object]:
        """Pass items on, one round each."""
        for each in items:
            self.left -= 1
            if self.left < 0:
                raise LimitError(f"an iteration may take at most {MOST_STEPS} rounds")
            yield each


def counting(first: Decimal, last: Decimal) -> Iterator[Decimal]:
    """Whole numbers from ``first`` to ``last``, up or down, both included."""
    if not is_whole(first) or not is_whole(last):
        raise UndefinedError("counting needs whole numbers")
    start, end = whole(first), whole(last)
    step = 1 if start <= end else -1
    return map(Decimal, range(start, end + step, step))


def across(interval: RangeValue) -> Iterator[object]:
    """The whole numbers or days of a range."""
    if interval.low is None or interval.high is None:
        raise UndefinedError("only a range with two ends can be run through")
    value = interval.low if interval.low_included else arithmetic.next_step(interval.low, down=False)
    while compare(value, interval.high) == -1 or interval.high_included and equal(value, interval.high) is True:
        yield value
        value = arithmetic.next_step(value, down=False)


def present(value: object) -> object:
    """A value that must be there."""
    if value is None:
        raise AbsentError("the value is missing")
    return value
