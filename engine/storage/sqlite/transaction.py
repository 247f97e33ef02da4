"""A snapshot to read from, and a unit of work on top of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeAlias, TypeVar

from engine.application import ports
from engine.application.ports import Answer, Asked, StoredEvent, in_order
from engine.storage.sqlite.changes import Changes
from engine.storage.sqlite.decoded import NO_ROWS, Decoded
from engine.storage.sqlite.recent import RecentAnswers
from engine.storage.sqlite.schema import Schema
from engine.storage.sqlite.snapshot import Snapshot, Snapshots
from engine.storage.sqlite.statements import BLOBS, COUNT_ON, COUNTERS, EVENTS, FORGET, KEPT, SHORT, Prepared, Row
from engine.storage.sqlite.writer import Writer
from engine.storage.tables import Place

T = TypeVar("T")
Enter: TypeAlias = Callable[[], tuple[Snapshot, bool]]
"""Gives the snapshot to read from, and says whether it begins with the one who asks."""
MOST_ROWS = 10_000
HIGHEST = 2**63 - 1


class SqliteReader:
    """Reads one tenant's records at one point in time; inside another snapshot of its thread it reads that one."""

    _snapshot: Snapshot
    _begins_here: bool

    def __init__(self, snapshots: Snapshots, enter: Enter, schema: Schema, tenant: str) -> None:
        self._snapshots = snapshots
        self._enter = enter
        self._schema = schema
        self._tenant = tenant
        self._seen: dict[tuple[type[Any], str], int] = {}
        self._records: dict[tuple[type[Any], str], Any] = {}

    def __enter__(self) -> Self:
        self._snapshot, self._begins_here = self._enter()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._begins_here:
            self._begins_here = False
            self._snapshots.end(self._snapshot)

    def get(self, kind: type[T], key: str) -> T | None:
        """The record, or None; asked for again it is the same, since a snapshot does not change."""
        if (kind, key) not in self._records:
            found = self._snapshot.record(self._schema.of(kind), self._tenant, key)
            self._seen[kind, key], self._records[kind, key] = found
        return self._records[kind, key]  # type: ignore[no-any-return]

    def version(self, kind: type[object], key: str) -> int:
        """How often the record was saved, from 1; 0 when there is none."""
        if (kind, key) not in self._seen:
            self._seen[kind, key] = self._snapshot.version(self._schema.of(kind), self._tenant, key)
        return self._seen[kind, key]

    def page(self, kind: type[T], *, where: Mapping[str, str] | None = None, after: str = "", limit: int) -> list[T]:
        """Records in order of their keys, after a key; ``where`` names columns of the kind and the value wanted."""
        wanted = where or {}
        return self._decoded(kind, self._page(self._schema.of(kind).page(wanted), wanted, after, limit))

    def keys(
        self, kind: type[object], *, where: Mapping[str, str] | None = None, after: str = "", limit: int
    ) -> list[str]:
        """The keys of a page; its records are not read, only how often they were saved."""
        wanted = where or {}
        rows = self._page(self._schema.of(kind).page(wanted, "id, version"), wanted, after, limit)
        for key, version in rows:
            self._seen.setdefault((kind, key), version)
        return [key for key, _ in rows]

    def _page(self, sql: str, where: Mapping[str, str], after: str, limit: int) -> list[Any]:
        return self._snapshot.select(sql, (self._tenant, after, *where.values(), min(limit, MOST_ROWS)))

    def newest(self, kind: type[T], *, below: int | None = None, limit: int) -> list[T]:
        """Records of a numbered kind, the highest number first."""
        prepared = self._schema.of(kind)
        parameters = self._tenant, HIGHEST if below is None else below, min(limit, MOST_ROWS)
        return self._decoded(kind, self._snapshot.select(prepared.newest(), parameters))

    def due(self, kind: type[T], column: str, *, until: str, where: Mapping[str, str], limit: int) -> list[T]:
        """Records whose column is not empty and not after a text, in order of their keys."""
        prepared = self._schema.of(kind)
        names = (column, *where)
        assert set(names) <= set(prepared.table.columns), "only columns of the table can be due"
        conditions = "".join(f" AND {name} = ?" for name in where)
        found = self._snapshot.select(
            f"SELECT id, version, body FROM {prepared.table.table} WHERE tenant_id = ? AND {column} <= ?{conditions}"
            " ORDER BY id LIMIT ?",
            (self._tenant, until, *where.values(), min(limit, MOST_ROWS)),
        )
        return self._decoded(kind, found)

    def rows(self, table: str, columns: Sequence[str], where: Mapping[str, str] | None = None) -> list[ports.Row]:
        """Relational rows as they are stored, in order of their keys."""
        names = (table, *columns, *(where or {}))
        assert all(name.isidentifier() for name in names), "tables and columns are named by the program"
        conditions = "".join(f" AND {name} = ?" for name in where or {})
        found = self._snapshot.select(
            f"SELECT {', '.join(columns)} FROM {table} WHERE tenant_id = ?{conditions} ORDER BY rowid",
            (self._tenant, *(where or {}).values()),
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def events(self, *, after: int, limit: int) -> list[StoredEvent]:
        """Events after a cursor, oldest first."""
        rows = self._snapshot.select(
            "SELECT cursor, name, entity, at, body FROM events"
            " WHERE tenant_id = ? AND cursor > ? ORDER BY cursor LIMIT ?",
            (self._tenant, after, min(limit, MOST_ROWS)),
        )
        return [StoredEvent(row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4]) for row in rows]

    def answer(self, request_id: str) -> Answer | None:
        """The recorded answer of a request, or None."""
        rows = self._snapshot.select(
            "SELECT fingerprint, answer FROM requests WHERE tenant_id = ? AND request_id = ?",
            (self._tenant, request_id),
        )
        return Answer(*rows[0]) if rows else None

    def blob(self, key: str) -> bytes | None:
        """An opaque document, or None."""
        rows = self._snapshot.select("SELECT content FROM blobs WHERE tenant_id = ? AND id = ?", (self._tenant, key))
        return rows[0][0] if rows else None

    def kept(self, key: str, mark: str) -> bytes | None:
        """The answer kept under a key, when it carries that mark."""
        rows = self._snapshot.select(
            "SELECT content FROM kept_answers WHERE tenant_id = ? AND id = ? AND mark = ?", (self._tenant, key, mark)
        )
        return rows[0][0] if rows else None

    def _decoded(self, kind: type[T], rows: Sequence[tuple[str, int, str]]) -> list[T]:
        for key, version, _ in rows:
            self._seen.setdefault((kind, key), version)
        record = self._schema.of(kind).record
        return [record(self._tenant, key, body) for key, _, body in rows]

    def aside(self) -> SqliteReader:
        """The same snapshot, read without being remembered."""
        beside = SqliteReader(self._snapshots, self._enter, self._schema, self._tenant)
        beside._snapshot, beside._begins_here = self._snapshot, False
        return beside


class SqliteTransaction(SqliteReader):
    """Collects writes; the commit checks in the writer thread that everything read is still as it was."""

    def __init__(
        self, snapshots: Snapshots, schema: Schema, tenant: str, writer: Writer, answered: RecentAnswers
    ) -> None:
        super().__init__(snapshots, snapshots.light, schema, tenant)
        self._answered = answered
        self._writer = writer
        self._own: dict[tuple[type[Any], str], Any] = {}
        self._added: set[tuple[type[Any], str]] = set()
        self._blobs: dict[str, bytes] = {}
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._events: list[object] = []
        self._numbers: dict[str, tuple[int, int]] = {}
        self._saved: list[tuple[Prepared, Place, Decoded | None]] = []
        """Large records as they are stored once this unit is; None for one that is deleted or small by then."""

    def __enter__(self) -> Self:
        super().__enter__()
        # Not before: a unit that got no snapshot never ends, and every commit would wait for it.
        self._writer.expect(self)
        return self

    def get(self, kind: type[T], key: str) -> T | None:
        """The record as this unit sees it: its own writes first."""
        if (kind, key) in self._own:
            return self._own[kind, key]  # type: ignore[no-any-return]
        return super().get(kind, key)

    def version(self, kind: type[object], key: str) -> int:
        """The version that the record has once this unit is saved: what it adds was not there, or it is not saved."""
        if (kind, key) in self._added:
            return 1
        return super().version(kind, key) + ((kind, key) in self._own)

    def may_be_answered(self, request_id: str) -> bool:
        """Whether a request was answered lately; others that were are met at the commit."""
        return self._answered.has(self._tenant, request_id)

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
            rows = self._snapshot.select(
                "SELECT value FROM counters WHERE tenant_id = ? AND series = ?", (self._tenant, series)
            )
            first = last = rows[0][0] if rows else 0
        self._numbers[series] = first, last + 1
        return last + 1

    def commit(self, asked: Asked, answer: bytes, *, at: datetime) -> None:
        """Save everything, the events and the answer durably, or raise Conflict, AlreadyAnswered or StoreFailed."""
        assert asked.tenant == self._tenant, "a unit belongs to one tenant"
        changes = self._changes(asked, answer, at)
        self._end()
        self._writer.save(changes)
        for prepared, place, decoded in self._saved:
            if decoded is None:
                prepared.known.forget(place)
            else:
                prepared.known.keep(place, decoded)
        if asked.request_id:
            self._answered.add(self._tenant, asked.request_id)

    def _end(self) -> None:
        self._writer.forget(self)
        super()._end()

    def _changes(self, asked: Asked, answer: bytes, at: datetime) -> Changes:
        changes = Changes()
        if asked.request_id:
            changes.answer = (self._tenant, asked.request_id, asked.method, asked.fingerprint, answer, in_order(at))
        changes.seen = {self._place(each): version for each, version in self._seen.items() if each not in self._own}
        for each, value in self._own.items():
            self._write(changes, each, value)
        for series, (first, last) in self._numbers.items():
            if first:
                changes.updates.append((COUNT_ON, (last, self._tenant, series, first)))
            else:
                changes.inserts.append((COUNTERS, [(self._tenant, series, last)]))
        if self._blobs:
            changes.inserts.append((BLOBS, [(self._tenant, *blob) for blob in self._blobs.items()]))
        for key, (mark, content) in self._kept.items():
            if content:
                changes.inserts.append((KEPT, [(self._tenant, key, mark, content)]))
            else:
                changes.clears.append((FORGET, (self._tenant, key)))
        changes.inserts.append((EVENTS, list(self._told(at))))
        return changes

    def _write(self, changes: Changes, at: tuple[type[Any], str], value: Any) -> None:
        prepared, key, place = self._schema.of(at[0]), at[1], self._place(at)
        own, version = (self._tenant, key), self._seen.get(at, 0)
        changes.written.append(place)
        if value is None:
            changes.clears += [(sql, own) for sql in prepared.clear_children]
            changes.updates.append((prepared.delete, (*own, version)))
            self._saved.append((prepared, place, None))
            return
        body, columns, rows = prepared.codec.encode(value), prepared.columns_of(value), prepared.rows_of(value)
        before = NO_ROWS if at in self._added else prepared.known.rows(place, version)
        if at in self._added:
            changes.inserts.append((prepared.insert, [(*own, 1, body, *columns)]))
        else:
            changes.updates.append((prepared.update, (body, *columns, *own, version)))
        if before:
            for clear, gone, insert, fresh in prepared.edited_children(own, before, rows):
                changes.clears += [(clear, row) for row in gone]
                changes.inserts.append((insert, fresh))
        else:
            if at not in self._added:
                changes.clears += [(sql, own) for sql in prepared.clear_children]
            changes.inserts += prepared.children_of(own, rows)
        now = 1 if at in self._added else version + 1
        self._saved.append((prepared, place, Decoded(body, value, now, rows) if len(body) > SHORT else None))

    def _place(self, at: tuple[type[Any], str]) -> Place:
        return self._schema.of(at[0]).table.table, self._tenant, at[1]

    def _told(self, at: datetime) -> Iterator[Row]:
        """The rows of events, each with the change that it tells of: the table of its record, and the version saved."""
        written: dict[str, list[type[Any]]] = {}
        for kind, key in self._own:
            written.setdefault(key, []).append(kind)
        for event in self._events:
            row = self._schema.event(self._tenant, event, at)
            yield (*row, *self._change(type(event), row[2], written.get(row[2], ())))

    def _change(self, event: type[Any], key: str, kinds: Sequence[type[Any]]) -> tuple[str, int]:
        """What an event tells of, of all records with its key that are written here; nothing of no record."""
        for kind in kinds:
            table = self._schema.of(kind).table
            if table.told_by is None or event in table.told_by:
                return table.table, self.version(kind, key)
        return "", 0
