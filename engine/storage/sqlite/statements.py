"""SQL text of a table, made once when the store opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, compress
from operator import ne
from typing import Any, TypeAlias

from engine.storage.codec import Codec, codec_of
from engine.storage.shapes import Shape
from engine.storage.sqlite.decoded import ChildRows, DecodedRecords
from engine.storage.tables import Table

REMEMBERED = 512
SHORT = 2_048
"""How many records of a kind are remembered, and how many characters they may have."""
CHUNKS = (64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1)
"""How many rows one statement inserts: what a few units write to a table is one, and seldom more than three."""
ROW_KEY = ("tenant_id", "parent_id", "position")
"""What tells the rows beside a record apart."""
Row: TypeAlias = tuple[Any, ...]
"""The parameters of one row."""


class Insert:
    """Inserts rows into a table, up to 64 by one statement."""

    __slots__ = ("statements",)

    def __init__(self, table: str, columns: Sequence[str], *, verb: str = "INSERT", tail: str = "") -> None:
        head = f"{verb} INTO {table} ({', '.join(columns)}) VALUES "
        marks = f"({', '.join('?' * len(columns))})"
        self.statements = tuple((size, head + ", ".join([marks] * size) + tail) for size in CHUNKS)

    def run(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Insert all rows, in their order."""
        done, count = 0, len(rows)
        for size, sql in self.statements:
            while count - done >= size:
                connection.execute(sql, tuple(chain.from_iterable(rows[done : done + size])))
                done += size


ANSWERS = Insert("requests", ("tenant_id", "request_id", "method", "fingerprint", "answer", "at"))
EVENTS = Insert("events", ("tenant_id", "name", "entity", "at", "body", "record", "version"))
BLOBS = Insert("blobs", ("tenant_id", "id", "content"), verb="INSERT OR IGNORE")
KEPT = Insert("kept_answers", ("tenant_id", "id", "mark", "content"), verb="REPLACE")
FORGET = "DELETE FROM kept_answers WHERE tenant_id = ? AND id = ?"
COUNTERS = Insert("counters", ("tenant_id", "series", "value"))
COUNT_ON = "UPDATE counters SET value = ? WHERE tenant_id = ? AND series = ? AND value = ?"


@cache
def held(table: str) -> str:
    """How many of the versions in a JSON object by shielded key are those of the table; 0 is of a missing record."""
    return (
        f"SELECT count(*) FROM json_each(?) AS seen LEFT JOIN {table} AS present ON present.tenant_id = ?"
        " AND present.id = replace(replace(seen.key, '~0', char(0)), '~1', '~')"
        " WHERE coalesce(present.version, 0) = seen.value"
    )


def shielded(key: str) -> str:
    """A key without NUL, where SQLite cuts texts from JSON; ``held`` reads it back."""
    return key.replace("~", "~1").replace("\0", "~0")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table with its codec and its statements.

    ``decode`` remembers short records: customers, users and published books are read by every call, and a stored value
    never changes.
    """

    table: Table
    codec: Codec
    decode: Callable[[str], Any]
    select: str
    select_version: str
    insert: Insert
    update: str
    delete: str
    clear_children: tuple[str, ...]
    clear_rows: tuple[str, ...]
    write_rows: tuple[Insert, ...]
    insert_children: tuple[Insert, ...]
    known: DecodedRecords

    def columns_of(self, value: Any) -> Row:
        """The relational columns of a record, in the order of the statements."""
        return tuple([read(value) for read in self.table.columns.values()])

    def record(self, tenant: str, key: str, text: str) -> Any:
        """The record that a stored text stands for; a large one is decoded once for as long as it is stored so."""
        if len(text) <= SHORT:
            return self.decode(text)
        return self.known.record((self.table.table, tenant, key), text, self.decode)

    def rows_of(self, value: Any) -> ChildRows:
        """The rows of a record that finance queries line by line, by table."""
        return {child.table: list(child.rows(value)) for child in self.table.children}

    def children_of(self, own: tuple[str, str], rows: ChildRows) -> Iterator[tuple[Insert, list[Row]]]:
        """All rows beside a record, with the statement that inserts them."""
        for child, insert in zip(self.table.children, self.insert_children, strict=True):
            yield insert, [(*own, place, *row) for place, row in enumerate(rows[child.table])]

    def edited_children(
        self, own: tuple[str, str], before: ChildRows, rows: ChildRows
    ) -> Iterator[tuple[str, list[Row], Insert, list[Row]]]:
        """What of the rows beside a record differs from those that are there: how to clear what is gone, and what to
        write in its place or behind the others.
        """
        for child, clear, write in zip(self.table.children, self.clear_rows, self.write_rows, strict=True):
            old, new = before[child.table], rows[child.table]
            differing = compress(range(len(new)), map(ne, old, new))  # as far as both go
            gone = [(*own, place) for place in range(len(new), len(old))]
            yield clear, gone, write, [(*own, each, *new[each]) for each in (*differing, *range(len(old), len(new)))]

    def page(self, where: Mapping[str, str], columns: str = "id, version, body") -> str:
        """The statement that reads a page, with one condition for each column named."""
        unknown = set(where) - set(self.table.columns)
        assert not unknown, f"no column {unknown} in {self.table.table}"
        assert not where or set(where) & set(self.table.listed_by), f"{self.table.table} is not listed by {set(where)}"
        conditions = "".join(f" AND {name} = ?" for name in where)
        return (
            f"SELECT {columns} FROM {self.table.table} WHERE tenant_id = ? AND id > ?{conditions} ORDER BY id LIMIT ?"
        )

    def newest(self) -> str:
        """The statement that reads the records with the highest numbers below one."""
        name, number = self.table.table, self.table.numbered_by
        assert number, f"{name} is not numbered"
        return (
            f"SELECT id, version, body FROM {name} WHERE tenant_id = ? AND {number} < ? ORDER BY {number} DESC LIMIT ?"
        )


def prepare(table: Table, scalars: Mapping[type, Shape], known: DecodedRecords) -> Prepared:
    """Compile the codec and write the statements of a table."""
    name, columns = table.table, list(table.columns)
    sets = "".join(f", {column} = ?" for column in columns)
    own = "tenant_id = ? AND id = ?"
    codec = codec_of(table.kind, scalars)
    return Prepared(
        table=table,
        codec=codec,
        decode=_remembering(codec.decode),
        select=f"SELECT version, body FROM {name} WHERE {own}",
        select_version=f"SELECT version FROM {name} WHERE {own}",
        insert=Insert(name, ("tenant_id", "id", "version", "body", *columns)),
        update=f"UPDATE {name} SET version = version + 1, body = ?{sets} WHERE {own} AND version = ?",
        delete=f"DELETE FROM {name} WHERE {own} AND version = ?",
        clear_children=tuple(
            f"DELETE FROM {each.table} WHERE tenant_id = ? AND parent_id = ?" for each in table.children
        ),
        clear_rows=tuple(
            f"DELETE FROM {each.table} WHERE tenant_id = ? AND parent_id = ? AND position = ?"
            for each in table.children
        ),
        write_rows=tuple(
            Insert(each.table, (*ROW_KEY, *each.columns), tail=_in_place(each.columns)) for each in table.children
        ),
        insert_children=tuple(Insert(each.table, (*ROW_KEY, *each.columns)) for each in table.children),
        known=known,
    )


def _in_place(columns: Sequence[str]) -> str:
    """A row that is there keeps its place among all: ``rows`` gives them in the order in which they came."""
    sets = ", ".join(f"{each} = excluded.{each}" for each in columns)
    return f" ON CONFLICT ({', '.join(ROW_KEY)}) DO UPDATE SET {sets}"


def _remembering(decode: Callable[[str], Any]) -> Callable[[str], Any]:
    known = lru_cache(REMEMBERED)(decode)
    return lambda text: known(text) if len(text) <= SHORT else decode(text)
