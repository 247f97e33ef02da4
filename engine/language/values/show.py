"""The text of a value, as ``string()`` gives it, and the literal a reader could type again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.language.values.fault import LONGEST_TEXT, LimitError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.number import number_text
from engine.language.values.temporal import FarDate, date_text

_PLAIN_KEY = re.compile(r"[^\W\d]\w*(?: \w+)*")


def text_of(value: object) -> str:
    """Return the text of a value: a text as it is, other values as their literal. Null is ``null``."""
    return value if isinstance(value, str) else literal(value)


def literal(value: object) -> str:
    """Return how a value would be written inside a list or context: texts in quotes, dates as they are read.

    Raises ``LimitError`` for a text beyond the longest and for a value nested too deeply.
    """
    try:
        return "".join(_Writer().write(value))
    except RecursionError:
        raise LimitError("the value is nested too deeply") from None


def literal_or_reason(value: object) -> str:
    """Return how a value would be written, or why it cannot be."""
    try:
        return literal(value)
    except LimitError as error:
        return f"({error})"


class _Writer:
    """Collects the pieces of one text and refuses to grow beyond the longest text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def write(self, value: object) -> list[str]:
        """Add one value and return the pieces so far."""
        match value:
            case str():
                self._add(quoted(value))
            case Mapping():
                self._entries(value)
            case tuple() | list():
                self._items(tuple(value))
            case RangeValue():
                self._range(value)
            case _:
                self._add(_scalar(value))
        return self._pieces

    def _add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > LONGEST_TEXT:
            raise LimitError(f"a text may hold at most {LONGEST_TEXT} characters")
        self._pieces.append(piece)

    def _items(self, items: tuple[object, ...]) -> None:
        self._add("[")
        for index, item in enumerate(items):
            if index:
                self._add(", ")
            self.write(item)
        self._add("]")

    def _entries(self, entries: Mapping[object, object]) -> None:
        self._add("{")
        for index, (key, value) in enumerate(entries.items()):
            name = str(key)
            self._add((", " if index else "") + (name if _PLAIN_KEY.fullmatch(name) else quoted(name)) + ": ")
            self.write(value)
        self._add("}")

    def _range(self, value: RangeValue) -> None:
        self._add("[" if value.low_included else "(")
        if value.low_given:
            self.write(value.low)
        self._add("..")
        if value.high_given:
            self.write(value.high)
        self._add("]" if value.high_included else ")")


def quoted(text: str) -> str:
    """Write a text in double quotes, with the escapes of FEEL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _scalar(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case date() | FarDate():
            return date_text(value)
        case FunctionValue():
            return f"function({', '.join(value.parameters)})"
        case _:
            return str(value)
