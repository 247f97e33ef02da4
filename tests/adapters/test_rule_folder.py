"""Rule folders into memory, within bounds (rule_folder, spreadsheet and part_catalog of engine.adapters)."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine.adapters import rule_folder
from engine.adapters import spreadsheet as unpacking
from engine.adapters.part_catalog import PART_FILES, on_parts
from engine.adapters.rule_folder import read_content, read_folder, unpack
from engine.adapters.spreadsheet import read_workbook
from engine.adapters.unreadable import FolderError, SpreadsheetError
from engine.rulebook.workbook import CellKind, Workbook


def spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "prices"
    sheet.append(["line.sku", "out: list_price", "share", "since", "on"])
    sheet.append(["A", 80.91, 0.15, dt.date(2026, 3, 1), True])
    sheet["C2"].number_format = "0%"
    options = book.create_sheet("table")
    options.append(["currency", "EUR"])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_only_rule_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("book.yaml", "catalog/a.csv", ".git/config.yaml", "catalog/.hidden.csv", "catalog/x.exe"):
        (tmp_path / name).write_text("x")
    (tmp_path / "catalog/~$open.xlsx").write_text("what a program keeps beside an open file")
    assert sorted(read_folder(tmp_path)) == ["book.yaml", "catalog/a.csv"]


def test_tables_of_other_formats_are_brought_along_to_be_told(tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_text("x")
    assert sorted(read_folder(tmp_path)) == ["old.xls"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="is not a folder"):
        read_folder(tmp_path / "none")


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules would be missing without a word."""
    (tmp_path / "discounts").mkdir()
    look = os.scandir

    def locked(path: str) -> object:
        if str(path).endswith("discounts"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(PermissionError, match="discounts"):
        read_folder(tmp_path)


def test_a_link_to_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "book" / "discounts").symlink_to(tmp_path / "shared")
    with pytest.raises(FolderError, match="`discounts` is a link to a folder"):
        read_folder(tmp_path / "book")


@pytest.mark.parametrize("target", ["gone.csv", "prices.csv"])
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, target: str) -> None:
    """Nothing is there, or the link itself is: its rows would be missing without a word."""
    (tmp_path / "prices.csv").symlink_to(target)
    with pytest.raises(FolderError, match=r"`prices\.csv` is a link to what is not there"):
        read_folder(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("x")
    inside = tmp_path / "book"
    inside.mkdir()
    (inside / "a.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(FolderError, match="leads out of the folder"):
        read_folder(inside)


@pytest.mark.parametrize("path", ["../a.yaml", "/etc/passwd", "a/../../b.yaml", "", "a\\b.yaml", "a\0b.yaml"])
def test_a_path_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(FolderError, match="not a path inside"):
        read_content(path, b"x")


def test_a_spreadsheet_keeps_kinds() -> None:
    book = unpack({"p.xlsx": spreadsheet(), "a.yaml": b"x"})["p.xlsx"]
    assert isinstance(book, Workbook)
    assert [each.name for each in book.sheets] == ["prices", "table"]
    cells = book.sheets[0].rows[1]
    assert [(each.text, each.kind) for each in cells] == [
        ("A", CellKind.TEXT),
        ("80.91", CellKind.NUMBER),
        ("0.15", CellKind.PERCENT),
        ("2026-03-01", CellKind.DATE),
        ("true", CellKind.BOOLEAN),
    ]


def test_a_file_that_is_no_spreadsheet_is_refused() -> None:
    with pytest.raises(SpreadsheetError, match="the file is not a spreadsheet"):
        read_content("p.xlsx", b"PK nothing")
    with pytest.raises(SpreadsheetError, match="protected by a password, or in the older format XLS"):
        read_content("p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@pytest.mark.parametrize(("old", "new"), [(b"<fill>", b"<fill><gradientFill q='1'/>"), (b"</fill>", b"")])
def test_a_spreadsheet_with_a_broken_part_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(SpreadsheetError, match="the file is not a spreadsheet"):
        read_workbook(altered(spreadsheet(), "xl/styles.xml", old, new))


def altered(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A spreadsheet with something in one of its parts replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            here = source.read(name)
            assert name != part or old in here
            target.writestr(name, here.replace(old, new) if name == part else here)
    return packed.getvalue()


def test_one_bad_spreadsheet_hides_nothing_of_the_others() -> None:
    found = unpack({"a.xlsx": b"PK nothing", "b.xlsx": spreadsheet()})
    bad, good = found["a.xlsx"], found["b.xlsx"]
    assert isinstance(bad, Workbook) and bad.fault == "the file is not a spreadsheet" and not bad.sheets
    assert isinstance(good, Workbook) and not good.fault and len(good.sheets) == 2


def test_merged_cells_and_formulas_without_value_are_remembered() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b", "c"])
    sheet.append(["x", "=1+1", 3])
    sheet.merge_cells("A2:A3")
    packed = io.BytesIO()
    book.save(packed)
    (found,) = read_workbook(packed.getvalue()).sheets
    assert found.merged == ("A2:A3",)
    assert [(each.text, each.kind) for each in found.rows[1]] == [
        ("x", CellKind.TEXT),
        ("=1+1", CellKind.FORMULA),
        ("3", CellKind.NUMBER),
    ]


def test_cells_that_do_not_say_where_they_stand_follow_the_one_before() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["x", "=1+1", 3])
    packed = io.BytesIO()
    book.save(packed)
    (found,) = read_workbook(altered(packed.getvalue(), "xl/worksheets/sheet1.xml", b' r="B1"', b"")).sheets
    assert [each.text for each in found.rows[0]] == ["x", "=1+1", "3"]


def test_a_packed_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big.xml", b"0" * 3_000_000)
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(FolderError, match="unpacks to 3000000 bytes"):
        read_content("p.xlsx", packed.getvalue())


def test_sizes_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_folder, "MOST_BYTES", 10)
    monkeypatch.setattr(rule_folder, "MOST_FILES", 2)
    (tmp_path / "a.yaml").write_text("x" * 11)
    with pytest.raises(FolderError, match="has 11 bytes"):
        read_folder(tmp_path)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text("x")
    with pytest.raises(FolderError, match="more than 2 files"):
        read_folder(tmp_path)


def test_a_parts_list_takes_the_place_of_the_own_products(tmp_path: Path) -> None:
    for name in PART_FILES[:-1]:
        (tmp_path / name).write_text("id,sku,name\n")
    own = {"book.yaml": b"b", "catalog/cpu.csv": b"own", "catalog/types.yaml": b"t", "tests/a.yaml": b"t"}
    with pytest.raises(FolderError, match=r"has no storage\.csv"):
        on_parts(own, tmp_path)
    (tmp_path / "storage.csv").write_text("id,sku,name\n")
    found = on_parts(own, tmp_path)
    assert found["catalog/cpu.csv"] == b"id,sku,name\n" and found["catalog/types.yaml"] == b"t"
    assert "tests/a.yaml" not in found and "catalog/parts.yaml" in found


def sheets(book: openpyxl.Workbook, **replaced: str) -> bytes:
    """A file of a workbook, with texts of its first sheet replaced by others."""
    packed = io.BytesIO()
    book.save(packed)
    if not replaced:
        return packed.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name.endswith("sheet1.xml"):
                assert replaced["old"] in content
                content = content.replace(replaced["old"], replaced["new"])
            target.writestr(name, content)
    return changed.getvalue()


def a_book() -> tuple[openpyxl.Workbook, Any]:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["sku", "price"], ["A", 1], ["B", 2]):
        book.active.append(row)
    return book, book.active


def test_a_size_that_is_stated_wrongly_hides_no_rows() -> None:
    """Programs write it wrongly often enough: what lies beyond it is there all the same."""
    book, _ = a_book()
    read = read_workbook(sheets(book, old='<dimension ref="A1:B3"', new='<dimension ref="A1"'))
    assert [[cell.text for cell in row] for row in read.sheets[0].rows] == [["sku", "price"], ["A", "1"], ["B", "2"]]
    huge = read_workbook(sheets(book, old='<dimension ref="A1:B3"', new='<dimension ref="A1:XFD1048576"'))
    assert huge.sheets[0].rows == read.sheets[0].rows


def test_a_sheet_formatted_to_its_end_is_as_long_as_what_it_says() -> None:
    book, sheet = a_book()
    sheet["A1048576"].number_format = "0.00"
    assert len(read_workbook(sheets(book)).sheets[0].rows) == 3
    sheet["A1048576"].value = 1
    with pytest.raises(SpreadsheetError, match="more than 200000 rows"):
        read_workbook(sheets(book))


def test_a_cell_too_far_to_the_right_is_named() -> None:
    book, sheet = a_book()
    sheet.cell(row=3, column=unpacking.MOST_COLUMNS + 1).number_format = "0.00"
    assert len(read_workbook(sheets(book)).sheets[0].rows) == 3
    sheet.cell(row=3, column=unpacking.MOST_COLUMNS + 1).value = "lost"
    with pytest.raises(SpreadsheetError, match="row 3 has more than 200 columns"):
        read_workbook(sheets(book))


def test_cells_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_CELLS", 5)
    with pytest.raises(SpreadsheetError, match="more than 5 cells"):
        read_workbook(sheets(a_book()[0]))


def test_the_time_of_a_day_is_not_dropped() -> None:
    book, sheet = a_book()
    sheet["B2"].value, sheet["B3"].value = (
        dt.datetime.fromisoformat(f"2026-03-01T{each}") for each in ("23:59", "00:00")
    )
    rows = read_workbook(sheets(book)).sheets[0].rows
    assert [row[1].text for row in rows[1:]] == ["2026-03-01T23:59:00", "2026-03-01"]


def test_a_hidden_sheet_is_marked() -> None:
    book, _ = a_book()
    book.create_sheet("old", 0).sheet_state = "hidden"
    book.active = 1
    assert [(each.name, each.hidden) for each in read_workbook(sheets(book)).sheets] == [
        ("old", True),
        ("Sheet", False),
    ]
