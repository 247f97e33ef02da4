"""Sums over many questions as clauses: two ladders of "at least this much" are joined into one, until two are left.

A sum with too many different numbers is stated in coarser steps, each number rounded down. That follows from the sum
but does not say all of it, so the sum itself is still checked; the clauses only keep most of the search off it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

JOINS_MAX = 30_000
"""Pairs of steps that are written down for one sum: enough for the watts of a computer with any two of 800 cards.

A sum in coarser steps is checked after the fact, one violated sum a search; that made the slowest clicks twice as slow.
"""
COARSEST = 8
"""A bound in fewer steps than this tells too little."""

Steps = tuple[tuple[int, int], ...]
"""Rising numbers above zero, each with the literal that at least so much is added."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """The clauses of a sum: those that say what the joined steps are, those that forbid, and whether they say all."""

    meaning: tuple[tuple[int, ...], ...]
    limits: tuple[tuple[int, ...], ...]
    exact: bool


def spell(axes: Sequence[tuple[Sequence[int], Sequence[int]]], bound: int, fresh: Callable[[], int]) -> Spelt | None:
    """Clauses for "what the axes add is at most ``bound``"; None when even coarse steps are too many.

    An axis is its rising numbers and, for each, the literal that it adds at least that.
    """
    ladders = [_steps(values, literals) for values, literals in axes]
    room = bound - sum(values[0] for values, _ in axes)
    if room < 0:
        return Spelt((), ((),), exact=True)
    step = 1
    while step == 1 or room // step >= COARSEST:
        coarse = [_coarser(each, step) for each in ladders]
        if _joins(coarse, room // step) <= JOINS_MAX:
            return _spelt(coarse, room // step, fresh, exact=step == 1)
        step = max(step * 2, room // 512)
    return None


def _steps(values: Sequence[int], literals: Sequence[int]) -> Steps:
    return tuple((value - values[0], literal) for value, literal in zip(values[1:], literals[1:], strict=True))


def _coarser(steps: Steps, step: int) -> Steps:
    """The numbers rounded down; the lowest literal stands for all that become equal."""
    found: dict[int, int] = {}
    for value, literal in steps:
        if value // step:
            found.setdefault(value // step, literal)
    return tuple(found.items())


def _joins(ladders: Sequence[Steps], room: int) -> int:
    """How many pairs of steps joining would write down."""
    sizes = sorted(([value for value, _ in each] for each in ladders), key=len)
    count = 0
    while len(sizes) > 2 and count <= JOINS_MAX:
        first, second, *rest = sizes
        count += (len(first) + 1) * (len(second) + 1)
        values = {a + b for a in (0, *first) for b in (0, *second) if 0 < a + b <= room}
        sizes = sorted([*rest, sorted(values)], key=len)
    return count + sum(map(len, sizes))


def _spelt(ladders: Sequence[Steps], room: int, fresh: Callable[[], int], *, exact: bool) -> Spelt:
    meaning: list[tuple[int, ...]] = []
    limits: list[tuple[int, ...]] = []
    waiting = sorted(ladders, key=len)
    while len(waiting) > 2:
        first, second, *rest = waiting
        joined, clauses = _join(first, second, room, fresh)
        meaning += clauses
        limits += _limits(first, second, room)
        waiting = sorted([*rest, joined], key=len)
    limits += _limits(waiting[0], waiting[1] if len(waiting) > 1 else (), room)
    return Spelt(tuple(meaning), tuple(limits), exact)


def _join(first: Steps, second: Steps, room: int, fresh: Callable[[], int]) -> tuple[Steps, list[tuple[int, ...]]]:
    """The steps of two ladders together, as far as they stay within the room, and what they follow from."""
    totals = sorted({a + b for a, _ in ((0, 0), *first) for b, _ in ((0, 0), *second) if 0 < a + b <= room})
    made = {total: fresh() for total in totals}
    clauses: list[tuple[int, ...]] = [(-made[high], made[low]) for low, high in zip(totals, totals[1:], strict=False)]
    for a, left in ((0, 0), *first):
        for b, right in ((0, 0), *second):
            if 0 < a + b <= room:
                clauses.append((*(-each for each in (left, right) if each), made[a + b]))
    return tuple((total, made[total]) for total in totals), clauses


def _limits(first: Steps, second: Steps, room: int) -> Iterator[tuple[int, ...]]:
    """Clauses against every pair of steps that is too much together."""
    numbers = [value for value, _ in second]
    for value, literal in ((0, 0), *first):
        at = bisect_right(numbers, room - value)
        if value > room:
            yield (-literal,)
            return
        if at < len(numbers):
            yield (*((-literal,) if literal else ()), -second[at][1])
