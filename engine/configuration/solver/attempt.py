"""One attempt to build the diagram of a component with CUDD, given up when it is over its share of the budget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from engine.configuration.solver.normal import Component, Normal
from engine.configuration.solver.parts import Canvas, Node, joined, joined_in_pairs

PATIENCE = 10
"""Sizing a diagram walks all of it: it is done again after this many times the time that it took."""


SMALL = 50
CACHE_SLOTS = (1 << 10, 1 << 18)
"""CUDD's cache to begin with, for up to ``SMALL`` variables and beyond: making a large one takes 15 ms; it grows."""


@dataclass(frozen=True, slots=True)
class Way:
    """An order of the variables, whether CUDD may change it on the way, and how constraints are joined."""

    name: str
    order: Sequence[int]
    sifting: bool = False
    in_pairs: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """When an attempt is given up."""

    until: float
    """Processor time of the thread: a busy machine shall not decide which order is good."""
    nodes: int
    megabytes: int


@dataclass(frozen=True, slots=True)
class Built:
    """The function of a component in the manager of its canvas."""

    canvas: Canvas
    root: Node

    @property
    def size(self) -> int:
        """Nodes of the binary diagram."""
        return int(self.root.dag_size)


class GaveUpError(Exception):
    """This attempt is over its share of the budget."""


def attempt(form: Normal, component: Component, way: Way, limits: Limits) -> Built:
    """Join all constraints of a component and leave out what is no decision."""
    size = len(component.variables)
    manager = import_module("dd.cudd").BDD(initial_cache_size=CACHE_SLOTS[size > SMALL])
    manager.configure(reordering=False, max_memory=limits.megabytes * 2**20)
    canvas = Canvas(manager, form, component, way.order)
    try:
        parts = [manager.true, *canvas.everything()]
        manager.configure(reordering=way.sifting)
        root = _watched(joined_in_pairs(parts) if way.in_pairs else joined(parts), limits)
        helpers = canvas.helpers()
        if helpers:
            root = manager.exist(helpers, root)
        manager.configure(reordering=False)
    except ValueError as error:
        # CUDD has no other way to say it: without room for a node it returns none, and ``dd`` refuses to wrap that.
        if "NULL" not in str(error):
            raise
        raise GaveUpError(f"more than {limits.megabytes} MB") from error
    built = Built(canvas, root)
    if built.size > limits.nodes:
        sift(built)
    if built.size > limits.nodes:
        raise GaveUpError(f"at {built.size} nodes")
    return built


def sift(built: Built) -> None:
    """Let CUDD look for a better order, the bits of a value together."""
    import_module("dd.cudd").reorder(built.canvas.manager)


def _watched(steps: Iterator[Node], limits: Limits) -> Node:
    """The last of the steps; half-built diagrams may be four times as large as finished ones."""
    root = None
    sized_again = 0.0
    for root in steps:
        now = time.thread_time()
        if now > limits.until:
            raise GaveUpError(f"out of time at {root.dag_size} nodes")
        if now > sized_again:
            size = root.dag_size
            if size > 4 * limits.nodes:
                raise GaveUpError(f"at {size} nodes")
            sized_again = time.thread_time() + PATIENCE * (time.thread_time() - now)
    return root
