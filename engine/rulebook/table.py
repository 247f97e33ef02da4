"""Tables: a header, rows of cells, and the options of the first line; from CSV text or from a spreadsheet."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from engine.diagnostics import Span, counted, did_you_mean, is_spreadsheet
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Report, Scalar

CENTS = 2
"""The digits of most amounts behind the point."""
OPTIONS = ("hit", "currency", "category", "schema", "priority", "out")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, the texts of its cells and the column each starts at."""

    line: int
    texts: tuple[str, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells know their place; ``options`` are what the first line (or the sheet `table`) declares.

    ``odd`` are the rows of another width than the header: nobody can tell which cell stands under which column.
    """

    path: str
    options: Mapping[str, Scalar]
    header: tuple[Scalar, ...]
    rows: tuple[Row, ...]
    odd: tuple[Row, ...] = ()

    @property
    def is_sheet(self) -> bool:
        """Whether it comes from a spreadsheet."""
        return is_spreadsheet(self.path)

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
    """A text of one line at a place; in a spreadsheet it takes one column, however long it is."""
    if is_spreadsheet(path):
        return Scalar(text, Span(path, line, column, line, column + 1))
    return Scalar(text, Span(path, line, column, line, column + max(1, len(text))))


def row_span(table: Table, row: Row) -> Span:
    """A whole row."""
    if table.is_sheet:
        return Span(table.path, row.line, 1, row.line, max(2, len(row.texts) + 1))
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


def check_shape(table: Table, report: Report, *, faulty: Container[int] = ()) -> Table:
    """Report repeated or empty headers and rows of another width, which are set apart.

    ``faulty`` are numbers of rows with a cell that could not be read; they are odd, too.
    """
    _check_header(table, report)
    sound: list[Row] = []
    odd: list[Row] = []
    for row in table.rows:
        if len(row.texts) == len(table.header) and row.line not in faulty:
            sound.append(row)
            continue
        odd.append(row)
        if len(row.texts) == len(table.header):
            continue
        message = f"the row has {counted(len(row.texts), 'cell')} and the header {len(table.header)}"
        report.add(finding("TBL002", message, row_span(table, row), _width_hint(table, row)))
    return Table(table.path, table.options, table.header, tuple(sound), tuple(odd))


def report_empty(table: Table, report: Report) -> None:
    """Report a table without rows."""
    if not table.rows:
        hint = "add rows, or remove the file"
        report.add(finding("TBL017", "the table has a header and no rows", table.span, hint))


def _check_header(table: Table, report: Report) -> None:
    seen: dict[str, Scalar] = {}
    for head in table.header:
        if head.text in seen and head.text:
            report.add(finding("TBL003", f"the column `{head.text}` is given twice", head.span, "remove one of them"))
        elif not head.text:
            report.add(finding("TBL003", "a column has no header", head.span, "name the column or remove it"))
        seen[head.text] = head


def _width_hint(table: Table, row: Row) -> str:
    """What to do about a row of another width: commas inside cells make it too wide, in a text file at least."""
    if len(row.texts) < len(table.header):
        return "add the missing cells, `-` for any"
    if table.is_sheet:
        return f"name the column of `{row.texts[-1]}` in the header, or empty the cell"
    pairs = zip(row.texts, row.texts[1:], strict=False)
    decimal = next((f"{a}.{b}" for a, b in pairs if a.isdigit() and b.isdigit() and len(b) == CENTS), "")
    if decimal:
        return f"a comma ends a cell: write `{decimal}` with a point, or the cell in double quotes"
    return "put double quotes around a cell that holds a comma"
