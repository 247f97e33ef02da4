"""Formulas of rule files through the language's checker, with every finding at its exact place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from engine.diagnostics import Diagnostic, DiagnosticError, Span
from engine.language import (
    Checked,
    CheckedTemplate,
    Origin,
    Scope,
    check_expression,
    check_template,
    check_unary_tests,
)
from engine.language.problems import MISLEADING_CELL
from engine.language.types import BOOLEAN, Type
from engine.rulebook.nodes import Report, Scalar

T = TypeVar("T", Checked, CheckedTemplate)
_AT_LEAST = re.compile(r"(\d+(?:\.\d+)?)\s*\+")
_PARTED = re.compile(r"[;/]|\bor\b|\band\b|&")


def check_condition(text: Scalar, scope: Scope, report: Report) -> Checked | None:
    """Check a condition; None after its errors went to the report. Warnings go there too."""
    return check_formula(text, scope, report, BOOLEAN)


def check_formula(text: Scalar, scope: Scope, report: Report, expected: Type | None = None) -> Checked | None:
    """Check a formula whose value must fit ``expected``."""
    return _check(
        text, report, lambda origin: check_expression(text.text, scope=scope, expected=expected, origin=origin)
    )


def check_cell(text: Scalar, subject: str, scope: Scope, report: Report) -> Checked | None:
    """Check a cell as unary tests on what its column reads."""

    def check(cell: str, origin: Origin) -> Checked:
        return check_unary_tests(cell, subject=subject, scope=scope, origin=origin, bare_words=True)

    own = Report()
    found = _check(text, own, lambda origin: check(text.text, origin))
    meant = _meant(text.text) if found is None else ""
    if meant and _is_sound(lambda: check(meant, text.origin())):
        message = f"`{text.text}` cannot be read as a test"
        report.add(Diagnostic(MISLEADING_CELL, message, text.span, f"write `{meant}`"))
    else:
        report.add(*own.found)
    return found


def _meant(cell: str) -> str:
    """How a cell is written that reads otherwise in a spreadsheet: ``10+``, ``DE;AT``, ``DE/AT``."""
    least = _AT_LEAST.fullmatch(cell)
    if least:
        return f">= {least[1]}"
    words = [each.strip() for each in _PARTED.split(cell)]
    return " | ".join(words) if len(words) > 1 and all(words) else ""


def _is_sound(check: Callable[[], Checked]) -> bool:
    try:
        check()
    except DiagnosticError:
        return False
    return True


def check_message(text: Scalar, scope: Scope, report: Report) -> CheckedTemplate | None:
    """Check an author's message with formulas in braces."""
    return _check(text, report, lambda origin: check_template(text.text, scope=scope, origin=origin))


def _check(text: Scalar, report: Report, check: Callable[[Origin], T]) -> T | None:
    """Run a check; a text that is folded or has escapes is checked once more, only to learn exact places."""
    try:
        found = check(text.origin())
    except DiagnosticError as problem:
        report.add(*(problem.diagnostics if text.straight else _placed(text, check)))
        return None
    report.add(*(_warnings(found) if text.straight else _placed(text, check)))
    return found


def _warnings(found: Checked | CheckedTemplate) -> tuple[Diagnostic, ...]:
    if isinstance(found, Checked):
        return found.warnings
    return tuple(warning for each in found.formulas for warning in each.warnings)


def _placed(text: Scalar, check: Callable[[Origin], T]) -> tuple[Diagnostic, ...]:
    try:
        found = _warnings(check(Origin(text.span.path, 1, 1, 1)))
    except DiagnosticError as problem:
        found = problem.diagnostics
    return tuple(replace(each, span=_mapped(text, each.span)) for each in found)


def _mapped(text: Scalar, span: Span) -> Span:
    """A place counted in the text itself as a place in the file."""
    starts = [0, *(index + 1 for index, letter in enumerate(text.text) if letter == "\n")]
    start = starts[span.line - 1] + span.column - 1
    end = starts[(span.end_line or span.line) - 1] + (span.end_column or span.column + 1) - 1
    return text.part(start, end)
