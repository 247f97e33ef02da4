"""Cells of decision tables as strict FEEL texts: bare words become texts, every cell is checked at its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.diagnostics import Span
from engine.language import Scope
from engine.language.cells import read_bare_words
from engine.language.printer import print_text, print_unary_tests
from engine.language.relations import is_text
from engine.language.types import ANY, Type, required
from engine.rulebook.loading.checked import check_formula
from engine.rulebook.loading.table_rows import ANY_CELL
from engine.rulebook.nodes import Report, Scalar

NOTHING = "null"


def subject_type(head: str, scope: Scope) -> Type:
    """The type of what a column looks at; ``Any`` for a header that cannot be read."""
    checked = check_formula(Scalar(head, Span("")), scope, Report())
    return checked.type if checked is not None else ANY


def strict_cell(cell: Scalar, subject: Type, scope: Scope) -> str:
    """A condition cell, which was found sound, as unary tests."""
    if cell.text in ANY_CELL:
        return "-"
    tests = read_bare_words(cell.text, required(subject), scope)
    return print_unary_tests(tests) if tests is not None else cell.text


def strict_output(cell: Scalar, expected: Type, scope: Scope, report: Report) -> str:
    """A result cell as an expression; in a column of texts a bare word is a text. Faults go to the report."""
    if cell.text in ANY_CELL or cell.text == NOTHING:
        return NOTHING
    if is_text(required(expected)):
        tests = read_bare_words(cell.text, required(expected), scope)
        if tests is not None and len(tests.tests) == 1 and not tests.negated:
            cell = replace(cell, text=print_unary_tests(tests), segments=())
    check_formula(cell, scope, report, expected)
    return cell.text


def text_list(words: Iterable[str]) -> str:
    """Words as a list of texts, as cells and lists of values write it."""
    return ", ".join(print_text(each) for each in words)


def subjects(heads: Iterable[str], scope: Scope) -> Mapping[str, Type]:
    """The types of what the columns look at."""
    return {head: subject_type(head, scope) for head in heads}
