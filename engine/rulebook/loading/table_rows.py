"""Rows of a decision table: conditions from the columns that read something, results from the `out:` columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.diagnostics import did_you_mean
from engine.language import Checked, Scope
from engine.rulebook.codes import finding
from engine.rulebook.loading.checked import check_cell
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.table import Row, Table

OUT = "out:"
ANY_CELL = ("", "-")


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a table divide: conditions by what they read, results and notes by name."""

    conditions: tuple[tuple[str, int], ...]
    results: Mapping[str, int]
    notes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One sound row: its cells by what they read, and its result and note cells by name."""

    table: Table
    row: Row
    cells: Mapping[str, Scalar]
    results: Mapping[str, Scalar]
    notes: Mapping[str, Scalar]

    def result(self, name: str) -> Scalar | None:
        """A filled result cell, or None."""
        found = self.results.get(name)
        return found if found is not None and found.text not in ANY_CELL else None

    def note(self, name: str) -> Scalar | None:
        """A filled note cell, or None."""
        found = self.notes.get(name)
        return found if found is not None and found.text not in ANY_CELL else None


def is_out(head: str) -> bool:
    """Whether a header names a result."""
    return head.startswith(OUT)


def out_names(table: Table) -> tuple[str, ...]:
    """The names of the results, which say what a table is for."""
    return tuple(each.text[len(OUT) :].strip() for each in table.header if is_out(each.text))


def divide(table: Table, results: tuple[str, ...], notes: tuple[str, ...], report: Report) -> Columns:
    """Divide the columns; results that are not known are reported. ``results`` may end in ``.*`` for any currency."""
    conditions: list[tuple[str, int]] = []
    outs: dict[str, int] = {}
    found: dict[str, int] = {}
    for index, head in enumerate(table.header):
        if is_out(head.text):
            name = head.text[len(OUT) :].strip()
            if name in results or f"{name.partition('.')[0]}.*" in results:
                outs[name] = index
            else:
                known = [each.removesuffix(".*") for each in results]
                hint = did_you_mean(name, known) or f"known results are {', '.join(known)}"
                report.add(finding("TBL003", f"the result `{name}` is not known", head.span, hint))
        elif head.text in notes:
            found[head.text] = index
        elif head.text:
            conditions.append((head.text, index))
    return Columns(tuple(conditions), outs, found)


def rows_of(table: Table, columns: Columns) -> Iterator[TableRow]:
    """The rows with their cells by name."""
    for row in table.rows:
        yield TableRow(
            table,
            row,
            {name: table.cell(row, index) for name, index in columns.conditions},
            {name: table.cell(row, index) for name, index in columns.results.items()},
            {name: table.cell(row, index) for name, index in columns.notes.items()},
        )


class CellChecker:
    """Checks the condition cells of one table; an unknown column is reported once, at its header."""

    def __init__(self, table: Table, columns: Columns, scope: Scope, report: Report) -> None:
        self.scope, self.report = scope, report
        self.sound = {name for name, index in columns.conditions if self._head_is_known(name, table.header[index])}

    def _head_is_known(self, name: str, head: Scalar) -> bool:
        """Check the header by checking the cell `null` against it: what it reads must exist."""
        probe = Report()
        check_cell(Scalar("-", head.span), name, self.scope, probe)
        self.report.add(*probe.found)
        return not probe.found

    def conditions(self, row: TableRow, skip: tuple[str, ...] = ()) -> tuple[Checked, ...] | None:
        """The conditions of a row, leaving out cells that say "any"; None after reporting a faulty one."""
        found: list[Checked] = []
        sound = True
        for name, cell in row.cells.items():
            if name in skip or name not in self.sound or cell.text in ANY_CELL:
                continue
            checked = check_cell(cell, name, self.scope, self.report)
            if checked is None:
                sound = False
            else:
                found.append(checked)
        return tuple(found) if sound else None
