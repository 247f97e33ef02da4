"""What authors read when an expression, a cell or a message is wrong: each text is compared whole.

The files hold blocks parted by an empty line: the wrong text behind ``formula``, ``condition``, ``cell COLUMN`` or
``message``, further lines of it behind a dot, then what the author reads.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.diagnostics import DiagnosticError, render
from engine.language import BOOLEAN, Origin, check_expression, check_template, check_unary_tests
from tests.language.example import example_scope

FOLDER = Path(__file__).parent / "wrong_expressions"
PLACE = Origin("rules.yaml")
_HEAD = re.compile(r"(?P<kind>formula|condition|cell \S+|message) ?>(?: (?P<text>.*))?")


class Case(NamedTuple):
    """One wrong text and what is said about it."""

    kind: str
    text: str
    says: str


def read_cases(path: Path) -> list[Case]:
    """Read a file of blocks."""
    cases = []
    for block in path.read_text().strip().split("\n\n"):
        lines = [each for each in block.splitlines() if not each.startswith("#")]
        if not lines:
            continue
        head = _HEAD.fullmatch(lines[0])
        assert head, lines[0]
        more = [each for each in lines[1:] if each.startswith(".")]
        text = "\n".join([head["text"] or "", *(each[2:] for each in more)])
        cases.append(Case(head["kind"], text, "\n".join(lines[1 + len(more) :])))
    return cases


def findings(kind: str, text: str) -> str:
    """What an author reads about a text."""
    scope = example_scope()
    try:
        if kind == "message":
            check_template(text, scope=scope, origin=PLACE)
        elif kind.startswith("cell"):
            check_unary_tests(text, subject=kind.split()[1], scope=scope, origin=PLACE)
        else:
            expected = BOOLEAN if kind == "condition" else None
            check_expression(text, scope=scope, expected=expected, origin=PLACE)
    except DiagnosticError as error:
        return render(error.diagnostics, {PLACE.path: text})
    return "nothing is wrong"


CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.txt"))
    for number, case in enumerate(read_cases(path), 1)
]


@pytest.mark.parametrize("case", CASES)
def test_the_author_reads_exactly_this(case: Case) -> None:
    assert findings(case.kind, case.text) == case.says


@pytest.mark.parametrize("text", ["", "   ", "// only a comment"])
def test_an_empty_formula_is_missing(text: str) -> None:
    assert findings("formula", text).startswith("rules.yaml:1:1: FEL006: an expression is missing")


HOSTILE = {
    "brackets": ("(" * 120 + "1" + ")" * 120, "FEL007"),
    "open brackets": ("[" * 5_000, "FEL007"),
    "calls": ("not(" * 120, "FEL007"),
    "signs": ("-" * 150 + "1", "FEL007"),
    "sums": (" + ".join(["1"] * 150), "FEL007"),
    "powers": ("1" + "**2" * 150, "FEL007"),
    "dots": ("line" + ".a" * 150, "FEL007"),
    "filters": ("lines" + "[1]" * 150, "FEL007"),
    "conditions": ("if true then " * 120 + "1", "FEL007"),
    "iterations": ("for i in " * 120 + "x", "FEL007"),
    "text": ('"' + "x" * 20_100 + '"', "FEL008"),
    "list": ("[" + ",".join(["1"] * 2_100) + "]", "FEL009"),
    "arguments": ("sum(" + ",".join(["1"] * 2_100) + ")", "FEL009"),
    "digits": ("9" * 5_000, "FEL004"),
    "exponent": ("1e" + "9" * 5_000, "FEL004"),
    "braces": ("{" * 5_000, "FEL005"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_a_finding_like_any_other(name: str) -> None:
    text, code = HOSTILE[name]
    with pytest.raises(DiagnosticError) as error:
        check_expression(text, scope=example_scope())
    assert [each.code for each in error.value.diagnostics] == [code]


def test_the_corpus_is_large_and_its_texts_never_speak_of_the_machine() -> None:
    assert len(CASES) >= 120
    whole = "\n".join(path.read_text() for path in FOLDER.glob("*.txt"))
    assert not re.search(r"(?i)python|traceback|decimal\.|exception|<class|nonetype|\bNone\b|dict|tuple", whole)
