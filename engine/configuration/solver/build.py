"""Compiling a model to a diagram with CUDD, within a budget of time, nodes and memory.

Meant for a worker process: one operation of CUDD cannot be interrupted, so whoever needs a hard limit ends the process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from engine.configuration.model import Kind, Model
from engine.configuration.solver.flat import Diagram, compilable, fingerprint
from engine.configuration.solver.order import Scope, best_order
from engine.configuration.solver.parts import Canvas, Node

MEMORY_MAX = 2 * 2**30
SIFT_ABOVE = 1_500


@dataclass(frozen=True, slots=True)
class CompileBudget:
    """Limits of one compilation."""

    seconds: int = 30
    nodes: int = 200_000


class CompileStatus(Enum):
    """What became of a compilation."""

    DONE = "done"
    TOO_LARGE = "too large"
    NOT_INSTALLED = "extra `compile` is not installed"
    NOT_COMPILABLE = "sums and quantities are searched, not compiled"
    CONTRADICTION = "no configuration is valid"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The diagram when done, and the attempts made, in words."""

    status: CompileStatus
    diagram: Diagram | None = None
    attempts: tuple[str, ...] = ()


class _GaveUpError(Exception):
    """This attempt is over its share of the budget."""


def available() -> bool:
    """Whether the diagram library is installed."""
    return find_spec("dd") is not None and find_spec("dd.cudd") is not None


def compile_model(model: Model, budget: CompileBudget) -> Compiled:
    """Try several ways to join the constraints; the first that stays within its share of the budget is taken."""
    if not compilable(model):
        return Compiled(CompileStatus.NOT_COMPILABLE)
    if not available():
        return Compiled(CompileStatus.NOT_INSTALLED)
    order = best_order(len(model.variables), _scopes(model))
    deadline = time.monotonic() + budget.seconds
    attempts: list[str] = []
    for name, joiner, sifting in (
        ("pairs", _pairs, False),
        ("pairs sifted", _pairs, True),
        ("line sifted", _line, True),
    ):
        share = time.monotonic() + (deadline - time.monotonic()) / 2
        try:
            diagram = _attempt(model, order, (joiner, sifting), (share, budget.nodes))
        except (_GaveUpError, MemoryError, RuntimeError) as error:
            attempts.append(f"{name}: gave up {error}")
            continue
        attempts.append(f"{name}: done")
        if diagram is None:
            return Compiled(CompileStatus.CONTRADICTION, None, tuple(attempts))
        return Compiled(CompileStatus.DONE, diagram, tuple(attempts))
    return Compiled(CompileStatus.TOO_LARGE, None, tuple(attempts))


def _attempt(model: Model, order: Sequence[int], how: tuple[Any, bool], limits: tuple[float, int]) -> Diagram | None:
    joiner, sifting = how
    manager = import_module("dd.cudd").BDD()
    manager.configure(reordering=False, max_memory=MEMORY_MAX)
    canvas = Canvas(manager, model, order)
    parts = [manager.true, *(node for _, node in canvas.everything())]
    manager.configure(reordering=sifting)
    root = manager.true
    for root in joiner(parts):
        if time.monotonic() > limits[0] or root.dag_size > 4 * limits[1]:
            raise _GaveUpError(f"at {root.dag_size} nodes")
    helpers = [canvas.bits[at][0] for at, each in enumerate(model.variables) if not each.decision]
    if helpers:
        root = manager.exist(helpers, root)
    if root.dag_size > SIFT_ABOVE:
        import_module("dd.cudd").reorder(manager)
    manager.configure(reordering=False)
    if root == manager.false:
        return None
    if root.dag_size > 2 * limits[1]:
        raise _GaveUpError(f"at {root.dag_size} nodes")
    return _flatten(canvas, root)


def _line(parts: Sequence[Node]) -> Iterator[Node]:
    """Join one after the other, from the top of the order down."""
    joined = parts[0]
    for part in parts[1:]:
        joined &= part
        yield joined
    yield joined


def _pairs(parts: Sequence[Node]) -> Iterator[Node]:
    """Join neighbours, then neighbouring pairs, and so on: most joins stay small."""
    while len(parts) > 1:
        joined = []
        for left, right in zip(parts[::2], parts[1::2], strict=False):
            joined.append(left & right)
            yield joined[-1]
        parts = joined + ([parts[-1]] if len(parts) % 2 else [])
    yield parts[0]


def _scopes(model: Model) -> list[Scope]:
    owner: dict[int, int] = {}
    for at, each in enumerate(model.variables):
        for atom in range(each.first, each.first + (1 if each.kind is Kind.BOOLEAN else len(each.values))):
            owner[atom] = at
    found = [tuple(dict.fromkeys(owner[abs(each)] for each in clause.literals)) for clause in model.clauses]
    found += [table.variables for table in model.tables]
    for group in model.cardinalities:
        found.append(tuple(dict.fromkeys(owner[abs(each)] for each in (*group.literals, *group.when))))
    return found


def _flatten(canvas: Canvas, root: Node) -> Diagram:
    """Nodes of the final order, bits folded back into values, numbered level by level."""
    manager = canvas.manager
    decisions = [at for at in canvas.bits if canvas.model.variables[at].decision]
    decisions.sort(key=lambda at: min(manager.level_of_var(name) for name in canvas.bits[at]))
    fold = _Fold(canvas, decisions)
    edges = fold.nodes(root)
    ordered = sorted(edges, key=lambda key: fold.level[key])
    number = {key: at for at, key in enumerate([*ordered, fold.end])}
    starts, values, children = [0], [], []
    for key in ordered:
        for child, mask in sorted((number[child], mask) for child, mask in edges[key].items()):
            values.append(mask)
            children.append(child)
        starts.append(len(children))
    starts.append(len(children))
    levels = [fold.level[key] for key in ordered] + [len(decisions)]
    arrays = (tuple(decisions), tuple(levels), tuple(starts), tuple(values), tuple(children))
    return Diagram(*arrays, fingerprint=fingerprint(canvas.model))


class _Fold:
    """Walks the bits of one variable at a time."""

    def __init__(self, canvas: Canvas, decisions: Sequence[int]) -> None:
        self._canvas = canvas
        self._false = canvas.manager.false
        self.end = int(canvas.manager.true)
        self.level: dict[int, int] = {}
        self._of_bit = {name: at for at in decisions for name in canvas.bits[at]}
        self._depth = {at: depth for depth, at in enumerate(decisions)}

    def nodes(self, root: Node) -> dict[int, dict[int, int]]:
        """Per node its children with the bits of the values that lead there."""
        found: dict[int, dict[int, int]] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            key = int(node)
            if key in found or key == self.end:
                continue
            variable = self._of_bit[node.var]
            self.level[key] = self._depth[variable]
            found[key] = {}
            names = self._canvas.bits[variable]
            for position in range(len(self._canvas.model.variables[variable].values)):
                child = self._follow(node, names, position)
                if child != self._false:
                    found[key][int(child)] = found[key].get(int(child), 0) | 1 << position
                    stack.append(child)
        return found

    @staticmethod
    def _follow(node: Node, names: Sequence[str], position: int) -> Node:
        while node.var in names:
            bit = position >> names.index(node.var) & 1
            below = node.high if bit else node.low
            node = ~below if node.negated else below
        return node
