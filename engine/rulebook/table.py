"""Tables: a header, rows of cells, and the options of the first line; from CSV text or from a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.diagnostics import Span, counted, did_you_mean
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Report, Scalar

OPTIONS = ("hit", "currency", "category", "schema", "priority", "out")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, the texts of its cells and the column each starts at."""

    line: int
    texts: tuple[str, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells know their place; ``options`` are what the first line (or the sheet `table`) declares."""

    path: str
    options: Mapping[str, Scalar]
    header: tuple[Scalar, ...]
    rows: tuple[Row, ...]

    @property
    def span(self) -> Span:
        """The place of the header, for what concerns the table as a whole."""
        return self.header[0].span if self.header else Span(self.path)

    def option(self, name: str, default: str = "") -> str:
        """The text of an option, or the default."""
        return self.options[name].text if name in self.options else default

    def column(self, name: str) -> int | None:
        """The index of a column by its exact header, or None."""
        return next((index for index, each in enumerate(self.header) if each.text == name), None)

    def cell(self, row: Row, index: int) -> Scalar:
        """One cell as a text with its place."""
        return scalar_at(self.path, row.line, row.columns[index], row.texts[index])

    def cells(self, row: Row) -> Iterator[tuple[str, Scalar]]:
        """Header and cell, column by column."""
        for index, head in enumerate(self.header):
            yield head.text, self.cell(row, index)


def scalar_at(path: str, line: int, column: int, text: str) -> Scalar:
    """A text of one line at a place."""
    return Scalar(text, Span(path, line, column, line, column + max(1, len(text))))


def row_span(table: Table, row: Row) -> Span:
    """A whole row."""
    last = row.columns[-1] + len(row.texts[-1]) if row.columns else 2
    return Span(table.path, row.line, 1, row.line, max(2, last))


def read_options(comment: Scalar, report: Report) -> dict[str, Scalar]:
    """Read ``# title ; hit=UNIQUE ; currency=EUR``; parts without ``=`` are a title and say nothing."""
    options: dict[str, Scalar] = {}
    start = comment.text.find("#") + 1
    for piece in comment.text[start:].split(";"):
        part = comment.cut(start, start + len(piece))
        start += len(piece) + 1
        name, equals, _ = part.text.partition("=")
        if not equals or " " in name.strip():
            continue
        value = part.cut(len(name) + 1, len(part.text))
        if name.strip() in OPTIONS:
            options[name.strip()] = value
        else:
            hint = did_you_mean(name.strip(), OPTIONS) or f"known options are {', '.join(OPTIONS)}"
            report.add(finding("TBL005", f"the option `{name.strip()}` is not known", part.span, hint))
    return options


def check_shape(table: Table, report: Report) -> Table:
    """Report repeated or empty headers and rows of another width; return the table with the sound rows only."""
    seen: dict[str, Scalar] = {}
    for head in table.header:
        if head.text in seen:
            report.add(finding("TBL003", f"the column `{head.text}` is given twice", head.span, "remove one of them"))
        elif not head.text:
            report.add(finding("TBL003", "a column has no header", head.span, "name the column or remove it"))
        seen[head.text] = head
    sound = []
    for row in table.rows:
        if len(row.texts) == len(table.header):
            sound.append(row)
            continue
        message = f"the row has {counted(len(row.texts), 'cell')} and the header {len(table.header)}"
        hint = "put double quotes around a cell that holds a comma" if len(row.texts) > len(table.header) else ""
        report.add(finding("TBL002", message, row_span(table, row), hint or "add the missing cells, `-` for any"))
    return Table(table.path, table.options, table.header, tuple(sound))
