"""Bit masks of rows by the value of one column: the one index of decision tables and of price rules.

A row admits a region of keys. The ends of all regions cut the order of keys into slots, and each slot has the mask of
the rows that admit it; where nothing lies between the ends, a dictionary by key does.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TypeAlias, cast

from engine.language.tables.intervals import Interval

_FEW = 8
_DIGITS = bytes.maketrans(b"01", b"\x00\x01")
_WORD = 64
_DENSE_BYTES = 4 * 2**20
"""What the masks of one column may take; beyond it they are put together from rows when they are asked for."""
_STRIDE = 64
"""How many slots apart the masks of a large column are kept."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """Rows that admit single keys or all keys: the mask of each key (None for no value), and of all other keys.

    ``rows`` are those in which a key differs from all others.
    """

    masks: dict[object, int]
    other: int
    rows: Mapping[object, tuple[int, ...]] = field(default_factory=dict)

    def mask(self, key: object) -> int:
        """Return the rows that admit a key."""
        return self.masks.get(key, self.other)


@dataclass(frozen=True, slots=True)
class KeyedRows:
    """As ``Keyed`` for many keys of few rows each, whose masks are put together when they are asked for."""

    rows: Mapping[object, tuple[int, ...]]
    other: int
    missing: int

    def mask(self, key: object) -> int:
        """Return the rows that admit a key."""
        if key is None:
            return self.missing
        return self.other ^ bits(self.rows.get(key, ()))


@dataclass(frozen=True, slots=True)
class Sliced:
    """Rows that admit intervals: slot ``2 i + 1`` is the end number ``i`` itself, slot ``2 i`` what lies before it."""

    ends: list[int]
    masks: tuple[int, ...]
    missing: int

    def mask(self, key: object) -> int:
        """Return the rows that admit a key of the kind of the ends, or None for no value."""
        return self.missing if key is None else self.masks[_slot(self.ends, key)]


@dataclass(frozen=True, slots=True)
class SlicedRows:
    """As ``Sliced`` for many slots: every 64th mask, and the rows in which each slot differs from the one before."""

    ends: list[int]
    masks: tuple[int, ...]
    changes: tuple[tuple[int, ...], ...]
    missing: int

    def mask(self, key: object) -> int:
        """Return the rows that admit a key of the kind of the ends, or None for no value."""
        if key is None:
            return self.missing
        slot = _slot(self.ends, key)
        kept = slot // _STRIDE
        changed = [row for rows in self.changes[kept * _STRIDE + 1 : slot + 1] for row in rows]
        return self.masks[kept] ^ bits(_odd(changed))


Bitmaps: TypeAlias = Keyed | KeyedRows | Sliced | SlicedRows


def bitmaps_of(
    intervals: Sequence[tuple[int, Interval]], *, always: int, missing: int = 0, dense_bytes: int = _DENSE_BYTES
) -> Bitmaps:
    """Return the masks for rows and what they admit, all keys of one kind.

    ``always`` are rows that admit every key and have no intervals, ``missing`` those that hold where there is no value.
    """
    ends = ends_of(each for _, each in intervals)
    changes = _changes(intervals, ends)
    most = max((row for row, _ in intervals), default=0)
    is_small = len(changes) * max(always.bit_length(), most) // 8 <= dense_bytes
    if any(changes[place] != changes[place + 1] for place in range(1, len(changes), 2)):
        if is_small:
            return Sliced(ends, _masks(changes, always), missing)
        kept = tuple(mask for slot, mask in enumerate(_masks(changes, always)) if slot % _STRIDE == 0)
        return SlicedRows(ends, kept, changes, missing)
    other = always ^ bits(changes[0])
    rows: dict[object, tuple[int, ...]] = {end: changes[2 * number + 1] for number, end in enumerate(ends)}
    if not is_small:
        return KeyedRows(rows, other, missing)
    masks = {key: other ^ bits(found) for key, found in rows.items()}
    return Keyed({**masks, None: missing}, other, rows)


def ends_of(intervals: Iterable[Interval]) -> list[int]:
    """Return the ends of intervals in order, each once."""
    return sorted({cast(int, end) for each in intervals for end in (each.low, each.high) if end is not None})


def _slot(ends: list[int], key: object) -> int:
    place = bisect_left(ends, cast(int, key))
    return 2 * place + int(place < len(ends) and ends[place] == key)


def _changes(intervals: Sequence[tuple[int, Interval]], ends: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The rows in which each slot differs from the one before; the first from no row at all."""
    place = {end: number for number, end in enumerate(ends)}
    last = 2 * len(ends)
    found: list[list[int]] = [[] for _ in range(last + 2)]
    for row, each in intervals:
        first = 0 if each.low is None else 2 * place[cast(int, each.low)] + (1 if each.low_included else 2)
        final = last if each.high is None else 2 * place[cast(int, each.high)] + (1 if each.high_included else 0)
        found[first].append(row)
        found[final + 1].append(row)
    return tuple([_odd(rows) for rows in found[: last + 1]])


def _masks(changes: Sequence[tuple[int, ...]], always: int) -> tuple[int, ...]:
    masks = []
    mask = always
    for rows in changes:
        if rows:
            mask ^= bits(rows)
        masks.append(mask)
    return tuple(masks)


def _odd(rows: Sequence[int]) -> tuple[int, ...]:
    """The rows that occur an odd number of times: one that ends where it starts again goes on."""
    if len(rows) < 2:
        return tuple(rows)
    odd: set[int] = set()
    for row in rows:
        odd ^= {row}
    return tuple(sorted(odd))


def bits(rows: Collection[int]) -> int:
    """Return the mask of some rows."""
    if not rows:
        return 0
    filled = bytearray(max(rows) // 8 + 1)
    for row in rows:
        filled[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(filled, "little")


def rows_of(mask: int) -> Sequence[int]:
    """Return the numbers of the bits set, ascending.

    Clearing a bit copies the mask: many bits are cleared word by word, and one that is full of them is read as text.
    """
    if not mask:
        return ()
    highest = mask.bit_length() - 1
    if not mask ^ (1 << highest):
        return (highest,)
    count = mask.bit_count()
    if count <= _FEW:
        return _cleared(mask)
    if count * _FEW > highest:
        return list(compress(range(highest + 1), flags_of(mask, highest + 1)))
    words = memoryview(mask.to_bytes((highest // _WORD + 1) * _WORD // 8, sys.byteorder)).cast("Q")
    ordered = enumerate(words) if sys.byteorder == "little" else enumerate(reversed(words))
    return [place * _WORD + bit for place, word in ordered if word for bit in _cleared(word)]


def flags_of(mask: int, rows: int) -> bytes:
    """A byte for each of so many rows: 1 where the mask has it, else 0."""
    return f"{mask:0{rows}b}"[::-1].encode().translate(_DIGITS)


def _cleared(mask: int) -> list[int]:
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
