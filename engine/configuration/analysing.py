"""Analyse for authors: what no customer can choose or avoid and why, contradictions, rules that never bind, the count.

Every question keeps to its own budget; what ran out of it is named, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from engine.configuration.answers import Blamed, Budget, Choice, Implied, OutOfBudget, State
from engine.configuration.configurator import Configurator
from engine.configuration.model import Kind, Rule, Value

REASONS_MAX = 100
Answer = TypeVar("Answer")


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
    """Everything an author may want to know of a model; ``unfinished`` names the questions that ran out of budget."""

    satisfiable: bool | None
    contradiction: tuple[Rule, ...] = ()
    dead: tuple[Reason, ...] = ()
    always: tuple[Reason, ...] = ()
    implied: Implied = Implied(())
    count: int | None = None
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
        root = self._ask("domains", lambda: self.engine.configure((), budget=self.budget))
        if root is None:
            return Study(satisfiable=None, unfinished=tuple(self.unfinished))
        if not root.consistent:
            blamed = self._ask("contradiction", lambda: self.engine.blame(budget=self.budget))
            return Study(
                satisfiable=False,
                contradiction=blamed.rules if blamed else (),
                count=0,
                unfinished=tuple(self.unfinished),
            )
        dead = tuple(self._explained("dead", _dead(root)))
        always = tuple(self._explained("always", _always(root)))
        implied = self.engine.implied(budget=self.budget)
        if implied.unchecked:
            self.unfinished["never binding"] = None
        count = self._ask("count", lambda: self.engine.count((), budget=self.budget))
        return Study(
            satisfiable=True,
            dead=dead,
            always=always,
            implied=implied,
            count=count,
            unfinished=tuple(self.unfinished),
        )

    def _ask(self, operation: str, ask: Callable[[], Answer | OutOfBudget]) -> Answer | None:
        answer = ask()
        if isinstance(answer, OutOfBudget):
            self.unfinished[operation] = None
            return None
        return answer

    def _explained(self, operation: str, values: Iterator[tuple[str, Value]]) -> Iterator[Reason]:
        for at, (name, value) in enumerate(values):
            wanted = Choice(name, value)
            blamed = None
            if at < self.reasons:
                blamed = self._ask(operation, lambda wanted=wanted: self.engine.blame(wanted, budget=self.budget))  # type: ignore[misc]
            else:
                self.unfinished[f"reasons of {operation} values after the first {self.reasons}"] = None
            yield Reason(name, value, blamed)


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
