"""``cpq rules`` as an author meets it: what is printed, and the exit codes 0 clean, 1 findings, 2 misuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.command import main


def run(*arguments: str) -> int:
    return main(["rules", *arguments])


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run("new", str(tmp_path / "shop"), "--title", "Shop") == 0
    assert "cpq rules test" in capsys.readouterr().out
    return tmp_path / "shop"


def test_a_new_book_is_clean_and_tested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(folder)) == 0
    assert capsys.readouterr().out.startswith("shop: 2 products, 0 constraints, 1 discount rule, 2 tests; 0 warnings;")
    assert run("test", str(folder), "--coverage") == 0
    assert capsys.readouterr().out == (
        "2 of 2 tests hold\nevery discount, constraint and approval row is seen at work by a test\n"
    )
    assert run("fmt", str(folder), "--check") == 0
    assert capsys.readouterr().out == "nothing to change\n"
    assert (folder / "schema" / "discounts.schema.json").is_file()


def test_new_does_not_overwrite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", str(folder)) == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_fault_is_shown_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "discounts" / "rules.yaml"
    path.write_text(path.read_text().replace("line.qty", "line.qyt"))
    assert run("check", str(folder)) == 1
    assert capsys.readouterr().out == (
        "discounts/rules.yaml:4:39: FEL102: `line` has no attribute `qyt`; did you mean `qty`?\n"
        '  4 |     when: line.sku = "CHAIR" and line.qyt >= 10\n'
        "    |                                       ^^^\n"
        "1 error, 0 warnings\n"
    )
    assert run("test", str(folder)) == 1


def test_findings_in_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tests" / "chairs.yaml").write_text(
        "tests:\n  - name: wrong\n    given: {date: 2026-03-01, lines: [{sku: CHAIR}]}\n    expect: {total_net: 1}\n"
    )
    assert run("test", str(folder), "--json", "--coverage") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["tests"] == [{"name": "wrong", "holds": False}]
    assert told["untested"] == ["ten-chairs", "approvals/discount.csv:3"]
    assert (told["findings"][0]["code"], told["findings"][0]["line"]) == ("TST501", 4)
    assert run("check", str(folder), "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_fmt_changes_files_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "discounts" / "rules.yaml"
    path.write_text(path.read_text().replace("give:", "give:    "))
    assert run("fmt", str(folder), "--check") == 1
    assert run("fmt", str(folder)) == 0
    assert "changed: discounts/rules.yaml" in capsys.readouterr().out
    assert run("fmt", str(folder), "--check") == 0


@pytest.mark.parametrize(("code", "exit_code"), [("PRC204", 0), ("fel102", 0), ("PRC999", 2)])
def test_codes_are_explained(code: str, exit_code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", code) == exit_code
    told = capsys.readouterr()
    assert (told.out.startswith(f"code: {code.upper()}")) is (exit_code == 0)


def test_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "discounts") == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("Groups")
    assert run("schema", "discount") == 2
    assert "did you mean `discounts`?" in capsys.readouterr().err
    assert run("schema", "--out", str(tmp_path / "s")) == 0
    assert len(list((tmp_path / "s").iterdir())) == 9


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("check", "test", "fmt"):
        assert run(verb, str(tmp_path / "none")) == 2
        assert "is not a folder" in capsys.readouterr().err


def test_an_analysis_says_why_an_option_is_dead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.fakes.rules import SMALL

    for path, content in SMALL.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    rule = b"  - id: no-b\n    exclude: cpu.sku = \"CPU-B\"\n    say: 'sold out'\n"
    (tmp_path / "constraints/box.yaml").write_bytes(SMALL["constraints/box.yaml"] + rule)
    assert run("analyse", str(tmp_path)) == 0
    shown = capsys.readouterr().out
    assert "BOX: 1 valid configuration\n" in shown
    assert "  dead: `CPU-B` in `cpu`: `no-b` (constraints/box.yaml:6)" in shown
    assert "  always: `CPU-A` in `cpu`: `no-b` (constraints/box.yaml:6)" in shown
    assert run("analyse", str(tmp_path), "--product", "BOX", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["satisfiable"] and {each["skus"][0] for each in found["dead"]} == {"CPU-B", "BRD-2"}
    assert found["never_binding"] == [] and found["unfinished"] == []
    assert found["count"] == "1" and found["count_at_least"] is None
    assert run("analyse", str(tmp_path), "--product", "BAX") == 2
    assert "did you mean `BOX`" in capsys.readouterr().err


def test_what_cannot_be_laid_out_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "discounts" / "rules.yaml"
    path.write_text(path.read_text().replace("say: ", 'say: "', 1))
    before = path.read_bytes()
    (folder / "discounts" / "more.csv").write_text("a;b\n1;2\n")
    assert run("fmt", str(folder)) == 1
    shown = capsys.readouterr().out
    assert "discounts/rules.yaml:6:10: YML001: the file is not well-formed YAML: a quote is not closed" in shown
    assert "discounts/more.csv:1:1: TBL018: the cells are parted by `;`, not by commas" in shown
    assert shown.endswith("nothing to change\n") and path.read_bytes() == before
    assert run("fmt", str(folder), "--check", "--json") == 1
    assert [each["code"] for each in json.loads(capsys.readouterr().out)["findings"]] == ["TBL018", "YML001"]
