"""One state of the database as one thread sees it: by what was read lately, and by a read transaction when it must."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any

from engine.application.ports import Conflict, StoreFailed
from engine.storage.sqlite.recent import NOT_READ, Found, RecentRecords
from engine.storage.sqlite.statements import SHORT, Prepared
from engine.storage.tables import Place


class Snapshot:
    """Begins light: records kept of the present state are that state, and cost no statement. What was not kept takes a
    read transaction; when others have committed since, all that was given out is compared with it.

    Every statement of SQLite lets go of the interpreter, and with calls in flight each of them waits to get it back.
    """

    __slots__ = ("_connect", "_connection", "_given", "_is_over", "_is_sure", "_recent", "_seal")

    def __init__(self, connect: Callable[[], sqlite3.Connection], recent: RecentRecords) -> None:
        self._connect = connect
        self._recent = recent
        self._connection: sqlite3.Connection | None = None
        self._seal = recent.present()
        self._given: dict[Place, tuple[Prepared, Found]] = {}
        self._is_sure = False
        self._is_over = False

    def record(self, prepared: Prepared, tenant: str, key: str) -> Found:
        """What lies at a place; Conflict when records given out before were changed by others before they could be
        read together with it.
        """
        place = prepared.table.table, tenant, key
        kept = self._kept(place, prepared)
        if kept is not None and kept.record is not NOT_READ:
            return kept
        rows = self.select(prepared.select, (tenant, key))
        found = Found(rows[0][0], prepared.record(tenant, key, rows[0][1])) if rows else Found(0, None)
        if self._seal is not None and (not rows or len(rows[0][1]) <= SHORT):
            self._recent.keep(self._seal, place, found)
        return found

    def version(self, prepared: Prepared, tenant: str, key: str) -> int:
        """How often a record was saved; 0 when there is none."""
        place = prepared.table.table, tenant, key
        kept = self._kept(place, prepared)
        if kept is not None:
            return kept.version
        rows = self.select(prepared.select_version, (tenant, key))
        found = Found(rows[0][0], NOT_READ) if rows else Found(0, None)
        if self._seal is not None:
            self._recent.keep(self._seal, place, found)
        return found.version

    def select(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """The rows of a statement; Conflict as above, StoreFailed when the database cannot be read."""
        try:
            rows = self.hold().execute(sql, parameters).fetchall()
        except sqlite3.Error as failure:
            raise _unreadable(failure) from failure
        if not self._is_sure:
            self._make_sure()
        return rows

    def hold(self) -> sqlite3.Connection:
        """Begin the read transaction, unless that was done; SQLite takes the state at its first statement."""
        if self._connection is None:
            assert not self._is_over, "a snapshot is read from before it ends"
            if not self._given:
                self._seal = self._recent.present()
            try:
                connection = self._connect()
                connection.execute("BEGIN")
            except sqlite3.Error as failure:
                raise _unreadable(failure) from failure
            self._connection = connection
        return self._connection

    def end(self) -> None:
        """Let go: while anybody holds a read transaction, the log of writes cannot begin again at its start."""
        self._is_over = True
        connection, self._connection = self._connection, None
        if connection is not None and connection.in_transaction:
            connection.execute("ROLLBACK")

    def _kept(self, place: Place, prepared: Prepared) -> Found | None:
        """What lies at a place, when it is known without asking SQLite."""
        if self._seal is None or not (self._connection is None or self._is_sure):
            return None
        kept = self._recent.found(self._seal, place)
        if kept is not None and self._connection is None:
            self._given[place] = prepared, kept
        return kept

    def _make_sure(self) -> None:
        """After the first statement: the same seal as before it is that of the read transaction."""
        self._is_sure = True
        if self._seal is not None and self._recent.present() != self._seal:
            self._seal = None
            for (table, tenant, key), (prepared, given) in self._given.items():
                is_whole = given.record is not NOT_READ
                now = self.record(prepared, tenant, key) if is_whole else self.version(prepared, tenant, key)
                if now != (given if is_whole else given.version):
                    raise Conflict(f"changed meanwhile: {table} {key}")
        self._given.clear()


def _unreadable(failure: sqlite3.Error) -> StoreFailed:
    return StoreFailed(f"the database cannot be read: {failure}")


class Snapshots:
    """The snapshots of all threads: one inside another one of its thread is that one."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], recent: RecentRecords) -> None:
        self._connect = connect
        self._recent = recent
        self._local = threading.local()
        self._gate = threading.Lock()
        self._connections: list[sqlite3.Connection] = []

    def light(self) -> tuple[Snapshot, bool]:
        """The snapshot of this thread, and whether it begins here; what it gives may be a Conflict."""
        present: Snapshot | None = self._local.__dict__.get("snapshot")
        if present is not None:
            return present, False
        self._local.snapshot = begun = Snapshot(self.connection, self._recent)
        return begun, True

    def held(self) -> tuple[Snapshot, bool]:
        """The same, by a read transaction from its beginning: it is never a Conflict."""
        found, begins_here = self.light()
        if begins_here:
            try:
                found.hold()
            except BaseException:  # nobody entered it, so that nobody would end it: its thread would read it for ever
                self.end(found)
                raise
        return found, begins_here

    def latest(self) -> tuple[Snapshot, bool]:
        """A snapshot of what is saved by now, whatever else this thread sees; nothing else joins it."""
        found = Snapshot(self.connection, self._recent)
        found.hold()
        return found, True

    def is_inside(self) -> bool:
        """Whether this thread sees a snapshot already."""
        return self._local.__dict__.get("snapshot") is not None

    def end(self, snapshot: Snapshot) -> None:
        """End a snapshot where it began."""
        if self._local.__dict__.get("snapshot") is snapshot:
            self._local.snapshot = None
        snapshot.end()

    def connection(self) -> sqlite3.Connection:
        """A connection of this thread's own that is in no transaction."""
        own: list[sqlite3.Connection] = self._local.__dict__.setdefault("connections", [])
        for each in own:
            if not each.in_transaction:
                return each
        own.append(self._connect())
        with self._gate:
            self._connections.append(own[-1])
        return own[-1]

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._gate:
            for each in self._connections:
                each.close()
            self._connections.clear()
