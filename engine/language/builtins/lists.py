"""List built-ins (DMN 10.3.4.4).

Positions count from 1, or from -1 at the end; a single value counts as a list of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from itertools import chain

from engine.language.builtins.arguments import boolean, function, integer, items
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.canonical import canonical
from engine.language.values.fault import UndefinedError, bounded_count
from engine.language.values.interval import FunctionValue
from engine.language.values.relation import compare, equal

Items = tuple[object, ...]


def list_contains(values: object, element: object) -> bool:
    """``list contains([1, 2, 3], 2) = true``; null can be looked for too."""
    return any(equal(value, element) is True for value in items(values))


def count(values: object) -> Decimal:
    """``count([1, 2, 3]) = 3``."""
    return Decimal(len(items(values)))


def position(number: object, length: int) -> int:
    """Return the index (from 0) of a position counted from 1 or -1; raises ``UndefinedError`` outside the list."""
    place = integer(number)
    if not 1 <= abs(place) <= length:
        raise UndefinedError(f"the list of {length} has no position {place}")
    return place - 1 if place > 0 else length + place


def sublist(values: object, start_position: object, length: object = None) -> Items:
    """``sublist([4, 5, 6], 1, 2) = [4, 5]``."""
    whole = items(values)
    start = position(start_position, len(whole))
    if length is None:
        return whole[start:]
    size = integer(length)
    if size < 1 or start + size > len(whole):
        raise UndefinedError(f"the list has no {size} items from there on")
    return whole[start : start + size]


def append(values: object, *added: object) -> Items:
    """``append([1], 2, 3) = [1, 2, 3]``."""
    return _bounded(items(values), added)


def concatenate(*lists: object) -> Items:
    """``concatenate([1, 2], [3]) = [1, 2, 3]``."""
    return _bounded(*(items(each) for each in lists))


def _bounded(*lists: Items) -> Items:
    bounded_count(sum(map(len, lists)))
    return tuple(chain.from_iterable(lists))


def insert_before(values: object, place: object, new_item: object) -> Items:
    """``insert before([1, 3], 1, 2) = [2, 1, 3]``."""
    whole = items(values)
    index = position(place, len(whole))
    return _bounded(whole[:index], (new_item,), whole[index:])


def remove(values: object, place: object) -> Items:
    """``remove([1, 2, 3], 2) = [1, 3]``."""
    whole = items(values)
    index = position(place, len(whole))
    return whole[:index] + whole[index + 1 :]


def list_replace(values: object, place_or_match: object, new_item: object) -> Items:
    """``list replace([2, 4, 7], 2, 5) = [2, 5, 7]``; with a function all items it holds for are replaced."""
    whole = items(values)
    if isinstance(place_or_match, FunctionValue):
        match = _of_two(place_or_match)
        return tuple(new_item if boolean(match.call(value, new_item)) else value for value in whole)
    index = position(place_or_match, len(whole))
    return (*whole[:index], new_item, *whole[index + 1 :])


def reverse(values: object) -> Items:
    """``reverse([1, 2, 3]) = [3, 2, 1]``."""
    return items(values)[::-1]


def index_of(values: object, match: object) -> Items:
    """``index of([1, 2, 3, 2], 2) = [2, 4]``."""
    return tuple(Decimal(place) for place, value in enumerate(items(values), 1) if equal(value, match) is True)


def distinct_values(values: object) -> Items:
    """``distinct values([1, 2, 1]) = [1, 2]``: the first of equal items stays."""
    return _distinct(items(values))


def union(*lists: object) -> Items:
    """``union([1, 2], [2, 3]) = [1, 2, 3]``."""
    return _distinct(concatenate(*lists))


def _distinct(values: Iterable[object]) -> Items:
    found: dict[Hashable, object] = {}
    for value in values:
        found.setdefault(canonical(value), value)
    return tuple(found.values())


def duplicate_values(values: object) -> Items:
    """``duplicate values([1, 2, 1]) = [1]``: each item that occurs more than once, once."""
    found: dict[Hashable, object] = {}
    repeated: dict[Hashable, object] = {}
    for value in items(values):
        key = canonical(value)
        if key in found:
            repeated.setdefault(key, found[key])
        found.setdefault(key, value)
    return tuple(repeated.values())


def flatten(values: object) -> Items:
    """``flatten([[1, 2], [[3]], 4]) = [1, 2, 3, 4]``."""
    flat: list[object] = []
    waiting = [iter(items(values))]
    steps = 0
    while waiting:
        for value in waiting[-1]:
            steps = bounded_count(steps + 1)
            if isinstance(value, (tuple, list)):
                waiting.append(iter(value))
                break
            flat.append(value)
        else:
            waiting.pop()
    return tuple(flat)


def sort(values: object, precedes: object = None) -> Items:
    """``sort([3, 1], function(x, y) x < y) = [1, 3]``; without a function in their own order. Equal items stay."""
    whole = items(values)
    if precedes is None:
        return tuple(each.value for each in sorted(_Natural(value) for value in whole))
    match = _of_two(function(precedes))

    class Placed:
        """One item, ordered by the author's function."""

        __slots__ = ("value",)

        def __init__(self, value: object) -> None:
            self.value = value

        def __lt__(self, other: Placed) -> bool:
            return boolean(match.call(self.value, other.value))

    return tuple(each.value for each in sorted(Placed(value) for value in whole))


def _of_two(given: FunctionValue) -> FunctionValue:
    if len(given.parameters) != 2 and not given.variadic:
        raise UndefinedError("the function must take two arguments")
    return given


class _Natural:
    """One item, in the order of its kind."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __lt__(self, other: _Natural) -> bool:
        order = compare(self.value, other.value)
        if order is None:
            raise UndefinedError("the items have no order")
        return order < 0


LISTS: tuple[Builtin, ...] = (
    builtin("list contains", ("list: list<T>, element: T -> boolean", list_contains)),
    builtin("count", ("list: list<any> -> number", count)),
    builtin("sublist", ("list: list<T>, start position: number, length?: number -> list<T>", sublist)),
    builtin("append", ("list: list<T>, item: T... -> list<T>", append)),
    builtin("concatenate", ("list: list<T>... -> list<T>", concatenate)),
    builtin("insert before", ("list: list<T>, position: number, newItem: T -> list<T>", insert_before)),
    builtin("remove", ("list: list<T>, position: number -> list<T>", remove)),
    builtin(
        "list replace",
        ("list: list<T>, position: number, newItem: T -> list<T>", list_replace),
        ("list: list<T>, match: precedes, newItem: T -> list<T>", list_replace),
    ),
    builtin("reverse", ("list: list<T> -> list<T>", reverse)),
    builtin("index of", ("list: list<T>, match: T -> list<number>", index_of)),
    builtin("distinct values", ("list: list<T> -> list<T>", distinct_values)),
    builtin("duplicate values", ("list: list<T> -> list<T>", duplicate_values)),
    builtin("union", ("list: list<T>... -> list<T>", union)),
    builtin("flatten", ("list: list<any> -> list<any>", flatten), strict=False),
    builtin("sort", ("list: list<T>, precedes?: precedes -> list<T>", sort)),
)
