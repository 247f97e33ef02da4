"""What an author declares at a place of a file: which names are in doubt when something is wrong there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.diagnostics import Span
from engine.rulebook.nodes import Entry, ListNode, Node, RecordNode, Scalar
from engine.rulebook.table import Row, Table

IDENTITY = ("id", "sku")
"""The keys and columns that name what a record or row declares."""


@dataclass(frozen=True, slots=True)
class Item:
    """The record, named entry, row or table around a place.

    ``names`` are what it and the records around it are called, ``texts`` all that is written in it, and ``key`` the
    key or column that the place belongs to. Two places of one item have the same ``start``.
    """

    start: tuple[str, int, int]
    names: frozenset[str]
    texts: frozenset[str]
    key: str = ""


def item_in_record(root: Node, place: Span) -> Item:
    """The innermost record of a list that holds the place; without one, the entry that the author named."""
    way = list(_way(root, place))
    at = max((index for index, each in enumerate(way) if isinstance(each, RecordNode)), default=-1)
    keys = [each.key.text for each in way[at + 1 :] if isinstance(each, Entry)]
    names = {name for each in way if isinstance(each, RecordNode) for name in _identity(each)}
    inner: Node | Entry = way[at] if at >= 0 else next(iter(way[-2:]), root)
    span = inner.key.span if isinstance(inner, Entry) else inner.span
    start = (place.path, span.line, span.column)
    return Item(start, frozenset({*names, *keys[-2:]}), frozenset(_texts(inner)), keys[-1] if keys else "")


def item_in_table(table: Table, place: Span) -> Item:
    """The row of the place; the whole table for a place in its first lines."""
    row = _row_at(table.rows, place.line) or _row_at(table.odd, place.line)
    heads = frozenset(each.text for each in table.header)
    if row is None:
        head = next((each.text for each in table.header if each.span.column == place.column), "")
        rows = [text for each in (*table.rows, *table.odd) for text in each.texts]
        return Item((place.path, 1, 1), frozenset({head}), heads.union(rows), head)
    names = {row.texts[index] for index, each in enumerate(table.header) if _is_identity(each.text, index, row)}
    return Item((place.path, row.line, 1), frozenset(names), heads.union(row.texts))


def _row_at(rows: Sequence[Row], line: int) -> Row | None:
    """The row of a line; rows stand in the order of the file, and a file may have a finding in each of many."""
    at = bisect_left(rows, line, key=lambda each: each.line)
    return rows[at] if at < len(rows) and rows[at].line == line else None


def _is_identity(head: str, index: int, row: Row) -> bool:
    return head in IDENTITY and index < len(row.texts)


def _identity(record: RecordNode) -> Iterator[str]:
    for each in record.entries:
        if each.key.text in IDENTITY and isinstance(each.value, Scalar):
            yield each.value.text


def _way(node: Node, place: Span) -> Iterator[Entry | RecordNode]:
    """From the root to the place: entries of records, and the records that stand in lists."""
    if isinstance(node, RecordNode):
        found = next((each for each in node.entries if _holds(each, place)), None)
        if found is not None:
            yield found
            yield from _way(found.value, place)
    elif isinstance(node, ListNode):
        after = bisect_right(node.items, (place.line, place.column), key=_start)
        inner = node.items[after - 1] if after else None
        if inner is not None and _covers(inner.span, place):
            if isinstance(inner, RecordNode):
                yield inner
            yield from _way(inner, place)


def _start(node: Node) -> tuple[int, int]:
    return node.span.line, node.span.column


def _holds(entry: Entry, place: Span) -> bool:
    return _covers(entry.key.span, place) or _covers(entry.value.span, place)


def _covers(span: Span, place: Span) -> bool:
    end = (span.end_line or span.line, span.end_column or span.column + 1)
    return (span.line, span.column) <= (place.line, place.column) < end


def _texts(node: Node | Entry) -> Iterator[str]:
    match node:
        case Scalar():
            yield node.text
        case ListNode():
            for item in node.items:
                yield from _texts(item)
        case RecordNode():
            for each in node.entries:
                yield from _texts(each)
        case Entry():
            yield node.key.text
            yield from _texts(node.value)


def items_of(nodes: Mapping[str, Node], tables: Mapping[str, Table | None], place: Span) -> Item:
    """What stands around a place of any file; a file that is not read as a whole is one item without names."""
    table, node = tables.get(place.path), nodes.get(place.path)
    if table is not None:
        return item_in_table(table, place)
    if node is not None:
        return item_in_record(node, place)
    return Item((place.path, 0, 0), frozenset(), frozenset())
