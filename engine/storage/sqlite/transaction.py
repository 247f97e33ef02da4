"""A snapshot to read from, and a unit of work on top of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from engine.application.ports import AlreadyAnswered, Answer, Asked, Conflict, Row, StoredEvent
from engine.storage.sqlite.schema import Schema
from engine.storage.sqlite.statements import Prepared
from engine.storage.sqlite.writer import Writer

T = TypeVar("T")
MOST_ROWS = 10_000
KEEP = "REPLACE INTO kept_answers VALUES (?, ?, ?, ?)"
FORGET = "DELETE FROM kept_answers WHERE tenant_id = ? AND id = ?"


class SqliteReader:
    """Reads one tenant's records at one point in time."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, tenant: str) -> None:
        self._connection = connection
        self._schema = schema
        self._tenant = tenant
        self._seen: dict[tuple[type[Any], str], int] = {}

    def get(self, kind: type[T], key: str) -> T | None:
        """The record, or None."""
        prepared = self._schema.of(kind)
        row = self._connection.execute(prepared.select, (self._tenant, key)).fetchone()
        self._seen[kind, key] = row[0] if row else 0
        return prepared.decode(row[1]) if row else None

    def version(self, kind: type[object], key: str) -> int:
        """How often the record was saved, from 1; 0 when there is none."""
        if (kind, key) not in self._seen:
            row = self._connection.execute(self._schema.of(kind).select_version, (self._tenant, key)).fetchone()
            self._seen[kind, key] = row[0] if row else 0
        return self._seen[kind, key]

    def page(self, kind: type[T], *, where: Mapping[str, str] | None = None, after: str = "", limit: int) -> list[T]:
        """Records in order of their keys, after a key; ``where`` names columns of the kind and the value wanted."""
        prepared = self._schema.of(kind)
        wanted = where or {}
        parameters = (self._tenant, after, *wanted.values(), min(limit, MOST_ROWS))
        rows = self._connection.execute(prepared.page(wanted), parameters).fetchall()
        for key, version, _ in rows:
            self._seen.setdefault((kind, key), version)
        return [prepared.decode(body) for _, _, body in rows]

    def due(self, kind: type[T], column: str, *, until: str, where: Mapping[str, str], limit: int) -> list[T]:
        """Records whose column is not empty and not after a text, in order of their keys."""
        prepared = self._schema.of(kind)
        names = (column, *where)
        assert set(names) <= set(prepared.table.columns), "only columns of the table can be due"
        conditions = "".join(f" AND {name} = ?" for name in where)
        found = self._connection.execute(
            f"SELECT id, version, body FROM {prepared.table.table} WHERE tenant_id = ? AND {column} <= ?{conditions}"
            " ORDER BY id LIMIT ?",
            (self._tenant, until, *where.values(), min(limit, MOST_ROWS)),
        ).fetchall()
        for key, version, _ in found:
            self._seen.setdefault((kind, key), version)
        return [prepared.decode(body) for _, _, body in found]

    def rows(self, table: str, columns: Sequence[str], where: Mapping[str, str] | None = None) -> list[Row]:
        """Relational rows as they are stored, in order of their keys."""
        names = (table, *columns, *(where or {}))
        assert all(name.isidentifier() for name in names), "tables and columns are named by the program"
        conditions = "".join(f" AND {name} = ?" for name in where or {})
        found = self._connection.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE tenant_id = ?{conditions} ORDER BY rowid",
            (self._tenant, *(where or {}).values()),
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def events(self, *, after: int, limit: int) -> list[StoredEvent]:
        """Events after a cursor, oldest first."""
        rows = self._connection.execute(
            "SELECT cursor, name, entity, at, body FROM events"
            " WHERE tenant_id = ? AND cursor > ? ORDER BY cursor LIMIT ?",
            (self._tenant, after, min(limit, MOST_ROWS)),
        ).fetchall()
        return [StoredEvent(row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4]) for row in rows]

    def answer(self, request_id: str) -> Answer | None:
        """The recorded answer of a request, or None."""
        row = self._connection.execute(
            "SELECT fingerprint, answer FROM requests WHERE tenant_id = ? AND request_id = ?",
            (self._tenant, request_id),
        ).fetchone()
        return Answer(row[0], row[1]) if row else None

    def blob(self, key: str) -> bytes | None:
        """An opaque document, or None."""
        row = self._connection.execute(
            "SELECT content FROM blobs WHERE tenant_id = ? AND id = ?", (self._tenant, key)
        ).fetchone()
        return row[0] if row else None

    def kept(self, key: str, mark: str) -> bytes | None:
        """The answer kept under a key, when it carries that mark."""
        row = self._connection.execute(
            "SELECT content FROM kept_answers WHERE tenant_id = ? AND id = ? AND mark = ?", (self._tenant, key, mark)
        ).fetchone()
        return row[0] if row else None


class SqliteTransaction(SqliteReader):
    """Collects writes; the commit checks in the writer thread that everything read is still as it was."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, tenant: str, writer: Writer) -> None:
        super().__init__(connection, schema, tenant)
        self._writer = writer
        self._own: dict[tuple[type[Any], str], Any] = {}
        self._added: set[tuple[type[Any], str]] = set()
        self._blobs: dict[str, bytes] = {}
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._events: list[object] = []
        self._numbers: dict[str, tuple[int, int]] = {}

    def get(self, kind: type[T], key: str) -> T | None:
        """The record as this unit sees it: its own writes first."""
        if (kind, key) in self._own:
            return self._own[kind, key]  # type: ignore[no-any-return]
        return super().get(kind, key)

    def version(self, kind: type[object], key: str) -> int:
        """The version that the record has once this unit is saved."""
        return super().version(kind, key) + ((kind, key) in self._own)

    def add(self, value: object) -> None:
        """Save a new record; a record of that key makes the commit a Conflict."""
        at = type(value), self._schema.of(type(value)).table.key(value)
        self._own[at] = value
        self._added.add(at)

    def replace(self, value: object) -> None:
        """Save a changed record; one that was saved by others since it was read makes the commit a Conflict."""
        key = self._schema.of(type(value)).table.key(value)
        if (type(value), key) not in self._added:
            assert self.version(type(value), key), "only a record that exists can be replaced"
        self._own[type(value), key] = value

    def remove(self, kind: type[object], key: str) -> None:
        """Delete a record."""
        assert self.version(kind, key), "only a record that exists can be removed"
        self._own[kind, key] = None

    def put_blob(self, key: str, content: bytes) -> None:
        """Save an opaque document; saving the same key again changes nothing."""
        self._blobs[key] = content

    def keep(self, key: str, mark: str, content: bytes) -> None:
        """Keep an answer in place of the one under that key; an empty one leaves nothing there."""
        self._kept[key] = mark, content

    def emit(self, *events: object) -> None:
        """Write events to the outbox, in order."""
        self._events.extend(events)

    def number(self, series: str) -> int:
        """The next number of a gap-free series: it is used exactly when this unit is saved."""
        first, last = self._numbers.get(series, (-1, -1))
        if first < 0:
            row = self._connection.execute(
                "SELECT value FROM counters WHERE tenant_id = ? AND series = ?", (self._tenant, series)
            ).fetchone()
            first = last = row[0] if row else 0
        self._numbers[series] = first, last + 1
        return last + 1

    def commit(self, asked: Asked, answer: bytes, *, at: datetime) -> None:
        """Save everything, the events and the answer durably, or raise Conflict, AlreadyAnswered or StoreFailed."""
        assert asked.tenant == self._tenant, "a unit belongs to one tenant"
        writes = [(self._schema.of(kind), kind, key, value) for (kind, key), value in self._own.items()]
        encoded = [None if value is None else prepared.codec.encode(value) for prepared, _, _, value in writes]
        events = [self._told(self._schema.event(self._tenant, each, at), each) for each in self._events]
        stamp = at.isoformat()

        def unit(connection: sqlite3.Connection) -> None:
            self._record(connection, asked, answer, stamp)
            self._check_reads(connection)
            for (prepared, kind, key, value), body in zip(writes, encoded, strict=True):
                self._write(connection, prepared, (kind, key), value, body)
            for series, (first, last) in self._numbers.items():
                self._count(connection, series, first, last)
            for key, content in self._blobs.items():
                connection.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)", (self._tenant, key, content))
            for key, (mark, content) in self._kept.items():
                own = self._tenant, key
                connection.execute(*((KEEP, (*own, mark, content)) if content else (FORGET, own)))
            connection.executemany(
                "INSERT INTO events (tenant_id, name, entity, at, body, record, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
                events,
            )

        self._writer.submit(unit)

    def _told(self, row: tuple[str, ...], event: object) -> tuple[str | int, ...]:
        """The row of an event with the change that it tells of: the table of its record, and the version saved here."""
        for kind, key in self._own:
            table = self._schema.of(kind).table
            if key == row[2] and (table.told_by is None or type(event) in table.told_by):
                return (*row, table.table, self.version(kind, key))
        return (*row, "", 0)

    def _record(self, connection: sqlite3.Connection, asked: Asked, answer: bytes, stamp: str) -> None:
        if not asked.request_id:
            return
        changed = connection.execute(
            "INSERT OR IGNORE INTO requests (tenant_id, request_id, method, fingerprint, answer, at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (self._tenant, asked.request_id, asked.method, asked.fingerprint, answer, stamp),
        ).rowcount
        if not changed:
            raise AlreadyAnswered(asked.request_id)

    def _check_reads(self, connection: sqlite3.Connection) -> None:
        """A decision holds only while what it read is still so; rows written below check themselves."""
        for (kind, key), version in self._seen.items():
            if (kind, key) in self._own:
                continue
            row = connection.execute(self._schema.of(kind).select_version, (self._tenant, key)).fetchone()
            if (row[0] if row else 0) != version:
                raise Conflict(f"{kind.__name__} {key}")

    def _write(
        self,
        connection: sqlite3.Connection,
        prepared: Prepared,
        at: tuple[type[Any], str],
        value: Any,
        body: str | None,
    ) -> None:
        key = at[1]
        version = self._seen.get(at, 0)
        if body is None:
            changed = connection.execute(prepared.delete, (self._tenant, key, version)).rowcount
        elif at in self._added:
            parameters = (self._tenant, key, body, *prepared.columns_of(value))
            changed = connection.execute(prepared.insert, parameters).rowcount
        else:
            parameters = (body, *prepared.columns_of(value), self._tenant, key, version)
            changed = connection.execute(prepared.update, parameters).rowcount
        if changed != 1:
            raise Conflict(f"{at[0].__name__} {key}")
        if at not in self._added:
            for statement in prepared.clear_children:
                connection.execute(statement, (self._tenant, key))
        if body is not None:
            for child, statement in zip(prepared.table.children, prepared.insert_children, strict=True):
                rows = ((self._tenant, key, place, *row) for place, row in enumerate(child.rows(value)))
                connection.executemany(statement, rows)

    def _count(self, connection: sqlite3.Connection, series: str, first: int, last: int) -> None:
        key = self._tenant, series
        connection.execute("INSERT OR IGNORE INTO counters (tenant_id, series, value) VALUES (?, ?, 0)", key)
        sql = "UPDATE counters SET value = ? WHERE tenant_id = ? AND series = ? AND value = ?"
        if connection.execute(sql, (last, *key, first)).rowcount != 1:
            raise Conflict(f"series {series}")
