"""``cpq feel``: one expression, and JSON lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from engine.cli import main
from engine.cli.feel import answer_for, answers, names_in, read_input
from engine.language.values import DateTime


def test_a_value_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "1/4 + x", "--input", '{"x": 1.10}']) == 0
    assert capsys.readouterr().out == "1.35\n"


def test_a_null_from_an_error_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", '1 + date("2026-02-30")']) == 1
    shown = capsys.readouterr()
    assert shown.out == "null\n"
    assert "expression:1:5: note: `date`: there is no day 2026-2-30" in shown.err


def test_a_syntax_error_is_shown_with_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "1 + * 2"]) == 1
    assert capsys.readouterr().err.splitlines()[-2:] == ["  1 | 1 + * 2", "    |     ^"]


def test_json_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", '@"P1D"', "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"value": {"$type": "duration", "$text": "P1D"}}


@pytest.mark.parametrize("given", ["[1]", "{", '{"x": NaN}', '{"x": {"$type": "hue", "$text": "red"}}', "[" * 5000])
def test_a_wrong_input_is_misuse(given: str) -> None:
    assert main(["feel", "1", "--input", given]) == 2


def test_an_expression_is_needed() -> None:
    assert main(["feel"]) == 2


def test_input_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"a b": [1]}', encoding="utf-8")
    assert names_in(read_input(f"@{tmp_path / 'in.json'}")) == {"a b"}


def test_lines_are_answered_in_turn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"expr": "a b + 1", "inputs": {"a b": {"$type": "decimal", "$text": "2"}}},
        {"expr": "1 +"},
        {"expr": '[1, null, @"2026-01-01", {x: true}]'},
        {"expr": "not_there"},
        {"inputs": {}},
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\n".join(json.dumps(each) for each in lines)))
    assert main(["feel", "--jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[0] == {"value": {"$type": "decimal", "$text": "3"}}
    assert [each.get("error") for each in found] == [None, True, None, True, True]
    one = {"$type": "decimal", "$text": "1"}
    assert found[2] == {"value": [one, None, {"$type": "date", "$text": "2026-01-01"}, {"x": True}]}


def test_noise_is_answered_with_an_error() -> None:
    assert all(each["error"] for each in answers(["{", "[]", '"x"', '{"expr": 1}', '{"expr": "1", "inputs": []}']))


def test_the_clock_is_read() -> None:
    assert answer_for("now() instance of date and time", {}) == {"value": True}
    assert DateTime
