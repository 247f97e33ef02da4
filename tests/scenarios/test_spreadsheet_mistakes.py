"""Mistakes in spreadsheets: tables of the how-to as XLSX, spoilt by a person or by the program, and what is said."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TypeAlias

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from engine.adapters.rule_folder import unpack
from engine.diagnostics import render
from engine.rulebook.load import load
from tests.scenarios.test_how_to import examples

Spoil: TypeAlias = Callable[[openpyxl.Workbook, Worksheet], object]
CHAIRS = "catalog/chairs.xlsx"
ROWS = (
    ("sku", "name", "wood", "stackable", "list.EUR", "list.USD", "cost.EUR", "cost.USD"),
    ("CHAIR-O", "Chair oak", "oak", False, 120, 130, 70, 76),
    ("CHAIR-B", "Chair beech", "beech", True, 95, 103, 55, 60),
)


def saved(book: openpyxl.Workbook) -> bytes:
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def workbook(rows: tuple[tuple[object, ...], ...], options: dict[str, str], spoil: Spoil) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "chairs"
    for row in rows:
        sheet.append(row)
    said = book.create_sheet("table")
    for pair in options.items():
        said.append(pair)
    spoil(book, sheet)
    return saved(book)


def told(files: dict[str, bytes]) -> str:
    found = load(unpack(files)).diagnostics
    return render(found, {}) if found else "nothing is wrong"


def with_chairs(content: bytes, path: str = CHAIRS) -> dict[str, bytes]:
    return {each: text for each, text in examples().items() if each != "catalog/chairs.csv"} | {path: content}


def put(cell: str, value: object, number_format: str = "") -> Spoil:
    def spoil(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet[cell] = value
        if number_format:
            sheet[cell].number_format = number_format

    return spoil


def broken_cell(_: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet["E2"] = "#REF!"
    sheet["E2"].data_type = "e"


def title_above(_: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "Our chairs"


HIDDEN = "findings that may come of this are not shown"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda book, sheet: None, "nothing is wrong"),
        (lambda book, sheet: book.move_sheet("table", -1), "nothing is wrong"),
        (put("E2", 120, "0.00"), "nothing is wrong"),
        (
            put("E2", "=100+20"),
            "chairs.xlsx:E2: TBL007: the formula `=100+20` was saved without its value; open the file in a spreadsheet "
            f"program and save it, or write the value (4 {HIDDEN})",
        ),
        (broken_cell, f"chairs.xlsx:E2: TBL007: the cell holds `#REF!`; replace it by a value (4 {HIDDEN})"),
        (
            lambda book, sheet: sheet.merge_cells("C2:C3"),
            "chairs.xlsx:C2: TBL019: the cells C2:C3 are merged, and only the first of them holds the value; unmerge "
            f"them and fill in each (6 {HIDDEN})",
        ),
        (lambda book, sheet: sheet.merge_cells("K2:K3"), "nothing is wrong"),
        (
            title_above,
            "chairs.xlsx:A1: TBL001: the first row `Our chairs` is no header; remove the row, so that the first row "
            f"names the columns (6 {HIDDEN})",
        ),
        (
            put("I2", "old stock"),
            "chairs.xlsx:A2: TBL002: the row has 9 cells and the header 8; name the column of `old stock` in the "
            f"header, or empty the cell (4 {HIDDEN})",
        ),
        (
            put("E2", 0.15, "0%"),
            "chairs.xlsx:E2: TBL009: warning: the percent cell `0.15` was read as 15; format the cell as a number to "
            "write percents as 15",
        ),
        (put("E2", "120,00"), "chairs.xlsx:E2: FLD004: `120,00` is not a number; write 120.00"),
        (
            put("E2", "120 EUR"),
            "chairs.xlsx:E2: FLD004: `120 EUR` is not a number; write 120: what it is counted in is said elsewhere",
        ),
        (
            put("E2", dt.date(2026, 1, 20)),
            "chairs.xlsx:E2: FLD004: `2026-01-20` is not a number; write digits with a point, no thousands separators",
        ),
        (
            put("D2", "nein"),
            "chairs.xlsx:D2: CAT004: `nein` is neither true nor false; write true or false",
        ),
        (
            put("E1", "Listenpreis"),
            "chairs.xlsx:E1: TBL003: the column `Listenpreis` is not known; known columns are sku, name, family, unit, "
            "tax_code, recognition, fulfilment, discountable, discontinued, wood, stackable, list.EUR, list.USD, "
            "cost.EUR, cost.USD (1 finding that may come of this is not shown)",
        ),
        (
            put("B1", ""),
            f"chairs.xlsx:B1: TBL003: a column has no header; name the column or remove it (6 {HIDDEN})",
        ),
        (
            lambda book, sheet: book.create_sheet("more").append(["CHAIR-X"]),
            "chairs.xlsx:A1: TBL020: note: the sheet `more` is not read: the table stands on the first sheet, `chairs`",
        ),
        (lambda book, sheet: book.create_sheet("empty"), "nothing is wrong"),
        (
            lambda book, sheet: setattr(book["table"], "title", "options"),
            "chairs.xlsx:A1: TBL020: the options on the sheet `options` are not read; call the sheet `table`",
        ),
        (
            lambda book, sheet: book["table"].delete_rows(1),
            "chairs.xlsx:A1: TBL008: the table does not say its category; write `category` and its id as a row of a "
            f"sheet named `table`, or name the file under `tables` (6 {HIDDEN})",
        ),
        (
            lambda book, sheet: book["table"].append(["categry", "chair"]),
            "chairs.xlsx:A2: TBL005: the option `categry` is not known; did you mean `category`?",
        ),
        (
            lambda book, sheet: sheet.delete_rows(2, 2),
            f"chairs.xlsx:A1: TBL017: the table has a header and no rows; add rows, or remove the file (6 {HIDDEN})",
        ),
        (
            lambda book, sheet: sheet.delete_rows(1, 3),
            f"chairs.xlsx:A1: TBL001: the sheet has no header row; add a first row with column names (6 {HIDDEN})",
        ),
    ],
)
def test_an_author_reads_exactly_this(spoil: Spoil, says: str) -> None:
    content = workbook(ROWS, {"category": "chair"}, spoil)
    expected = says if says.startswith("nothing") else f"catalog/{says}"
    assert told(with_chairs(content)) == expected


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"PK\x03\x04 cut off",
            f"TBL021: the file is not a spreadsheet; save it again as XLSX, or as CSV (6 {HIDDEN})",
        ),
        (b"sku,name\n", f"TBL021: the file is not a spreadsheet; save it again as XLSX, or as CSV (6 {HIDDEN})"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "TBL021: the file is protected by a password, or in the older format XLS; save it again as XLSX, or as CSV "
            f"(6 {HIDDEN})",
        ),
    ],
)
def test_a_file_that_is_no_spreadsheet_is_one_finding(content: bytes, says: str) -> None:
    assert told(with_chairs(content)) == f"{CHAIRS}:A1: {says}"


VOLUME = (
    ("line.family", "line.qty", "id", "out: percent_off"),
    ("furniture", "[10..19]", "volume-10", 4),
    ("furniture", ">= 20", "volume-20", 7),
)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda book, sheet: None, "nothing is wrong"),
        (put("D2", "4 %"), "nothing is wrong"),
        (put("B3", 20), "nothing is wrong"),
        (
            put("D2", 0.04, "0%"),
            "D2: TBL009: warning: the percent cell `0.04` was read as 4; format the cell as a number to write percents "
            "as 15",
        ),
        (
            put("D2", 0.04),
            "D2: FLD009: warning: 0.04 percent is very little; percents are written 15, never 0.15; write 4 when 4 "
            "percent is meant",
        ),
        (
            put("B2", dt.date(2026, 10, 19)),
            "B2: FEL123: `2026-10-19` is a date, and the column has numbers; write a range as `[10..19]`; a "
            "spreadsheet makes a date of `10-19`",
        ),
        (
            put("B2", "=A1"),
            "B2: TBL007: the formula `=A1` was saved without its value; open the file in a spreadsheet program and "
            "save it, or write the value",
        ),
        (
            lambda book, sheet: sheet.merge_cells("A2:A3"),
            "A2: TBL019: the cells A2:A3 are merged, and only the first of them holds the value; unmerge them and "
            "fill in each",
        ),
        (
            lambda book, sheet: setattr(book["table"]["B1"], "value", "unique"),
            "B1: TBL010: the hit policy `unique` is not known for discounts; did you mean `UNIQUE`?",
        ),
    ],
)
def test_a_table_of_discounts_is_as_strict(spoil: Spoil, says: str) -> None:
    """An empty cell means any: a merged cell or a formula without value must never be taken for one."""
    files = {each: text for each, text in examples().items() if each != "discounts/volume.csv"}
    files["discounts/2026.yaml"] = files["discounts/2026.yaml"].replace(b"volume.csv", b"volume.xlsx")
    files["discounts/volume.xlsx"] = workbook(VOLUME, {"hit": "UNIQUE"}, spoil)
    assert told(files) == (says if says.startswith("nothing") else f"discounts/volume.xlsx:{says}")
