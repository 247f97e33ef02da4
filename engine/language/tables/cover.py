"""Whether rows cover a part of a table, by descending column after column with bit masks, never twice the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from engine.language.tables.slots import Numbers, Slots

Line: TypeAlias = tuple[Numbers, ...]
"""A box: the slots of each column."""

_MOST_STEPS = 60_000
_MOST_ASKED = 16


class Cover:
    """The rows of a table as boxes of slots."""

    def __init__(self, slots: Sequence[Slots], lines: Sequence[Line]) -> None:
        self.slots = tuple(slots)
        self.lines = tuple(lines)
        self.cut_off = False
        self.steps = _MOST_STEPS
        self._touching = [_touching(each) for each in self.slots]
        self._at = [_rows_at(each) for each in self.slots]
        self._order = sorted(range(len(self.slots)), key=lambda place: len(set(self.slots[place].spans)))

    def touching(self, number: int) -> list[int]:
        """Return the other rows that share a value with a row in every column."""
        return _bits_of(self._mask_touching(number) & ~(1 << number))

    def _mask_touching(self, number: int) -> int:
        mask = (1 << len(self.lines)) - 1
        for place, spans in enumerate(self._touching):
            mask &= spans[self.lines[number][place]]
        return mask

    def overlapping(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of rows that both match some input."""
        for number in range(len(self.lines)):
            for other in _bits_of(self._mask_touching(number) >> (number + 1)):
                yield number, number + 1 + other

    def uncovered(self, box: Line, rows: Sequence[int], *, most: int) -> list[Line]:
        """Return parts of a box that none of the rows covers, at most ``most`` of them."""
        alive = 0
        for row in rows:
            alive |= 1 << row
        search = _Search(self, box, most)
        search.descend(0, alive)
        self.cut_off = self.cut_off or self.steps < 0
        return search.found

    def split(self, place: int, within: Numbers, alive: int) -> list[tuple[int, Numbers]]:
        """Group the slots of a column by the rows alive there, the fewest rows first."""
        groups: dict[int, Numbers] = {}
        rows_at = self._at[place]
        left = within
        while left:
            lowest = left & -left
            left ^= lowest
            mask = rows_at[lowest.bit_length() - 1] & alive
            groups[mask] = groups.get(mask, 0) | lowest
        self.steps -= within.bit_count()
        return sorted(groups.items(), key=lambda each: (each[0].bit_count(), each[1]))

    @property
    def order(self) -> Sequence[int]:
        """The columns, those that tell the fewest rows apart first."""
        return self._order


class _Search:
    """One search for what is uncovered."""

    def __init__(self, cover: Cover, box: Line, most: int) -> None:
        self._cover = cover
        self._box = box
        self._chosen = list(box)
        self._most = most
        self._whole: set[tuple[int, int]] = set()
        self.found: list[Line] = []

    def descend(self, depth: int, alive: int) -> None:
        """Look at the columns from ``depth`` on, with the rows that match so far."""
        if len(self.found) >= self._most or (depth, alive) in self._whole or self._cover.steps < 0:
            return
        self._cover.steps -= 1
        if not alive:
            self.found.append(tuple(self._chosen))
            return
        if depth == len(self._cover.order) or self._covered(depth, alive):
            return
        place = self._cover.order[depth]
        before = len(self.found)
        for mask, numbers in self._cover.split(place, self._box[place], alive):
            self._chosen[place] = numbers
            self.descend(depth + 1, mask)
        self._chosen[place] = self._box[place]
        if len(self.found) == before and self._cover.steps >= 0:
            self._whole.add((depth, alive))

    def _covered(self, depth: int, alive: int) -> bool:
        """Whether a row that matches so far admits all that is left of the box."""
        rest = self._cover.order[depth:]
        lines = self._cover.lines
        return any(
            all(not self._box[place] & ~lines[row][place] for place in rest) for row in _first_bits(alive, _MOST_ASKED)
        )


def merged(boxes: Sequence[Line]) -> list[Line]:
    """Join boxes that differ in one column only, so that a wide gap is told once."""
    left = list(boxes)
    joined = True
    while joined:
        joined = False
        for one in range(len(left)):
            for other in range(len(left) - 1, one, -1):
                both = _joined(left[one], left[other])
                if both is not None:
                    left[one] = both
                    del left[other]
                    joined = True
    return left


def _joined(one: Line, other: Line) -> Line | None:
    unlike = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(unlike) > 1:
        return None
    return tuple(a | b for a, b in zip(one, other, strict=True))


def _first_bits(mask: int, most: int) -> Iterator[int]:
    while mask and most:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
        most -= 1


def _bits_of(mask: int) -> list[int]:
    return [place for place, digit in enumerate(f"{mask:b}"[::-1]) if digit == "1"] if mask else []


def _rows_at(slots: Slots) -> list[int]:
    """For each slot the rows that admit it."""
    count = 2 * len(slots.ends) + 1
    found = [0] * count
    for numbers, rows in _grouped(slots).items():
        for slot in _bits_of(numbers):
            found[slot] |= rows
    return found


def _grouped(slots: Slots) -> dict[Numbers, int]:
    """The rows of each different span, as bits."""
    groups: dict[Numbers, int] = {}
    for row, numbers in enumerate(slots.spans):
        groups[numbers] = groups.get(numbers, 0) | 1 << row
    return groups


def _touching(slots: Slots) -> dict[Numbers, int]:
    """For each different span the rows whose span shares a slot with it."""
    groups = _grouped(slots)
    found: dict[Numbers, int] = {}
    for one in groups:
        mask = 0
        for other, rows in groups.items():
            if one & other:
                mask |= rows
        found[one] = mask
    return found
