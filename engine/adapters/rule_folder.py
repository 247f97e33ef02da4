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

from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

MOST_FILES = 2_000
MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_SHEETS = 20
ENDINGS = (".yaml", ".yml", ".csv", ".xlsx", ".dmn", ".md", ".txt")


class FolderError(Exception):
    """A folder cannot be read as a rule book; the message says why and names the path."""


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
        if any(part.startswith(".") for part in relative.parts) or path.suffix.lower() not in ENDINGS:
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
    """Return sources (read from a folder or from a store) as the rule book takes them: spreadsheets unpacked."""
    return {path: read_content(path, content) for path, content in files.items()}


def read_content(path: str, content: bytes) -> bytes | Workbook:
    """Return the content of one file as the rule book takes it; ``path`` is inside the folder.

    Raises ``FolderError`` for a path that leads outside or a spreadsheet that cannot be unpacked.
    """
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\\" in path or "\0" in path:
        raise FolderError(f"`{path}` is not a path inside the folder")
    if len(content) > MOST_BYTES:
        raise FolderError(f"`{path}` has {len(content)} bytes; a rule file has at most {MOST_BYTES}")
    return read_workbook(path, content) if path.lower().endswith(".xlsx") else content


def read_workbook(path: str, content: bytes) -> Workbook:
    """Unpack a spreadsheet; formulas are read as the values that were stored with them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise FolderError(f"`{path}` unpacks to {unpacked} bytes; at most {MOST_UNPACKED} are read")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise FolderError(f"`{path}` is not a spreadsheet: {problem}") from problem
    if len(book.sheetnames) > MOST_SHEETS:
        raise FolderError(f"`{path}` has {len(book.sheetnames)} sheets; at most {MOST_SHEETS} are read")
    sheets = tuple(Sheet(each.title, tuple(_rows(path, each.iter_rows()))) for each in book.worksheets)
    book.close()
    return Workbook(sheets)


_AnyCell = Cell | MergedCell | EmptyCell | ReadOnlyCell


def _rows(path: str, rows: Iterator[tuple[_AnyCell, ...]]) -> Iterator[tuple[SheetCell, ...]]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise FolderError(f"`{path}` has more than {MOST_ROWS} rows")
        yield tuple(_cell(each) for each in row[:MOST_COLUMNS])


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
