"""What is wrong with a file, collected part by part, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.diagnostics import Diagnostic, DiagnosticError, sorted_findings

MOST_TOLD = 100


class Faults:
    """Errors found so far; a reader goes on behind the part that has one, and :meth:`settle` ends it."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep the error of one part, and go on; too many of them end the file."""
        try:
            yield
        except DiagnosticError as error:
            self.found += error.diagnostics
        if len(self.found) >= MOST_TOLD:
            self.settle()

    def settle(self) -> None:
        """Raise everything found, by place; nothing when nothing was."""
        if self.found:
            raise DiagnosticError(*sorted_findings(self.found)[:MOST_TOLD])
