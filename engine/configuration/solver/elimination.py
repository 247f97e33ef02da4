"""The least total over tables, one variable after the other: its tables are joined, then only its best value is kept.

What is kept of a variable hangs on its neighbours alone, so the work is small where tables hang together like a tree,
as those of product catalogs do, and where choices have left few rows. A search has to refute every cheaper row instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod

import numpy

from engine.configuration.model import Kind, Model, Table, Variable
from engine.configuration.solver.order import by_fill, neighbours
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.tabled import tables_of

ROWS_MAX = 400_000
"""Rows of one relation above which a search is the better way: each takes some hundred bytes."""


class TooWideError(Exception):
    """A relation grew too large."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What remains to be paid by row. A row is an integer with a field of bits for each variable; ``mask`` has all."""

    mask: int
    rows: dict[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A variable that was eliminated: the whole row that is best for each row of its neighbours."""

    mask: int
    best: dict[int, int]


class Eliminator:
    """The rules of one model as tables, prepared for questions; immutable, so all threads share it."""

    def __init__(self, model: Model, tables: Sequence[Table]) -> None:
        self.variables = model.variables
        sizes = [len(each.values) for each in model.variables]
        widths = [(size - 1).bit_length() for size in sizes]
        self.shifts = [0, *accumulate(widths)]
        self.fields = [(1 << width) - 1 << shift for width, shift in zip(widths, self.shifts, strict=False)]
        self.tables = tables
        near = neighbours(range(len(sizes)), (each.variables for each in self.tables))
        self.order = by_fill(near, sizes)
        self.rows = [self._coded(table, row) for table in self.tables for row in table.rows]
        self._values = [0, *accumulate(sizes)]
        self._ends = [0, *accumulate(len(table.rows) for table in self.tables)]
        cells = [
            self._values[v] + at for t in self.tables for row in t.rows for v, at in zip(t.variables, row, strict=True)
        ]
        self._cells = numpy.array(cells, dtype=numpy.int64)
        lengths = [len(table.variables) for table in self.tables for _ in table.rows]
        self._starts = numpy.array([0, *accumulate(lengths[:-1])][: len(lengths)], dtype=numpy.int64)

    @staticmethod
    def of(model: Model) -> Eliminator | None:
        """Prepared, or None where the rules are no tables."""
        tables = tables_of(model)
        return None if tables is None else Eliminator(model, tables)

    def cheapest(
        self, left: Sequence[Sequence[int]], costs: Mapping[int, int], allowance: Allowance
    ) -> tuple[int, list[int]] | None:
        """The least total of literals that cost something, and the position of every variable; None: nothing fits.

        ``left`` are the positions that each variable may still have. Raises TooWideError, and BudgetSpentError.
        """
        alive = self._alive(left)
        return None if alive is None else _Elimination(self, left, costs).run(alive, allowance)

    def _alive(self, left: Sequence[Sequence[int]]) -> list[list[int]] | None:
        """For each table the rows of which every cell is left; None when one has none."""
        fits = numpy.zeros(self._values[-1], dtype=numpy.bool_)
        fits[[self._values[at] + each for at, some in enumerate(left) for each in some]] = True
        numbers = numpy.flatnonzero(numpy.logical_and.reduceat(fits[self._cells], self._starts))
        bounds = numpy.searchsorted(numbers, self._ends).tolist()
        rows = [self.rows[each] for each in numbers.tolist()]
        found = [rows[low:high] for low, high in zip(bounds, bounds[1:], strict=False)]
        return found if all(found) and all(left) else None

    def _coded(self, table: Table, row: Sequence[int]) -> int:
        code = 0
        for at, value in zip(table.variables, row, strict=True):
            code |= value << self.shifts[at]
        return code


class _Elimination:
    """One question on its way: relations wait for the first of their variables."""

    def __init__(self, prepared: Eliminator, left: Sequence[Sequence[int]], costs: Mapping[int, int]) -> None:
        self._prepared = prepared
        self._left = left
        self._prices = [_prices(each, costs) for each in prepared.variables]
        self._waiting: dict[int, list[Relation]] = {at: [] for at, each in enumerate(left) if len(each) > 1}
        self._order = [at for at in prepared.order if at in self._waiting]

    def run(self, alive: Sequence[Sequence[int]], allowance: Allowance) -> tuple[int, list[int]] | None:
        """The least total and the position of every variable; None when nothing fits."""
        prepared, left = self._prepared, self._left
        for table, rows in zip(prepared.tables, alive, strict=True):
            scope = [at for at in table.variables if at in self._waiting]
            if len(rows) < prod(len(left[at]) for at in scope):
                mask = sum(prepared.fields[at] for at in scope)
                self._wait(Relation(mask, dict.fromkeys([row & mask for row in rows], 0)))
        decided = [(at, each[0]) for at, each in enumerate(left) if at not in self._waiting]
        total = sum(self._prices[at][value] for at, value in decided)
        steps: list[Step] = []
        for at in self._order:
            allowance.check()
            step, rest = _best(_joined(self._waiting[at], self._own(at)), prepared.fields[at])
            if not rest.rows:
                return None
            steps.append(step)
            if rest.mask:
                self._wait(rest)
            else:
                total += rest.rows[0]
        row = sum(value << prepared.shifts[at] for at, value in decided)
        for step in reversed(steps):
            row |= step.best[row & step.mask]
        fields = zip(prepared.fields, prepared.shifts, strict=False)
        return total, [(row & field) >> shift for field, shift in fields]

    def _own(self, at: int) -> Relation:
        """What the values of a variable cost."""
        shift, prices = self._prepared.shifts[at], self._prices[at]
        return Relation(self._prepared.fields[at], {value << shift: prices[value] for value in self._left[at]})

    def _wait(self, relation: Relation) -> None:
        """Keep a relation until the first of its variables has its turn."""
        fields = self._prepared.fields
        self._waiting[next(at for at in self._order if fields[at] & relation.mask)].append(relation)


def _joined(relations: Sequence[Relation], own: Relation) -> Relation:
    """All relations of one variable and its own prices as one, the large ones first: the others only thin them out."""
    first, *others = sorted([*relations, own], key=lambda each: len(each.rows), reverse=True)
    for each in others:
        first = _join(first, each)
    return first


def _join(left: Relation, right: Relation) -> Relation:
    """The rows of both that agree on what they share."""
    shared = left.mask & right.mask
    rows: dict[int, int] = {}
    if shared == right.mask:
        known = right.rows
        for row, cost in left.rows.items():
            more = known.get(row & shared)
            if more is not None:
                rows[row] = cost + more
        return Relation(left.mask, rows)
    alike: dict[int, list[tuple[int, int]]] = {}
    for row, cost in right.rows.items():
        alike.setdefault(row & shared, []).append((row, cost))
    for row, cost in left.rows.items():
        for other, more in alike.get(row & shared, ()):
            rows[row | other] = cost + more
        if len(rows) > ROWS_MAX:
            raise TooWideError
    return Relation(left.mask | right.mask, rows)


def _best(joined: Relation, field: int) -> tuple[Step, Relation]:
    """Without a variable: the cheapest row for each row of the others, and what it costs."""
    mask = joined.mask & ~field
    rows: dict[int, int] = {}
    best: dict[int, int] = {}
    for row, cost in joined.rows.items():
        rest = row & mask
        known = rows.get(rest)
        if known is None or cost < known:
            rows[rest], best[rest] = cost, row
    return Step(mask, best), Relation(mask, rows)


def _prices(variable: Variable, costs: Mapping[int, int]) -> list[int]:
    """What each value of a variable costs."""
    if variable.kind is Kind.BOOLEAN:
        return [costs.get(-variable.first, 0), costs.get(variable.first, 0)]
    atoms = range(variable.first, variable.first + len(variable.values))
    unless = sum(costs.get(-atom, 0) for atom in atoms)
    return [costs.get(atom, 0) + unless - costs.get(-atom, 0) for atom in atoms]
