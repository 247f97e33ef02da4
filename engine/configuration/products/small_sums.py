"""Sums over few questions as clauses: cheaper to propagate than a sum that is checked after the fact.

A linear form over single entries is a sum of one number an entry. For each place the numbers are put in order, with a
literal for "at least this much"; a limit then forbids the pairs (or triples) of such literals that exceed it together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations

from engine.configuration.model import Term
from engine.configuration.products.logic import Logic

AXES_MAX = 3
CLAUSES_MAX = 20_000
QUANTITIES_MAX = 16


@dataclass(frozen=True, slots=True)
class Axis:
    """What one place can add: the numbers in ascending order, and the literal that it adds at least each."""

    values: tuple[int, ...]
    at_least: tuple[int, ...]


class SmallSums:
    """States sums over few questions as clauses."""

    def __init__(self, logic: Logic) -> None:
        self._logic = logic
        self._owner_of: dict[int, int] = {}
        self._axes: dict[tuple[int, tuple[Term, ...]], Axis | None] = {}

    def count(self, owner: int, quantity: int) -> None:
        """Make known that the quantity counts the units of what answers that question."""
        self._owner_of[quantity] = owner

    def axes(self, terms: Sequence[Term]) -> tuple[Axis, ...] | None:
        """The questions of a form, those with fewer numbers first; None when terms hang on several or range widely."""
        by_owner: dict[int, list[Term]] = {}
        for term in terms:
            owner = self._owner(term)
            if owner is None:
                return None
            by_owner.setdefault(owner, []).append(term)
        found = [self._axis(owner, tuple(mine)) for owner, mine in by_owner.items()]
        axes = sorted((each for each in found if each is not None), key=lambda each: len(each.values))
        return tuple(axes) if len(axes) == len(found) else None

    @staticmethod
    def few(axes: Sequence[Axis]) -> bool:
        """Whether the limits of these axes are written down one by one."""
        clauses = 1
        for each in axes[:-1]:
            clauses *= len(each.values)
        return len(axes) <= AXES_MAX and clauses <= CLAUSES_MAX

    def limits(self, axes: Sequence[Axis], bound: int) -> Iterator[tuple[int, ...]]:
        """The clauses that together say that the sum is at most ``bound``."""
        *first, last = axes
        for chosen in combinations(*(range(len(each.values)) for each in first)):
            rest = bound - sum(axis.values[at] for axis, at in zip(first, chosen, strict=True))
            over = bisect_right(last.values, rest)
            if over < len(last.values):
                lead = tuple(-axis.at_least[at] for axis, at in zip(first, chosen, strict=True))
                yield (*lead, -last.at_least[over])

    def _owner(self, term: Term) -> int | None:
        """The one question that a term is about, or None."""
        counted = None if term.quantity is None else self._owner_of.get(term.quantity, -1)
        if term.literal == 0:
            return counted if counted != -1 else None
        cover = self._logic.cover(term.literal)
        if cover is None or counted not in (None, cover.owner):
            return None
        return cover.owner

    def _axis(self, owner: int, terms: tuple[Term, ...]) -> Axis | None:
        key = (owner, terms)
        if key not in self._axes:
            self._axes[key] = self._make_axis(owner, terms)
        return self._axes[key]

    def _make_axis(self, owner: int, terms: tuple[Term, ...]) -> Axis | None:
        builder = self._logic.builder
        quantity = next((term.quantity for term in terms if term.quantity is not None), None)
        counted = None if quantity is None else builder.variable(quantity)
        low, high = (0, 0) if counted is None else (counted.minimum, counted.maximum)
        if high - low > QUANTITIES_MAX:
            return None
        literals = self._logic.values_of(owner)
        fixed, scaled = [0] * len(literals), [0] * len(literals)
        for term in terms:
            shares = fixed if term.quantity is None else scaled
            for at in self._values(term, len(literals)):
                shares[at] += term.coefficient
        alike: dict[tuple[int, int], list[int]] = {}
        for literal, share in zip(literals, zip(fixed, scaled, strict=True), strict=True):
            alike.setdefault(share, []).append(literal)
        numbers: dict[int, list[int]] = {}
        for (once, each), members in alike.items():
            taken = self._logic.any_of(members)
            if not each or quantity is None:
                numbers.setdefault(once, []).append(taken)
                continue
            for units in range(low, high + 1):
                both = self._logic.all_of((taken, builder.is_(quantity, units)))
                numbers.setdefault(once + each * units, []).append(both)
        return self._ordered(numbers)

    def _values(self, term: Term, size: int) -> Iterator[int]:
        """The positions of the values for which a term counts."""
        cover = self._logic.cover(term.literal)
        left = (1 << size) - 1 if cover is None else cover.values
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1
            left ^= lowest

    def _ordered(self, numbers: Mapping[int, Sequence[int]]) -> Axis:
        values = sorted(numbers)
        at_least: list[int] = []
        reached = self._logic.false
        for value in reversed(values):
            reached = self._logic.any_of((reached, *numbers[value]))
            at_least.append(reached)
        at_least[-1] = self._logic.true  # the smallest number is always reached
        return Axis(tuple(values), tuple(reversed(at_least)))
