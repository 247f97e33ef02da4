"""Cells of decision tables: conditions on a column, bare words, misleading cells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import Checked, check_unary_tests, compile_one
from engine.language.cells import read_bare_words
from engine.language.types import NUMBER
from tests.language.example import FAMILY, example_scope, line, records

SCOPE = example_scope()


def cell(text: str, subject: str) -> Checked:
    return check_unary_tests(text, subject=subject, scope=SCOPE)


def holds(text: str, subject: str, **changes: object) -> object:
    _, *others = records()
    return compile_one(cell(text, subject))(line(**changes), *others)


@pytest.mark.parametrize("text", ["-", "", "  ", " - ", "- // any"])
def test_a_dash_or_nothing_always_holds(text: str) -> None:
    assert holds(text, "line.qty") is True
    assert cell(text, "line.qty").reads == ()


@pytest.mark.parametrize(
    ("text", "subject", "answer"),
    [
        ("[1..9]", "line.qty", True),
        ("[1..5)", "line.qty", False),
        ("(1..5]", "line.qty", True),
        (">= 5", "line.qty", True),
        ("< 5", "line.qty", False),
        ("1, 2, 5", "line.qty", True),
        ("not(1, 2, 5)", "line.qty", False),
        ("not(> 10)", "line.qty", True),
        ("? > 4 and ? < 6", "line.qty", True),
        ("1, ? * 2 = 10", "line.qty", True),
        ("line.qty * 10", "line.net", False),
        ("line.net > 50", "line.qty", True),
        ("DISK-1T", "line.sku", True),
        ("DISK-2T | DISK-1T", "line.sku", True),
        ('"DISK-1T"', "line.sku", True),
        ("not(DISK-1T)", "line.sku", False),
        ("DE | AT", "customer.region", True),
        ("not(US)", "customer.region", True),
        ('"US", "DE"', "customer.region", True),
        ("true", "line.discountable", True),
        ("not(true)", "line.discountable", False),
        ("null", "line.weight", True),
        ("> 3", "line.weight", False),
        ("not(> 3)", "line.weight", False),
        ('[@"2026-01-01"..@"2026-12-31"]', "quote.date", True),
        ("> 99", "sum(lines.net)", True),
        ('contains(?, "DISK")', "line.sku", True),
        ("quote.codes", "line.sku", False),
    ],
)
def test_a_cell_is_a_condition_on_its_column(text: str, subject: str, *, answer: bool) -> None:
    assert holds(text, subject) is answer


def test_a_cell_reads_its_column_and_what_it_names() -> None:
    assert cell("> line.cost * 2", "line.net").reads == ("line.cost", "line.net")


def test_words_with_a_root_are_attributes() -> None:
    assert cell("line.family", "line.sku").reads == ("line.family", "line.sku")
    assert read_bare_words("line.sku", FAMILY, SCOPE) is None
    assert read_bare_words("5 | 6", NUMBER, SCOPE) is None


def test_bare_words_can_be_refused() -> None:
    with pytest.raises(DiagnosticError):
        check_unary_tests("DE", subject="customer.region", scope=SCOPE, bare_words=False)


@pytest.mark.parametrize("text", ["5 - 9", "1,500", "12,000,001"])
def test_a_cell_that_reads_otherwise_than_it_looks_is_refused(text: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        cell(text, "line.qty")
    assert [str(each.code) for each in error.value.diagnostics] == ["FEL123"]


def test_a_missing_value_passes_no_test_but_null() -> None:
    assert holds("> 1", "line.weight", weight=Decimal(2)) is True
    assert holds("> 1", "line.weight", weight=None) is False
