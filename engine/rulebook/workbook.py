"""A spreadsheet as an adapter unpacked it: sheets of cells that remember what kind of value they held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CellKind(Enum):
    """What a spreadsheet said a cell is; percents and dates need care, errors cannot be read."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell: its value as text (numbers in the shortest form that means the stored value) and its kind."""

    text: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells, the first row being row 1 of the spreadsheet."""

    name: str
    rows: tuple[tuple[SheetCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets of one file, in their order."""

    sheets: tuple[Sheet, ...]
