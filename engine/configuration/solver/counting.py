"""Exact counts without a diagram: of models as clauses and groups, and of any model solution by solution.

Out of budget, what was counted stays a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.configuration.answers import AtLeast, OutOfBudget
from engine.configuration.model import Cardinality, Kind, Model
from engine.configuration.solver.cnf import counted, encode
from engine.configuration.solver.components import LONG, Counter
from engine.configuration.solver.limits import Limit
from engine.configuration.solver.order import neighbours, shallow
from engine.configuration.solver.reduced import merged
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search


def count_solutions(model: Model, literals: Sequence[int], allowance: Allowance) -> int | OutOfBudget[AtLeast]:
    """Solutions of a model without sums and quantities; every auxiliary atom follows from the others."""
    large = [each for each in model.cardinalities if counted(each)]
    small = tuple(each for each in model.cardinalities if not counted(each))
    cnf = encode(replace(model, cardinalities=small), functional=True)
    clauses = [*cnf.clauses, *((each,) for each in literals)]
    mentioned = {abs(literal) for clause in clauses for literal in clause}
    mentioned.update(abs(literal) for each in large for literal in (*each.literals, *each.when))
    free = sum(
        1 for each in model.variables if each.decision and each.kind is Kind.BOOLEAN and each.first not in mentioned
    )
    kept, limits, names = _merged(clauses, large, cnf.top)
    if () in kept:
        return 0
    left = {abs(literal) for clause in kept for literal in clause}.union(*(each.atoms() for each in limits))
    # An atom that kept its own name and is asked about no more may be either.
    free += sum(1 for atom in mentioned if names[atom] == atom and atom not in left)
    counter = Counter(allowance)
    try:
        ranks = _ranks(kept, limits, allowance)
    except BudgetSpentError:
        counter.end()
        ranks = {atom: atom for atom in left}

    def ranked(literal: int) -> int:
        return ranks[literal] if literal > 0 else -ranks[-literal]

    renamed = tuple(sorted(tuple(map(ranked, clause)) for clause in kept))
    try:
        found = counter.total(renamed, tuple(each.named(ranked) for each in limits))
    except RecursionError:  # hundreds that hang together take as many branches, one below the other
        counter.end()
        found = 0
    if not counter.spent:
        return found << free
    least = found << free or counter.floor(encode(model), literals)
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


def _merged(
    clauses: Iterable[Sequence[int]], groups: Sequence[Cardinality], top: int
) -> tuple[set[tuple[int, ...]], list[Limit], list[int]]:
    """Clauses and groups over as few atoms as equal and decided literals leave, and the name of every atom then."""
    kept, names = merged(clauses, list(range(top + 1)))
    limits = {at: Limit.of(each, names) for at, each in enumerate(groups)}
    while settled := {at: each for at, limit in limits.items() if (each := limit.settled()) is not None}:
        kept, names = merged((*kept, *(clause for each in settled.values() for clause in each)), names)
        limits = {at: Limit.of(groups[at], names) for at in limits if at not in settled}
    return kept, list(limits.values()), names


def _ranks(clauses: Iterable[tuple[int, ...]], limits: Iterable[Limit], allowance: Allowance) -> dict[int, int]:
    """When each atom (from 1) would be eliminated if the one with the fewest neighbours always went first.

    What a group or a long clause speaks of are neighbours of it, not of each other.
    """
    scopes = [{abs(literal) for literal in clause} for clause in clauses]
    large = [each for each in scopes if len(each) >= LONG] + [each.atoms() for each in limits]
    scopes = [each for each in scopes if len(each) < LONG]
    scopes += [{atom, -at} for at, each in enumerate(large, 1) for atom in each]
    order = shallow(neighbours(sorted(set().union(*scopes)), scopes), allowance.check)
    return {atom: at for at, atom in enumerate(order, 1)}
