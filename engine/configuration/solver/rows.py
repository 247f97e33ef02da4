"""Rows of a table merged into a layered graph, equal endings shared: far smaller than a row each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edges = tuple[tuple[int, int], ...]
"""Pairs (position, child); the child is an index into the next layer, and 0 below the last one."""


@dataclass(frozen=True, slots=True)
class RowGraph:
    """``layers[d]`` holds the nodes before column ``d``; ``layers[0]`` is the root. No layers at all: no row."""

    layers: tuple[tuple[Edges, ...], ...]

    @staticmethod
    def of(rows: Iterable[Sequence[int]]) -> RowGraph:
        """Merge the rows (all of one length, at least one column) from the last column upwards."""
        prefixes: dict[tuple[int, ...], int] = {tuple(row): 0 for row in rows}
        if not prefixes:
            return RowGraph(())
        layers: list[tuple[Edges, ...]] = []
        for _ in range(len(next(iter(prefixes)))):
            outgoing: dict[tuple[int, ...], list[tuple[int, int]]] = {}
            for prefix, child in prefixes.items():
                outgoing.setdefault(prefix[:-1], []).append((prefix[-1], child))
            nodes: dict[Edges, int] = {}
            prefixes = {
                prefix: nodes.setdefault(tuple(sorted(edges)), len(nodes)) for prefix, edges in outgoing.items()
            }
            layers.append(tuple(nodes))
        return RowGraph(tuple(reversed(layers)))
