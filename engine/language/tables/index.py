"""Finds the rules that match by one bit mask a column, so that a table of ten thousand rows answers in microseconds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from engine.language.tables.intervals import Interval
from engine.language.tables.region import Admitted, key_of
from engine.language.values.kind import Kind

_MOST_MASK_BYTES = 64 << 20
_FEW = 8


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A column whose cells are points (and dashes): the mask of each key, and of all other values."""

    masks: dict[object, int]
    other: int

    def mask(self, key: object) -> int:
        return self.masks.get(key, self.other)


@dataclass(frozen=True, slots=True)
class _Sliced:
    """A column with intervals: the masks of the slots that the ends of all intervals cut the order into.

    The ends are keys of one kind, which have an order.

    Slot ``2 i + 1`` is the end number ``i`` itself, slot ``2 i`` what lies before it.
    """

    ends: list[int]
    masks: tuple[int, ...]

    def mask(self, key: object) -> int:
        ends = self.ends
        place = bisect_left(ends, cast(int, key))
        return self.masks[2 * place + int(place < len(ends) and ends[place] == key)]


@dataclass(frozen=True, slots=True)
class _Column:
    """One indexed column: the kind of its values and its masks; ``unsure`` when some cells must be tested."""

    kind: Kind | None
    slots: _Keyed | _Sliced
    unsure: bool


class Index:
    """The masks of all columns of a table; ``unsure`` are the columns whose cells must still be tested."""

    __slots__ = ("_columns", "_everything", "unsure")

    def __init__(self, columns: Sequence[_Column | None], rows: int) -> None:
        self._columns = tuple(
            (place, each.kind, each.slots)
            for place, each in enumerate(columns)
            if each is not None and each.kind is not None
        )
        self.unsure = tuple(place for place, each in enumerate(columns) if each is None or each.unsure)
        self._everything = (1 << rows) - 1

    @property
    def helps(self) -> bool:
        """Whether any column tells rows apart."""
        return bool(self._columns)

    def candidates(self, subjects: Sequence[object]) -> tuple[Iterable[int], tuple[int, ...]] | None:
        """Return the rows that can match, ascending, and the columns still to be tested.

        None when a subject is not of its column's kind, so that every cell has to be tested.
        """
        found = self.rows(subjects)
        return None if found is None else (found, self.unsure)

    def rows(self, subjects: Sequence[object]) -> Sequence[int] | None:
        """Return the rows that can match, ascending; None when a subject is not of its column's kind."""
        mask = self._everything
        for place, kind, slots in self._columns:
            found = key_of(subjects[place])
            if found is None or found[0] is not kind:
                return None
            mask &= slots.mask(found[1])
            if not mask:
                return ()
        return rows_of(mask)


def rows_of(mask: int) -> Sequence[int]:
    """Return the numbers of the bits set, ascending. A mask of many bits is read as text: clearing bits copies it."""
    if not mask:
        return ()
    highest = mask.bit_length() - 1
    if not mask ^ (1 << highest):
        return (highest,)
    if mask.bit_count() <= _FEW:
        return _cleared(mask)
    digits = f"{mask:b}"[::-1]
    return [place for place, digit in enumerate(digits) if digit == "1"]


def _cleared(mask: int) -> list[int]:
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def build_index(cells: Sequence[Sequence[Admitted | None]], columns: int) -> Index | None:
    """Build the index of rules given what each cell admits (None: it has to be tested); None when it would not help."""
    index = index_of(cells, columns)
    return index if index.helps else None


def index_of(cells: Sequence[Sequence[Admitted | None]], columns: int) -> Index:
    """Build the index of rules, whether it tells any of them apart or not."""
    rows = len(cells)
    return Index([_column([line[place] for line in cells], rows) for place in range(columns)], rows)


def _column(cells: Sequence[Admitted | None], rows: int) -> _Column | None:
    kinds = {each.kind for each in cells if each is not None and each.kind is not None}
    if len(kinds) > 1:
        return None
    if not kinds:
        return None if None in cells else _Column(None, _Keyed({}, 0), unsure=False)
    kind = kinds.pop()
    intervals = [(row, each) for row, cell in enumerate(cells) if cell is not None for each in cell.region]
    untested = _bits([row for row, cell in enumerate(cells) if cell is None])
    ends = sorted({cast(int, end) for _, each in intervals for end in (each.low, each.high) if end is not None})
    if (2 * len(ends) + 1) * rows // 8 > _MOST_MASK_BYTES:
        return None
    slots = _sliced(intervals, ends, untested)
    return _Column(kind, _keyed(slots) or slots, unsure=bool(untested))


def _sliced(intervals: Sequence[tuple[int, Interval]], ends: list[int], always: int) -> _Sliced:
    place = {end: number for number, end in enumerate(ends)}
    last = 2 * len(ends)
    changes: dict[int, list[int]] = {}
    for row, each in intervals:
        first = 0 if each.low is None else 2 * place[cast(int, each.low)] + (1 if each.low_included else 2)
        final = last if each.high is None else 2 * place[cast(int, each.high)] + (1 if each.high_included else 0)
        changes.setdefault(first, []).append(row)
        changes.setdefault(final + 1, []).append(row)
    masks = []
    mask = 0
    shared: dict[int, int] = {}
    for slot in range(last + 1):
        if slot in changes:
            mask ^= _toggled(changes[slot])
        masks.append(shared.setdefault(mask | always, mask | always))
    return _Sliced(ends, tuple(masks))


def _toggled(rows: Sequence[int]) -> int:
    """Bits of the rows that occur an odd number of times: one that ends where it starts again goes on."""
    odd: set[int] = set()
    for row in rows:
        odd ^= {row}
    return _bits(odd)


def _keyed(slots: _Sliced) -> _Keyed | None:
    """Return the same column by key when what lies between the ends is the same everywhere."""
    between = set(slots.masks[::2])
    if len(between) != 1:
        return None
    return _Keyed({end: slots.masks[2 * number + 1] for number, end in enumerate(slots.ends)}, between.pop())


def _bits(rows: Collection[int]) -> int:
    if not rows:
        return 0
    filled = bytearray(max(rows) // 8 + 1)
    for row in rows:
        filled[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(filled, "little")
