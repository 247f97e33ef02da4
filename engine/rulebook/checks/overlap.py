"""Rows of one table that match the same case, and rows that never match since an earlier one covers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.diagnostics import Diagnostic
from engine.rulebook.checks.cells import EVERYTHING, Cell, everything_between, read_column
from engine.rulebook.codes import finding, warning
from engine.rulebook.loading.table_rows import ANY_CELL, is_out
from engine.rulebook.table import Row, Table, row_span

NOTES = ("id", "say", "note", "origin", "weight")
FROM, UNTIL = "from", "until"
WITHOUT_BLANK = ("book",)
"""Columns in which a blank is a value of its own: prices without a book are in the standard one."""
ONE_MATCH = ("UNIQUE", "ANY")
MOST_COMPARED = 3_000_000


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    cells: tuple[Cell | None, ...]


def overlapping_rows(table: Table) -> Iterator[Diagnostic]:
    """Findings of one table: an error for two rows that match one case, a warning for a row that is never reached.

    Only cells of constants are compared; a row with another test is never accused.
    """
    policy = table.option("hit", "UNIQUE")
    if policy not in (*ONE_MATCH, "FIRST"):
        return
    columns = [*_columns(table)]
    results = [index for index, head in enumerate(table.header) if is_out(head.text)]
    for earlier, later in _candidates(columns, len(table.rows)):
        if policy == "ANY" and _texts(table.rows[earlier], results) == _texts(table.rows[later], results):
            continue
        shared = _shared(columns, earlier, later)
        if shared is not None:
            yield from _say(table, columns, (earlier, later), shared, policy)


def _columns(table: Table) -> Iterator[_Column]:
    """What each row admits, column by column; the days on which a row holds are one column."""
    days: dict[str, int] = {}
    for index, head in enumerate(table.header):
        if head.text in (FROM, UNTIL):
            days[head.text] = index
        elif head.text not in NOTES and not is_out(head.text):
            blank = () if head.text in WITHOUT_BLANK else ANY_CELL
            yield _Column(head.text, read_column([row.texts[index] for row in table.rows], blank))
    if days:
        yield _Column("", tuple(_days(row, days.get(FROM), days.get(UNTIL)) for row in table.rows))


def _days(row: Row, start: int | None, end: int | None) -> Cell | None:
    first, last = (row.texts[at] if at is not None and row.texts[at] not in ANY_CELL else "" for at in (start, end))
    try:
        return everything_between(
            date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
        )
    except ValueError:
        return None


def _texts(row: Row, places: Sequence[int]) -> list[str]:
    return [row.texts[place] for place in places]


def _say(
    table: Table, columns: Sequence[_Column], numbers: tuple[int, int], shared: str, policy: str
) -> Iterator[Diagnostic]:
    first, second = (table.rows[each] for each in numbers)
    place = row_span(table, second)
    if policy == "FIRST":
        if all(_covers(each, *numbers) for each in columns):
            message = f"row {second.line} is never reached: row {first.line} matches everything that it does"
            yield warning("PRC203", message, place, "remove it or move it up")
        return
    message = f"rows {first.line} and {second.line} both match {shared}"
    hint = f"the table says hit={policy}: let one row leave out what the other matches"
    yield finding("PRC204", message, place, hint)


def _covers(column: _Column, outer: int, inner: int) -> bool:
    one, other = column.cells[outer], column.cells[inner]
    return one is not None and other is not None and one.covers(other)


def _candidates(columns: Sequence[_Column], rows: int) -> Iterator[tuple[int, int]]:
    """Pairs of rows that may match the same case, found by the column that tells most rows apart."""
    most = max(columns, key=_spread, default=None)
    buckets: dict[object, list[int]] = {}
    anywhere: list[int] = []
    pairs = 0
    for number in range(rows):
        cell = most.cells[number] if most is not None else None
        points = cell.points if cell is not None else None
        if points is None:
            others: Iterable[int] = range(number)
            anywhere.append(number)
        else:
            found = {*anywhere}
            for point in points:
                bucket = buckets.setdefault((cell.kind if cell else None, point), [])
                found.update(bucket)
                bucket.append(number)
            others = sorted(found)
        for other in others:
            pairs += 1
            if pairs > MOST_COMPARED:
                return
            yield other, number


def _spread(column: _Column) -> int:
    return len({each.points for each in column.cells if each is not None and each.points is not None})


def _shared(columns: Sequence[_Column], left: int, right: int) -> str | None:
    """A case that both rows match, in words; None when there is none or nobody can tell."""
    names: list[str] = []
    for column in columns:
        one, other = column.cells[left], column.cells[right]
        both = one.meet(other) if one is not None and other is not None else None
        if both is None:
            return None
        if column.name and both is not EVERYTHING and (shown := both.example()) is not None:
            short = column.name.rpartition(".")[2]
            names.append(str(shown) if isinstance(shown, str) else f"{short} {_written(shown)}")
    return ", ".join(names) or "everything"


def _written(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value).lower() if isinstance(value, bool) else str(value)
