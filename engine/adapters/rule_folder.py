"""Reads the folder of a rule book into memory: plain files as bytes, spreadsheets unpacked, both within bounds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from engine.adapters.sheet_marks import Marks, marks_of
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

MOST_FILES = 2_000
MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_SHEETS = 20
ENDINGS = (".yaml", ".yml", ".csv", ".xlsx", ".dmn", ".md", ".txt")
UNREADABLE_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv")
"""Endings of tables that the rule book cannot read; they are brought along, so that it can say so."""
OPEN_IN_A_PROGRAM = "~$"
"""What the name of the file starts with that a spreadsheet program keeps beside an open one."""
COMPOUND = b"\xd0\xcf\x11\xe0"
"""The first bytes of a spreadsheet that is encrypted or of the older format."""


class FolderError(Exception):
    """A folder cannot be read as a rule book; the message says why and names the path."""


class SpreadsheetError(FolderError):
    """A file cannot be read as a spreadsheet; the message says why, without the path."""


def read_folder(root: Path) -> dict[str, bytes]:
    """Return the files of a rule book as they are, by their path inside the folder; ``unpack`` readies them for load.

    Only endings that rule books use are read; hidden files are left out. Raises ``FolderError`` for a missing folder, a
    link that leads outside, and what is larger than a rule book may be.
    """
    if not root.is_dir():
        raise FolderError(f"`{root}` is not a folder")
    base = root.resolve()
    found: dict[str, bytes] = {}
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base)
        hidden = any(part.startswith((".", OPEN_IN_A_PROGRAM)) for part in relative.parts)
        if hidden or path.suffix.lower() not in (*ENDINGS, *UNREADABLE_TABLES):
            continue
        if not path.resolve().is_relative_to(base):
            raise FolderError(f"`{relative.as_posix()}` is a link that leads out of the folder")
        if not path.is_file():
            continue
        if len(found) >= MOST_FILES:
            raise FolderError(f"`{root}` holds more than {MOST_FILES} files")
        found[relative.as_posix()] = _bytes(path)
    return found


def unpack(files: Mapping[str, bytes]) -> dict[str, bytes | Workbook]:
    """Return sources (read from a folder or from a store) as the rule book takes them: spreadsheets unpacked.

    A spreadsheet that cannot be unpacked is one without sheets, with its fault: one bad file hides nothing of others.
    """
    found: dict[str, bytes | Workbook] = {}
    for path, content in files.items():
        try:
            found[path] = read_content(path, content)
        except SpreadsheetError as problem:
            found[path] = Workbook((), str(problem))
    return found


def read_content(path: str, content: bytes) -> bytes | Workbook:
    """Return the content of one file as the rule book takes it; ``path`` is inside the folder.

    Raises ``FolderError`` for a path that leads outside, ``SpreadsheetError`` for what cannot be unpacked.
    """
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\\" in path or "\0" in path:
        raise FolderError(f"`{path}` is not a path inside the folder")
    if len(content) > MOST_BYTES:
        raise FolderError(f"`{path}` has {len(content)} bytes; a rule file has at most {MOST_BYTES}")
    return read_workbook(content) if path.lower().endswith(".xlsx") else content


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


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FolderError(f"`{path.name}` has {size} bytes; a rule file has at most {MOST_BYTES}")
    return path.read_bytes()
