"""Codes, places, and the collection of findings."""

from __future__ import annotations

import re

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import problems
from engine.language.problems import CODES, NOWHERE, OPTIONAL_UNTESTED, UNEXPECTED, Findings, Origin
from engine.language.wording import shown


def test_every_code_is_listed_once_with_its_meaning() -> None:
    declared = [
        value for value in vars(problems).values() if isinstance(value, str) and re.fullmatch(r"FEL\d{3}", value)
    ]
    assert sorted(declared) == sorted(CODES)
    assert len(set(declared)) == len(declared)


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [(0, 1, (4, 9, 4, 10)), (2, 2, (4, 11, 4, 12)), (4, 6, (5, 3, 5, 5)), (1, 5, (4, 10, 5, 4))],
)
def test_an_origin_shifts_places(start: int, end: int, place: tuple[int, int, int, int]) -> None:
    span = Origin("r.yaml", 4, 9, 3).span("abc\ndef", start, end)
    assert (span.line, span.column, span.end_line, span.end_column) == place


def test_only_errors_stop() -> None:
    findings = Findings("a b", NOWHERE)
    findings.warn(OPTIONAL_UNTESTED, "may be missing", 0, 1)
    findings.stop_on_errors()
    findings.error(UNEXPECTED, "cannot stand here", 2, 3, hint="leave it out")
    assert len(findings.warnings) == len(findings.errors) == 1
    with pytest.raises(DiagnosticError) as error:
        findings.stop_on_errors()
    assert len(error.value.diagnostics) == 2
    assert shown("a") == "`a`"
