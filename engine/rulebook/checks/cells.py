"""Cells of constants as sets of values, for comparing rows of a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from engine.diagnostics import DiagnosticError
from engine.language.cells import read_bare_words
from engine.language.parse import parse_unary_tests
from engine.language.scope import Scope
from engine.language.tables import intervals
from engine.language.tables.intervals import Interval, Region, intersection
from engine.language.tables.region import Admitted, admitted, key_of
from engine.language.tables.witness import example
from engine.language.tree import TextLiteral
from engine.language.types import TEXT
from engine.language.values.kind import Kind

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NOWHERE = Scope({})
_KEPT = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell admits; ``points`` are its single values where it admits nothing else. Kind None: anything at all."""

    kind: Kind | None
    region: Region
    points: frozenset[object] | None = None

    def meet(self, other: Cell) -> Cell | None:
        """What both admit; None when that is nothing, or nobody can tell whether there is such a value."""
        if self.kind is None or other.kind is None:
            return other if self.kind is None else self
        if self.kind is not other.kind:
            return None
        if self.points is not None and other.points is not None and not self.points & other.points:
            return None
        if self == other:
            return EVERYTHING if self._is_open() else self
        region = intersection(self.region, other.region)
        both = Cell(self.kind, region)
        return None if not region or both._is_open() else both

    def covers(self, other: Cell) -> bool:
        """Whether it admits everything that the other does."""
        if self.kind is None or self.kind is not other.kind:
            return self.kind is None
        return intersection(self.region, other.region) == other.region

    def example(self) -> object:
        """One of its values."""
        return example(self.kind, self.region)

    def _is_open(self) -> bool:
        """Words that are none of some listed ones: whether there are any, only a list of all words could tell."""
        return self.kind is Kind.TEXT and not any(
            each.low is not None and each.low == each.high for each in self.region
        )


EVERYTHING = Cell(None, intervals.EVERYTHING)


def read_column(texts: Sequence[str], anything: Collection[str]) -> tuple[Cell | None, ...]:
    """Read the cells of one column; None for a cell that is no constant set. With bare words it is one of words."""
    distinct = dict.fromkeys(texts)
    reader = _word if any(_is_word(text) for text in distinct) else _constants
    read = {text: EVERYTHING if text in anything else reader(text) for text in distinct}
    return tuple(read[text] for text in texts)


def everything_between(start: date | None, end: date | None) -> Cell:
    """The days from ``start`` up to ``end``, which is not one of them."""
    low, high = (_ordinal(each) for each in (start, end))
    if low is None and high is None:
        return EVERYTHING
    found = Interval(low, high, low_included=low is not None, high_included=False)
    return Cell(Kind.DATE, () if intervals.is_empty(found) else (found,))


def _ordinal(day: date | None) -> object:
    found = key_of(day)
    return None if found is None else found[1]


def _is_word(text: str) -> bool:
    """Whether a cell is written with words that no formula would read as a value."""
    tests = read_bare_words(text, TEXT, _NOWHERE)
    words = [each.value for each in tests.tests if isinstance(each, TextLiteral)] if tests is not None else []
    return any(not (_NUMBER.fullmatch(each) or each in _KEPT) for each in words)


def _word(text: str) -> Cell | None:
    tests = read_bare_words(text, TEXT, _NOWHERE)
    return _cell(admitted(tests)) if tests is not None else _constants(text)


def _constants(text: str) -> Cell | None:
    try:
        return _cell(admitted(parse_unary_tests(text)))
    except DiagnosticError:
        return None


def _cell(found: Admitted | None) -> Cell | None:
    if found is None or found.kind is None:
        return None if found is None else EVERYTHING
    single = all(map(_is_point, found.region))
    return Cell(found.kind, found.region, frozenset(each.low for each in found.region) if single else None)


def _is_point(interval: Interval) -> bool:
    return interval.low is not None and interval.low == interval.high
