"""Every line of a rule can be pointed at: a slip on any of them is found on that very line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.rulebook.load import load

RULES = Path(__file__).resolve().parents[2] / "rules"
FOLDERS = ("constraints", "discounts", "approvals", "prices", "terms")
PATH = re.compile(r"(?<![\w.\"'/-])((?:line|quote|customer|[a-z]{2,9})\.[a-z_]{2,})(?![\w.(/])")
FILE_NAME = re.compile(r"\.(csv|yaml|json)\b")


def files(book: str) -> dict[str, bytes]:
    root = RULES / book
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in root.rglob("*") if each.is_file()}


def slipped(path: str, text: str) -> tuple[str, set[tuple[str, int]]]:
    """The text with the last attribute of every line misspelt, and the lines that were changed."""
    lines, changed = text.split("\n"), set()
    for at, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            continue
        found = [each for each in PATH.finditer(line) if not FILE_NAME.search(each[1])]
        if found:
            lines[at] = f"{line[: found[-1].end()]}zz{line[found[-1].end() :]}"
            changed.add((path, at + 1))
    return "\n".join(lines), changed


@pytest.mark.parametrize("book", ["workstation", "saas"])
def test_a_slip_on_any_line_of_a_rule_is_found_there(book: str) -> None:
    changed: set[tuple[str, int]] = set()
    content = files(book)
    for path, text in files(book).items():
        if path.partition("/")[0] in FOLDERS:
            wrong, lines = slipped(path, text.decode())
            content[path] = wrong.encode()
            changed |= lines
    assert len(changed) > 5
    found = {
        (each.span.path, line)
        for each in load(content).diagnostics
        for line in range(each.span.line, max(each.span.end_line, each.span.line) + 1)
    }
    assert changed <= found, sorted(changed - found)


RULE = """\
discounts:
  - id: folded
    when: >-
      line.qty >= 5
      and customer.segment = "edu"
      and line.net
      > 100
    give: 10 % off unit
  - id: literal
    when: |-
      line.qty >= 5
      and customer.segment = "edu"
      // why
      and line.net
        > 100
    give: 10 % off unit
  - id: quoted
    when: 'line.qty >= 5
      and customer.segment = "edu"
      and line.net > 100'
    give: 10 % off unit
"""


@pytest.mark.parametrize("line", [4, 5, 6, 11, 12, 14, 18, 19, 20])
def test_a_slip_inside_a_formula_of_several_lines_is_found_on_its_line(line: int) -> None:
    lines = RULE.split("\n")
    lines[line - 1] = re.sub(r"(qty|segment|net)", r"\1zz", lines[line - 1], count=1)
    content = {**files("workstation"), "discounts/more.yaml": "\n".join(lines).encode()}
    found = [each for each in load(content).diagnostics if each.span.path == "discounts/more.yaml"]
    assert [(each.span.line, str(each.code)) for each in found] == [(line, "FEL102")]
    assert lines[line - 1][found[0].span.column - 1 :].startswith(("qtyzz", "segmentzz", "netzz"))
