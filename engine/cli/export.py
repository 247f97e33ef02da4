"""Tables into files that finance opens elsewhere: CSV text, or a workbook whose amounts are numbers."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from engine.cli.failure import VerbFailed
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.cli.screen import Screen

Cell: TypeAlias = str | int | Decimal | date | None
Rows: TypeAlias = Iterable[Sequence[Cell]]
MOST_ROWS = 1_048_575
"""What one sheet holds below its heads."""
MOST_CHARACTERS = 32_767
"""What one cell of a sheet holds."""
MOST_PLACES = 15
"""The decimals that a cell can hold."""
NO_SHEET_NAME = r"[\[\]:*?/\\'\x00-\x1f]"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def a_table_file(text: str) -> Path:
    """A file to write a table to, for argparse; its ending says how."""
    path = Path(text)
    if path.suffix.lower() not in WRITERS:
        raise argparse.ArgumentTypeError(f"`{text}` is not a file like books.csv or books.xlsx")
    return path


def export(path: Path, columns: Sequence[str], rows: Rows) -> int:
    """Write a table; how many rows it has."""
    made = [list(row) for row in rows]
    try:
        WRITERS[path.suffix.lower()](path, columns, made)
    except OSError as failure:
        raise VerbFailed(f"cannot write `{path}`: {failure.strerror or failure}") from failure
    return len(made)


def write_csv(out: IO[str], columns: Sequence[str], rows: Rows) -> None:
    """A table as CSV; amounts with all their decimals, days as ISO text.

    Text that a spreadsheet would take for a formula has an apostrophe before it, since names come from anybody.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(cell) for cell in row] for row in rows)


def counted_rows(screen: Screen, path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write a table and say how many rows it has."""
    screen.say(f"  {counted(export(path, columns, rows), 'row')} in {path}")


def print_csv(columns: Sequence[str], rows: Rows) -> None:
    """A table as CSV on standard output."""
    write_csv(sys.stdout, columns, rows)


def _csv_file(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, columns, rows)


def _workbook(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    import openpyxl
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

    if len(rows) > MOST_ROWS:
        raise VerbFailed(f"{len(rows)} rows are more than a sheet holds; write a .csv file, or ask for less")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(NO_SHEET_NAME, "_", path.stem)[:31] or None)

    def text(content: str) -> object:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", content)[:MOST_CHARACTERS])
        cell.data_type = "s"  # never a formula, whatever it begins with
        return cell

    def number(value: Decimal) -> object:
        cell = WriteOnlyCell(sheet)
        cell.value = value
        places = max(0, -int(value.as_tuple().exponent))
        cell.number_format = "#,##0" + (f".{'0' * min(places, MOST_PLACES)}" if places else "")
        return cell

    def shown(cell: Cell) -> object:
        if isinstance(cell, str):
            return text(cell) if cell else None
        return number(cell) if isinstance(cell, Decimal) and cell.is_finite() else cell

    sheet.freeze_panes = "A2"
    for row in (columns, *rows):
        sheet.append([shown(cell) for cell in row])
    book.save(path)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


WRITERS: Mapping[str, Callable[[Path, Sequence[str], Sequence[Sequence[Cell]]], None]] = {
    ".csv": _csv_file,
    ".xlsx": _workbook,
}
