"""Bit masks of rows by the value of one column: the one index of decision tables and of price rules.

A row admits a region of keys. The ends of all regions cut the order of keys into slots, and each slot has the mask of
the rows that admit it; where nothing lies between the ends, a dictionary by key does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from engine.language.tables.intervals import Interval

_FEW = 8


@dataclass(frozen=True, slots=True)
class Keyed:
    """Rows that admit single keys or all keys: the mask of each key (None for no value), and of all other keys."""

    masks: dict[object, int]
    other: int

    def mask(self, key: object) -> int:
        """Return the rows that admit a key."""
        return self.masks.get(key, self.other)


@dataclass(frozen=True, slots=True)
class Sliced:
    """Rows that admit intervals: slot ``2 i + 1`` is the end number ``i`` itself, slot ``2 i`` what lies before it."""

    ends: list[int]
    masks: tuple[int, ...]
    missing: int

    def mask(self, key: object) -> int:
        """Return the rows that admit a key of the kind of the ends, or None for no value."""
        if key is None:
            return self.missing
        ends = self.ends
        place = bisect_left(ends, cast(int, key))
        return self.masks[2 * place + int(place < len(ends) and ends[place] == key)]


Bitmaps: TypeAlias = Keyed | Sliced


def bitmaps_of(intervals: Sequence[tuple[int, Interval]], *, always: int, missing: int = 0) -> Bitmaps:
    """Return the masks for rows and what they admit, all keys of one kind.

    ``always`` are rows that admit every key, ``missing`` those that hold where there is no value.
    """
    ends = ends_of(each for _, each in intervals)
    slots = _sliced(intervals, ends, always, missing)
    between = set(slots.masks[::2])
    if len(between) != 1:
        return slots
    masks: dict[object, int] = {end: slots.masks[2 * number + 1] for number, end in enumerate(ends)}
    return Keyed({**masks, None: missing}, between.pop())


def ends_of(intervals: Iterable[Interval]) -> list[int]:
    """Return the ends of intervals in order, each once."""
    return sorted({cast(int, end) for each in intervals for end in (each.low, each.high) if end is not None})


def _sliced(intervals: Sequence[tuple[int, Interval]], ends: list[int], always: int, missing: int) -> Sliced:
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
    return Sliced(ends, tuple(masks), missing)


def _toggled(rows: Sequence[int]) -> int:
    """Bits of the rows that occur an odd number of times: one that ends where it starts again goes on."""
    odd: set[int] = set()
    for row in rows:
        odd ^= {row}
    return bits(odd)


def bits(rows: Collection[int]) -> int:
    """Return the mask of some rows."""
    if not rows:
        return 0
    filled = bytearray(max(rows) // 8 + 1)
    for row in rows:
        filled[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(filled, "little")


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
