"""Unpacks spreadsheets, within bounds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Container, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

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
MOST_CELLS = MOST_ROWS * MOST_COLUMNS
LAST_ROW = 1_048_576
"""The last one that a sheet has."""
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
        sheets = tuple(_sheet(each, marks.get(each.title, Marks())) for each in book.worksheets if _has_cells(each))
        book.close()
    except SpreadsheetError:
        raise
    except Exception as problem:  # of a file that others have made, the libraries raise whatever they stumble over
        raise SpreadsheetError("the file is not a spreadsheet") from problem
    return Workbook(sheets)


_AnyCell = Cell | MergedCell | EmptyCell | ReadOnlyCell


def _has_cells(sheet: object) -> bool:
    return hasattr(sheet, "iter_rows")  # one that holds a chart alone has none


def _sheet(sheet: Any, marks: Marks) -> Sheet:
    formulas = marks.formulas or {}
    sheet.reset_dimensions()  # what programs state of their size is wrong often, and rows beyond it would be lost
    found = _rows(sheet.iter_rows(max_row=LAST_ROW), {row for row, _ in formulas})
    for (row, column), formula in formulas.items():
        if row <= len(found) and column <= len(found[row - 1]):
            cells = list(found[row - 1])
            cells[column - 1] = SheetCell(formula, CellKind.FORMULA)
            found[row - 1] = tuple(cells)
    return Sheet(sheet.title, tuple(found), marks.merged, hidden=sheet.sheet_state != "visible")


def _rows(rows: Iterable[tuple[_AnyCell, ...]], calculated: Container[int]) -> list[tuple[SheetCell, ...]]:
    """The rows up to the last one that says something: below it a sheet may be formatted to its end."""
    found: list[tuple[SheetCell, ...]] = []
    cells = blank = 0
    for number, row in enumerate(rows, 1):
        cells += len(row)
        if cells > MOST_CELLS:
            raise SpreadsheetError(f"the file has more than {MOST_CELLS} cells")
        if number not in calculated and all(each.value is None for each in row):
            blank += 1
            continue
        if number > MOST_ROWS:
            raise SpreadsheetError(f"the file has more than {MOST_ROWS} rows")
        if any(each.value is not None for each in row[MOST_COLUMNS:]):
            raise SpreadsheetError(f"row {number} has more than {MOST_COLUMNS} columns")
        found += [()] * blank
        found.append(tuple(_cell(each) for each in row[:MOST_COLUMNS]))
        blank = 0
    return found


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
        case datetime() if value.time() != time():  # of a column of days, it is one too much
            return SheetCell(value.isoformat(), CellKind.DATE)
        case datetime():
            return SheetCell(value.date().isoformat(), CellKind.DATE)
        case date():
            return SheetCell(value.isoformat(), CellKind.DATE)
        case _:
            text = str(value)
            error = text.startswith("#") and text.rstrip("!?").isupper() and getattr(cell, "data_type", "") == "e"
            return SheetCell(text, CellKind.ERROR if error else CellKind.TEXT)
