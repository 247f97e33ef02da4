"""What a rule file holds before anything is believed: texts, lists and records, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.diagnostics import Diagnostic, Span, is_spreadsheet
from engine.language import Origin


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters unbroken in the file: from ``offset`` of the text on it stands at ``line``, ``column``."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as the author wrote it, never resolved to another type.

    ``segments`` map a character of the text to its place in the file, so that an error inside a formula that is
    quoted, folded or spread over lines still points at the right character. An empty tuple means the text starts at
    the span and stands on one line.
    """

    text: str
    span: Span
    quoted: bool = False
    segments: tuple[Segment, ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column in the file of the character at ``offset`` in the text."""
        if not self.segments:
            return self.span.line, self.span.column + offset
        chosen = Segment(0, self.span.line, self.span.column)
        for each in self.segments:
            if each.offset > offset:
                break
            chosen = each
        return chosen.line, chosen.column + offset - chosen.offset

    def origin(self) -> Origin:
        """Where the language is told that the text stands; exact for what stands on one line or in a literal block."""
        line, column = self.place(0)
        if not self.segments:
            return Origin(self.span.path, line, column, column)
        further = next((each.column for each in self.segments if each.line > line), column)
        return Origin(self.span.path, line, column, further)

    @property
    def straight(self) -> bool:
        """Whether ``origin`` gives every character its exact place, or that of the cell which holds all of them."""
        if is_spreadsheet(self.span.path):
            return True
        if not self.segments:
            return "\n" not in self.text
        starts = [0, *(index + 1 for index, each in enumerate(self.text) if each == "\n")]
        columns = {each.column for each in self.segments[1:]}
        return [each.offset for each in self.segments] == starts and len(columns) <= 1

    def part(self, start: int, end: int) -> Span:
        """The span of the characters from ``start`` up to ``end`` (exclusive) of the text."""
        if is_spreadsheet(self.span.path):
            return self.span
        line, column = self.place(start)
        end_line, end_column = self.place(max(end, start + 1) - 1)
        return Span(self.span.path, line, column, end_line, end_column + 1)

    def cut(self, start: int, end: int) -> Scalar:
        """The part of the text from ``start`` up to ``end`` without surrounding blanks, with its own places."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if not self.segments:
            return Scalar(self.text[start:end], self.part(start, end), self.quoted)
        inner = tuple(Segment(each.offset - start, each.line, each.column) for each in self.segments)
        line, column = self.place(start)
        kept = (Segment(0, line, column), *(each for each in inner if 0 < each.offset < end - start))
        return Scalar(self.text[start:end], self.part(start, end), self.quoted, kept if len(kept) > 1 else ())


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a record with its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class RecordNode:
    """Keys and values in the author's order; the reader has refused repeated keys."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, name: str) -> Node | None:
        """The value under a key, or None when the author left it out."""
        return next((each.value for each in self.entries if each.key.text == name), None)


Node: TypeAlias = Scalar | ListNode | RecordNode


class Report:
    """Collects the findings of one load, so that an author sees all of them in one run."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, *diagnostics: Diagnostic) -> None:
        """Keep findings."""
        self._found.extend(diagnostics)

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """Every finding so far, in the order they were met."""
        return tuple(self._found)
