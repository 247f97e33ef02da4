"""Compiling a model to a diagram within a budget of time, nodes and memory: component by component, in several ways.

Meant for a worker process: one operation of CUDD cannot be interrupted, so whoever needs a hard limit ends the process
and takes the best diagram that was found until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec

from engine.configuration.answers import Budget
from engine.configuration.model import Model, Table
from engine.configuration.solver.attempt import Built, GaveUpError, Limits, Way, attempt, sift
from engine.configuration.solver.flat import Diagram, compilable
from engine.configuration.solver.fold import Piece, chained, piece_of
from engine.configuration.solver.normal import Component, Normal, normal
from engine.configuration.solver.order import orders
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.witnesses import Possible
from engine.configuration.solver.workbench import Foundation, Workbench

SIFT_ABOVE = 1_500
"""Nodes of a component above which a smaller diagram is looked for: it is swept at every click."""

TOLD_ABOVE = 20
"""Variables of a component above which attempts at it are told."""


@dataclass(frozen=True, slots=True)
class CompileBudget:
    """Limits of one compilation; its seconds are of processor time."""

    seconds: int = 30
    nodes: int = 200_000
    megabytes: int = 1_024


class CompileStatus(Enum):
    """What became of a compilation."""

    DONE = "done"
    TOO_LARGE = "too large"
    NOT_INSTALLED = "extra `compile` is not installed"
    NOT_COMPILABLE = "sums and quantities are searched, not compiled"
    CONTRADICTION = "no configuration is valid"
    CRASHED = "the process that compiles ended without an answer"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The diagram when done, and the attempts made, in words."""

    status: CompileStatus
    diagram: Diagram | None = None
    attempts: tuple[str, ...] = ()


def available() -> bool:
    """Whether the diagram library is installed."""
    return find_spec("dd") is not None and find_spec("dd.cudd") is not None


def compile_model(
    model: Model,
    budget: CompileBudget,
    *,
    tell: Callable[[str], None] = lambda _: None,
    found: Callable[[Diagram], None] = lambda _: None,
) -> Compiled:
    """The smallest diagram that the budget allows; ``tell`` hears of every attempt, ``found`` of every diagram."""
    if not compilable(model):
        return Compiled(CompileStatus.NOT_COMPILABLE)
    if not available():
        return Compiled(CompileStatus.NOT_INSTALLED)
    return _Compilation(model, budget, tell, found).run()


class _Compilation:
    def __init__(
        self, model: Model, budget: CompileBudget, tell: Callable[[str], None], found: Callable[[Diagram], None]
    ) -> None:
        self._model = model
        self._budget = budget
        self._tell = tell
        self._found = found
        self._deadline = time.thread_time() + budget.seconds
        self._attempts: list[str] = []

    def run(self) -> Compiled:
        """First any diagram of every component, then smaller ones of large components."""
        possible, root = _root(self._model, self._budget.seconds * 1000 // 6)
        form = normal(self._model, root)
        if not possible or any(() in each.constraints for each in form.components):
            return self._over(CompileStatus.CONTRADICTION)
        pieces: list[Piece] = []
        large: dict[int, Built] = {}
        for component in form.components:
            first = self._first(form, component)
            if first is None:
                return self._over(CompileStatus.TOO_LARGE)
            if first.root == first.canvas.manager.false:
                return self._over(CompileStatus.CONTRADICTION)
            if first.size > SIFT_ABOVE:
                large[len(pieces)] = first
            pieces.append(piece_of(first))
        diagram = self._chained(form, pieces)
        for at in sorted(large, key=lambda at: -large[at].size):
            pieces[at] = piece_of(self._smaller(form, large.pop(at)))
            diagram = self._chained(form, pieces)
        return self._over(CompileStatus.TOO_LARGE if diagram is None else CompileStatus.DONE, diagram)

    def _chained(self, form: Normal, pieces: Sequence[Piece]) -> Diagram | None:
        """The diagram as it stands, unless it has more nodes than it may."""
        diagram = chained(form, pieces)
        if len(diagram.levels) > self._budget.nodes:
            return None
        self._found(diagram)
        return diagram

    def _over(self, status: CompileStatus, diagram: Diagram | None = None) -> Compiled:
        return Compiled(status, diagram, tuple(self._attempts))

    def _first(self, form: Normal, component: Component) -> Built | None:
        """The first attempt that succeeds: every order as it is, then the best with sifting."""
        for way, share in _ways(form, component):
            until = time.thread_time() + (self._deadline - time.thread_time()) * share
            built = self._try(form, component, way, Limits(until, 2 * self._budget.nodes, self._budget.megabytes))
            if built is not None:
                return built
        return None

    def _smaller(self, form: Normal, best: Built) -> Built:
        """The best of all orders, sifted: as long as a third of the budget lasts."""
        component = best.canvas.component
        until = min(self._deadline, time.thread_time() + self._budget.seconds / 3)
        for way, _ in _ways(form, component):
            if way.sifting or time.thread_time() > until:
                break
            other = self._try(form, component, way, Limits(until, best.size - 1, self._budget.megabytes))
            best = other or best
        if time.thread_time() < until:
            sift(best)
            self._say(component, f"sifted: {best.size} nodes")
        return best

    def _try(self, form: Normal, component: Component, way: Way, limits: Limits) -> Built | None:
        try:
            built = attempt(form, component, way, limits)
        except (GaveUpError, MemoryError) as error:
            self._say(component, f"{way.name}: gave up {error}")
            return None
        if len(component.variables) > TOLD_ABOVE:
            self._say(component, f"{way.name}: {built.size} nodes")
        return built

    def _say(self, component: Component, what: str) -> None:
        self._attempts.append(f"{len(component.variables)} variables, {what}")
        self._tell(self._attempts[-1])


def _ways(form: Normal, component: Component) -> Iterator[tuple[Way, float]]:
    """How a component may be built, each with the share of the time left that it may take."""
    number = {variable: at for at, variable in enumerate(component.variables)}
    scopes = [tuple(number[at] for at in form.scope(each)) for each in component.constraints]
    tables = {
        scope: len(each.rows)
        for scope, each in zip(scopes, component.constraints, strict=True)
        if isinstance(each, Table) and scope
    }
    found = [
        (name, [component.variables[at] for at in order])
        for name, order in orders(len(component.variables), scopes, tables)
    ]
    for at, (name, order) in enumerate(found):
        yield Way(name, order), 1 / 8 if at else 1 / 4
    for name, order in found[:2]:
        yield Way(f"{name} with sifting", order, sifting=True), 1 / 2
    name, order = found[0]
    yield Way(f"{name} in pairs with sifting", order, sifting=True, in_pairs=True), 1


def _root(model: Model, milliseconds: int) -> tuple[bool, Possible | None]:
    """Whether anything is possible, and what without any choice, if that is found in the time."""
    foundation = Foundation(model)
    bench = Workbench(foundation)
    bench.allow(Allowance(Budget(conflicts=10**9, milliseconds=milliseconds), time.thread_time))
    try:
        root = bench.finder().possible([], foundation.everything)
    except BudgetSpentError:
        return True, None
    return root is not None, root
