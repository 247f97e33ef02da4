"""What a prepared expression reads while it runs: names in nested scopes, the moment, the budget of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeAlias

from engine.language import tree
from engine.language.types import Type
from engine.language.values.temporal import DateTime
from engine.language.values.weight import weight

MOST_STEPS = 500_000
DEEPEST_CALLS = 120
_MOST_PROBLEMS = 100
_MOST_HINTS = 5
_PARTS_A_STEP = 8
_SIZED = frozenset({tuple, list, dict, str})


class ExhaustedError(Exception):
    """The evaluation as a whole took more steps or calls than allowed; its result is null."""


class Problem:
    """Why a value became null: a message and the stretch of the expression it concerns."""

    __slots__ = ("end", "message", "start")

    def __init__(self, message: str, start: int, end: int) -> None:
        self.message = message
        self.start = start
        self.end = end


class Run:
    """The state of one evaluation, shared by all its scopes."""

    __slots__ = ("depth", "moment", "problems", "steps")

    def __init__(self, moment: DateTime | None = None) -> None:
        self.moment = moment
        self.steps = MOST_STEPS
        self.depth = 0
        self.problems: list[Problem] = []

    def spend(self, steps: int = 1) -> None:
        """Count steps of iteration; raises ``ExhaustedError`` when the budget is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise ExhaustedError(f"the evaluation takes more than {MOST_STEPS} steps")

    def handle(self, value: object) -> None:
        """Count what it takes to work on a whole list, context or text, or to make it."""
        if type(value) in _SIZED:
            self.spend(weight(value, self.steps * _PARTS_A_STEP) // _PARTS_A_STEP)

    def note_missing(self, node: tree.Node, what: str, hint: Callable[[], str]) -> object:
        """Note that something does not exist; the hint, which is slow to find, is given the first few times."""
        found = hint() if len(self.problems) < _MOST_HINTS else ""
        return self.note(node, f"there is no {what}" + (f"; {found}" if found else ""))

    def note(self, node: tree.Node, message: str) -> object:
        """Remember why a value is null; returns null, to be given as that value."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(message, node.start, node.end))
        return None


class Environment:
    """One scope: its names, the scope around it, and the run it belongs to."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, values: Mapping[str, object], parent: Environment | None, run: Run) -> None:
        self.values = values
        self.parent = parent
        self.run = run

    def names(self) -> Iterator[str]:
        """Yield the names in this scope and those around it."""
        scope: Environment | None = self
        while scope is not None:
            yield from scope.values
            scope = scope.parent

    def inner(self, values: Mapping[str, object]) -> Environment:
        """Return a scope inside this one."""
        return Environment(values, self, self.run)


Step: TypeAlias = Callable[[Environment], object]
"""A prepared expression: computes its value in a scope, null (None) where the standard gives it none."""

Test: TypeAlias = Callable[[Environment, object], bool | None]
"""A prepared unary test: whether it holds for a subject, None when that is unknown."""


class Preparer(Protocol):
    """What the preparation of a node may ask for: its parts, and the types that names stand for."""

    def step(self, node: tree.Expression) -> Step:
        """Prepare a part."""
        ...

    def test(self, node: tree.Expression) -> Test:
        """Prepare a unary test."""
        ...

    def type_named(self, name: str) -> Type | None:
        """Return the type an item definition gives a name, or None."""
        ...
