"""Sums over few slots as clauses: cheaper to propagate than a sum that is checked after the fact.

A linear form over slots of one entry is a sum of one number a slot. For each slot the numbers are put in order, with a
literal for "at least this much"; a limit then forbids the pairs (or triples) of such literals that exceed it together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations

from engine.configuration.builder import ModelBuilder
from engine.configuration.model import Term
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import Slot

AXES_MAX = 3
CLAUSES_MAX = 20_000
QUANTITIES_MAX = 16


@dataclass(frozen=True, slots=True)
class Axis:
    """What one slot can add: the numbers in ascending order, and the literal that it adds at least each."""

    values: tuple[int, ...]
    at_least: tuple[int, ...]


class SmallSums:
    """Knows which literal stands for which classes of which slot, and states sums over few slots as clauses."""

    def __init__(self, builder: ModelBuilder, logic: Logic) -> None:
        self._builder = builder
        self._logic = logic
        self._covers: dict[int, tuple[Slot, frozenset[int]]] = {}
        self._axes: dict[tuple[str, tuple[Term, ...]], Axis | None] = {}

    def member(self, slot: Slot, classes: Sequence[int]) -> int:
        """A literal that holds exactly when one of these classes of the slot is taken."""
        literal = self._logic.any_of(slot.variables[at].taken for at in classes)
        if slot.single and abs(literal) != self._logic.true:
            self._covers[literal] = (slot, frozenset(classes))
        return literal

    def both(self, first: int, second: int) -> int:
        """A literal that holds exactly when both do; classes of one slot are intersected instead."""
        if first in self._covers and second in self._covers:
            (slot, mine), (other, theirs) = self._covers[first], self._covers[second]
            if slot.path == other.path:
                return self.member(slot, sorted(mine & theirs))
        return self._logic.all_of((first, second))

    def axes(self, terms: Sequence[Term]) -> tuple[Axis, ...] | None:
        """The slots of a form, those with fewer numbers first; None when it is not a small sum over single slots."""
        by_slot: dict[str, list[Term]] = {}
        slots: dict[str, Slot] = {}
        for term in terms:
            if term.literal not in self._covers:
                return None
            slot, _ = self._covers[term.literal]
            slots[slot.path] = slot
            by_slot.setdefault(slot.path, []).append(term)
        if len(by_slot) > AXES_MAX:
            return None
        found = [self._axis(slots[path], tuple(mine)) for path, mine in by_slot.items()]
        axes = sorted((each for each in found if each is not None), key=lambda each: len(each.values))
        clauses = 1
        for each in axes[:-1]:
            clauses *= len(each.values)
        return tuple(axes) if len(axes) == len(found) and clauses <= CLAUSES_MAX else None

    def limits(self, axes: Sequence[Axis], bound: int) -> Iterator[tuple[int, ...]]:
        """The clauses that together say that the sum is at most ``bound``."""
        *first, last = axes
        for chosen in combinations(*(range(len(each.values)) for each in first)):
            rest = bound - sum(axis.values[at] for axis, at in zip(first, chosen, strict=True))
            over = bisect_right(last.values, rest)
            if over < len(last.values):
                lead = tuple(-axis.at_least[at] for axis, at in zip(first, chosen, strict=True))
                yield (*lead, -last.at_least[over])

    def _axis(self, slot: Slot, terms: tuple[Term, ...]) -> Axis | None:
        key = (slot.path, terms)
        if key not in self._axes:
            self._axes[key] = self._make_axis(slot, terms)
        return self._axes[key]

    def _make_axis(self, slot: Slot, terms: tuple[Term, ...]) -> Axis | None:
        alike: dict[tuple[int, int], list[int]] = {}
        quantity: int | None = None
        for term in terms:
            quantity = term.quantity if term.quantity is not None else quantity
        for at in range(len(slot.classes)):
            mine = [term for term in terms if at in self._covers[term.literal][1]]
            fixed = sum(term.coefficient for term in mine if term.quantity is None)
            each = sum(term.coefficient for term in mine if term.quantity is not None)
            alike.setdefault((fixed, each), []).append(at)
        low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
        if quantity is not None and high - low > QUANTITIES_MAX:
            return None
        numbers: dict[int, list[int]] = {0: [slot.empty]} if slot.empty != self._logic.false else {}
        for (fixed, each), classes in alike.items():
            literal = self._logic.any_of(slot.variables[at].taken for at in classes)
            if not each or quantity is None:
                numbers.setdefault(fixed, []).append(literal)
                continue
            for units in range(low, high + 1):
                both = self._logic.all_of((literal, self._builder.is_(quantity, units)))
                numbers.setdefault(fixed + each * units, []).append(both)
        return self._ordered(numbers)

    def _ordered(self, numbers: Mapping[int, Sequence[int]]) -> Axis:
        values = sorted(numbers)
        at_least: list[int] = []
        reached = self._logic.false
        for value in reversed(values):
            reached = self._logic.any_of((reached, *numbers[value]))
            at_least.append(reached)
        at_least[-1] = self._logic.true  # the smallest number is always reached
        return Axis(tuple(values), tuple(reversed(at_least)))
