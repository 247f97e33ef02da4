"""What the reader of spreadsheet values passes over: merged cells, and formulas whose value was never stored."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from engine.rulebook.workbook import place_of

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_MERGED = 1_000


@dataclass(frozen=True, slots=True)
class Marks:
    """Merged ranges such as ``C2:C3``, and formulas without a value by row and column (from 1)."""

    merged: tuple[str, ...] = ()
    formulas: Mapping[tuple[int, int], str] | None = None


def marks_of(packed: zipfile.ZipFile) -> Mapping[str, Marks]:
    """The marks of each sheet that has some, by the title of the sheet."""
    parts = {each.get("Id"): each.get("Target", "") for each in _root(packed, "xl/_rels/workbook.xml.rels")}
    found: dict[str, Marks] = {}
    for sheet in _root(packed, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = parts.get(sheet.get(_ID), "")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        content = packed.read(path) if path in packed.namelist() else b""
        if b"<mergeCell" in content or b"<f>" in content or b"<f " in content:
            found[sheet.get("name", "")] = _marks(content)
    return found


def _root(packed: zipfile.ZipFile, path: str) -> ElementTree.Element:
    return ElementTree.fromstring(packed.read(path))  # sizes were checked before it is unpacked


def _marks(content: bytes) -> Marks:
    root = ElementTree.fromstring(content)
    merged = tuple(each.get("ref", "") for each in root.iter(f"{_MAIN}mergeCell"))[:MOST_MERGED]
    formulas: dict[tuple[int, int], str] = {}
    for place, cell in _cells(root):
        formula, value = cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
        if formula is not None and (value is None or value.text is None) and cell.find(f"{_MAIN}is") is None:
            formulas[place] = f"={formula.text or ''}"
    return Marks(merged, formulas)


def _cells(root: ElementTree.Element) -> Iterator[tuple[tuple[int, int], ElementTree.Element]]:
    """The cells with their places; rows and cells that do not say where they stand follow the one before."""
    number = 0
    for row in root.iter(f"{_MAIN}row"):
        number = int(row.get("r", number + 1))
        column = 0
        for cell in row.iter(f"{_MAIN}c"):
            column = place_of(cell.get("r", ""))[1] or column + 1
            yield (number, column), cell
