"""Exact counts without a diagram: propagate, divide into independent components, branch, remember equal components.

Which variable is branched on comes from an elimination order of the constraint graph: the last to be eliminated
separate the rest, so components fall apart early.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

from engine.configuration.model import Kind, Model
from engine.configuration.solver.cnf import encode
from engine.configuration.solver.search import Allowance, Search

Clauses = tuple[tuple[int, ...], ...]
CACHE_MAX = 400_000
CHECK_EVERY = 64


def count_solutions(model: Model, literals: Sequence[int], allowance: Allowance) -> int:
    """Solutions of a model without sums and quantities; every auxiliary atom follows from the others."""
    cnf = encode(model, functional=True)
    clauses = [tuple(dict.fromkeys(each)) for each in cnf.clauses]
    clauses += [(each,) for each in literals]
    mentioned = {abs(literal) for clause in clauses for literal in clause}
    free = sum(
        1 for each in model.variables if each.decision and each.kind is Kind.BOOLEAN and each.first not in mentioned
    )
    reduced = _propagate([each for each in clauses if not any(-literal in each for literal in each)])
    if reduced is None:
        return 0
    kept, fixed = reduced
    left = {abs(literal) for clause in kept for literal in clause}
    free += len(mentioned) - len(left) - len(fixed)
    return _Counter(_ranks(kept), allowance).total(kept) << free


def count_by_search(search: Search, branches: Sequence[Sequence[Sequence[int]]], literals: Sequence[int]) -> int:
    """Solutions of any model, one by one: values are tried variable by variable wherever they still fit."""
    if not search.solve(literals):
        return 0
    found = 0
    open_nodes = [(0, list(literals))]
    while open_nodes:
        depth, assumed = open_nodes.pop()
        if depth == len(branches):
            found += 1
            continue
        for value in branches[depth]:
            search.allowance.check()
            if search.solve([*assumed, *value]):
                open_nodes.append((depth + 1, [*assumed, *value]))
    return found


class _Counter:
    def __init__(self, rank: dict[int, int], allowance: Allowance) -> None:
        self._rank = rank
        self._allowance = allowance
        self._known: dict[frozenset[tuple[int, ...]], int] = {}
        self._steps = 0

    def total(self, clauses: Clauses) -> int:
        """Solutions over the atoms that these clauses mention."""
        product = 1
        for component in _components(clauses):
            product *= self._component(component)
            if not product:
                break
        return product

    def _component(self, clauses: Clauses) -> int:
        key = frozenset(clauses)
        known = self._known.get(key)
        if known is not None:
            return known
        self._steps += 1
        if self._steps % CHECK_EVERY == 0:
            self._allowance.check()
        atoms = {abs(literal) for clause in clauses for literal in clause}
        atom = max(atoms, key=self._rank.__getitem__)
        found = 0
        for literal in (atom, -atom):
            reduced = _propagate(clauses, literal)
            if reduced is not None:
                kept, fixed = reduced
                left = {abs(each) for clause in kept for each in clause}
                found += self.total(kept) << (len(atoms) - len(left) - len(fixed))
        if len(self._known) < CACHE_MAX:
            self._known[key] = found
        return found


def _propagate(clauses: Iterable[tuple[int, ...]], *decided: int) -> tuple[Clauses, set[int]] | None:
    """Clauses left after all unit consequences, and the literals that hold; None for a contradiction."""
    holds = set(decided)
    current = tuple(clauses)
    while True:
        before = len(holds)
        kept: list[tuple[int, ...]] = []
        for clause in current:
            if holds and not holds.isdisjoint(clause):
                continue
            left = tuple(literal for literal in clause if -literal not in holds)
            if len(left) > 1:
                kept.append(left)
            elif left:
                holds.add(left[0])
            else:
                return None
        if len(holds) == before:
            return tuple(kept), holds
        current = tuple(kept)


def _components(clauses: Clauses) -> Iterator[Clauses]:
    """Clauses grouped so that no two groups share an atom."""
    parent: dict[int, int] = {}

    def find(atom: int) -> int:
        while parent[atom] != atom:
            parent[atom] = parent[parent[atom]]
            atom = parent[atom]
        return atom

    for clause in clauses:
        root = 0
        for literal in clause:
            atom = abs(literal)
            if atom not in parent:
                parent[atom] = atom
            found = find(atom)
            if not root:
                root = found
            elif found != root:
                parent[found] = root
    groups: dict[int, list[tuple[int, ...]]] = {}
    for clause in clauses:
        groups.setdefault(find(abs(clause[0])), []).append(clause)
    return (tuple(each) for each in sorted(groups.values(), key=len))


def _ranks(clauses: Clauses) -> dict[int, int]:
    """When each atom would be eliminated if the one with the fewest neighbours always went first."""
    near: dict[int, set[int]] = {}
    for clause in clauses:
        atoms = {abs(literal) for literal in clause}
        for atom in atoms:
            near.setdefault(atom, set()).update(atoms)
    for atom, others in near.items():
        others.discard(atom)
    queue = [(len(others), atom) for atom, others in near.items()]
    heapq.heapify(queue)
    rank: dict[int, int] = {}
    while queue:
        size, atom = heapq.heappop(queue)
        if atom in rank or size != len(near[atom]):
            continue
        rank[atom] = len(rank)
        others = near.pop(atom)
        for other in others:
            near[other] |= others
            near[other] -= {other, atom}
            heapq.heappush(queue, (len(near[other]), other))
    return rank
