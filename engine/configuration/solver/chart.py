"""All valid configurations of a model whose questions hang together over a few, looked up click by click.

The hub lists every combination of answers to its questions (a *position*) that fits anything at all; a set of positions
is an integer with one bit each. A click intersects what the choices on the hub leave with what each spoke leaves for
the choices on it. What a spoke leaves, and what positions leave of a spoke, is worked out once and remembered: choices
elsewhere reach a spoke only by the columns of positions that they leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy
from numpy.typing import NDArray

from engine.configuration.answers import Range
from engine.configuration.model import Kind
from engine.configuration.solver.bits import bits_of
from engine.configuration.solver.gauging import Gauging, met_at
from engine.configuration.solver.hub import wheel_of
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.spoke import Reach, Spoke, spoke_of
from engine.configuration.solver.ties import Ties, UngaugedError
from engine.configuration.solver.witnesses import Possible

POSITIONS_MAX = 10_000
"""Positions of a hub: every click looks at all of them."""
QUESTIONS_MAX = 512
"""Questions of a model: a click walks through the layers of all of them, and a hub is looked for among all pairs."""
STEPS_MAX = 50_000
"""Steps through all spokes: with more of them exchanges are the quicker way."""
ANSWERS_MAX = 2_048
"""So many answers of one spoke are remembered, a kilobyte each."""
REACHES_MAX = 128
"""So many choices on one spoke are remembered with what they reach: a byte for every step."""
Positions = int
K = TypeVar("K")
V = TypeVar("V")
Key = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Charted:
    """What choices leave: atoms that may hold and fail, and the ends of quantities by the index of their variable."""

    possible: Possible
    ranges: Mapping[int, Range]


class Chart:
    """Exact answers for choices that leave some lanes of families; safe to share between threads."""

    def __init__(self, plan: Plan) -> None:
        """Raises UngaugedError where the model is too large or too entangled."""
        if len(plan.families) > QUESTIONS_MAX:
            raise UngaugedError
        ties = Ties(plan)
        wheel = wheel_of([each.size for each in plan.families], ties.scopes(), ties.together())
        hub, positions, shown = _positions(plan, ties, wheel.hub)
        if not len(positions):
            raise UngaugedError
        spokes = [spoke_of(plan, ties, part, (hub, positions)) for part in wheel.parts]
        fits = numpy.ones(len(positions), dtype=numpy.bool_)
        for spoke in spokes:
            fits &= spoke.reach({}).columns[spoke.column]
        self._count = int(numpy.count_nonzero(fits))
        if not 0 < self._count <= POSITIONS_MAX or sum(each.size for each in spokes) > STEPS_MAX:
            raise UngaugedError
        self._hub: dict[int, list[tuple[int, Positions]]] = {}
        for at, family in enumerate(hub):
            lanes = positions[fits, at]
            self._hub[family] = [(lane, _packed(lanes == lane)) for lane in numpy.unique(lanes).tolist()]
        self._shown = [(literal, _packed(met[fits])) for literal, met in shown.items()]
        self._looks = _Looks(plan)
        self._spokes = [_Remembered(each, fits, self._looks) for each in spokes]

    def answer(self, left: Mapping[int, int]) -> Charted | None:
        """What choices leave of everything, ``left`` being the lanes that they leave; None: nothing fits them."""
        positions = (1 << self._count) - 1
        for family, lanes in left.items():
            if family in self._hub:
                positions &= _union(self._hub[family], lanes)
        keys = [each.key(left) for each in self._spokes]
        for spoke, key in zip(self._spokes, keys, strict=True):
            positions &= spoke.reach(key)[1]
        if not positions:
            return None
        hold, fail, ranges = self._of_hub(positions)
        at = numpy.flatnonzero(bits_of(positions, self._count))
        for spoke, key in zip(self._spokes, keys, strict=True):
            part = spoke.answer(key, at)
            hold |= part.possible.hold
            fail |= part.possible.fail
            ranges.update(part.ranges)
        return Charted(Possible(hold, fail), ranges)

    def _of_hub(self, positions: Positions) -> tuple[int, int, dict[int, Range]]:
        lanes = {
            family: sum(1 << lane for lane, among in held if among & positions) for family, held in self._hub.items()
        }
        part = self._looks.of(lanes)
        hold, fail = part.possible.hold, part.possible.fail
        for literal, met in self._shown:
            gate = _gate(literal, met=bool(met & positions), unmet=bool(positions & ~met))
            hold, fail = hold | gate.hold, fail | gate.fail
        return hold, fail, dict(part.ranges)


class _Looks:
    """What lanes of families mean in atoms and quantities."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._single: dict[int, list[int]] = {}
        for atom in plan.gate_decisions:
            family = plan.only_family(atom)
            if family is not None:
                self._single.setdefault(family, []).append(atom)
            elif not plan.depends[atom]:
                raise UngaugedError

    def of(self, lanes_of: Mapping[int, int]) -> Charted:
        """Atoms that may hold and fail, and ranges, when families have these lanes."""
        hold = fail = 0
        ranges: dict[int, Range] = {}
        for at, lanes in lanes_of.items():
            family = self._plan.families[at]
            variable = self._plan.model.variables[family.variable]
            match variable.kind:
                case Kind.ENUMERATION:
                    hold |= lanes << family.first
                case Kind.BOOLEAN:
                    hold |= (lanes >> 1) << family.first
                    fail |= (lanes & 1) << family.first
                case Kind.QUANTITY:
                    lowest = (lanes & -lanes).bit_length() - 1
                    ranges[family.variable] = Range(
                        variable.minimum + lowest, variable.minimum + lanes.bit_length() - 1
                    )
            for atom in self._single.get(at, ()):
                hold |= bool(family.lanes_of(atom) & lanes) << atom
                fail |= bool(family.lanes_of(-atom) & lanes) << atom
        return Charted(Possible(hold, fail), ranges)


class _Remembered:
    """A spoke with what was asked of it lately."""

    def __init__(self, spoke: Spoke, fits: NDArray[numpy.bool_], looks: _Looks) -> None:
        self._spoke = spoke
        self._looks = looks
        self._column = spoke.column[fits]
        self._columns = spoke.columns
        self._reaches: dict[Key, tuple[Reach, Positions]] = {}
        self._answers: dict[tuple[Key, bytes], Charted] = {}

    def key(self, left: Mapping[int, int]) -> Key:
        """The choices that are about this spoke."""
        sizes = self._spoke.sizes
        return tuple(sorted((family, lanes) for family, lanes in left.items() if family in sizes))

    def reach(self, key: Key) -> tuple[Reach, Positions]:
        """What these choices reach, and the positions that fit it."""
        found = self._reaches.get(key)
        if found is None:
            reach = self._spoke.reach(dict(key))
            found = reach, _packed(reach.columns[self._column])
            _remember(self._reaches, key, found, REACHES_MAX)
        return found

    def answer(self, key: Key, positions: NDArray[numpy.int64]) -> Charted:
        """What is possible in this spoke at some of the positions."""
        columns = numpy.zeros(self._columns, dtype=numpy.bool_)
        columns[self._column[positions]] = True
        asked = key, columns.tobytes()
        found = self._answers.get(asked)
        if found is None:
            found = self._worked_out(self.reach(key)[0], columns)
            _remember(self._answers, asked, found, ANSWERS_MAX)
        return found

    def _worked_out(self, reach: Reach, columns: NDArray[numpy.bool_]) -> Charted:
        ends = self._spoke.ends(reach, columns)
        part = self._looks.of(self._spoke.lanes(reach, ends))
        hold, fail = part.possible.hold, part.possible.fail
        for literal, met in self._spoke.shown.items():
            gate = _gate(literal, met=bool((met & ends).any()), unmet=bool((ends & ~met).any()))
            hold, fail = hold | gate.hold, fail | gate.fail
        return Charted(Possible(hold, fail), part.ranges)


def _positions(
    plan: Plan, ties: Ties, hub: Sequence[int]
) -> tuple[Sequence[int], NDArray[numpy.int64], dict[int, NDArray[numpy.bool_]]]:
    """The combinations of answers to the hub that keep the rules about it alone, and the gates that they meet."""
    sizes = [plan.families[each].size for each in hub]
    lanes = (
        numpy.indices(sizes).reshape(len(hub), -1).T.astype(numpy.int64) if hub else numpy.zeros((1, 0), numpy.int64)
    )
    bases = [bits_of(plan.families[each].base, size).astype(numpy.bool_) for each, size in zip(hub, sizes, strict=True)]
    for at, base in enumerate(bases):
        lanes = lanes[base[lanes[:, at]]]
    gauging = Gauging(plan, ties, frozenset(hub), [hub])
    every = numpy.arange(len(lanes))
    stand = gauging.start().with_each(gauging.answered(0, lanes), numpy.zeros_like(every), every)
    fits = gauging.settle(0, stand)
    return hub, lanes[fits], {literal: met_at(stand, at)[fits] for literal, at in gauging.shown.items()}


def _gate(literal: int, *, met: bool, unmet: bool) -> Possible:
    """What a gate says about its atom: the literal holds when the gate is met."""
    holds, fails = (met, unmet) if literal > 0 else (unmet, met)
    return Possible(holds << abs(literal), fails << abs(literal))


def _union(held: Sequence[tuple[int, Positions]], lanes: int) -> Positions:
    """The positions at which a family has one of the lanes."""
    found = 0
    for lane, among in held:
        if lanes >> lane & 1:
            found |= among
    return found


def _packed(flags: NDArray[numpy.bool_]) -> int:
    return int.from_bytes(numpy.packbits(flags, bitorder="little").tobytes(), "little")


def _remember(known: dict[K, V], key: K, found: V, most: int) -> None:
    if len(known) >= most:
        known.clear()
    known[key] = found
