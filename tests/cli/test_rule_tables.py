"""``cpq rules import`` and ``cpq rules export``: what is written, what is said, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from engine.cli import main

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="u">
<inputData id="_n" name="Order Size"><variable name="Order Size" typeRef="number"/></inputData>
<decision id="_d" name="Rebate"><variable name="Rebate" typeRef="number"/>
<informationRequirement><requiredInput href="#_n"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression><text>Order Size</text></inputExpression></input><output/>
<rule><inputEntry><text>&gt;= 10</text></inputEntry><outputEntry><text>5</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry></rule></decisionTable></decision>
<decision id="_l" name="Twice"><variable name="Twice"/><literalExpression><text>2</text></literalExpression></decision>
</definitions>"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "rebates.dmn"
    path.write_text(MODEL, encoding="utf-8")
    return path


def test_tables_go_into_a_rule_book_and_back(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "shop"
    assert main(["rules", "new", str(book), "--title", "Shop"]) == 0
    capsys.readouterr()
    assert main(["rules", "import", str(model), "--into", str(book)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Rebate: 2 rows, hit=FIRST, {book / 'tables' / 'Rebate.csv'}",
        "not carried: decision `Twice`: it is a literal expression, not a decision table",
        "1 table carried, 1 thing left out",
    ]
    assert (book / "tables" / "Rebate.csv").read_text() == (
        "# Rebate ; hit=FIRST\norder_size,out: Rebate\n>= 10,5\n-,0\n"
    )
    assert main(["rules", "check", str(book)]) == 0
    assert main(["rules", "fmt", "--check", str(book)]) == 0
    capsys.readouterr()
    written = tmp_path / "back.dmn"
    assert main(["rules", "export", str(book / "tables" / "Rebate.csv"), "--dmn", "--out", str(written)]) == 0
    assert capsys.readouterr().out == f"wrote Rebate to {written}\n"
    assert main(["dmn", "eval", str(written), "--decision", "Rebate", "--input", '{"order_size": 12}']) == 0
    assert capsys.readouterr().out == "5\n"
    assert main(["rules", "import", str(written), "--into", str(tmp_path / "again"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == {
        "files": ["tables/Rebate.csv", "tables/back.yaml"],
        "tables": [{"id": "Rebate", "title": "", "hit": "FIRST", "rows": 2}],
        "left_out": [],
        "warnings": [],
    }
    for name, other in (("Rebate.csv", "Rebate.csv"), ("rebates.yaml", "back.yaml")):
        assert (book / "tables" / name).read_text() == (tmp_path / "again" / "tables" / other).read_text()


def test_an_export_is_printed_without_a_file(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "import", str(model), "--into", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["rules", "export", str(tmp_path / "tables" / "Rebate.csv"), "--dmn"]) == 0
    assert capsys.readouterr().out.startswith("<?xml version='1.0' encoding='utf-8'?>\n<definitions ")


def test_nothing_is_overwritten_unasked(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["rules", "import", str(model), "--into", str(tmp_path)]
    assert main(arguments) == 0
    assert main(arguments) == 2
    assert "tables/Rebate.csv, tables/rebates.yaml exist already; say --replace" in capsys.readouterr().err
    assert main([*arguments, "--replace"]) == 0


def test_a_table_that_is_lost_is_a_finding(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model.write_text(MODEL.replace("<text>5</text>", "<text>f(5)</text>"), encoding="utf-8")
    assert main(["rules", "import", str(model), "--into", str(tmp_path)]) == 1
    assert "not carried: decision `Rebate`: it calls `f`, which is no built-in function" in capsys.readouterr().out
    assert not (tmp_path / "tables").exists()


def test_what_cannot_be_exported_is_told(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(name: str) -> tuple[int, str]:
        code = main(["rules", "export", str(tmp_path / name), "--dmn"])
        return code, capsys.readouterr().err

    assert main(["rules", "import", str(model), "--into", str(tmp_path)]) == 0
    capsys.readouterr()
    (tmp_path / "stray.csv").write_text("a,out: b\n")
    (tmp_path / "tables" / "Rebat.csv").write_text("a,out: b\n")
    assert said("tables/none.csv") == (2, f"cpq: `{tmp_path}/tables/none.csv` is no file\n")
    code, text = said("stray.csv")
    assert code == 2 and "is not in the folder `tables` of a rule book" in text
    code, text = said("tables/Rebat.csv")
    assert code == 1 and "no record in `tables/` names `tables/Rebat.csv`; did you mean `tables/Rebate.csv`?" in text
    rows = tmp_path / "tables" / "Rebate.csv"
    rows.write_text(rows.read_text().replace(">= 10", ">= ten"))
    code, text = said("tables/Rebate.csv")
    assert code == 1 and "tables/Rebate.csv:3:4: FEL101: unknown name `ten`" in text


SIZE = {
    "size.yaml": "tables:\n  - id: size_percent\n    title: What large orders get\n    file: size.csv\n    inputs:\n"
    "      qty: {type: number, allowed: '[1..100000]'}\n      family: {type: text}\n"
    "    outputs:\n      percent: {type: percent}\n",
    "size.csv": "# Size ; hit=FIRST\nqty,family,out: percent,note\n>= 50,furniture,3,agreed\n>= 50,-,2,\n-,-,0,\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    book = tmp_path / "shop"
    assert main(["rules", "new", str(book), "--title", "Shop"]) == 0
    (book / "tables").mkdir(exist_ok=True)
    for name, text in SIZE.items():
        (book / "tables" / name).write_text(text)
    return book


def test_a_table_comes_back_into_the_files_that_hold_it(shop: Path, tmp_path: Path) -> None:
    written = tmp_path / "sent_out.dmn"
    assert main(["rules", "check", str(shop)]) == 0
    assert main(["rules", "export", str(shop / "tables" / "size.csv"), "--dmn", "--out", str(written)]) == 0
    changed = written.read_text().replace("<text>3</text>", "<text>4</text>")
    written.write_text(changed)
    assert main(["rules", "import", str(written), "--into", str(shop)]) == 2, "the files are there"
    assert main(["rules", "import", str(written), "--into", str(shop), "--replace"]) == 0
    assert {each.name for each in (shop / "tables").iterdir()} >= {"size.yaml", "size.csv"}
    assert not (shop / "tables" / "size_percent.csv").exists() and not (shop / "tables" / "sent_out.yaml").exists()
    rows = [each.split(",")[:3] for each in (shop / "tables" / "size.csv").read_text().splitlines()[2:]]
    assert rows == [[">= 50", "furniture", "4"], [">= 50", "-", "2"], ["-", "-", "0"]]
    assert main(["rules", "check", str(shop)]) == 0, "nothing strays, no id twice"


def test_a_table_that_shares_its_record_is_not_torn_from_it(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "size.dmn"
    assert main(["rules", "export", str(shop / "tables" / "size.csv"), "--dmn", "--out", str(written)]) == 0
    record = shop / "tables" / "size.yaml"
    more = SIZE["size.yaml"].replace("tables:\n", "").replace("size_percent", "other").replace("size.csv", "other.csv")
    record.write_text(SIZE["size.yaml"] + more)
    (shop / "tables" / "other.csv").write_text(SIZE["size.csv"])
    before = {each.name: each.read_text() for each in (shop / "tables").iterdir()}
    capsys.readouterr()
    assert main(["rules", "import", str(written), "--into", str(shop), "--replace"]) == 2
    assert "`size_percent` already in tables/size.yaml beside `other`" in capsys.readouterr().err
    assert {each.name: each.read_text() for each in (shop / "tables").iterdir()} == before


def test_the_rows_of_another_table_are_never_written_over(
    shop: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.write_text(MODEL.replace('"Rebate"', '"size"'), encoding="utf-8")
    capsys.readouterr()
    assert main(["rules", "import", str(model), "--into", str(shop), "--replace"]) == 2
    assert (
        "tables/size.csv holds the rows of `size_percent`, and `size` would take its place" in capsys.readouterr().err
    )
    assert (shop / "tables" / "size.csv").read_text() == SIZE["size.csv"]


def test_rows_of_a_spreadsheet_are_not_doubled_by_a_csv(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "size.dmn"
    assert main(["rules", "export", str(shop / "tables" / "size.csv"), "--dmn", "--out", str(written)]) == 0
    book = Workbook()
    book.create_sheet("table").append(["hit", "FIRST"])
    book.active.append(["qty", "family", "out: percent"])
    book.active.append(["-", "-", 0])
    book.save(shop / "tables" / "size.xlsx")
    (shop / "tables" / "size.csv").unlink()
    (shop / "tables" / "size.yaml").write_text(SIZE["size.yaml"].replace("size.csv", "size.xlsx"))
    capsys.readouterr()
    assert main(["rules", "import", str(written), "--into", str(shop), "--replace"]) == 2
    assert "the rows of `size_percent` are in tables/size.xlsx" in capsys.readouterr().err
