"""Finds the rules that match by one bit mask a column, so that a table of ten thousand rows answers in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.language.tables.bitmaps import Bitmaps, Keyed, bitmaps_of, bits, rows_of
from engine.language.tables.region import Admitted, key_of
from engine.language.values.kind import Kind


@dataclass(frozen=True, slots=True)
class _Column:
    """One indexed column: the kind of its values and its masks; ``unsure`` when some cells must be tested."""

    kind: Kind | None
    slots: Bitmaps
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


def build_index(cells: Sequence[Sequence[Admitted | None]], columns: int) -> Index | None:
    """Build the index of rules given what each cell admits (None: it has to be tested); None when it would not help."""
    index = index_of(cells, columns)
    return index if index.helps else None


def index_of(cells: Sequence[Sequence[Admitted | None]], columns: int) -> Index:
    """Build the index of rules, whether it tells any of them apart or not."""
    rows = len(cells)
    return Index([_column([line[place] for line in cells]) for place in range(columns)], rows)


def _column(cells: Sequence[Admitted | None]) -> _Column | None:
    kinds = {each.kind for each in cells if each is not None and each.kind is not None}
    if len(kinds) > 1:
        return None
    if not kinds:
        return None if None in cells else _Column(None, Keyed({}, 0), unsure=False)
    kind = kinds.pop()
    intervals = [(row, each) for row, cell in enumerate(cells) if cell is not None for each in cell.region]
    untested = bits([row for row, cell in enumerate(cells) if cell is None])
    return _Column(kind, bitmaps_of(intervals, always=untested), unsure=bool(untested))
