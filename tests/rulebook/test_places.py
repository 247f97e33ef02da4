"""Every source line of a rule can be pointed at: spoil a line, and some finding stands on that very line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.adapters.rule_folder import read_folder, unpack
from engine.diagnostics import Severity
from engine.rulebook.load import load

RULES = Path(__file__).resolve().parents[2] / "rules" / "saas"
FILES = read_folder(RULES)
_KEY = re.compile(r"^(\s*(?:- )?)(\w+)(:(?:\s.*)?)$")
_FORMULA = """\
discounts:
  - id: a
    when: |-
      quote.channel = "web"
      and line.qty > 1
      and line.family != "work"
    give: >-
      5
      % off unit
"""


def key_lines() -> list[tuple[str, int]]:
    """Every line of the rules that starts with a key the format declares (not one that the author named)."""
    found = []
    for path in ("discounts/terms.yaml", "prices/models.yaml", "approvals/chains.yaml", "terms/terms.yaml"):
        for number, line in enumerate(FILES[path].decode().splitlines(), 1):
            if _KEY.match(line):
                found.append((path, number))
    return found


def lines_told(files: dict[str, bytes], path: str) -> set[int]:
    return {
        line
        for each in load(unpack(files)).diagnostics
        if each.span.path == path and each.severity is Severity.ERROR
        for line in range(each.span.line, max(each.span.line, each.span.end_line) + 1)
    }


@pytest.mark.parametrize(("path", "number"), key_lines())
def test_a_misspelt_key_is_told_on_its_line(path: str, number: int) -> None:
    lines = FILES[path].decode().splitlines()
    lines[number - 1] = _KEY.sub(r"\1\2x\3", lines[number - 1])
    files = {name: content for name, content in FILES.items() if not name.startswith("tests/")}
    assert number in lines_told(files | {path: "\n".join(lines).encode()}, path)


@pytest.mark.parametrize(
    ("number", "column", "old", "new"),
    [
        (4, 13, "quote.channel", "quote.canal"),
        (5, 16, "line.qty", "line.qyt"),
        (6, 16, "line.family", "line.famly"),
    ],
)
def test_each_line_of_a_formula_can_be_pointed_at(number: int, column: int, old: str, new: str) -> None:
    files = {"book.yaml": FILES["book.yaml"], "discounts/a.yaml": _FORMULA.replace(old, new).encode()}
    found = [each.span for each in load(files).diagnostics if each.code == "FEL102"]
    assert [(each.line, each.column) for each in found] == [(number, column)]


def test_every_row_of_a_table_can_be_pointed_at() -> None:
    path = "approvals/policies.csv"
    lines = FILES[path].decode().splitlines()
    for number in range(3, len(lines) + 1):
        cells = lines[number - 1].split(",")
        spoilt = [*lines[: number - 1], ",".join([*cells[:5], "nobody", *cells[6:]]), *lines[number:]]
        assert number in lines_told(FILES | {path: "\n".join(spoilt).encode()}, path), lines[number - 1]
