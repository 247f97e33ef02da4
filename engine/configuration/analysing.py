"""Analyse for authors: what no customer can choose or avoid and why, contradictions, rules that never bind, the count.

Every question keeps to its own budget; what ran out of it is named, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.configuration.answers import Blamed, Budget, Choice, Implied, OutOfBudget, State, StateSoFar
from engine.configuration.configurator import Configurator
from engine.configuration.model import Kind, Rule, Value

REASONS_MAX = 100
Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Reason:
    """A value that no configuration has and the smallest set of rules that says so (None: not found in time).

    A yes-or-no variable that is always chosen has no configuration with the value False.
    """

    variable: str
    value: Value
    blamed: Blamed | None


@dataclass(frozen=True, slots=True)
class Study:
    """Everything an author may want to know of a model; ``unfinished`` names the questions that ran out of budget.

    What was found until then is here: values seen to be dead or always chosen, rules that contradict each other (not a
    smallest set then), and ``at_least`` so many configurations where they could not all be counted.
    """

    satisfiable: bool | None
    contradiction: tuple[Rule, ...] = ()
    dead: tuple[Reason, ...] = ()
    always: tuple[Reason, ...] = ()
    implied: Implied = Implied(())
    count: int | None = None
    at_least: int | None = None
    unfinished: tuple[str, ...] = ()


def study(configurator: Configurator, *, budget: Budget, reasons: int = REASONS_MAX) -> Study:
    """Ask a model everything; at most so many dead values and as many values always chosen get their reasons."""
    return _Study(configurator, budget, reasons).study()


class _Study:
    def __init__(self, configurator: Configurator, budget: Budget, reasons: int) -> None:
        self.engine = configurator
        self.budget = budget
        self.reasons = reasons
        self.unfinished: dict[str, None] = {}

    def study(self) -> Study:
        answer = self.engine.configure((), budget=self.budget)
        root = self._known("domains", answer) if isinstance(answer, OutOfBudget) else StateSoFar(answer)
        if root is None:
            return Study(satisfiable=None, unfinished=tuple(self.unfinished))
        if not root.state.consistent:
            blamed = self._blamed("contradiction", None)
            return Study(
                satisfiable=False,
                contradiction=blamed.rules if blamed else (),
                count=0,
                unfinished=tuple(self.unfinished),
            )
        decided = _decided(root)
        dead = tuple(self._explained("dead", _dead(decided)))
        always = tuple(self._explained("always", _always(decided)))
        implied = self.engine.implied(budget=self.budget)
        if implied.unchecked:
            self.unfinished["never binding"] = None
        total = self.engine.count((), budget=self.budget)
        least = self._known("count", total) if isinstance(total, OutOfBudget) else None
        return Study(
            satisfiable=True,
            dead=dead,
            always=always,
            implied=implied,
            count=None if isinstance(total, OutOfBudget) else total,
            at_least=None if least is None else least.count,
            unfinished=tuple(self.unfinished),
        )

    def _known(self, operation: str, answer: OutOfBudget[Known]) -> Known | None:
        """What was known when the budget ended, which is named."""
        self.unfinished[operation] = None
        return answer.known

    def _blamed(self, operation: str, wanted: Choice | None) -> Blamed | None:
        answer = self.engine.blame(wanted, budget=self.budget)
        return self._known(operation, answer) if isinstance(answer, OutOfBudget) else answer

    def _explained(self, operation: str, values: Iterator[tuple[str, Value]]) -> Iterator[Reason]:
        for at, (name, value) in enumerate(values):
            blamed = None
            if at < self.reasons:
                blamed = self._blamed(operation, Choice(name, value))
            else:
                self.unfinished[f"reasons of {operation} values after the first {self.reasons}"] = None
            yield Reason(name, value, blamed)


def _decided(root: StateSoFar) -> State:
    """A state in which whatever is not decided yet counts as possible."""
    state = root.state
    hold, fail = state.can_hold | root.undecided, state.can_fail | root.undecided_fail
    return replace(state, can_hold=hold, can_fail=fail)


def _dead(root: State) -> Iterator[tuple[str, Value]]:
    """Values that no configuration has; of a yes-or-no variable only the yes is called dead."""
    for domain in root.domains():
        boolean = root.model.variables[root.model.index[domain.variable]].kind is Kind.BOOLEAN
        yield from ((domain.variable, value) for value in domain.impossible if value or not boolean)


def _always(root: State) -> Iterator[tuple[str, Value]]:
    """Yes-or-no variables that every configuration has."""
    for domain in root.domains():
        if domain.possible == (True,) and domain.impossible == (False,):
            yield domain.variable, False
