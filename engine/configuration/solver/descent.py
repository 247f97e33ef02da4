"""A good solution without a proof: whatever lowers the total most comes first, and stays wherever it fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.configuration.model import Model, Term
from engine.configuration.solver.search import BudgetSpentError, Search
from engine.configuration.solver.sums import SumTheory


@dataclass(frozen=True, slots=True)
class Found:
    """A solution of the skeleton with its quantities, and what the terms come to in it."""

    solution: list[int]
    quantities: dict[int, int]
    total: int


class Descent:
    """One way down, over the clauses and sums that a search knows."""

    def __init__(self, model: Model, search: Search, theory: SumTheory | None, terms: Sequence[Term]) -> None:
        self._model = model
        self._search = search
        self._theory = theory
        self._terms = terms
        self._taken: list[int] = []
        self._found: Found | None = None
        self._best: Found | None = None

    def start(self, hard: Iterable[int]) -> bool:
        """Find a first solution; False: nothing fits."""
        self._taken = list(hard)
        self._search.favour([_wish(each) for each in self._terms if each.literal])
        return self._solves()

    def run(self) -> Found:
        """The best of all solutions on the way down from the first, as far as the allowance goes."""
        try:
            for term in sorted(self._terms, key=self._saved, reverse=True):
                if term.literal:
                    self._take(_wish(term))
                if term.quantity is not None and self._holds(term.literal):
                    self._push(term.quantity, up=term.coefficient < 0)
        except BudgetSpentError:
            pass
        assert self._best is not None, "the first solution was found"
        return self._best

    @property
    def now(self) -> Found:
        """The last solution."""
        assert self._found is not None, "the first solution was found"
        return self._found

    def _saved(self, term: Term) -> int:
        """What the term takes off the total at most, or adds to it at least."""
        if term.quantity is None:
            return abs(term.coefficient)
        variable = self._model.variables[term.quantity]
        return max(abs(term.coefficient) * (variable.maximum if term.coefficient < 0 else variable.minimum), 0)

    def _take(self, literal: int) -> None:
        """Keep a literal from now on, if it fits what was taken before."""
        if self._holds(literal) or self._solves(literal):
            self._taken.append(literal)

    def _push(self, quantity: int, *, up: bool) -> None:
        """Keep a quantity as high or as low from now on as it can be."""
        variable = self._model.variables[quantity]
        near, far = self._value(quantity), variable.maximum if up else variable.minimum
        asked = far
        while near != far:
            if self._solves(self._beyond(quantity, asked, up=up)):
                near = self._value(quantity)
            else:
                far = asked - 1 if up else asked + 1
            asked = (near + far + up) // 2
        self._taken.append(self._beyond(quantity, near, up=up))

    def _beyond(self, quantity: int, value: int, *, up: bool) -> int:
        """The literal "at least", or "at most", the value."""
        assert self._theory is not None, "a model with quantities has a sum theory"
        if up:
            return self._theory.at_least(quantity, value, self._search)
        return -self._theory.at_least(quantity, value + 1, self._search)

    def _solves(self, *more: int) -> bool:
        """Whether more literals fit what was taken; the solution is the one to go on from then."""
        if not self._search.solve([*self._taken, *more]):
            return False
        solution, quantities = self._search.model(), self._theory.values if self._theory else {}
        found = self._found = Found(solution, quantities, total_of(self._terms, solution, quantities))
        if self._best is None or found.total < self._best.total:
            self._best = found
        return True

    def _holds(self, literal: int) -> bool:
        """Whether a literal holds in the last solution; what hangs on nothing always does."""
        return not literal or self.now.solution[abs(literal) - 1] == literal

    def _value(self, quantity: int) -> int:
        return self.now.quantities[quantity]


def total_of(terms: Iterable[Term], solution: Sequence[int], quantities: dict[int, int]) -> int:
    """The exact total of the terms in a solution."""
    total = 0
    for term in terms:
        if term.literal == 0 or solution[abs(term.literal) - 1] == term.literal:
            total += term.coefficient * (1 if term.quantity is None else quantities[term.quantity])
    return total


def _wish(term: Term) -> int:
    """What a term would have of its literal."""
    return -term.literal if term.coefficient > 0 else term.literal
