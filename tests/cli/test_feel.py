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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{"a":', "expecting value at line 1, column 6"),
        ('{"a": 1e99999999999999999999}', "a number has more digits than can be computed with"),
    ],
)
def test_what_is_wrong_with_an_input_is_told_in_plain_words(
    given: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feel", "a", "--input", given]) == 2
    assert capsys.readouterr().err == f"cpq: the input is not a JSON object: {told}\n"


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.json").write_bytes(b"\xff\xfe{")
    assert main(["feel", "a", "--input", f"@{tmp_path / 'in.json'}"]) == 2
    assert capsys.readouterr().err == "cpq: the input is not a JSON object: it is not text in UTF-8\n"


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


def test_half_a_character_is_refused_and_a_pair_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    half = '{"expr": "x", "inputs": {"x": "\\ud83d"}}'
    whole = '{"expr": "string length(x)", "inputs": {"x": "\\ud83d\\udc0e"}}'
    key = '{"expr": "1", "inputs": {"\\ud83d": {"$type": "string", "$text": "\\ud83d"}}}'
    first, second, third = answers([half, whole, key])
    assert "half of a character" in str(first["message"]) and "half of a character" in str(third["message"])
    assert second == {"value": {"$type": "decimal", "$text": "1"}}
    assert main(["feel", "x", "--input", '{"x": "\\ud83d"}']) == 2
    assert "half of a character" in capsys.readouterr().err


def test_a_note_shows_its_place_and_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", '1 + lenght("a")']) == 1
    assert capsys.readouterr().err.splitlines()[:3] == [
        "expression:1:5: note: there is no function `lenght`; did you mean `string length`?",
        '  1 | 1 + lenght("a")',
        "    |     ^^^^^^^^^^^",
    ]
    assert main(["feel", "total + 1", "--input", '{"totals": 1}']) == 1
    assert "there is no variable `total`; did you mean `totals`?" in capsys.readouterr().err


def test_a_line_that_is_no_request_is_told_in_plain_words() -> None:
    for line in ("[1]", '{"inputs": {}}', '{"expr": 5}', '{"expr": "1", "inputs": 3}'):
        (answer,) = answers([line])
        assert answer["message"] == "the line is not a request: `expr` is a text and `inputs` an object"


def test_the_clock_is_read() -> None:
    assert answer_for("now() instance of date and time", {}) == {"value": True}
    assert DateTime
