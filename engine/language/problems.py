"""The codes of everything the language can find wrong, and the way from a stretch of text to a place in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.diagnostics import Code, Diagnostic, DiagnosticError, Severity, Span, is_spreadsheet

BAD_CHARACTER = Code("FEL001")
OPEN_TEXT = Code("FEL002")
BAD_ESCAPE = Code("FEL003")
BAD_NUMBER = Code("FEL004")
UNEXPECTED = Code("FEL005")
NOTHING_THERE = Code("FEL006")
TOO_DEEP = Code("FEL007")
TOO_LONG = Code("FEL008")
TOO_MANY = Code("FEL009")
FOREIGN_OPERATOR = Code("FEL010")
OPEN_BRACKET = Code("FEL011")
REPEATED_NAME = Code("FEL012")
OPEN_COMMENT = Code("FEL013")
BAD_LITERAL = Code("FEL014")

UNKNOWN_NAME = Code("FEL101")
UNKNOWN_ATTRIBUTE = Code("FEL102")
UNKNOWN_FUNCTION = Code("FEL103")
ARGUMENT_COUNT = Code("FEL104")
UNKNOWN_ARGUMENT = Code("FEL105")
ARGUMENT_TYPE = Code("FEL106")
OPERAND_TYPE = Code("FEL107")
NOT_COMPARABLE = Code("FEL108")
IMPOSSIBLE_VALUE = Code("FEL109")
TWO_CURRENCIES = Code("FEL110")
NOT_A_CONDITION = Code("FEL111")
RESULT_TYPE = Code("FEL112")
NOT_REPRODUCIBLE = Code("FEL113")
OUTSIDE_PROFILE = Code("FEL114")
BAD_PATTERN = Code("FEL115")
BRANCH_TYPES = Code("FEL116")
ITEM_TYPES = Code("FEL117")
NOT_A_FUNCTION = Code("FEL119")
NO_SUBJECT = Code("FEL120")
EMPTY_RANGE = Code("FEL121")
NOT_A_LIST = Code("FEL122")
MISLEADING_CELL = Code("FEL123")

OPTIONAL_UNTESTED = Code("FEL201")
SAME_VALUE_TWICE = Code("FEL202")
NEVER_MISSING = Code("FEL203")

DIVISION_BY_ZERO = Code("FEL301")
NUMBER_RANGE = Code("FEL302")
STEP_LIMIT = Code("FEL303")
MISSING_VALUE = Code("FEL304")
BAD_ARGUMENT = Code("FEL305")

CODES: Mapping[Code, str] = MappingProxyType(
    {
        BAD_CHARACTER: "a character that means nothing in a formula",
        OPEN_TEXT: "a text without its closing quote",
        BAD_ESCAPE: "an escape in a text that names no character",
        BAD_NUMBER: "a number with too many digits or out of range",
        UNEXPECTED: "something stands where it cannot",
        NOTHING_THERE: "an expression is missing",
        TOO_DEEP: "nested too deeply",
        TOO_LONG: "text too long",
        TOO_MANY: "too many items",
        FOREIGN_OPERATOR: "an operator of another language",
        OPEN_BRACKET: "a bracket without its partner",
        REPEATED_NAME: "a name given twice",
        OPEN_COMMENT: "a comment without its end",
        BAD_LITERAL: "not a date, time or duration",
        UNKNOWN_NAME: "unknown name",
        UNKNOWN_ATTRIBUTE: "unknown attribute",
        UNKNOWN_FUNCTION: "unknown function",
        ARGUMENT_COUNT: "too few or too many arguments",
        UNKNOWN_ARGUMENT: "unknown argument name",
        ARGUMENT_TYPE: "an argument of the wrong type",
        OPERAND_TYPE: "an operator on the wrong types",
        NOT_COMPARABLE: "two things that cannot be compared",
        IMPOSSIBLE_VALUE: "a value that the list of values does not hold",
        TWO_CURRENCIES: "two currencies mixed",
        NOT_A_CONDITION: "a condition that is neither true nor false",
        RESULT_TYPE: "a result of the wrong type",
        NOT_REPRODUCIBLE: "depends on the clock",
        OUTSIDE_PROFILE: "FEEL that rule books do not use",
        BAD_PATTERN: "a pattern that cannot be used",
        BRANCH_TYPES: "branches of different types",
        ITEM_TYPES: "list items of different types",
        NOT_A_FUNCTION: "a call of something that is not a function",
        NO_SUBJECT: "`?` outside a cell",
        EMPTY_RANGE: "a range that holds nothing",
        NOT_A_LIST: "a list was needed",
        MISLEADING_CELL: "a cell that reads otherwise than it looks",
        OPTIONAL_UNTESTED: "an optional attribute used without a test",
        SAME_VALUE_TWICE: "the same value twice in one test",
        NEVER_MISSING: "a test for null that never holds",
        DIVISION_BY_ZERO: "division by zero",
        NUMBER_RANGE: "a number out of range",
        STEP_LIMIT: "too many steps or items",
        MISSING_VALUE: "a missing value was used",
        BAD_ARGUMENT: "an argument a function cannot work with",
    }
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text stands in a file: place of its first character, and the column its further lines start at."""

    path: str = "expression"
    line: int = 1
    column: int = 1
    next_column: int = 1

    def span(self, text: str, start: int, end: int) -> Span:
        """The place of ``text[start:end]`` in the file; an empty stretch is shown one character wide."""
        if is_spreadsheet(self.path):
            return Span(self.path, self.line, self.column)
        first_line, first_column = self._place(text, start)
        last_line, last_column = self._place(text, max(end, start + 1))
        return Span(self.path, first_line, first_column, last_line, last_column)

    def _place(self, text: str, offset: int) -> tuple[int, int]:
        breaks = text.count("\n", 0, offset)
        if not breaks:
            return self.line, self.column + offset
        return self.line + breaks, self.next_column + offset - text.rfind("\n", 0, offset) - 1


NOWHERE = Origin()


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with one text; shared by the stages that read it."""

    text: str
    origin: Origin
    found: list[Diagnostic] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    broken: bool = False
    """Whether something was left out in cutting, so that what the grammar says next would only mislead."""

    def error(self, code: Code, message: str, start: int, end: int, *, hint: str = "") -> None:
        """Note an error about ``text[start:end]``."""
        self.found.append(Diagnostic(code, message, self.origin.span(self.text, start, end), hint))
        self.places.append((start, end))

    def warn(self, code: Code, message: str, start: int, end: int, *, hint: str = "") -> None:
        """Note a warning about ``text[start:end]``."""
        span = self.origin.span(self.text, start, end)
        self.found.append(Diagnostic(code, message, span, hint, Severity.WARNING))
        self.places.append((start, end))

    def forget(self, count: int) -> None:
        """Drop the findings after the first ``count``: they turned out not to matter."""
        del self.found[count:]
        del self.places[count:]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors so far."""
        return tuple(each for each in self.found if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is not an error."""
        return tuple(each for each in self.found if each.severity is not Severity.ERROR)

    def stop_on_errors(self) -> None:
        """Raise ``DiagnosticError`` with everything found when one of the findings is an error."""
        if self.errors:
            raise DiagnosticError(*self.found)
