"""Whole numbers and ranges as XCSP files write them."""

from __future__ import annotations

from engine.configuration.formats.xml_tree import Element
from engine.diagnostics import Code, Diagnostic, DiagnosticError

MALFORMED = Code("MDL020")
UNSUPPORTED = Code("MDL021")
VALUES_MAX = 100_000


def numbers(element: Element, text: str, *, unique: bool = True) -> list[int]:
    """Numbers and ranges such as ``1 4..6``; repetitions are dropped when ``unique``."""
    values: list[int] = []
    for word in text.split():
        low, dots, high = word.partition("..")
        try:
            ends = int(low), int(high if dots else low)
        except ValueError:
            raise error(element, f"`{word}` is no whole number") from None
        if ends[1] - ends[0] + len(values) >= VALUES_MAX:
            raise error(element, f"more than {VALUES_MAX} values", UNSUPPORTED)
        values.extend(range(ends[0], ends[1] + 1))
    return list(dict.fromkeys(values)) if unique else values


def error(element: Element, message: str, code: Code = MALFORMED) -> DiagnosticError:
    """One finding at an element, ready to raise."""
    return DiagnosticError(Diagnostic(code, message, element.span))
