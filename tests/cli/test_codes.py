"""Every code that an answer can carry has its paragraph, and no paragraph is of a code that is not there."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from engine.audit.violation import TITLES
from engine.cli.codes import codes_page
from engine.cli.command import main
from engine.cli.meanings.known import FAMILIES, meanings
from engine.rulebook.codes import EXPLANATIONS

ENGINE = Path(__file__).resolve().parents[2] / "engine"
BESIDE = {"INTERNAL", "NOT_READY"}
"""Reasons that are no faults of a request: our own failure, and a server that does not answer."""


def codes_in_the_sources() -> set[str]:
    """Every ``Code("...")`` written anywhere, accounts of the ledger aside, which are no faults."""
    found = set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Code":
                found |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    return {each for each in found if each.isupper()} | set(map(str, EXPLANATIONS))


def test_every_code_has_a_paragraph_and_every_paragraph_a_code() -> None:
    codes = codes_in_the_sources() | BESIDE
    assert len(codes) > 300
    assert sorted(codes - set(meanings())) == [], "say in engine/cli/meanings what it means, an example and what to do"
    assert sorted(set(meanings()) - codes) == [], "nothing can answer with it any more"


def test_a_paragraph_says_all_three_things_and_belongs_to_a_family() -> None:
    for each in meanings().values():
        assert each.means and each.do and (each.example or each.why), each
        assert not each.means.endswith("."), each
        assert each.family in FAMILIES, each


def test_the_audit_says_the_same_of_its_codes() -> None:
    assert {code: meanings()[str(code)].means for code in TITLES} == dict(TITLES)


@pytest.mark.parametrize("code", ["QUO002", "quo002"])
def test_a_code_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["rules", "explain", code], ["explain", code]):
        assert main(words) == 0
        assert capsys.readouterr().out == (
            "code: QUO002\n"
            "means: the offer has expired\n"
            "example: accepting in May what was valid until 30 April\n"
            "do: revise it: that makes a new offer\n"
        )
    assert main(["explain", code, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["do"] == "revise it: that makes a new offer"


def test_a_code_that_is_none_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "explain", "QUO02"]) == 2
    assert "no code `QUO02`; did you mean `QUO" in capsys.readouterr().err
    assert main(["rules", "explain", "zzzzzzzzzz"]) == 2
    assert "docs/reference/codes.md lists all codes" in capsys.readouterr().err


def test_the_page_has_them_all() -> None:
    page = codes_page()
    assert [each for each in meanings() if f"**{each}** " not in page] == []
    assert page == (ENGINE.parent / "docs" / "reference" / "codes.md").read_text()
