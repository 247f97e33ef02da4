"""``cpq dmn``: suites and single decisions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.cli.dmn import case_folders, mean_rate, rate
from engine.language.dmn import Failure, FolderResult
from engine.language.dmn.tck import agrees
from engine.language.values import read_date

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="u">
<inputData id="_n" name="the day"><variable name="the day" typeRef="date"/></inputData>
<decision id="_d" name="next"><variable name="next"/>
<informationRequirement><requiredInput href="#_n"/></informationRequirement>
<literalExpression><text>{day: the day + duration("P1D"), n: 1/4}</text></literalExpression></decision>
<decision id="_j" name="java"><variable name="java"/><functionDefinition kind="Java"/></decision></definitions>"""

TESTS = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<modelName>m.dmn</modelName>
<testCase id="1"><inputNode name="the day"><value xsi:type="xsd:date">2026-02-28</value></inputNode>
<resultNode name="next"><expected><component name="day"><value xsi:type="xsd:date">2026-03-01</value></component>
<component name="n"><value xsi:type="xsd:double">0.2500000001</value></component></expected></resultNode></testCase>
<testCase id="2"><resultNode name="java" errorResult="true">
<expected><value xsi:nil="true"/></expected></resultNode></testCase>
<testCase id="3"><resultNode name="java">
<expected><list><item><value>x</value></item></list></expected></resultNode></testCase>
</testCases>"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "compliance-level-3" / "0001-days"
    folder.mkdir(parents=True)
    (folder / "m.dmn").write_text(MODEL, encoding="utf-8")
    (folder / "m-test-01.xml").write_text(TESTS, encoding="utf-8")
    (tmp_path / "testCases.xsd").write_text("<schema/>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("below", ["", "compliance-level-3", "compliance-level-3/0001-days"])
def test_a_suite_is_run_from_any_of_its_folders(suite: Path, below: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmn", "test", str(suite / below), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    found = report["folders"]["0001-days"]
    assert (found["passed"], found["total"], report["passed"], report["total"]) == (2, 3, 2, 3)
    assert report["rate"] == report["mean_folder_rate"] == "0.6667"
    assert found["failures"] == [
        {"case": "3", "result": "java", "expected": '["x"]', "actual": "null",
         "reason": "functions of other languages are not supported"},
    ]  # fmt: skip


def test_the_report_is_readable(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmn", "test", str(suite)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0001-days     2 of    3"
    assert lines[1].startswith('    3 java: expected ["x"], got null')
    assert lines[-1] == "2 of 3 cases, 66.67%; mean of the folders 66.67%"


def test_a_folder_without_cases_is_misuse(tmp_path: Path) -> None:
    assert main(["dmn", "test", str(tmp_path)]) == 2


def test_files_that_cannot_be_read_are_failing_cases(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = suite / "compliance-level-3" / "0001-days"
    (folder / "broken.xml").write_text("<testCases>", encoding="utf-8")
    (folder / "other.xml").write_text("<nothing", encoding="utf-8")
    (folder / "n-test-01.xml").write_text(TESTS.replace("m.dmn", "n.dmn"), encoding="utf-8")
    assert main(["dmn", "test", str(suite)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0001-days     2 of    7"
    assert "    broken.xml: broken.xml:1:12: DMN001: this is not well-formed XML" in lines
    assert "    1 next: there is no model `n.dmn`" in lines


def test_a_note_names_the_decision_and_its_text(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = suite / "compliance-level-3" / "0001-days" / "m.dmn"
    path.write_text(MODEL.replace("n: 1/4}", "n: 1/}"), encoding="utf-8")
    assert main(["dmn", "eval", str(path), "--decision", "next", "--input", '{"the day": "2026-12-31"}']) == 1
    assert (
        "note: `next`: something is missing between `/` and `}` in `{day: the day + duration("
        in capsys.readouterr().err
    )


def test_folders_of_one_name_are_told_apart(suite: Path) -> None:
    other = suite / "compliance-level-2" / "0001-days"
    other.mkdir(parents=True)
    (other / "t.xml").write_text(TESTS, encoding="utf-8")
    assert set(case_folders(suite)) == {"compliance-level-2/0001-days", "compliance-level-3/0001-days"}


def test_a_decision_is_evaluated(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(suite / "compliance-level-3" / "0001-days" / "m.dmn")
    assert main(["dmn", "eval", model, "--decision", "next", "--input", '{"the day": "2026-12-31"}']) == 0
    assert capsys.readouterr().out == '{"day": "2027-01-01", "n": 0.25}\n'
    assert main(["dmn", "eval", model, "--decision", "next"]) == 0
    assert "note: the input `the day` is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--decision", "nxt"], 1),
        (["--decision", "next", "--input", "["], 2),
        (["--decision", "next", "--input", '{"the day": "x"}'], 2),
    ],
)
def test_what_is_wrong_is_told(suite: Path, arguments: list[str], code: int) -> None:
    assert main(["dmn", "eval", str(suite / "compliance-level-3" / "0001-days" / "m.dmn"), *arguments]) == code


def test_rates() -> None:
    failure = Failure("1", "d", "1", "2")
    results = {"a": FolderResult(1, 2, (failure,)), "b": FolderResult(3, 3, ())}
    assert str(rate(4, 5)) == "0.8000"
    assert str(mean_rate(results)) == "0.7500"


def test_results_agree_within_the_tolerance() -> None:
    day = read_date("2026-01-01")
    assert agrees(({"a": day},), ({"a": day},))
    assert not agrees(day, None)
    assert agrees(None, None)
