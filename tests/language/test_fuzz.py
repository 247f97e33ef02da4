"""Broken and hostile text: a finding or a fault, never a crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import DiagnosticError, render
from engine.language import (
    EvaluationFault,
    check_expression,
    check_template,
    check_unary_tests,
    compile_one,
    compile_template,
)
from engine.language.parse import parse_expression
from engine.language.printer import print_expression
from tests.language.example import example_scope, records
from tests.language.typed_texts import formulas

SCOPE = example_scope()
RECORDS = records()
PIECES = st.sampled_from(
    ["(", ")", "[", "]", "{", "}", "..", ",", ".", "?", "@", '"', " and ", " or ", " not(", " in ", " if ", " then "]
    + [" else ", " for x in ", " return ", " some y in ", " satisfies ", "null", "true", "1e300", "-", "**", "*", "/"]
    + ["line", "lines", "gpu", ".qty", ".weight", "=", "!=", "<", ">=", "sum(", "count(", "item", "x", ":", "function("]
    + [" between ", '@"P1D"', '"\\u0000"', "//", "/*", "ß", "\u2028", "9" * 40, "quote.date", "9999999999", "sort("]
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good formula with pieces cut out, put in and doubled."""
    text = draw(formulas)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 6))
        text = text[:place] + draw(st.one_of(PIECES, st.just(text[place : place + 9]))) + text[place + length :]
    return text


def run(text: str) -> None:
    """Everything that is done with a formula on its way to a value."""
    try:
        checked = check_expression(text, scope=SCOPE)
    except DiagnosticError as error:
        assert render(error.diagnostics, {"expression": text})
        return
    printed = print_expression(checked.tree)
    assert parse_expression(printed) == checked.tree
    try:
        compile_one(checked)(*RECORDS)
    except EvaluationFault as fault:
        assert fault.span.line >= 1


@settings(max_examples=250, deadline=None)
@given(damaged())
def test_a_damaged_formula_is_found_wrong_or_runs(text: str) -> None:
    run(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_heap_of_pieces_is_found_wrong_or_runs(text: str) -> None:
    run(text)
    for use in (_as_cell, _as_message):
        try:
            use(text)
        except (DiagnosticError, EvaluationFault) as error:
            assert str(error)


def _as_cell(text: str) -> None:
    for subject in ("line.qty", "customer.region", "quote.date", "line.weight"):
        try:
            compile_one(check_unary_tests(text, subject=subject, scope=SCOPE))(*RECORDS)
        except (DiagnosticError, EvaluationFault) as error:
            assert str(error)


def _as_message(text: str) -> None:
    compile_template(check_template(f"a {{{text}}} b", scope=SCOPE)).fill(*RECORDS)
