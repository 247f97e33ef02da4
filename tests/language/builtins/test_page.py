"""The reference page of the built-ins: every example is run, every function and parameter is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.language.builtins import FUNCTIONS
from engine.language.evaluate import evaluate
from engine.language.parse import parse_expression
from engine.language.values import read_date_time
from engine.language.values.relation import equal

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "built-in-functions.md"
ROW = re.compile(r"\| (.*?) ?\| `(.+?)` \| `(.+?)` \|")
MOMENT = read_date_time("2026-11-23T12:00:00Z")
EXAMPLES = [found.groups() for line in PAGE.read_text(encoding="utf-8").splitlines() if (found := ROW.fullmatch(line))]


def value(text: str) -> object:
    return evaluate(parse_expression(text), {}, moment=MOMENT)


@pytest.mark.parametrize(("call", "result"), [each[1:] for each in EXAMPLES])
def test_an_example_gives_its_value(call: str, result: str) -> None:
    expected, found = value(result), value(call)
    assert equal(found, expected) is True, (found, expected)
    assert (found is None) == (result == "null")


def test_every_function_has_its_example_and_no_other_is_named() -> None:
    named = {name for first, _, _ in EXAMPLES for name in re.findall(r"`([a-z ]+)\(", first)}
    assert named == set(FUNCTIONS)
    shown = {
        name for _, call, _ in EXAMPLES for name in FUNCTIONS if call.startswith(f"{name}(") or f"({name}(" in call
    }
    assert shown == set(FUNCTIONS)


def test_what_rule_books_may_not_use_is_marked() -> None:
    marked = {name for first, _, _ in EXAMPLES if "°" in first for name in re.findall(r"`([a-z ]+)\(", first)}
    assert marked == {name for name, builtin in FUNCTIONS.items() if not builtin.strict}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"is", "now", "today"}))
@pytest.mark.parametrize("count", range(5))
def test_null_gives_null(name: str, count: int) -> None:
    assert value(f"{name}({', '.join(['null'] * count)})") is None


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_values_of_any_kind_never_break_a_function(name: str) -> None:
    kinds = ['"a"', "1", "true", "[]", "[1, 2]", "{a: 1}", '@"2026-01-01"', '@"P1D"', '@"P1M"', "[1..2]", '@"10:00:00"']
    for one in kinds:
        value(f"{name}({one})")
        for other in kinds:
            value(f"{name}({one}, {other})")
            value(f"{name}({one}, {other}, {one})")
