"""Tables into files that finance opens elsewhere: names come from anybody, and no amount loses a digit."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from engine.cli.export import export

HOSTILE = ('=HYPERLINK("http://a.example")', "+1", "-1+cmd", "@SUM(A1)", "\t=1", "#N/A")


def sheet(path: Path) -> list[list[object]]:
    return [[each.value for each in row] for row in openpyxl.load_workbook(path).active.rows]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_is_never_a_formula(tmp_path: Path, name: str) -> None:
    rows = [[name, Decimal("-12.50"), -3]]
    export(tmp_path / "a.xlsx", ["sku", "amount", "rows"], rows)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert (cell.data_type, cell.value) == ("s", name)
    export(tmp_path / "a.csv", ["sku", "amount", "rows"], rows)
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        _, (text, *numbers) = csv.reader(file)
    assert text == (name if name == "#N/A" else f"'{name}")
    assert numbers == ["-12.50", "-3"], "numbers stay numbers"


def test_a_workbook_takes_any_text_and_any_file_name(tmp_path: Path) -> None:
    path = tmp_path / "books [2026]: all's.xlsx"
    assert export(path, ["note"], [["bell\x07"], ["x" * 40_000], ["Müller & Söhne 株"]]) == 3
    _, *rows = sheet(path)
    assert [len(row[0]) for row in rows[:2]] == [5, 32_767]  # type: ignore[arg-type]
    assert rows[0] == ["bell\N{REPLACEMENT CHARACTER}"]
    assert rows[2] == ["Müller & Söhne 株"]


def test_amounts_keep_all_their_digits(tmp_path: Path) -> None:
    amount = Decimal("12345678901.23")
    export(tmp_path / "a.xlsx", ["amount"], [[amount]])
    assert Decimal(str(sheet(tmp_path / "a.xlsx")[1][0])) == amount
    export(tmp_path / "a.csv", ["amount"], [[Decimal("1E+2")], [Decimal("0.000000123")]])
    assert (tmp_path / "a.csv").read_text() == "amount\n100\n0.000000123\n"


def test_amounts_are_shown_with_their_decimals_under_heads_that_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export(
        path,
        ["account", "debit", "rows", "rate"],
        [["cash", Decimal("1640.40"), 3, Decimal("0.1667")], ["", None, 0, None]],
    )
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    assert [each.number_format for each in sheet[2]] == ["General", "#,##0.00", "General", "#,##0.0000"]
    assert [each.data_type for each in sheet[3]] == ["n", "n", "n", "n"], "an empty cell is empty"
