"""Where gauges stand for many partial answers at once, and what becomes of them block by block.

A block is a few questions that are answered together. Once all that a gate, a clause or a sum is about was answered, it
is settled: gates move what reads them, answers that break a clause or a sum are left out. Answers after which all
gauges stand alike are alike for everything that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from engine.configuration.solver.bits import bits_of
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.ties import AnyOf, Share, Ties, Total, UngaugedError

Flags = NDArray[numpy.bool_]
Numbers = NDArray[numpy.int64]
SURE = -(1 << 60)
"""Where a sum stands that nothing can break any more."""
CODES = 1 << 62
BYTES_MAX = 64_000_000
"""What gauges of partial answers looked at in one step may take up; of the shipped workstation it is a sixth."""
SUM_BYTES = 8


@dataclass(frozen=True, slots=True)
class Stand:
    """Gauges of so many partial answers: what is met by which, and how far sums have grown; left out: not at all."""

    rows: int
    met: dict[int, Flags]
    sums: dict[int, Numbers]

    def of(self, rows: Numbers) -> Stand:
        """Some of the partial answers."""
        met = {at: each[rows] for at, each in self.met.items()}
        return Stand(len(rows), met, {at: each[rows] for at, each in self.sums.items()})

    def with_each(self, moves: Stand, source: Numbers, value: Numbers) -> Stand:
        """The partial answers ``source``, each moved by the answer ``value`` beside it.

        Raises UngaugedError where that is too much.
        """
        flags, numbers = len(self.met.keys() | moves.met.keys()), len(self.sums.keys() | moves.sums.keys())
        if len(source) * (flags + SUM_BYTES * numbers) > BYTES_MAX:
            raise UngaugedError
        met = _both(self.met, moves.met, numpy.logical_or, (source, value))
        return Stand(len(source), met, _both(self.sums, moves.sums, numpy.add, (source, value)))

    def alike(self) -> tuple[Numbers, Numbers]:
        """A row of each kind, and the kind of every row."""
        code, span = numpy.zeros(self.rows, dtype=numpy.int64), 1
        for column in (*(each.astype(numpy.int64) for each in self.met.values()), *self.sums.values()):
            low, high = int(column.min()), int(column.max())
            if low == high:
                continue
            if high - low >= CODES // self.rows:  # numbers far apart, of which there are few
                column = numpy.unique(column, return_inverse=True)[1]
                low, high = 0, int(column.max())
            if span * (high - low + 1) > CODES:
                code = numpy.unique(code, return_inverse=True)[1]
                span = int(code.max()) + 1
            code = code * (high - low + 1) + (column - low)
            span *= high - low + 1
        _, first, kinds = numpy.unique(code, return_index=True, return_inverse=True)
        return first, kinds


class Gauging:
    """The gauges that concern some families, and how they move when ``blocks`` are answered in this order.

    The last block may be about other families: those that all parts of a model hang on.
    """

    def __init__(self, plan: Plan, ties: Ties, inside: frozenset[int], blocks: Sequence[Sequence[int]]) -> None:
        self._plan = plan
        self.blocks = blocks
        self._stage = {family: number for number, block in enumerate(blocks) for family in block}
        answered = frozenset(self._stage)

        def concerns(scope: frozenset[int]) -> bool:
            return not inside.isdisjoint(scope) and scope <= answered

        clauses = [each for each in ties.clauses if concerns(each.scope)]
        self._totals = [each for each in ties.totals if concerns(each.scope)]
        shown = [at for at in ties.shown if concerns(ties.gates[at].scope)]
        if any(not ties.gates[at].scope <= inside for at in shown):
            raise UngaugedError
        excuses = [each.excuse for each in self._totals]
        numbers = _read_by(ties, [*clauses, *excuses], self._totals, shown)
        self._columns: list[AnyOf] = [*(ties.gates[at] for at in numbers), *clauses, *excuses]
        self._gates = range(len(numbers))
        self._clauses = range(len(numbers), len(numbers) + len(clauses))
        self._excuses = range(len(numbers) + len(clauses), len(self._columns))
        self._place = {number: column for column, number in enumerate(numbers)}
        self.shown = {ties.gates[at].atom: self._place[at] for at in shown}
        self._kept = frozenset(self.shown.values())
        self._readers = self._reading()
        self._ends = [max((self._stage[each] for each in column.scope), default=-1) for column in self._columns]
        self._sum_ends = [max(self._stage[each] for each in total.scope) for total in self._totals]
        self._rests = [[self._rest(total, stage) for total in self._totals] for stage in range(len(blocks))]

    def start(self) -> Stand:
        """Before anything was answered."""
        always = {
            at: numpy.array([sum(each.factor for each in total.shares if each.always)])
            for at, total in enumerate(self._totals)
        }
        return Stand(1, {}, always)

    def answered(self, stage: int, lanes: Numbers) -> Stand:
        """What the answers to a block, a row of lanes each, move. Raises UngaugedError where that is too much."""
        column_of = {family: lanes[:, at] for at, family in enumerate(self.blocks[stage])}
        if len(lanes) * sum(not each.lanes.keys().isdisjoint(column_of) for each in self._columns) > BYTES_MAX:
            raise UngaugedError
        met: dict[int, Flags] = {}
        for at, gauge in enumerate(self._columns):
            for family in gauge.lanes.keys() & column_of.keys():
                holds = self._holds(family, gauge.lanes[family])[column_of[family]]
                met[at] = met[at] | holds if at in met else holds
        sums: dict[int, Numbers] = {}
        for at, total in enumerate(self._totals):
            for share in total.shares:
                if share.read is None and self._stage_of(share) == stage:
                    grown = self._grown(share, column_of)
                    sums[at] = sums[at] + grown if at in sums else grown
        return Stand(len(lanes), met, sums)

    def settle(self, stage: int, stand: Stand) -> Flags:
        """Settle all that ends with a block, in place; says which rows break nothing."""
        met = stand.met
        for gate in self._gates:
            if self._ends[gate] == stage:
                self._move_readers(gate, stand)
        fits = numpy.ones(stand.rows, dtype=numpy.bool_)
        for column in self._clauses:
            if self._ends[column] == stage:
                fits &= met.pop(column, numpy.False_)
        for at in range(len(self._totals)):
            if self._sum_ends[at] >= stage:
                fits &= self._still_fits(at, stage, stand)
        return fits

    def _still_fits(self, at: int, stage: int, stand: Stand) -> Flags:
        """Which rows a sum may still fit; where it surely does, it stands at the same place for all."""
        bound, excuse = self._totals[at].bound, self._excuses[at]
        grown = stand.sums.pop(at, numpy.zeros(stand.rows, dtype=numpy.int64))
        low, high = self._rests[stage][at]
        sure = grown + high <= bound
        fits = grown + low <= bound
        excused = stand.met.pop(excuse, None)
        if excused is not None:
            sure |= excused
        if self._sum_ends[at] > stage:
            stand.sums[at] = numpy.where(sure, SURE, grown)
        return sure | fits if self._ends[excuse] <= stage else numpy.ones(stand.rows, dtype=numpy.bool_)

    def _reading(self) -> list[list[tuple[int, bool, int]]]:
        """For each gate what reads it: a column, or with a factor a sum."""
        found: list[list[tuple[int, bool, int]]] = [[] for _ in self._gates]
        for at, gauge in enumerate(self._columns):
            for read in gauge.reads:
                found[self._place[read.gate]].append((at, read.holds, 0))
        for at, total in enumerate(self._totals):
            for share in total.shares:
                if share.read is not None:
                    found[self._place[share.read.gate]].append((at, share.read.holds, share.factor))
        return found

    def _move_readers(self, gate: int, stand: Stand) -> None:
        truth = met_at(stand, gate)
        for at, holds, factor in self._readers[gate]:
            counts = truth if holds else ~truth
            if not factor:
                stand.met[at] = stand.met[at] | counts if at in stand.met else counts
            elif at in stand.sums:
                stand.sums[at] = stand.sums[at] + factor * counts
            else:
                stand.sums[at] = factor * counts.astype(numpy.int64)
        if gate not in self._kept:
            stand.met.pop(gate, None)

    def _holds(self, family: int, lanes: int) -> Flags:
        return bits_of(lanes, self._plan.families[family].size).astype(numpy.bool_)

    def _grown(self, share: Share, column_of: dict[int, Numbers]) -> Numbers:
        found: Numbers = numpy.full(len(next(iter(column_of.values()))), share.factor, dtype=numpy.int64)
        if share.family is not None:
            found = found * self._holds(share.family, share.lanes)[column_of[share.family]]
        if share.quantity is not None:
            variable = self._plan.model.variables[self._plan.families[share.quantity].variable]
            found = found * (variable.minimum + column_of[share.quantity])
        return found

    def _stage_of(self, share: Share) -> int:
        """The block that a share is about; -1 for one that always counts."""
        if share.read is not None:
            return self._ends[self._place[share.read.gate]]
        stages = {self._stage[each] for each in (share.family, share.quantity) if each is not None}
        if len(stages) > 1:
            raise UngaugedError
        return stages.pop() if stages else -1

    def _rest(self, total: Total, stage: int) -> tuple[int, int]:
        """The least and the most that a sum grows by after a block."""
        low = high = 0
        for share in total.shares:
            if self._stage_of(share) > stage:
                ends = [share.factor]
                if share.quantity is not None:
                    variable = self._plan.model.variables[self._plan.families[share.quantity].variable]
                    ends = [share.factor * variable.minimum, share.factor * variable.maximum]
                if share.family is not None or share.read is not None:
                    ends.append(0)
                low, high = low + min(ends), high + max(ends)
        return low, high


def met_at(stand: Stand, at: int) -> Flags:
    """Which rows meet a gauge."""
    found = stand.met.get(at)
    return numpy.zeros(stand.rows, dtype=numpy.bool_) if found is None else found


def _both(
    left: Mapping[int, NDArray[Any]],
    right: Mapping[int, NDArray[Any]],
    join: numpy.ufunc,
    rows: tuple[Numbers, Numbers],
) -> dict[int, NDArray[Any]]:
    """Columns of both, joined where both have one."""
    found = {at: column[rows[0]] for at, column in left.items()}
    for at, column in right.items():
        moved = column[rows[1]]
        found[at] = join(found[at], moved, out=moved) if at in found else moved
    return found


def _read_by(ties: Ties, gauges: Sequence[AnyOf], totals: Sequence[Total], shown: Iterable[int]) -> list[int]:
    """The gates that these read, and those that they read in turn, inputs first."""
    waiting = [read.gate for gauge in gauges for read in gauge.reads]
    waiting += [share.read.gate for total in totals for share in total.shares if share.read is not None]
    waiting += shown
    found: set[int] = set()
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [read.gate for read in ties.gates[at].reads]
    return sorted(found)
