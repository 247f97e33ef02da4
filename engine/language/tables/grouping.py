"""Splits a large table by the keys of its most telling column, so that each lookup works on a handful of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from engine.language.tables.index import Index, build_index, index_of
from engine.language.tables.region import Admitted, key_of
from engine.language.values.kind import Kind

_SMALLEST_GROUPED = 256
_LARGEST_SHARE = 8

Cells = Sequence[Sequence[Admitted | None]]
Found = tuple[Iterable[int], tuple[int, ...]]


class Finder(Protocol):
    """Finds the rows that can match."""

    def candidates(self, subjects: Sequence[object]) -> Found | None:
        """Return the rows that can match, ascending, and the columns still to be tested; None to test every cell."""
        ...


class _Group:
    """The rows that one key of the telling column admits, with an index of their own, built when first asked for."""

    __slots__ = ("_cells", "_index", "_rows", "_unsure")

    def __init__(self, rows: tuple[int, ...], cells: Cells) -> None:
        self._rows = rows
        self._cells = cells
        self._index: Index | None = None
        self._unsure: tuple[int, ...] = ()

    def candidates(self, subjects: Sequence[object], place: int) -> Found:
        """Return the rows that can match; ``place`` is the telling column, which needs no test."""
        rows = self._rows
        if not rows:
            return (), ()
        if self._index is None:
            others = range(len(self._cells[rows[0]]))
            self._index = index_of(
                [[None if each == place else self._cells[row][each] for each in others] for row in rows], len(others)
            )
            self._unsure = tuple(each for each in self._index.unsure if each != place)
        found = self._index.rows(subjects)
        if found is None:
            return rows, tuple(each for each in range(len(subjects)) if each != place)
        if len(found) == 1:
            return (rows[found[0]],), self._unsure
        return [rows[number] for number in found], self._unsure


class GroupedIndex:
    """Groups of rows by key, and the group of all other keys."""

    __slots__ = ("_groups", "_kind", "_other", "_place")

    def __init__(self, place: int, kind: Kind, groups: Mapping[object, _Group], other: _Group) -> None:
        self._place = place
        self._kind = kind
        self._groups = groups
        self._other = other

    def candidates(self, subjects: Sequence[object]) -> Found | None:
        """Return the rows that can match, ascending, and the columns still to be tested; None to test every cell."""
        found = key_of(subjects[self._place])
        if found is None or found[0] is not self._kind:
            return None
        return self._groups.get(found[1], self._other).candidates(subjects, self._place)


def best_index(cells: Cells, columns: int) -> Finder | None:
    """Return the index that suits a table: grouped when it is large and a column tells its rows apart."""
    if len(cells) >= _SMALLEST_GROUPED:
        for place in sorted(range(columns), key=lambda each: -_distinct(cells, each)):
            grouped = _grouped(cells, place)
            if grouped is not None:
                return grouped
    return build_index(cells, columns)


def _distinct(cells: Cells, place: int) -> int:
    return len({_keys(line[place]) for line in cells})


def _keys(cell: Admitted | None) -> tuple[object, ...] | None:
    """Return the keys of a cell that admits only single values; None for any other cell."""
    if cell is None or cell.kind is None:
        return None
    if any(each.low is None or each.low != each.high for each in cell.region):
        return None
    return tuple(each.low for each in cell.region)


def _grouped(cells: Cells, place: int) -> GroupedIndex | None:
    kinds = {cell.kind for line in cells if (cell := line[place]) is not None and cell.kind is not None}
    if len(kinds) != 1 or any(line[place] is None for line in cells):
        return None
    everywhere: list[int] = []
    by_key: dict[object, list[int]] = {}
    for row, line in enumerate(cells):
        keys = _keys(line[place])
        cell = line[place]
        if keys is not None:
            for key in keys:
                by_key.setdefault(key, []).append(row)
        elif cell is not None and cell.kind is None:
            everywhere.append(row)
        else:
            return None
    if max(map(len, by_key.values())) + len(everywhere) > len(cells) // _LARGEST_SHARE:
        return None
    groups = {key: _Group(tuple(sorted([*rows, *everywhere])), cells) for key, rows in by_key.items()}
    return GroupedIndex(place, kinds.pop(), groups, _Group(tuple(everywhere), cells))
