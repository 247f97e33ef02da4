"""What the families of a model are made of, and what their clauses and sums leave of them.

The values of a question are lanes, and a set of lanes is an integer with one bit each, so that a clause is looked at
for hundreds of values at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter, or_
from typing import Any

import numpy
from numpy.typing import NDArray

from engine.configuration.model import Sum

Bits = NDArray[numpy.bool_]
Positions = NDArray[numpy.int64]
Thresholds = tuple[list[int], list[int], list[int]]
"""Rising numbers, the lanes up to each, and the number of every lane."""
EXACT = 1 << 62
"""Totals below this are added by the machine, larger ones by Python."""


@dataclass(frozen=True, slots=True)
class Row:
    """A clause as one family sees it: lanes that satisfy it, literals that other questions decide, gates on both."""

    lanes: int
    others: tuple[int, ...]
    mixed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MixedGate:
    """A gate that depends on the family and on others."""

    literal: int
    lanes: int
    others: tuple[int, ...]
    mixed: tuple[int, ...]


@dataclass(slots=True)
class Joint:
    """The clauses of a family that hang on the same other families, and what they leave for values of those.

    Without ``others`` they also hang on atoms that no question decides, and nothing can be remembered.
    """

    others: tuple[int, ...]
    rows: list[Row] = field(default_factory=list)
    literals: Positions = field(default_factory=lambda: numpy.zeros(0, numpy.int64))
    starts: Positions = field(default_factory=lambda: numpy.zeros(0, numpy.int64))
    known: dict[object, int] = field(default_factory=dict)
    pick: Callable[[tuple[int, ...]], object] | None = None
    """The lanes of the others among all lanes."""

    def __post_init__(self) -> None:
        self.pick = itemgetter(*self.others) if self.others else None

    def unmet(self, truth: Bits) -> list[Row]:
        """The clauses that no other question satisfies by itself."""
        met = numpy.logical_or.reduceat(truth[self.literals], self.starts)
        return [self.rows[at] for at in numpy.flatnonzero(~met).tolist()]


@dataclass(frozen=True, slots=True)
class Layer:
    """Gates whose inputs are settled before them: where those stand in the truth, and where each gate stands."""

    inputs: Positions
    starts: Positions
    holds: Positions
    fails: Positions

    @staticmethod
    def of(gates: Sequence[tuple[int, Sequence[int]]], top: int) -> Layer:
        """Of literals, each with the literals of which one has to hold."""
        literals, starts = flattened([inputs for _, inputs in gates], top)
        names = numpy.array([literal for literal, _ in gates], dtype=numpy.int64)
        return Layer(literals, starts, top + names, top - names)

    def settle(self, truth: Bits) -> None:
        """Work out all of them."""
        met = numpy.logical_or.reduceat(truth[self.inputs], self.starts)
        truth[self.holds] = met
        truth[self.fails] = ~met


@dataclass(slots=True)
class SumPart:
    """What one family adds to a sum, lane by lane.

    ``own`` are terms with the lanes in which they count and the quantity that they are multiplied with; ``scaled`` are
    terms whose quantity the family is, with the literal of others that they hang on; ``mixed`` are terms of gates on
    this family and others. A ``rigid`` part is too entangled to exchange anything.
    """

    number: int
    own: list[tuple[int, int, int | None]] = field(default_factory=list)
    scaled: list[tuple[int, int]] = field(default_factory=list)
    mixed: list[tuple[int, int, int | None]] = field(default_factory=list)
    when: list[int] = field(default_factory=list)
    rigid: bool = False
    tables: dict[tuple[int, ...], Thresholds] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)
    """The quantities that ``own`` terms are multiplied with."""


@dataclass(slots=True)
class Family:
    """One question: an enumeration, a boolean that nothing defines, or a quantity.

    ``every`` are all its lanes, ``base`` those that no clause on it alone forbids, ``masks`` the lanes of atoms that
    depend on it only, ``mixed`` the gates on it and others by their atom, in ``layers`` from the inputs on.
    """

    variable: int
    size: int
    first: int
    every: int
    base: int
    enumerated: bool
    masks: dict[int, int] = field(default_factory=dict)
    mixed: dict[int, MixedGate] = field(default_factory=dict)
    joints: dict[tuple[int, ...], Joint] = field(default_factory=dict)
    sums: list[SumPart] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    led: Positions = field(default_factory=lambda: numpy.zeros(0, numpy.int64))
    """Atoms that a lane decides, those of the values of an enumeration apart."""
    leads: dict[int, Bits] = field(default_factory=dict)
    """By lane, which of them hold."""

    def lanes_of(self, literal: int) -> int:
        """The lanes in which a literal of this family alone holds."""
        found = self.masks[abs(literal)]
        return found if literal > 0 else self.every & ~found

    def move(self, truth: Bits, top: int, lanes: tuple[int, int]) -> None:
        """Change the truth from one lane to another."""
        old, new = lanes
        if self.enumerated:
            at = top + self.first
            truth[at + old], truth[at + new] = False, True
            at = top - self.first
            truth[at - old], truth[at - new] = True, False
        led = self.leads.get(new)
        if led is None:
            held = [self.masks[atom] >> new & 1 for atom in self.led.tolist()]
            led = self.leads[new] = numpy.array(held, dtype=numpy.bool_)
        truth[top + self.led] = led
        truth[top - self.led] = ~led
        for each in self.layers:
            each.settle(truth)


class Totals:
    """What the terms of all sums add up to in a solution, worked out at once."""

    def __init__(self, sums: Sequence[Sum], quantities: Mapping[int, int], top: int) -> None:
        """``quantities`` are the variables that terms are multiplied with, each with its largest value."""
        self._order = list(quantities)
        places: dict[int | None, int] = {None: 0}
        places.update((each, at) for at, each in enumerate(self._order, 1))
        always = 2 * top + 1
        literals: list[int] = []
        factors: list[int] = []
        counted: list[int] = []
        starts: list[int] = []
        largest = 0
        for each in sums:
            starts.append(len(literals))
            size = 0
            for term in each.terms:
                literals.append(top + term.literal if term.literal else always)
                factors.append(term.coefficient)
                counted.append(places[term.quantity])
                size += abs(term.coefficient) * (1 if term.quantity is None else abs(quantities[term.quantity]))
            if not each.terms:  # a sum of nothing still has a place
                literals.append(top)
                factors.append(0)
                counted.append(0)
            largest = max(largest, size)
        self._literals = numpy.array(literals, dtype=numpy.int64)
        self._counted = numpy.array(counted, dtype=numpy.int64)
        self._starts = numpy.array(starts, dtype=numpy.int64)
        self._kind = numpy.int64 if largest < EXACT else numpy.object_
        self._factors: NDArray[Any] = numpy.array(factors, dtype=self._kind)

    def of(self, truth: Bits, quantities: Mapping[int, int]) -> list[int]:
        """The total of every sum."""
        if not len(self._starts):
            return []
        numbers: NDArray[Any] = numpy.array([1, *(quantities[each] for each in self._order)], dtype=self._kind)
        shares = self._factors * truth[self._literals] * numbers[self._counted]
        found: list[int] = numpy.add.reduceat(shares, self._starts).tolist()
        return found


def flattened(groups: Sequence[Sequence[int]], top: int) -> tuple[Positions, Positions]:
    """Where the literals of all groups stand in the truth, one after the other, and where each group starts.

    A group of none gets the literal that never holds.
    """
    literals: list[int] = []
    starts: list[int] = []
    for each in groups:
        starts.append(len(literals))
        literals += each or (0,)
    return numpy.array(literals, dtype=numpy.int64) + top, numpy.array(starts, dtype=numpy.int64)


def ordered(by_lane: Sequence[int]) -> Thresholds:
    """Numbers by lane as thresholds: the distinct numbers rising, and the lanes up to each."""
    alike: dict[int, int] = {}
    for lane, number in enumerate(by_lane):
        alike[number] = alike.get(number, 0) | 1 << lane
    values = sorted(alike)
    return values, list(accumulate((alike[each] for each in values), or_)), list(by_lane)


def up_to(table: Thresholds, room: int) -> int:
    """The lanes whose number is at most ``room``."""
    at = bisect_right(table[0], room)
    return table[1][at - 1] if at else 0
