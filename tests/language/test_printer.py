"""Printing a tree and reading it again gives the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.printer import print_expression, print_unary_tests
from engine.language.tree import Call, Expression, Name, UnaryTests
from tests.language.trees import NAMES, cells, expressions


@settings(max_examples=300)
@given(expressions)
def test_reading_what_was_printed_gives_the_same_tree(tree: Expression) -> None:
    assert parse_expression(print_expression(tree), names=NAMES) == tree


@settings(max_examples=150)
@given(cells)
def test_reading_a_printed_cell_gives_the_same_cell(cell: UnaryTests) -> None:
    if not cell.negated and len(cell.tests) == 1 and _is_not(cell.tests[0]):
        return  # in a cell, not(x) alone is the negated cell of x
    assert parse_unary_tests(print_unary_tests(cell), names=NAMES) == cell


def _is_not(test: Expression) -> bool:
    return isinstance(test, Call) and test.function == Name(0, 0, "not")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("((1+2))*3", "(1 + 2) * 3"),
        ("1+(2*3)", "1 + 2 * 3"),
        ("2**3**4", "2 ** 3 ** 4"),
        ("2**(3**4)", "2 ** (3 ** 4)"),
        ("-3**2", "-3 ** 2"),
        ("-(3**2)", "-(3 ** 2)"),
        ("(a and b) and c", "(a and b) and c"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("x in [1..5]", "x in ([1..5])"),
        ("x in (<5,7)", "x in (< 5, 7)"),
        ("]1..5[", "(1..5)"),
        ('{"first name":1,b:2}', "{first name: 1, b: 2}"),
        ('{"a+b": "\\"\\u0007"}', '{"a+b": "\\"\\u0007"}'),
        ("if a then b else c", "if a then b else c"),
        ("(if a then b else c)+1", "(if a then b else c) + 1"),
        ("for i in 1..3,j in xs return i", "for i in 1..3, j in xs return i"),
        ("function(a,b:list<number>) a", "function(a, b: list<number>) a"),
        ("function() (external+1)", "function() (external + 1)"),
        ("function() (external(x:1))", "function() (external(x: 1))"),
        ("function() externals", "function() externals"),
        ("function() external {a:1}", "function() external {a: 1}"),
        ("f(x:1,y:2)", "f(x: 1, y: 2)"),
        ("1.50", "1.50"),
        ("1e3", "1000"),
        ("1e300", "1e300"),
    ],
)
def test_printing_needs_few_brackets(written: str, printed: str) -> None:
    assert print_expression(parse_expression(written)) == printed


@pytest.mark.parametrize("cell", ["-", '"a", "b"', 'not("a")', "< 5, [10..20)", "? > 5 and ? < 7", "null"])
def test_a_cell_prints_as_an_author_writes_it(cell: str) -> None:
    assert print_unary_tests(parse_unary_tests(cell)) == cell
