"""Which questions the rules of a model join: those that have to be answered together.

An atom that every answer to a question decides is that question's. Atoms of nobody, such as those that only help to
state a rule, join all that they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.configuration.model import Model
from engine.configuration.solver.counting import Branch
from engine.configuration.solver.search import Search

MANY_VALUES = 500
"""With more values only the atoms that state them count as the question's: looking at all would take too long."""


def joined(
    model: Model, search: Search, branches: Sequence[Branch], quantities: Mapping[int, int]
) -> list[frozenset[int]]:
    """The questions that each rule joins; ``quantities`` are those about a quantity, by its variable."""
    assert not model.tables, "tables are spelt out by whoever states a bundle"
    fixed = frozenset(search.propagate(())[1])
    owners = _owners(search, branches, fixed)
    owners |= {each.atom: quantities[each.variable] for each in model.bounds if each.variable in quantities}
    groups = _Groups()
    for atoms, asked in _statements(model, branches, quantities, fixed):
        asked.update(owners[atom] for atom in atoms if atom in owners)
        groups.join((atom for atom in atoms if atom not in owners), asked)
    return groups.scopes()


def _owners(search: Search, branches: Sequence[Branch], fixed: frozenset[int]) -> dict[int, int]:
    """The question that decides each atom, whatever the answer."""
    owners: dict[int, int] = {}
    for at, branch in enumerate(branches):
        for atom in _decided(search, branch):
            if atom not in fixed and -atom not in fixed:
                owners.setdefault(atom, at)
    return owners


def _decided(search: Search, branch: Branch) -> Iterable[int]:
    if len(branch.values) > MANY_VALUES:
        return {abs(literal) for value in branch.values for literal in value}
    decided: set[int] | None = None
    for value in branch.values:
        possible, implied = search.propagate(list(value))
        if possible:
            atoms = set(map(abs, implied))
            decided = atoms if decided is None else decided & atoms
    return decided or ()


def _statements(
    model: Model, branches: Sequence[Branch], quantities: Mapping[int, int], fixed: frozenset[int]
) -> Iterator[tuple[set[int], set[int]]]:
    """The atoms, and questions beside theirs, of all that is still open; what follows from sums says nothing new.

    A question is joined with the atoms that state its answers: another question may decide those too.
    """

    def open_atoms(literals: Iterable[int]) -> set[int]:
        return {abs(each) for each in literals if each and each not in fixed and -each not in fixed}

    for at, branch in enumerate(branches):
        yield open_atoms(literal for value in branch.values for literal in value), {at}
    for clause in model.clauses:
        if fixed.isdisjoint(clause.literals):
            yield open_atoms(clause.literals), set()
    for group in model.cardinalities:
        if not any(-each in fixed for each in group.when):
            yield open_atoms((*group.literals, *group.when)), set()
    for total in model.sums:
        if not any(-each in fixed for each in total.when):
            terms = [each for each in total.terms if -each.literal not in fixed or not each.literal]
            named = {each.quantity for each in terms if each.quantity is not None}
            counted = {quantities[each] for each in named if each in quantities}
            yield open_atoms((*(each.literal for each in terms), *total.when)), counted


class _Groups:
    """Questions by the atoms of nobody that join them."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._asked: dict[int, set[int]] = {}
        self._plain: set[frozenset[int]] = set()

    def join(self, atoms: Iterable[int], asked: set[int]) -> None:
        """These questions are joined, and whatever else these atoms join."""
        roots = {self._root(atom) for atom in atoms}
        if not roots:
            self._plain.add(frozenset(asked))
            return
        first = roots.pop()
        found = self._asked.setdefault(first, set())
        found |= asked
        for each in roots:
            self._parent[each] = first
            found |= self._asked.pop(each, set())

    def scopes(self) -> list[frozenset[int]]:
        """The questions that each group joins, those of one question left out."""
        every = self._plain | {frozenset(each) for each in self._asked.values()}
        return sorted((each for each in every if len(each) > 1), key=sorted)

    def _root(self, atom: int) -> int:
        root = atom
        while (above := self._parent.get(root)) is not None:
            root = above
        while (above := self._parent.get(atom)) is not None:
            self._parent[atom], atom = root, above
        return root
