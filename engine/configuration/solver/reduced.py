"""The clauses that are left once everything decided is dropped and equal literals are one: smaller, same answers.

Real feature models shrink a lot: features that no configuration can choose or avoid say nothing, and a feature with
its mandatory children is one question. Only domains are asked here; explanations need the clauses as written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.rotation import Touching, touching
from engine.configuration.solver.witnesses import Possible

Clauses = set[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Reduced:
    """The smaller problem; ``literal[a]`` is the literal there that says atom ``a``."""

    cnf: Cnf
    literal: tuple[int, ...]
    translator: Translator
    touching: Touching

    def literals(self, originals: Iterable[int]) -> list[int]:
        """Literals of the full problem in the smaller one."""
        literal = self.literal
        return [literal[each] if each > 0 else -literal[-each] for each in originals]

    def original(self, solution: Sequence[int]) -> list[int]:
        """A solution of the smaller problem as one of the model's atoms, those left out of both as false."""
        return [
            atom if each and solution[abs(each) - 1] == each else -atom
            for atom, each in enumerate(self.literal[1:], start=1)
        ]


class Translator:
    """Turns what may hold and fail from one numbering into the other, all atoms at once."""

    def __init__(self, literal: Sequence[int], atoms: int, top: int, wanted: Possible) -> None:
        self._sizes = (atoms + 1, top + 1)
        names = numpy.array(literal[: atoms + 1], dtype=numpy.int64)
        self._hold = numpy.where(names > 0, names, top + 1 - names)
        self._fail = numpy.where(names > 0, top + 1 + names, -names)
        self._back = self._members(names, wanted)

    def _members(self, names: NDArray[numpy.int64], wanted: Possible) -> NDArray[numpy.int64]:
        """For "may hold" and "may fail" of every reduced atom, an original fact that is wanted and says the same."""
        atoms, top = self._sizes[0] - 1, self._sizes[1] - 1
        # The last place is always empty: nobody asks about that fact.
        found = numpy.full(2 * (top + 1), 2 * (atoms + 1), dtype=numpy.int64)
        numbers = numpy.arange(atoms + 1)
        for facts, target, offset in ((wanted.hold, self._hold, 0), (wanted.fail, self._fail, atoms + 1)):
            asked = numpy.flatnonzero(_unpacked(facts, atoms + 1))
            found[target[asked]] = numbers[asked] + offset
        return found

    def inward(self, outer: Possible) -> Possible:
        """What may hold and fail of the original atoms, for the reduced ones."""
        atoms, top = self._sizes
        bits = numpy.zeros(2 * atoms + 1, dtype=numpy.uint8)
        bits[:atoms] = _unpacked(outer.hold, atoms)
        bits[atoms:-1] = _unpacked(outer.fail, atoms)
        found = bits[self._back]
        return Possible(_packed(found[:top]), _packed(found[top:]))

    def outward(self, inner: Possible) -> Possible:
        """What may hold and fail of the reduced atoms, for the original ones."""
        _, top = self._sizes
        bits = numpy.concatenate((_unpacked(inner.hold, top), _unpacked(inner.fail, top)))
        return Possible(_packed(bits[self._hold]), _packed(bits[self._fail]))


def reduce(cnf: Cnf, atoms: int, fixed: Iterable[int], wanted: Possible) -> Reduced:
    """Simplify under literals known to hold; ``wanted`` are the facts about the first ``atoms`` that anyone asks."""
    names = list(range(cnf.top + 1))
    truth = cnf.top + 1
    for each in fixed:
        names[abs(each)] = truth if each > 0 else -truth
    clauses, names = merged(cnf.clauses, names)
    # Atoms nobody asks about and no clause mentions are gone.
    kept = {abs(each) for clause in clauses for each in clause} | {abs(each) for each in names[1 : atoms + 1]} | {truth}
    number = {atom: at for at, atom in enumerate(sorted(kept), 1)}
    literal = tuple(number.get(abs(each), 0) * (1 if each > 0 else -1) for each in names)
    small = [tuple(number[abs(each)] * (1 if each > 0 else -1) for each in clause) for clause in sorted(clauses)]
    small.append((number[truth],))
    reduced = Cnf(tuple(small), (-1,) * len(small), len(number))
    return Reduced(reduced, literal, Translator(literal, atoms, len(number), wanted), touching(small))


def merged(clauses: Iterable[Sequence[int]], names: list[int]) -> tuple[Clauses, list[int]]:
    """The clauses over as few atoms as equal and decided literals leave, and the name of every atom then.

    The number after the last is the truth: what is decided is named by it, or by its opposite.
    """
    truth = len(names)
    left = _renamed(clauses, names, truth)
    while equal := _equal_literals(left, truth):
        names = [_name(equal, each) for each in names]
        left = _renamed(left, [_name(equal, each) for each in range(truth + 1)], truth)
    return left, names


def _name(equal: dict[int, int], literal: int) -> int:
    found = equal.get(abs(literal), abs(literal))
    return found if literal > 0 else -found


def _renamed(clauses: Iterable[Sequence[int]], names: Sequence[int], truth: int) -> Clauses:
    """The clauses over other names, without what always or never holds."""
    found: Clauses = set()
    for clause in clauses:
        new = {names[each] if each > 0 else -names[-each] for each in clause}
        new.discard(-truth)
        if truth not in new and not any(-each in new for each in new):
            found.add(tuple(sorted(new)))
    return found


def _equal_literals(clauses: Clauses, truth: int) -> dict[int, int]:
    """Atoms that binary clauses make equal to (or opposite of) a smaller one, or that a clause decides."""
    equal: dict[int, int] = {}
    follows: dict[int, list[int]] = {}
    for clause in clauses:
        if len(clause) == 2:
            first, second = clause
            follows.setdefault(-first, []).append(second)
            follows.setdefault(-second, []).append(first)
        elif len(clause) == 1:
            equal[abs(clause[0])] = truth if clause[0] > 0 else -truth
    for group in _cycles(follows):
        least = min(group, key=abs)
        for each in group:
            if each != least and abs(each) not in equal and abs(least) not in equal:
                equal[abs(each)] = least if each > 0 else -least
    return equal


def _cycles(follows: dict[int, list[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components with more than one member, without recursion."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[list[int]] = []
    for root in follows:
        if root in order:
            continue
        work = [(root, iter(follows[root]))]
        order[root] = low[root] = len(order)
        path.append(root)
        on_path.add(root)
        while work:
            node, children = work[-1]
            for child in children:
                if child not in order:
                    order[child] = low[child] = len(order)
                    path.append(child)
                    on_path.add(child)
                    work.append((child, iter(follows.get(child, ()))))
                    break
                if child in on_path:
                    low[node] = min(low[node], order[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    at = path.index(node) if path[-1] != node else len(path) - 1
                    group = path[at:]
                    del path[at:]
                    on_path.difference_update(group)
                    if len(group) > 1:
                        found.append(group)
    return found


def _unpacked(bits: int, size: int) -> NDArray[numpy.uint8]:
    held = numpy.frombuffer(bits.to_bytes(size // 8 + 1, "little"), dtype=numpy.uint8)
    return numpy.unpackbits(held, count=size, bitorder="little")


def _packed(flags: NDArray[numpy.uint8]) -> int:
    return int.from_bytes(numpy.packbits(flags, bitorder="little").tobytes(), "little")
