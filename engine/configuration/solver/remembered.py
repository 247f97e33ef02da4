"""Solutions that a finder remembers: which of them fit choices, and which nearly do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy
from numpy.typing import NDArray

Misfits: TypeAlias = NDArray[numpy.int64]
"""How many of some literals each remembered solution lacks."""
REMEMBERED_MAX = 1_024
"""So many solutions are remembered at most; those that helped least lately go first."""
FIRST_COLUMNS = 64


class Remembered:
    """Solutions over the atoms ``1..atoms`` as bits, each also a column of bytes, so that all are compared at once."""

    def __init__(self, atoms: int) -> None:
        self._atoms = atoms
        self._width = atoms // 8 + 1
        self._bytes: NDArray[numpy.uint8] = numpy.zeros((self._width, FIRST_COLUMNS), numpy.uint8)
        self._used: NDArray[numpy.int64] = numpy.zeros(FIRST_COLUMNS, numpy.int64)
        self._solutions: list[int] = []
        self._column_of: dict[int, int] = {}
        self._now = 0

    def __len__(self) -> int:
        return len(self._solutions)

    def keep(self, solution: int) -> None:
        """Remember a solution, or that it helped again."""
        self._now += 1
        at = self._column_of.get(solution)
        if at is None:
            at = self._free_column()
            self._column_of[solution] = at
            self._solutions[at] = solution
            self._bytes[:, at] = numpy.frombuffer(solution.to_bytes(self._width, "little"), numpy.uint8)
        self._used[at] = self._now

    def misfits(self, literals: Sequence[int]) -> Misfits:
        """How many of the literals each solution lacks."""
        wanted = numpy.array(literals, numpy.int64)
        atoms = numpy.abs(wanted)
        if len(atoms) and atoms.max() > self._atoms:
            return numpy.full(len(self), len(atoms))
        held = self._bytes[atoms >> 3, : len(self)] >> (atoms & 7).astype(numpy.uint8)[:, None] & 1
        lacks: Misfits = numpy.sum(held != (wanted > 0)[:, None], axis=0)
        return lacks

    def those(self, chosen: NDArray[numpy.bool_]) -> list[int]:
        """Some of the solutions, those that helped last first."""
        columns = numpy.flatnonzero(chosen)
        latest = columns[numpy.argsort(-self._used[columns])]
        return [self._solutions[at] for at in latest.tolist()]

    def _free_column(self) -> int:
        """A column for one more solution: a new one, or that of the solution which helped longest ago."""
        size = len(self._solutions)
        if size == REMEMBERED_MAX:
            at = int(self._used[:size].argmin())
            del self._column_of[self._solutions[at]]
            return at
        if size == len(self._used):
            self._bytes = numpy.concatenate((self._bytes, numpy.zeros_like(self._bytes)), axis=1)
            self._used = numpy.concatenate((self._used, numpy.zeros_like(self._used)))
        self._solutions.append(0)
        return size
