"""Rows of one table that match the same case, and rows that never match since an earlier one covers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.diagnostics import Diagnostic
from engine.rulebook.codes import finding, warning
from engine.rulebook.loading.table_rows import ANY_CELL, is_out
from engine.rulebook.table import Table, row_span

NOTES = ("id", "say", "note", "origin", "weight", "book")
DATES = ("from", "until")
ONE_MATCH = ("UNIQUE", "ANY")
_RANGE = re.compile(r"([\[(\]])\s*(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*([\])\[])\Z")
_BOUND = re.compile(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\Z")
_WORD = re.compile(r'"?([^"|,<>=()\[\]]+)"?\Z')
_NOT = re.compile(r"not\s*\((.*)\)\Z", re.S)
MOST_COMPARED = 3_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two bounds; None is open on that side."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Words that match, or (``without``) every word but these."""

    words: frozenset[str]
    without: bool = False


Region = Interval | Words | None
"""What a cell matches; None when only running the rule could tell."""

EVERYTHING = Words(frozenset(), without=True)


def overlapping_rows(table: Table) -> Iterator[Diagnostic]:
    """Findings of one table: an error for two rows that match one case, a warning for a row that is never reached.

    Only cells of plain words, numbers and ranges are compared; a row with another test is never accused.
    """
    policy = table.option("hit", "UNIQUE")
    if policy not in (*ONE_MATCH, "FIRST"):
        return
    conditions = [index for index, head in enumerate(table.header) if head.text not in NOTES and not is_out(head.text)]
    results = [index for index, head in enumerate(table.header) if is_out(head.text)]
    regions = [[_region(table.header[index].text, row.texts[index]) for index in conditions] for row in table.rows]
    for earlier, later in _candidates(table, regions):
        same = [table.rows[earlier].texts[index] for index in results] == [
            table.rows[later].texts[index] for index in results
        ]
        if policy == "ANY" and same:
            continue
        shared = _shared(table, conditions, regions[earlier], regions[later])
        if shared is None:
            continue
        yield from _say(table, (earlier, later), (regions[earlier], regions[later]), shared, policy)


def _say(
    table: Table, rows: tuple[int, int], regions: tuple[list[Region], list[Region]], shared: str, policy: str
) -> Iterator[Diagnostic]:
    first, second = (table.rows[each] for each in rows)
    place = row_span(table, second)
    covered = all(_covers(a, b) for a, b in zip(*regions, strict=True))
    if policy == "FIRST":
        if covered:
            message = f"row {second.line} is never reached: row {first.line} matches everything that it does"
            yield warning("PRC203", message, place, "remove it or move it up")
        return
    message = f"rows {first.line} and {second.line} both match {shared}"
    hint = f"the table says hit={policy}: let one row leave out what the other matches"
    yield finding("PRC204", message, place, hint)


def _candidates(table: Table, regions: list[list[Region]]) -> Iterator[tuple[int, int]]:
    """Pairs of rows that may match the same case, found by their first column where it holds plain words."""
    buckets: dict[str, list[int]] = {}
    anywhere: list[int] = []
    pairs = 0
    for number, row in enumerate(regions):
        first = row[0] if row else None
        words = sorted(first.words) if isinstance(first, Words) and not first.without else None
        others = [*anywhere]
        if words is None:
            others = list(range(number))
            anywhere.append(number)
        else:
            for word in words:
                others += buckets.get(word, ())
                buckets.setdefault(word, []).append(number)
        for other in sorted(set(others)):
            pairs += 1
            if pairs > MOST_COMPARED:
                return
            yield other, number


def _region(head: str, text: str) -> Region:
    if head in DATES:
        return EVERYTHING if text in ANY_CELL else Words(frozenset([text]))
    if text in ANY_CELL:
        return EVERYTHING
    inverted = _NOT.match(text)
    if inverted:
        inner = _words(inverted[1])
        return Words(inner, without=True) if inner else None
    found = _RANGE.match(text)
    if found:
        return Interval(Decimal(found[2]), Decimal(found[3]), found[1] != "[", found[4] != "]")
    bound = _BOUND.match(text)
    if bound:
        value, strict = Decimal(bound[2]), len(bound[1]) == 1
        return Interval(value, None, low_open=strict) if ">" in bound[1] else Interval(None, value, high_open=strict)
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Interval(Decimal(text), Decimal(text))
    words = _words(text)
    return Words(words) if words else None


def _words(text: str) -> frozenset[str]:
    pieces = [each.strip() for each in re.split(r"[|,]", text)]
    found = [_WORD.match(each) for each in pieces]
    return frozenset(each[1] for each in found if each) if all(found) else frozenset()


def _shared(table: Table, columns: list[int], left: list[Region], right: list[Region]) -> str | None:
    """A case that both rows match, in words; None when there is none or nobody can tell."""
    names: list[str] = []
    for index, a, b in zip(columns, left, right, strict=True):
        head = table.header[index].text
        if head in DATES and a != b:
            return None
        witness = _meet(a, b)
        if witness is None:
            return None
        if witness and head not in DATES:
            short = head.rpartition(".")[2]
            names.append(f"{short} {witness}" if re.fullmatch(r"-?[\d.]+", witness) else witness)
    return ", ".join(names) or "everything"


def _meet(left: Region, right: Region) -> str | None:
    """A value in both regions as text, empty for "any value", None when there is none or nobody can tell."""
    match left, right:
        case Words(words, False), Words(others, False):
            both = words & others
            return min(both) if both else None
        case Words(words, False), Words(others, True):
            left_over = words - others
            return min(left_over) if left_over else None
        case Words(_, True), Words(_, False):
            return _meet(right, left)
        case Words(words, True), Words(others, True):
            return "" if not words or not others or words == others else None
        case Interval(), Interval():
            return _meet_numbers(left, right)
        case Interval(), Words(others, True) if not others:
            return _inside(left)
        case Words(words, True), Interval() if not words:
            return _inside(right)
        case _:
            return None


def _meet_numbers(left: Interval, right: Interval) -> str | None:
    low, low_open = _higher((left.low, left.low_open), (right.low, right.low_open))
    high, high_open = _lower((left.high, left.high_open), (right.high, right.high_open))
    if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
        return None
    return _inside(Interval(low, high, low_open, high_open))


def _higher(a: tuple[Decimal | None, bool], b: tuple[Decimal | None, bool]) -> tuple[Decimal | None, bool]:
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    return max(a, b, key=lambda each: (each[0] or Decimal(0), each[1]))


def _lower(a: tuple[Decimal | None, bool], b: tuple[Decimal | None, bool]) -> tuple[Decimal | None, bool]:
    if a[0] is None or b[0] is None:
        return b if a[0] is None else a
    return min(a, b, key=lambda each: (each[0] or Decimal(0), not each[1]))


def _inside(each: Interval) -> str:
    """A number in the interval, preferring a bound that belongs to it."""
    if each.high is not None and not each.high_open:
        return str(each.high)
    if each.low is not None and not each.low_open:
        return str(each.low)
    if each.low is not None and each.high is not None:
        return str((each.low + each.high) / 2)
    if each.low is not None:
        return str(each.low + 1)
    return str(each.high - 1) if each.high is not None else ""


def _covers(outer: Region, inner: Region) -> bool:
    """Whether everything that ``inner`` matches is matched by ``outer``."""
    if outer == EVERYTHING or (outer is not None and outer == inner):
        return True
    match outer, inner:
        case Words(words, False), Words(others, False):
            return others <= words
        case Words(words, True), Words(others, False):
            return not (others & words)
        case Interval(), Interval():
            low = _higher((outer.low, outer.low_open), (inner.low, inner.low_open)) == (inner.low, inner.low_open)
            high = _lower((outer.high, outer.high_open), (inner.high, inner.high_open)) == (inner.high, inner.high_open)
            return low and high
        case _:
            return False
