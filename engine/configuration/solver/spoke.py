"""A part of a model that hangs on the rest only through a hub: its answers in layers, alike ones joined.

The hub is in a *position*, a combination of answers to its questions; positions that this part cannot tell apart are
one column. Answers to the part's own questions lead through layers to *ends*; a table says which ends fit which column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy
from numpy.typing import NDArray

from engine.configuration.solver.bits import bits_of
from engine.configuration.solver.gauging import Flags, Gauging, Numbers, Stand, met_at
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.ties import Ties, UngaugedError

ANSWERS_MAX = 500_000
"""Answers to one block after all kinds of answers to those before it, looked at in one step."""
BUILT_MAX = 1_000_000
"""Steps of a part while it is taken apart: some lead nowhere, but of so many too many are left."""
CELLS_MAX = 8_000_000
"""Ends times columns."""
AT_ONCE = 100_000
"""So many of those are looked at in one step."""
PAIR = 2
TOGETHER_MAX = 512
"""Combinations of answers to two questions that are still answered together when nothing multiplies them."""
Places = NDArray[numpy.int32]
Words = NDArray[numpy.uint64]
WORD = 8
Left = Mapping[int, int]
"""The lanes left of families that choices are about."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The answers to one block: from which kind of answers before it, with which row of lanes, to which kind."""

    families: tuple[int, ...]
    lanes: Numbers
    source: Places
    value: Places
    target: Places
    kinds: int

    def allowed(self, left: Left, sizes: Sequence[int]) -> Flags | None:
        """The rows of lanes that choices leave; None: all of them."""
        found: Flags | None = None
        for at, family in enumerate(self.families):
            if family in left:
                fits = bits_of(left[family], sizes[at]).astype(numpy.bool_)[self.lanes[:, at]]
                found = fits if found is None else found & fits
        return found


@dataclass(frozen=True, slots=True)
class Reach:
    """What choices leave of a part: the steps in each layer, the ends, and the columns that fit any of them."""

    live: tuple[Flags, ...]
    ends: Flags
    columns: Flags


@dataclass(frozen=True, slots=True)
class Spoke:
    """The layers of a part, and the columns (bits) that fit each of its ends; ``column`` is that of every position.

    ``shown`` are atoms that several of its questions decide together, with the ends at which their gate is met.
    """

    layers: tuple[Layer, ...]
    sizes: Mapping[int, int]
    fits: Words
    columns: int
    column: Numbers
    shown: Mapping[int, Flags]

    @property
    def size(self) -> int:
        """How many steps there are: a question about the part looks at all of them."""
        return sum(len(each.source) for each in self.layers)

    def reach(self, left: Left) -> Reach:
        """Follow what choices leave up to the ends."""
        kinds = numpy.ones(1, dtype=numpy.bool_)
        live: list[Flags] = []
        for layer in self.layers:
            steps = kinds[layer.source]
            allowed = layer.allowed(left, [self.sizes[each] for each in layer.families])
            if allowed is not None:
                steps &= allowed[layer.value]
            live.append(steps)
            kinds = numpy.zeros(layer.kinds, dtype=numpy.bool_)
            kinds[layer.target[steps]] = True
        columns = numpy.bitwise_or.reduce(self.fits[kinds], axis=0).view(numpy.uint8)
        fits = numpy.unpackbits(columns, count=self.columns, bitorder="little").astype(numpy.bool_)
        return Reach(tuple(live), kinds, fits)

    def ends(self, reach: Reach, columns: Flags) -> Flags:
        """The ends that are reached and fit one of the columns."""
        return reach.ends & (self.fits & _words(columns)).any(axis=1)

    def lanes(self, reach: Reach, ends: Flags) -> dict[int, int]:
        """The lanes of every family that lead to one of the ends."""
        found: dict[int, int] = {}
        good = ends
        kinds = [1, *(each.kinds for each in self.layers)]
        for layer, live, before in zip(reversed(self.layers), reversed(reach.live), kinds[-2::-1], strict=True):
            steps = live & good[layer.target]
            taken = numpy.zeros(len(layer.lanes), dtype=numpy.bool_)
            taken[layer.value[steps]] = True
            for at, family in enumerate(layer.families):
                found[family] = sum(1 << lane for lane in set(layer.lanes[taken, at].tolist()))
            good = numpy.zeros(before, dtype=numpy.bool_)
            good[layer.source[steps]] = True
        return found


def spoke_of(plan: Plan, ties: Ties, part: Sequence[int], hub: tuple[Sequence[int], Numbers]) -> Spoke:
    """Answer the questions of a part block by block; ``hub`` are its families and the lanes of every position.

    Raises UngaugedError where that is too much.
    """
    families, positions = hub
    blocks = [*_blocks(plan, ties, part), tuple(families)]
    gauging = Gauging(plan, ties, frozenset(part), blocks)
    stand = gauging.start()
    layers: list[Layer] = []
    for stage, block in enumerate(blocks[:-1]):
        layer, stand = _layer(plan, gauging, stage, block, stand)
        layers.append(layer)
        if sum(len(each.source) for each in layers) > BUILT_MAX:
            raise UngaugedError
    moved = gauging.answered(len(layers), positions)
    first, column = moved.alike()
    fits = _fits(gauging, len(layers), stand, moved.of(first))
    shown = {literal: met_at(stand, at) for literal, at in gauging.shown.items()}
    joined, ends = _alike(numpy.column_stack([fits, *shown.values()]))
    last = layers[-1]
    layers[-1] = Layer(
        last.families, last.lanes, last.source, last.value, ends[last.target].astype(numpy.int32), len(joined)
    )
    shown = {literal: met[joined] for literal, met in shown.items()}
    sizes = {family: plan.families[family].size for family in part}
    words = _words(fits[joined])
    return Spoke(tuple(_alive(layers, words)), sizes, words, len(first), column, shown)


def _blocks(plan: Plan, ties: Ties, part: Sequence[int]) -> list[tuple[int, ...]]:
    """Questions that multiply each other in a sum are answered together, and pairs that gates are about."""
    block_of = {family: frozenset((family,)) for family in part}

    def join(families: Iterable[int], most: int) -> None:
        joined = frozenset().union(*(block_of[each] for each in families))
        if prod(plan.families[each].size for each in joined) <= most:
            block_of.update(dict.fromkeys(joined, joined))

    for total in ties.totals:
        for share in total.shares:
            if share.family in block_of and share.quantity in block_of:
                join((share.family, share.quantity), ANSWERS_MAX)
    for gate in ties.gates:
        if len(gate.scope) == PAIR and gate.scope <= block_of.keys():
            join(gate.scope, TOGETHER_MAX)
    return list(dict.fromkeys(tuple(sorted(block_of[family])) for family in part))


def _layer(plan: Plan, gauging: Gauging, stage: int, block: Sequence[int], before: Stand) -> tuple[Layer, Stand]:
    lanes = _lanes(plan, block)
    moves = gauging.answered(stage, lanes)
    if before.rows * moves.rows > ANSWERS_MAX:
        raise UngaugedError
    source = numpy.repeat(numpy.arange(before.rows), moves.rows)
    value = numpy.tile(numpy.arange(moves.rows), before.rows)
    after = before.with_each(moves, source, value)
    kept = gauging.settle(stage, after)
    if not kept.any():
        raise UngaugedError
    source, value, after = source[kept], value[kept], after.of(numpy.flatnonzero(kept))
    first, kinds = after.alike()
    places = source.astype(numpy.int32), value.astype(numpy.int32), kinds.astype(numpy.int32)
    return Layer(tuple(block), lanes, *places, kinds=len(first)), after.of(first)


def _lanes(plan: Plan, block: Sequence[int]) -> Numbers:
    """Every combination of lanes that no clause on one family alone forbids."""
    choices = [numpy.flatnonzero(bits_of(plan.families[at].base, plan.families[at].size)) for at in block]
    if prod(len(each) for each in choices) > ANSWERS_MAX // 10:
        raise UngaugedError
    grid = numpy.meshgrid(*choices, indexing="ij")
    return numpy.stack([each.ravel() for each in grid], axis=1).astype(numpy.int64)


def _fits(gauging: Gauging, stage: int, ends: Stand, columns: Stand) -> Flags:
    """Which ends fit which columns."""
    if ends.rows * columns.rows > CELLS_MAX:
        raise UngaugedError
    found = numpy.zeros((ends.rows, columns.rows), dtype=numpy.bool_)
    step = max(1, AT_ONCE // columns.rows)
    across = numpy.arange(columns.rows)
    for start in range(0, ends.rows, step):
        rows = numpy.arange(start, min(start + step, ends.rows))
        both = ends.with_each(columns, numpy.repeat(rows, columns.rows), numpy.tile(across, len(rows)))
        found[rows] = gauging.settle(stage, both).reshape(len(rows), columns.rows)
    return found


def _words(flags: Flags) -> Words:
    """The last dimension as bits in whole words."""
    bits = numpy.packbits(flags, axis=-1, bitorder="little")
    size = bits.shape[-1]
    padded = numpy.zeros((*bits.shape[:-1], size + -size % WORD), dtype=numpy.uint8)
    padded[..., :size] = bits
    return padded.view(numpy.uint64)


def _alike(flags: Flags) -> tuple[Numbers, Numbers]:
    """A row of each kind, and the kind of every row."""
    packed = numpy.ascontiguousarray(numpy.packbits(flags, axis=1))
    rows = packed.view([("", packed.dtype)] * packed.shape[1]).ravel()
    _, first, kinds = numpy.unique(rows, return_index=True, return_inverse=True)
    return first, kinds.ravel()


def _alive(layers: Sequence[Layer], fits: Words) -> list[Layer]:
    """The layers without steps that lead nowhere."""
    good = numpy.bitwise_or.reduce(fits, axis=1) != 0
    found: list[Layer] = []
    for layer, above in reversed(list(zip(layers, [None, *layers[:-1]], strict=True))):
        kept = good[layer.target]
        source, value, target = layer.source[kept], layer.value[kept], layer.target[kept]
        found.append(Layer(layer.families, layer.lanes, source, value, target, layer.kinds))
        good = numpy.zeros(1 if above is None else above.kinds, dtype=numpy.bool_)
        good[source] = True
    return found[::-1]
