"""Built-ins that sum up a list (DMN 10.3.4.4): they take a list, or the items as separate arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import reduce

from engine.language.builtins.arguments import items, number
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values import arithmetic
from engine.language.values import number as numbers
from engine.language.values.fault import UndefinedError
from engine.language.values.relation import compare

Items = tuple[object, ...]


def least(values: object) -> object:
    """``min([3, 1, 2]) = 1``; of the empty list null."""
    return _extreme(items(values), wanted=-1)


def greatest(values: object) -> object:
    """``max([3, 1, 2]) = 3``; of the empty list null."""
    return _extreme(items(values), wanted=1)


def _extreme(values: Items, *, wanted: int) -> object:
    if not values:
        return None
    best = values[0]
    for value in values if len(values) == 1 else values[1:]:
        order = compare(value, best)
        if order is None:
            raise UndefinedError("the items have no order")
        if order == wanted:
            best = value
    return best


def total(values: object) -> object:
    """``sum([1, 2]) = 3``, of durations too; of the empty list null."""
    whole = items(values)
    if not whole:
        raise UndefinedError("the empty list has no sum")
    if len(whole) == 1:
        arithmetic.negate(whole[0])
        return whole[0]
    if isinstance(whole[0], str):
        raise UndefinedError("texts have no sum; join them with `string join`")
    return reduce(arithmetic.add, whole)


def _all_numbers(values: object) -> list[Decimal]:
    found = [number(value) for value in items(values)]
    if not found:
        raise UndefinedError("the list is empty")
    return found


def product(values: object) -> Decimal:
    """``product([2, 3, 4]) = 24``."""
    return reduce(numbers.multiply, _all_numbers(values))


def mean(values: object) -> object:
    """``mean([1, 2, 3]) = 2``, of durations too."""
    return arithmetic.divide(total(values), Decimal(len(items(values))))


def median(values: object) -> Decimal | None:
    """``median([6, 1, 2, 3]) = 2.5``; of the empty list null."""
    whole = sorted(number(value) for value in items(values))
    if not whole:
        return None
    middle = len(whole) // 2
    if len(whole) % 2:
        return whole[middle]
    return numbers.divide(numbers.add(whole[middle - 1], whole[middle]), Decimal(2))


def standard_deviation(values: object) -> Decimal:
    """``stddev([2, 4, 7, 5]) = 2.08166599946613...``: of a sample, so at least two numbers are needed."""
    whole = _all_numbers(values)
    if len(whole) < 2:
        raise UndefinedError("a standard deviation needs at least two numbers")
    middle = numbers.divide(reduce(numbers.add, whole), Decimal(len(whole)))
    distances = (numbers.subtract(value, middle) for value in whole)
    squares = reduce(numbers.add, (numbers.multiply(each, each) for each in distances))
    return numbers.calculate(lambda: numbers.DECIMAL128.sqrt(numbers.divide(squares, Decimal(len(whole) - 1))))


def mode(values: object) -> Items:
    """``mode([6, 3, 9, 6, 6]) = [6]``: the most frequent numbers, ascending."""
    counts = Counter(number(value) for value in items(values))
    most = max(counts.values(), default=0)
    return tuple(sorted(value for value, times in counts.items() if times == most))


def _both(name: str, run: Callable[[object], object], kind: str, result: str) -> Builtin:
    """Describe a built-in that takes a list or separate items."""
    whole = result if result.startswith("list") or kind == "number" else f"{result}?"
    return builtin(
        name,
        (f"list: list<{kind}> -> {whole}", run),
        (f"n: {kind}... -> {result}", lambda *values: run(values)),
    )


STATISTICAL: tuple[Builtin, ...] = (
    _both("min", least, "O", "O"),
    _both("max", greatest, "O", "O"),
    builtin("sum", ("list: list<N> -> N", total), ("n: N... -> N", lambda *values: total(values))),
    _both("mean", mean, "N", "N"),
    _both("median", median, "N", "N"),
    _both("product", product, "number", "number"),
    _both("stddev", standard_deviation, "number", "number?"),
    _both("mode", mode, "N", "list<N>"),
)
