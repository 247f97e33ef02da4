"""The best set of rules for the customer: exact within a limit, else greedy and said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from math import comb

from engine.money import EXACT
from engine.pricing.state import ZERO

NODES_MAX = 20_000
"""How many partial sets the search looks at before it falls back to taking the best one by one."""

Worth = Callable[[tuple[int, ...]], Decimal]
"""What a set of candidates (by position, in working order) takes off."""


def best_set(alone: Sequence[Decimal], clashes: Sequence[frozenset[int]], at_most: int, worth: Worth) -> Chosen:
    """The set of at most so many candidates that takes off most; ties to the earlier candidates.

    ``alone`` is what each takes off by itself, which no set can exceed part by part; ``clashes`` are the positions that
    a candidate cannot stand beside.
    """
    search = _Search(alone, clashes, at_most, worth)
    search.descend(0, (), ZERO)
    if search.nodes > NODES_MAX:
        greedy = _greedy(alone, clashes, at_most)
        return Chosen(greedy if worth(greedy) > search.best_worth else search.best, exact=False)
    return Chosen(search.best, exact=True)


def count_of_sets(candidates: int, at_most: int) -> int:
    """How many sets of at least one and at most so many candidates there are."""
    return sum(comb(candidates, size) for size in range(1, min(at_most, candidates) + 1))


def every_set(clashes: Sequence[frozenset[int]], at_most: int) -> Iterator[tuple[int, ...]]:
    """All sets without a clash: the small ones first, then those of the earlier candidates."""
    for size in range(1, min(at_most, len(clashes)) + 1):
        for taken in combinations(range(len(clashes)), size):
            if not any(each in clashes[other] for each in taken for other in taken):
                yield taken


class Chosen:
    """A set of positions, and whether nothing better exists for sure."""

    __slots__ = ("exact", "positions")

    def __init__(self, positions: tuple[int, ...], *, exact: bool) -> None:
        self.positions = positions
        self.exact = exact


class _Search:
    """Branch and bound over the candidates in working order."""

    def __init__(self, alone: Sequence[Decimal], clashes: Sequence[frozenset[int]], at_most: int, worth: Worth) -> None:
        self.alone = alone
        self.clashes = clashes
        self.at_most = at_most
        self.worth = worth
        self.best: tuple[int, ...] = ()
        self.best_worth = ZERO
        self.nodes = 0

    def descend(self, position: int, taken: tuple[int, ...], bound: Decimal) -> None:
        self.nodes += 1
        if self.nodes > NODES_MAX:
            return
        if taken:
            found = self.worth(taken)
            if found > self.best_worth:
                self.best, self.best_worth = taken, found
        if len(taken) == self.at_most:
            return
        for each in range(position, len(self.alone)):
            rest = sorted((most for most in self.alone[each:] if most > 0), reverse=True)[: self.at_most - len(taken)]
            if EXACT.add(bound, sum(rest, ZERO)) <= self.best_worth:
                return
            if self.alone[each] <= 0 or any(each in self.clashes[other] for other in taken):
                continue
            self.descend(each + 1, (*taken, each), EXACT.add(bound, self.alone[each]))


def _greedy(alone: Sequence[Decimal], clashes: Sequence[frozenset[int]], at_most: int) -> tuple[int, ...]:
    taken: list[int] = []
    for each in sorted(range(len(alone)), key=lambda index: (-alone[index], index)):
        if len(taken) == at_most or alone[each] <= 0:
            break
        if not any(each in clashes[other] for other in taken):
            taken.append(each)
    return tuple(sorted(taken))
