"""What a rule author did wrong, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NewType

Code = NewType("Code", str)
"""A stable public name such as ``CAT001``: three letters for the area, three digits. Texts may change, codes not."""


_NAME = re.compile(r"`([^`]+)`")


class Severity(Enum):
    """How bad a finding is: an error keeps a rule book from loading, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file; lines and columns count characters from 1, and ``end_column`` is one past the last.

    ``end_line`` and ``end_column`` of 0 mean "one character". In a spreadsheet they are row and column of a cell, which
    is shown as people name it: ``C2``.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        if is_spreadsheet(self.path):
            return f"{self.path}:{_letters(self.column)}{self.line}"
        return f"{self.path}:{self.line}:{self.column}"

    def within(self, start: int, end: int) -> Span:
        """The part of a one-line span from character ``start`` (from 0) up to ``end`` (exclusive).

        A cell of a spreadsheet has no parts with places of their own: it is the whole cell.
        """
        if is_spreadsheet(self.path):
            return self
        return Span(self.path, self.line, self.column + start, self.line, self.column + max(end, start + 1))


def is_spreadsheet(path: str) -> bool:
    """Whether places in the file are cells: a fault inside the text of a cell is at the cell."""
    return path.lower().endswith(".xlsx")


def _letters(column: int) -> str:
    """The name of a column of a spreadsheet: A to Z, AA, AB and so on."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding for a rule author: lower-case message without a full stop, names in back-ticks, a hint what to do."""

    code: Code
    message: str
    span: Span
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        tail = f"; {self.hint}" if self.hint else ""
        return f"{self.span}: {self.code}: {self.message}{tail}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it speaks of: what stands in back-ticks in its message."""
        return tuple(_NAME.findall(self.message))


class DiagnosticError(Exception):
    """Carries diagnostics out of a compile step that cannot go on; caught by the loader, never shown as a traceback."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics


def sorted_findings(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place, then code, and drop exact repetitions, so that the same book gives the same list every time."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda each: (each.span, each.code, each.message)))
