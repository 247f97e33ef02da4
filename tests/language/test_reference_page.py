"""The reference page of the language tells the truth: all its examples are run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import (
    EvaluationFault,
    check_expression,
    check_template,
    check_unary_tests,
    compile_one,
    optional,
    parse_expression,
    parse_unary_tests,
    render,
    tree,
)
from engine.language.cursor import DEEPEST, MOST_ITEMS
from engine.language.evaluate import evaluate
from engine.language.problems import CODES
from engine.language.runtime import MOST_STEPS
from engine.language.tokens import LONGEST_TEXT, MOST_DIGITS
from engine.language.values.fault import LONGEST_TEXT as LONGEST_RUNNING
from engine.language.values.relation import equal
from tests.language.example import ROOTS, example_scope, records

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text()
SCOPE = example_scope()
CONTEXT = dict(zip(ROOTS, records(), strict=True))
ONLY_STRICT = ("count(psu)",)


def blocks(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield expression, sign and expectation of each example in the fenced blocks of one kind."""
    for block in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL):
        text: list[str] = []
        for line in block.splitlines():
            told = re.fullmatch(r"// ([=!:]) (.*)", line)
            if told:
                yield "\n".join(text), told[1], told[2]
                text = []
            else:
                text.append(line)
        assert not text, text


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


VALUES = [each for each in blocks("feel") if each[1] == "="]
FINDINGS = [each for each in blocks("feel") if each[1] == "!"]


def strict(text: str) -> object:
    """The value in a rule book, absent answers included."""
    kind = check_expression(text, scope=SCOPE).type
    return compile_one(check_expression(text, scope=SCOPE, expected=optional(kind)))(*records())


@pytest.mark.parametrize(("text", "sign", "expected"), VALUES)
def test_an_example_has_its_value_in_rule_books_and_in_full_feel(text: str, sign: str, expected: str) -> None:
    wanted = evaluate(parse_expression(expected), {})
    assert equal(strict(text), wanted) is True
    if text not in ONLY_STRICT:
        assert equal(evaluate(parse_expression(text), CONTEXT), wanted) is True


@pytest.mark.parametrize(("text", "sign", "code"), FINDINGS)
def test_an_example_has_its_finding(text: str, sign: str, code: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        check_expression(text, scope=SCOPE)
    assert code in [str(each.code) for each in error.value.diagnostics]


@pytest.mark.parametrize(("text", "sign", "expected"), list(blocks("full")))
def test_an_example_of_full_feel_has_its_value(text: str, sign: str, expected: str) -> None:
    assert equal(evaluate(parse_expression(text), CONTEXT), evaluate(parse_expression(expected), {})) is True


@pytest.mark.parametrize(("column", "cell", "answer"), rows("Cells"))
def test_a_cell_holds_as_said(column: str, cell: str, answer: str) -> None:
    try:
        checked = check_unary_tests(cell.strip("`"), subject=column.strip("`"), scope=SCOPE)
    except DiagnosticError as error:
        assert answer in [str(each.code) for each in error.diagnostics]
    else:
        assert ("yes" if compile_one(checked)(*records()) else "no") == answer


@pytest.mark.parametrize(("message", "shown"), rows("Messages"))
def test_a_message_reads_as_said(message: str, shown: str) -> None:
    assert render(check_template(message.strip("`"), scope=SCOPE), *records()) == shown


def test_the_limits_are_those_of_the_code() -> None:
    told = [int(limit.replace(" ", "")) for _, limit in rows("Limits")]
    assert told == [LONGEST_TEXT, DEEPEST, MOST_ITEMS, MOST_DIGITS, MOST_STEPS, LONGEST_RUNNING]


def test_all_codes_are_listed() -> None:
    assert {code: meaning for code, meaning in rows("Findings")} == {str(key): text for key, text in CODES.items()}


def example_nodes() -> list[tree.Node]:
    """The parts of every example that can be read, those that show a finding left out."""
    found: list[tree.Node] = []
    for text, sign, _ in (*blocks("feel"), *blocks("full")):
        found += tree.walk(parse_expression(text)) if sign == "=" else ()
    for column, cell, answer in rows("Cells"):
        if answer in ("yes", "no") and "|" not in cell and column != "`line.sku`":
            found += tree.walk(parse_unary_tests(cell.strip("`")))
    return found


def test_every_construct_of_the_grammar_has_an_example() -> None:
    nodes = example_nodes()
    shown = {type(each) for each in nodes}
    parts = {tree.NamedArgument, tree.ContextEntry, tree.Iteration, tree.Parameter, tree.TypeField, tree.UnaryTests}
    assert {*get_args(tree.Expression), *get_args(tree.TypeExpression), *parts} <= shown
    for kind, operators in (
        (tree.Arithmetic, tree.ArithmeticOp),
        (tree.Comparison, tree.ComparisonOp),
        (tree.OperatorTest, tree.ComparisonOp),
        (tree.Logic, tree.LogicOp),
    ):
        assert {each.op for each in nodes if isinstance(each, kind)} == set(operators)
    assert {each.quantifier for each in nodes if isinstance(each, tree.Quantified)} == set(tree.Quantifier)
    ranges = {(each.low_included, each.high_included) for each in nodes if isinstance(each, tree.Range)}
    assert ranges == {(True, True), (True, False), (False, True), (False, False)}
    assert any(isinstance(each, tree.Iteration) and each.until is not None for each in nodes)
    assert {each.external for each in nodes if isinstance(each, tree.FunctionDefinition)} == {True, False}
    assert {each.negated for each in nodes if isinstance(each, tree.UnaryTests)} == {True, False}
    assert "(built-in-functions.md)" in PAGE, "the built-ins have a page of their own, complete by its own test"


def test_there_are_examples_of_everything() -> None:
    assert len(VALUES) >= 70
    assert len(FINDINGS) >= 25
    assert issubclass(EvaluationFault, Exception)
