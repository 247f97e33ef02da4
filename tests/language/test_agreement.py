"""The compiler of the strict profile and the evaluator of full FEEL give the same value for typed expressions."""

from __future__ import annotations

from hypothesis import given, settings

from engine.language import EvaluationFault, Scope, check_expression, check_unary_tests, compile_one, optional
from engine.language.evaluate import evaluate
from engine.language.parse import parse_expression
from engine.language.values.relation import equal
from tests.language.example import ROOTS, example_scope, records
from tests.language.typed_texts import conditions_2, formulas

SCOPE = example_scope()
RECORDS = records()
CONTEXT = dict(zip(ROOTS, RECORDS, strict=True))


def compiled(text: str, scope: Scope) -> object:
    """The value in a rule book, absent answers included; a fault is null."""
    kind = check_expression(text, scope=scope).type
    try:
        return compile_one(check_expression(text, scope=scope, expected=optional(kind)))(*RECORDS)
    except EvaluationFault:
        return None


def evaluated(text: str) -> object:
    return evaluate(parse_expression(text), CONTEXT)


@settings(max_examples=250, deadline=None)
@given(formulas)
def test_both_give_the_same_value(text: str) -> None:
    ours, theirs = compiled(text, SCOPE), evaluated(text)
    assert equal(ours, theirs) is True, (text, ours, theirs)


@settings(max_examples=100, deadline=None)
@given(conditions_2)
def test_a_cell_is_its_condition(condition: str) -> None:
    checked = check_unary_tests(f"? = ? and ({condition})", subject="line.qty", scope=SCOPE)
    assert compile_one(checked)(*RECORDS) is (evaluated(condition) is True)
