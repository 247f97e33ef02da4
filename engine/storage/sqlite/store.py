"""The store in one SQLite file: WAL, ``synchronous=FULL``, one writer thread, read-only connections by thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from engine.application.ports import Conflict, StoreFailed, in_order
from engine.storage.shapes import Shape
from engine.storage.sqlite.migrate import migrate, migrations
from engine.storage.sqlite.recent import RecentAnswers, RecentRecords
from engine.storage.sqlite.schema import Schema
from engine.storage.sqlite.snapshot import Snapshots
from engine.storage.sqlite.transaction import SqliteReader, SqliteTransaction
from engine.storage.sqlite.wal_index import OPENING, WalIndex
from engine.storage.sqlite.writer import Writer
from engine.storage.tables import Place, Table

T = TypeVar("T")
BUSY_MILLISECONDS = 10_000
NO_RECORDS: tuple[Place, ...] = ()
HINTS = {
    sqlite3.SQLITE_CANTOPEN: "; it and its folder have to be there to be read and written",
    sqlite3.SQLITE_READONLY: "; it and its folder have to be there to be read and written",
    sqlite3.SQLITE_IOERR: "; the disk or its file system does not take it; choose another place",
    sqlite3.SQLITE_FULL: "; make room, or choose another place",
    sqlite3.SQLITE_BUSY: "; another program holds it; try again when that has ended",
}
"""What to do, by SQLite's primary result code."""


class SqliteStore:
    """Implements the store port; close it to finish what waits."""

    def __init__(self, path: Path, tables: Iterable[Table], scalars: Mapping[type, Shape]) -> None:
        self._path = path
        self._schema = Schema(tables, scalars)
        self._turn = threading.Lock()
        self._news = threading.Condition()
        self._commits = 0
        with OPENING:
            connection = _writing(path)
            try:
                migrate(connection, migrations())
            except BaseException:
                connection.close()
                raise
            self._index = WalIndex.of(path)
        self._recent = RecentRecords(self._index)
        self._answered = RecentAnswers()
        self._snapshots = Snapshots(lambda: _reading(path), self._recent)
        self._writer = Writer(connection, recent=self._recent, after_commit=self._tell)

    def read(self, tenant: str) -> SqliteReader:
        """A snapshot to read from; inside another one of its thread it is that one."""
        return SqliteReader(self._snapshots, self._snapshots.held, self._schema, tenant)

    def look(self, tenant: str, find: Callable[[SqliteReader], T]) -> T:
        """What is found in one snapshot; looked for again when it was met by a change on its way."""
        try:
            with SqliteReader(self._snapshots, self._snapshots.light, self._schema, tenant) as reader:
                return find(reader)
        except Conflict:
            if self._snapshots.is_inside():
                raise
        with self.read(tenant) as reader:
            return find(reader)

    def latest(self, tenant: str) -> SqliteReader:
        """A snapshot of what is saved by now, inside another one of its thread too."""
        return SqliteReader(self._snapshots, self._snapshots.latest, self._schema, tenant)

    def begin(self, tenant: str) -> SqliteTransaction:
        """A unit of work; leaving the context without a commit saves nothing."""
        return SqliteTransaction(self._snapshots, self._schema, tenant, self._writer, self._answered)

    def turn(self) -> AbstractContextManager[object]:
        """Wait for one's turn: a unit that met a conflict tries again undisturbed by other such units."""
        return self._turn

    def mark(self, kind: type[object]) -> object:
        """Stays equal for as long as nobody saves a record of a kind, in this process or another."""
        return self._recent.mark(self._schema.of(kind).table.table)

    def state(self) -> object:
        """Stays equal for as long as nobody saves anything, in this process or another: the seal of the database."""
        return self._recent.present() or object()

    def reserve(self, series: str, count: int) -> int:
        """Set ``count`` numbers of a series aside for ever and return the first; numbers not used are gaps."""

        def unit(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT OR IGNORE INTO sequences (series, value) VALUES (?, 0)", (series,))
            row = connection.execute(
                "UPDATE sequences SET value = value + ? WHERE series = ? RETURNING value", (count, series)
            ).fetchone()
            return int(row[0]) - count + 1

        return self._writer.submit(unit, NO_RECORDS)

    def give_back(self, series: str, first: int, last: int) -> None:
        """Return reserved numbers that were not used; they stay gaps when others have reserved since."""

        def unit(connection: sqlite3.Connection) -> None:
            # Whoever holds numbers holds them at or below the value: at `last`, nobody but the caller holds `first` on.
            connection.execute(
                "UPDATE sequences SET value = ? WHERE series = ? AND value = ?", (first - 1, series, last)
            )

        self._writer.submit(unit, NO_RECORDS)

    def wait_for_events(self, *, after: int, seconds: float) -> bool:
        """Wait until there may be an event after the cursor; False when the time passed without one."""
        with self._news:
            seen = self._commits
            if self._newest() > after:
                return True
            return self._news.wait_for(lambda: self._commits != seen, timeout=seconds)

    def purge_answers(self, tenant: str, *, before: datetime, limit: int) -> int:
        """Forget recorded answers older than an instant; returns how many."""

        def unit(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "DELETE FROM requests WHERE rowid IN"
                " (SELECT rowid FROM requests WHERE tenant_id = ? AND at < ? ORDER BY at LIMIT ?)",
                (tenant, in_order(before), limit),
            ).rowcount

        return self._writer.submit(unit, NO_RECORDS)

    def backup(self, target: Path) -> None:
        """Copy the database while it is in use."""
        with closing(sqlite3.connect(target)) as copy, closing(_reading(self._path)) as source:
            source.backup(copy)

    def close(self) -> None:
        """Finish what waits and close every connection.

        The one that may write closes last: then SQLite moves the log into the database, which is one file again.
        """
        self._writer.finish()
        self._snapshots.close()
        self._writer.close()
        self._recent.close()
        with OPENING:
            index, self._index = self._index, None
            if index is not None:
                index.close()

    def _tell(self) -> None:
        with self._news:
            self._commits += 1
            self._news.notify_all()

    def _newest(self) -> int:
        snapshot, _ = self._snapshots.latest()
        try:
            return snapshot.select("SELECT coalesce(max(cursor), 0) FROM events", ())[0][0]  # type: ignore[no-any-return]
        finally:
            snapshot.end()


def open_store(path: Path, tables: Iterable[Table], scalars: Mapping[type, Shape] | None = None) -> SqliteStore:
    """Open or create the database, apply missing migrations; StoreFailed when it cannot be used."""
    try:
        return SqliteStore(path, tables, scalars or {})
    except sqlite3.Error as failure:
        raise StoreFailed(f"cannot open {path}: {failure}{HINTS.get(_primary(failure), '')}") from failure


def _primary(failure: sqlite3.Error) -> int:
    """Its result code without what extends it; 0 for what the driver itself found."""
    return getattr(failure, "sqlite_errorcode", 0) & 0xFF


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _reading(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    return connection
