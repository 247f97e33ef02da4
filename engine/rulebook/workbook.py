"""A spreadsheet as an adapter unpacked it: sheets of cells that remember what kind of value they held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_CELL = re.compile(r"([A-Z]{1,3})(\d+)")


class CellKind(Enum):
    """What a spreadsheet said a cell is; errors and formulas without value say nothing."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell: its value as text (numbers in the shortest form that means the stored value) and its kind."""

    text: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells, the first row being row 1 of the spreadsheet; ``merged`` are ranges such as C2:C3."""

    name: str
    rows: tuple[tuple[SheetCell, ...], ...]
    merged: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets of one file, in their order; ``fault`` says why none could be read."""

    sheets: tuple[Sheet, ...]
    fault: str = ""


def place_of(cell: str) -> tuple[int, int]:
    """Row and column of ``C2``, from 1; (0, 0) for what is no cell."""
    found = _CELL.fullmatch(cell)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column
