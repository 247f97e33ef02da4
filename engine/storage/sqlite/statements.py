"""SQL text of a table, made once when the store opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.storage.codec import Codec, codec_of
from engine.storage.shapes import Shape
from engine.storage.tables import Table

REMEMBERED = 512
SHORT = 2_048
"""How many records of a kind are remembered, and how many characters they may have."""


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
    insert: str
    update: str
    delete: str
    clear_children: tuple[str, ...]
    insert_children: tuple[str, ...]

    def columns_of(self, value: Any) -> tuple[Any, ...]:
        """The relational columns of a record, in the order of the statements."""
        return tuple(read(value) for read in self.table.columns.values())

    def page(self, where: Mapping[str, str]) -> str:
        """The statement that reads a page, with one condition for each column named."""
        unknown = set(where) - set(self.table.columns)
        assert not unknown, f"no column {unknown} in {self.table.table}"
        conditions = "".join(f" AND {name} = ?" for name in where)
        return (
            f"SELECT id, version, body FROM {self.table.table} WHERE tenant_id = ? AND id > ?{conditions}"
            " ORDER BY id LIMIT ?"
        )


def prepare(table: Table, scalars: Mapping[type, Shape]) -> Prepared:
    """Compile the codec and write the statements of a table."""
    name, columns = table.table, list(table.columns)
    listed = "".join(f", {column}" for column in columns)
    marks = ", ?" * len(columns)
    sets = "".join(f", {column} = ?" for column in columns)
    own = "tenant_id = ? AND id = ?"
    codec = codec_of(table.kind, scalars)
    return Prepared(
        table=table,
        codec=codec,
        decode=_remembering(codec.decode),
        select=f"SELECT version, body FROM {name} WHERE {own}",
        select_version=f"SELECT version FROM {name} WHERE {own}",
        insert=f"INSERT OR IGNORE INTO {name} (tenant_id, id, version, body{listed}) VALUES (?, ?, 1, ?{marks})",
        update=f"UPDATE {name} SET version = version + 1, body = ?{sets} WHERE {own} AND version = ?",
        delete=f"DELETE FROM {name} WHERE {own} AND version = ?",
        clear_children=tuple(
            f"DELETE FROM {each.table} WHERE tenant_id = ? AND parent_id = ?" for each in table.children
        ),
        insert_children=tuple(
            f"INSERT INTO {each.table} (tenant_id, parent_id, position{''.join(f', {c}' for c in each.columns)})"
            f" VALUES (?, ?, ?{', ?' * len(each.columns)})"
            for each in table.children
        ),
    )


def _remembering(decode: Callable[[str], Any]) -> Callable[[str], Any]:
    known = lru_cache(REMEMBERED)(decode)
    return lambda text: known(text) if len(text) <= SHORT else decode(text)
