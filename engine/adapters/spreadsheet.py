"""Unpacks spreadsheets, within bounds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from engine.adapters.sheet_marks import Marks, marks_of
from engine.adapters.unreadable import SpreadsheetError
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

MOST_UNPACKED = 100_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_SHEETS = 20
COMPOUND = b"\xd0\xcf\x11\xe0"
"""The first bytes of a spreadsheet that is encrypted or of the older format."""


def read_workbook(content: bytes) -> Workbook:
    """Unpack a spreadsheet; formulas are read as the values that were stored with them."""
    if content[:4] == COMPOUND:
        raise SpreadsheetError("the file is protected by a password, or in the older format XLS")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
            if unpacked > MOST_UNPACKED:
                raise SpreadsheetError(f"the file unpacks to {unpacked} bytes; at most {MOST_UNPACKED} are read")
            marks = marks_of(packed)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if len(book.sheetnames) > MOST_SHEETS:
            raise SpreadsheetError(f"the file has {len(book.sheetnames)} sheets; at most {MOST_SHEETS} are read")
        sheets = tuple(_sheet(each.title, each.iter_rows(), marks.get(each.title, Marks())) for each in book.worksheets)
        book.close()
    except SpreadsheetError:
        raise
    except Exception as problem:  # of a file that others have made, the libraries raise whatever they stumble over
        raise SpreadsheetError("the file is not a spreadsheet") from problem
    return Workbook(sheets)


_AnyCell = Cell | MergedCell | EmptyCell | ReadOnlyCell


def _sheet(name: str, rows: Iterator[tuple[_AnyCell, ...]], marks: Marks) -> Sheet:
    found: list[tuple[SheetCell, ...]] = []
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise SpreadsheetError(f"the file has more than {MOST_ROWS} rows")
        found.append(tuple(_cell(each) for each in row[:MOST_COLUMNS]))
    for (row_number, column), formula in (marks.formulas or {}).items():
        if row_number <= len(found) and column <= len(found[row_number - 1]):
            cells = list(found[row_number - 1])
            cells[column - 1] = SheetCell(formula, CellKind.FORMULA)
            found[row_number - 1] = tuple(cells)
    return Sheet(name, tuple(found), marks.merged)


def _cell(cell: _AnyCell) -> SheetCell:
    """A cell as text; numbers in the shortest form that means the stored value."""
    value = cell.value
    match value:
        case None:
            return SheetCell("")
        case bool():
            return SheetCell("true" if value else "false", CellKind.BOOLEAN)
        case int() | float():
            text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
            text = text.removesuffix(".0")
            percent = "%" in str(getattr(cell, "number_format", ""))
            return SheetCell(text, CellKind.PERCENT if percent else CellKind.NUMBER)
        case datetime():
            return SheetCell(value.date().isoformat(), CellKind.DATE)
        case date():
            return SheetCell(value.isoformat(), CellKind.DATE)
        case _:
            text = str(value)
            error = text.startswith("#") and text.rstrip("!?").isupper() and getattr(cell, "data_type", "") == "e"
            return SheetCell(text, CellKind.ERROR if error else CellKind.TEXT)
