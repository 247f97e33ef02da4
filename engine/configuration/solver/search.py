"""One incremental SAT solver with a budget: it never hangs and never keeps other threads waiting for long.

A solver object belongs to one thread at a time. The first slice of a search is short and keeps the interpreter lock,
because handing the lock over costs more than most answers; every further slice releases it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol
from weakref import finalize

from pysat.solvers import Glucose4

from engine.configuration.answers import Budget
from engine.configuration.solver.cnf import Cnf

FIRST_SLICE = 50
"""Conflicts searched while holding the interpreter lock: well under a millisecond's work on most models."""

SLICE = 4_000
CHECK_EVERY = 32
"""Calls between looks at the clock: short searches cost no conflicts that would be counted."""


class BudgetSpentError(Exception):
    """The allowance of the running operation is used up; the engine's face turns it into ``OutOfBudget``."""


class Allowance:
    """What is left of one operation's budget, shared by all searches the operation makes.

    ``clock`` counts its milliseconds: somebody waits for most answers, so it is time as it passes.
    """

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self.conflicts = budget.conflicts
        self.clock = clock
        self.deadline = clock() + budget.milliseconds / 1000

    def spend(self, conflicts: int) -> None:
        """Take conflicts off; raises :class:`BudgetSpentError` when nothing is left."""
        self.conflicts -= conflicts
        self.check()

    def check(self) -> None:
        """Raise :class:`BudgetSpentError` when conflicts or time are used up."""
        if self.conflicts <= 0 or self.clock() > self.deadline:
            raise BudgetSpentError

    def spent(self) -> bool:
        """Whether nothing is left."""
        try:
            self.check()
        except BudgetSpentError:
            return True
        return False

    def extended(self) -> Allowance:
        """A last small allowance, to answer something valid after the time ran out."""
        return Allowance(Budget(conflicts=20_000, milliseconds=1_000), self.clock)

    def half(self) -> Allowance:
        """Half of what is left, for something that is only a help; it is not given back."""
        self.conflicts -= self.conflicts // 2
        return Allowance(Budget(self.conflicts, self.milliseconds_left() // 2), self.clock)

    def share(self, milliseconds: int) -> Allowance:
        """A part of what is left, for something that may be given up."""
        return Allowance(Budget(self.conflicts, min(milliseconds, self.milliseconds_left())), self.clock)

    def milliseconds_left(self) -> int:
        """Time left, never negative."""
        return max(0, int((self.deadline - self.clock()) * 1000))


class Host(Protocol):
    """Whatever holds the clauses: it makes atoms, takes clauses, and knows the literal that switches a rule on."""

    def fresh(self) -> int:
        """A new atom."""

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause for good."""

    def selector(self, rule: int) -> int:
        """The literal that switches the rule on, or 0 when rules cannot be switched."""


class Theory(Protocol):
    """Checks a model of the skeleton against what clauses cannot say."""

    def lemmas(self, model: Sequence[int], host: Host) -> list[list[int]]:
        """Clauses that the model breaks; empty when the model stands."""


class Search:
    """A solver over the clauses of a model; with ``selectable``, every rule has a selector literal to assume."""

    def __init__(
        self, cnf: Cnf, *, rule_count: int = 0, selectable: bool = False, theory: Theory | None = None
    ) -> None:
        self._solver = Glucose4()
        finalize(self, self._solver.delete)  # the library frees too late when the interpreter ends
        self._theory = theory
        self._first_selector = cnf.top + 1 if selectable else 0
        self.top = cnf.top + (rule_count if selectable else 0)
        self.grown = 0
        self.allowance = Allowance(Budget())
        self._model: list[int] = []
        self.calls = 0
        add = self._solver.add_clause
        if self.top:
            add([self.top, -self.top])  # makes every atom known, mentioned or not
        for clause, rule in zip(cnf.clauses, cnf.rules, strict=True):
            selector = self.selector(rule)
            add([*clause, -selector] if selector else clause)

    def close(self) -> None:
        """Free the solver's memory at once."""
        self._solver.delete()

    def selector(self, rule: int) -> int:
        """The literal that switches a rule on, or 0 when rules cannot be switched."""
        return self._first_selector + rule if self._first_selector and rule >= 0 else 0

    def fresh(self) -> int:
        """A new atom."""
        self.top += 1
        self.grown += 1
        return self.top

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause for good."""
        self._solver.add_clause(list(clause))

    def propagate(self, assumptions: Sequence[int]) -> tuple[bool, list[int]]:
        """Unit propagation only: whether no conflict showed, and every literal implied (assumptions included)."""
        consistent, implied = self._solver.propagate(assumptions)
        return bool(consistent), implied

    def favour(self, literals: Sequence[int]) -> None:
        """Try these literals first from now on."""
        self._solver.set_phases(literals)

    def solve(self, assumptions: Sequence[int]) -> bool:
        """Whether the clauses (and the theory) can hold under the assumptions."""
        while True:
            self.calls += 1
            if self.calls % CHECK_EVERY == 0:
                self.allowance.check()
            if not self._solve_clauses(assumptions):
                return False
            if self._theory is None:
                self._model = []
                return True
            model = self._solver.get_model()
            lemmas = self._theory.lemmas(model, self)
            if not lemmas:
                self._model = model
                return True
            self.allowance.spend(1)
            for lemma in lemmas:
                self._solver.add_clause(lemma)

    def model(self) -> list[int]:
        """The literals of the last solution; read it right after ``solve``."""
        return self._model or self._solver.get_model() or []

    def core(self) -> list[int]:
        """Assumptions of the last failed ``solve`` that together cannot hold."""
        return self._solver.get_core() or []

    def _solve_clauses(self, assumptions: Sequence[int]) -> bool:
        solver = self._solver
        solver.conf_budget(FIRST_SLICE)
        answer = solver.solve_limited(assumptions)
        slice_size = FIRST_SLICE
        while answer is None:
            self.allowance.spend(slice_size)
            slice_size = min(SLICE, max(FIRST_SLICE, self.allowance.conflicts))
            solver.conf_budget(slice_size)
            answer = solver.solve_limited(assumptions, expect_interrupt=True)
        return bool(answer)
