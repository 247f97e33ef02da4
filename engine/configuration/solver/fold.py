"""Binary diagrams of components as one flat diagram: bits folded back into values, components in a chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.configuration.solver.attempt import Built
from engine.configuration.solver.flat import Diagram, fingerprint
from engine.configuration.solver.normal import Normal
from engine.configuration.solver.parts import Canvas, Node

Edges = dict[int, int]
"""The values, as bits, that lead to each child."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The flat diagram of one component: per node its level and edges; the number after the last node is its end."""

    variables: tuple[int, ...]
    levels: tuple[int, ...]
    edges: tuple[tuple[tuple[int, int], ...], ...]
    """Per node pairs of a child and the values that lead there."""


def piece_of(built: Built) -> Piece:
    """The component without its manager, which takes megabytes however small the component is."""
    fold = _Fold(built.canvas)
    found = fold.nodes(built.root)
    nodes = sorted(found, key=lambda key: fold.level[key])
    number = {key: at for at, key in enumerate([*nodes, fold.end])}
    edges = tuple(tuple(sorted((number[child], mask) for child, mask in found[key].items())) for key in nodes)
    return Piece(tuple(fold.decisions), tuple(fold.level[key] for key in nodes), edges)


def chained(form: Normal, pieces: Iterable[Piece]) -> Diagram:
    """One diagram: where a component ends, the next begins; variables that no constraint mentions come last."""
    order: list[int] = []
    levels: list[int] = []
    starts, values, children = [0], [], []
    for piece in pieces:
        first = len(levels)
        for level, edges in zip(piece.levels, piece.edges, strict=True):
            levels.append(len(order) + level)
            for child, mask in edges:
                values.append(mask)
                children.append(first + child)
            starts.append(len(children))
        order += piece.variables
    order += form.free
    levels.append(len(order))
    starts.append(len(children))
    arrays = (tuple(order), tuple(levels), tuple(starts), tuple(values), tuple(children))
    return Diagram(*arrays, names=form.names, fingerprint=fingerprint(form.model))


class _Fold:
    """Walks the bits of one variable at a time."""

    def __init__(self, canvas: Canvas) -> None:
        manager, variables = canvas.manager, canvas.form.model.variables
        self._canvas = canvas
        self._false = manager.false
        self.end = int(manager.true)
        self.level: dict[int, int] = {}
        self.decisions = sorted(
            (at for at in canvas.bits if variables[at].decision),
            key=lambda at: min(manager.level_of_var(name) for name in canvas.bits[at]),
        )
        self._depth = {at: depth for depth, at in enumerate(self.decisions)}
        self._with_bit: dict[int, list[tuple[str, int]]] = {}
        self._of_bit = {name: at for at in self.decisions for name in canvas.bits[at]}

    def nodes(self, root: Node) -> dict[int, Edges]:
        """Per node its children with the bits of the values that lead there."""
        found: dict[int, Edges] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            key = int(node)
            if key in found or key == self.end:
                continue
            variable = self._of_bit[node.var]
            self.level[key] = self._depth[variable]
            children = self._children(node, variable)
            found[key] = {int(child): mask for child, mask in children}
            stack.extend(child for child, _ in children)
        return found

    def _children(self, node: Node, variable: int) -> list[tuple[Node, int]]:
        """Where the values of one variable lead: bit by bit, from the top of the order down."""
        waiting: dict[int, tuple[Node, int]] = {}

        def add(reached: Node, values: int) -> None:
            if values and reached != self._false:
                before = waiting.get(int(reached), (reached, 0))[1]
                waiting[int(reached)] = (reached, before | values)

        add(node, (1 << len(self._canvas.form.model.variables[variable].values)) - 1)
        for name, holds in self._halves(variable):
            for reached, values in [each for each in waiting.values() if each[0].var == name]:
                del waiting[int(reached)]
                high, low = (~reached.high, ~reached.low) if reached.negated else (reached.high, reached.low)
                add(high, values & holds)
                add(low, values & ~holds)
        return list(waiting.values())

    def _halves(self, variable: int) -> list[tuple[str, int]]:
        """The bits of a variable in their order, each with the values that have it."""
        if variable not in self._with_bit:
            names = self._canvas.bits[variable]
            size = 1 << len(names)
            halves = []
            for at, name in enumerate(names):
                block = ((1 << (1 << at)) - 1) << (1 << at)
                width = 2 << at
                while width < size:
                    block |= block << width
                    width *= 2
                halves.append((name, block))
            self._with_bit[variable] = sorted(halves, key=lambda each: self._canvas.manager.level_of_var(each[0]))
        return self._with_bit[variable]
