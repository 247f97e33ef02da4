"""Exact counts without a diagram: merge equal literals, divide into independent components, branch, remember.

Out of budget, what was counted stays a lower bound: a part that nobody came to has one solution if it has any.

Which variable is branched on comes from an elimination order of the constraint graph: the last to be eliminated
separate the rest, so components fall apart early.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from engine.configuration.answers import AtLeast, OutOfBudget
from engine.configuration.model import STRUCTURE, Kind, Model
from engine.configuration.solver.cnf import Cnf, encode
from engine.configuration.solver.order import eliminated, neighbours
from engine.configuration.solver.reduced import merged
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search

Clauses = tuple[tuple[int, ...], ...]
CACHE_MAX = 400_000
CHECK_EVERY = 8


def count_solutions(model: Model, literals: Sequence[int], allowance: Allowance) -> int | OutOfBudget[AtLeast]:
    """Solutions of a model without sums and quantities; every auxiliary atom follows from the others."""
    cnf = encode(model, functional=True)
    clauses = [*cnf.clauses, *((each,) for each in literals)]
    mentioned = {abs(literal) for clause in clauses for literal in clause}
    free = sum(
        1 for each in model.variables if each.decision and each.kind is Kind.BOOLEAN and each.first not in mentioned
    )
    kept, names = merged(clauses, list(range(cnf.top + 1)))
    if () in kept:
        return 0
    left = {abs(literal) for clause in kept for literal in clause}
    # An atom that kept its own name and is in no clause any more may be either.
    free += sum(1 for atom in mentioned if names[atom] == atom and atom not in left)
    counter = _Counter(allowance)
    try:
        ranks = _ranks(kept, allowance)
    except BudgetSpentError:
        counter.end()
        ranks = {atom: atom for atom in left}
    renamed = tuple(sorted(tuple(ranks[each] if each > 0 else -ranks[-each] for each in clause) for clause in kept))
    try:
        found = counter.total(renamed)
    except RecursionError:  # a group of hundreds that hangs together takes as many branches, one below the other
        counter.end()
        found = 0
    if not counter.spent:
        return found << free
    least = (found or counter.floor(renamed)) << free
    return OutOfBudget("count", AtLeast(least) if least else None)


@dataclass(frozen=True, slots=True)
class Branch:
    """A variable that solutions differ in: its values as literals, or the bounds of a quantity.

    A quantity is halved until one value is left, so that bounds are made for values that it can have only.
    """

    values: Sequence[Sequence[int]] = ()
    bounds: tuple[int, int] = (0, 0)
    at_least: Callable[[int], int] | None = None

    def parts(self, low: int, high: int) -> Iterator[tuple[Sequence[int], int, int]]:
        """Literals of disjoint parts of the values between, and what each part leaves."""
        if self.at_least is None:
            yield from ((each, 0, 0) for each in self.values)
        elif low == high:
            yield (), low, high
        else:
            middle = (low + high) // 2
            above = self.at_least(middle + 1)
            yield (-above,), low, middle
            yield (above,), middle + 1, high


def count_by_search(search: Search, branches: Sequence[Branch], literals: Sequence[int]) -> int | OutOfBudget[AtLeast]:
    """Solutions of any model, one by one: values are tried variable by variable wherever they still fit."""
    if not search.solve(literals):
        return 0
    found = 0
    open_nodes: list[tuple[int, list[int], tuple[int, int] | None]] = [(0, list(literals), None)]
    try:
        while open_nodes:
            depth, assumed, span = open_nodes.pop()
            if depth == len(branches):
                found += 1
                continue
            branch = branches[depth]
            for value, low, high in branch.parts(*(span or branch.bounds)):
                search.allowance.spend(1)
                if not value or search.solve([*assumed, *value]):
                    following = (depth + 1, [*assumed, *value], None)
                    open_nodes.append(following if low == high else (depth, [*assumed, *value], (low, high)))
    except BudgetSpentError:
        return OutOfBudget("count", AtLeast(max(found, 1)))
    return found


class _Counter:
    """Atoms are numbered so that the highest of a component is the one to branch on; sets of atoms are bits.

    Once ``spent``, nothing is branched on any more and totals are lower bounds.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.spent = False
        self._allowance = allowance
        self._last = allowance
        self._known: dict[frozenset[tuple[int, ...]], int] = {}
        self._masks: dict[tuple[int, ...], int] = {}
        self._steps = 0

    def total(self, clauses: Clauses) -> int:
        """Solutions over the atoms that these clauses mention."""
        product = 1
        for atoms, component in self._components(clauses):
            product *= self._component(atoms, component)
            if not product:
                break
        return product

    def _component(self, atoms: int, clauses: Clauses) -> int:
        key = frozenset(clauses)
        known = self._known.get(key)
        if known is not None:
            return known
        if self.spent:
            return self.floor(clauses)
        self._steps += 1
        if self._steps % CHECK_EVERY == 0:
            self._pause()
        atom = atoms.bit_length() - 1
        found = 0
        places = _occurrences(clauses)
        for literal in (atom, -atom):
            reduced = _propagate(clauses, places, literal)
            if reduced is not None:
                kept, decided = reduced
                left = reduce(or_, map(self._mask, kept), 0)
                found += self.total(kept) << (atoms.bit_count() - left.bit_count() - decided)
            if self.spent:
                return found
        if len(self._known) < CACHE_MAX:
            self._known[key] = found
        return found

    def floor(self, clauses: Clauses) -> int:
        """One when the clauses are seen to have a solution, with a last allowance of all such looks together."""
        top = max((abs(literal) for clause in clauses for literal in clause), default=0)
        search = Search(Cnf(clauses, (STRUCTURE,) * len(clauses), top))
        search.allowance = self._last
        try:
            return int(search.solve(()))
        except BudgetSpentError:
            return 0
        finally:
            search.close()

    def _pause(self) -> None:
        """Take the steps since the last look off the allowance."""
        try:
            self._allowance.spend(CHECK_EVERY)
        except BudgetSpentError:
            self.end()

    def end(self) -> None:
        """Branch no more."""
        self.spent = True
        self._last = self._allowance.extended()

    def _mask(self, clause: tuple[int, ...]) -> int:
        """The atoms of a clause."""
        known = self._masks.get(clause)
        if known is None:
            known = self._masks[clause] = reduce(or_, (1 << abs(literal) for literal in clause))
        return known

    def _components(self, clauses: Clauses) -> list[tuple[int, Clauses]]:
        """Atoms and clauses of groups that share no atom, the smallest first."""
        found: list[tuple[int, Clauses]] = []
        left = [(self._mask(each), each) for each in clauses]
        while left:
            mask = left[0][0]
            group: list[tuple[int, ...]] = []
            while True:
                apart: list[tuple[int, tuple[int, ...]]] = []
                for each in left:
                    if each[0] & mask:
                        mask |= each[0]
                        group.append(each[1])
                    else:
                        apart.append(each)
                # Backwards next time: what this pass met too early joins at once.
                grown, left = len(apart) < len(left), apart[::-1]
                if not grown or not left:
                    break
            found.append((mask, tuple(group)))
        return sorted(found, key=lambda each: len(each[1]))


def _occurrences(clauses: Clauses) -> dict[int, list[int]]:
    """The positions of the clauses that hold each literal."""
    found: dict[int, list[int]] = {}
    for at, clause in enumerate(clauses):
        for literal in clause:
            if literal in found:
                found[literal].append(at)
            else:
                found[literal] = [at]
    return found


def _propagate(clauses: Clauses, places: dict[int, list[int]], decided: int) -> tuple[Clauses, int] | None:
    """Clauses left when the literal holds and all unit consequences do, and how many atoms that decides; or None."""
    holds = {decided}
    waiting = [decided]
    gone: set[int] = set()
    shorter: dict[int, tuple[int, ...]] = {}
    while waiting:
        literal = waiting.pop()
        gone.update(places.get(literal, ()))
        for at in places.get(-literal, ()):
            if at in gone:
                continue
            clause = tuple(each for each in shorter.get(at, clauses[at]) if each != -literal)
            if len(clause) > 1:
                shorter[at] = clause
                continue
            gone.add(at)
            if -clause[0] in holds:
                return None
            if clause[0] not in holds:
                holds.add(clause[0])
                waiting.append(clause[0])
    if shorter:
        left = tuple(shorter.get(at, clause) for at, clause in enumerate(clauses) if at not in gone)
    else:
        left = tuple(clause for at, clause in enumerate(clauses) if at not in gone)
    return left, len(holds)


def _ranks(clauses: Iterable[tuple[int, ...]], allowance: Allowance) -> dict[int, int]:
    """When each atom (from 1) would be eliminated if the one with the fewest neighbours always went first."""
    scopes = [{abs(literal) for literal in clause} for clause in clauses]
    order = eliminated(neighbours(sorted(set().union(*scopes)), scopes), pause=allowance.check)
    return {atom: at for at, atom in enumerate(order, 1)}
