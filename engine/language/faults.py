"""What goes wrong while a compiled expression runs, told as a finding at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import DecimalException, DivisionByZero, DivisionUndefined
from types import TracebackType

from engine.diagnostics import Code, Diagnostic, Span
from engine.language.problems import (
    BAD_ARGUMENT,
    DIVISION_BY_ZERO,
    MISSING_VALUE,
    NUMBER_RANGE,
    STEP_LIMIT,
    Origin,
)
from engine.language.values.fault import LimitError, UndefinedError

SITES = "_SITES"
TROUBLE = (
    UndefinedError,
    ArithmeticError,
    TypeError,
    KeyError,
    AttributeError,
    ValueError,
    IndexError,
    RecursionError,
    MemoryError,
)


class EvaluationFault(Exception):
    """An expression has no value for these inputs: division by zero, a missing value, a limit reached."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic

    @property
    def code(self) -> Code:
        """The stable code of what went wrong."""
        return self.diagnostic.code

    @property
    def span(self) -> Span:
        """Where the expression, or the part of it that failed, stands."""
        return self.diagnostic.span


@dataclass(frozen=True, slots=True)
class Site:
    """Where a compiled function comes from: its text, its place, and the stretch each generated line stands for."""

    text: str
    origin: Origin
    lines: Mapping[int, tuple[int, int]]


class AbsentError(UndefinedError):
    """A formula that must have a value read an attribute that is missing."""


def fault(error: Exception) -> EvaluationFault:
    """Tell an error of a compiled function as a fault at the part of the author's text that failed."""
    trace = error.__traceback__
    assert trace is not None
    frame = trace.tb_frame
    sites: Mapping[str, Site] = frame.f_globals[SITES]
    site = sites[frame.f_code.co_name]
    start, end = _place(trace, site)
    code, message, hint = _reason(error)
    return EvaluationFault(Diagnostic(code, message, site.origin.span(site.text, start, end), hint))


def _place(trace: TracebackType, site: Site) -> tuple[int, int]:
    """The innermost marked line that was running."""
    found = 0, max(len(site.text), 1)
    at: TracebackType | None = trace
    while at is not None and at.tb_frame.f_code.co_filename == trace.tb_frame.f_code.co_filename:
        found = site.lines.get(at.tb_lineno, found)
        at = at.tb_next
    return found


def _reason(error: Exception) -> tuple[Code, str, str]:
    match error:
        case ZeroDivisionError() | DivisionByZero() | DivisionUndefined():
            return DIVISION_BY_ZERO, "division by zero", "test the divisor first"
        case DecimalException() | OverflowError():
            return NUMBER_RANGE, "the number is too large or has no value", "check the amounts that come in"
        case LimitError() | RecursionError() | MemoryError():
            message = str(error) if isinstance(error, LimitError) else "the calculation is too large"
            return STEP_LIMIT, message, "use shorter lists or fewer rounds"
        case AbsentError():
            return MISSING_VALUE, str(error), "test optional attributes with `= null` first"
        case UndefinedError():
            return BAD_ARGUMENT, str(error), ""
        case KeyError():
            return MISSING_VALUE, f"the attribute `{error.args[0]}` has no value", "give it a value"
        case _:
            return MISSING_VALUE, "a value is missing or of the wrong kind", "give every attribute a value of its kind"
