"""The store in one SQLite file: WAL, ``synchronous=FULL``, one writer thread, read-only connections by thread."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path

from engine.application.ports import StoreFailed
from engine.storage.shapes import Shape
from engine.storage.sqlite.migrate import migrate, migrations
from engine.storage.sqlite.schema import Schema
from engine.storage.sqlite.transaction import SqliteReader, SqliteTransaction
from engine.storage.sqlite.writer import Writer
from engine.storage.tables import Table

BUSY_MILLISECONDS = 10_000


class SqliteStore:
    """Implements the store port; close it to finish what waits."""

    def __init__(self, path: Path, tables: Iterable[Table], scalars: Mapping[type, Shape]) -> None:
        self._path = path
        self._schema = Schema(tables, scalars)
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        self._news = threading.Condition()
        connection = _writing(path)
        try:
            migrate(connection, migrations())
            self._commits = 0
            self._saves: Counter[str] = Counter()
        except BaseException:
            connection.close()
            raise
        self._writer = Writer(connection, after_commit=self._tell)

    def read(self, tenant: str) -> SqliteReader:
        """A snapshot to read from; inside another one of its thread it is that one."""
        return SqliteReader(self._reader(), self._schema, tenant)

    def latest(self, tenant: str) -> SqliteReader:
        """A snapshot of what is saved by now, inside another one of its thread too."""
        return SqliteReader(self._reader(idle=True), self._schema, tenant)

    def begin(self, tenant: str) -> SqliteTransaction:
        """A unit of work; leaving the context without a commit saves nothing."""
        return SqliteTransaction(self._reader(), self._schema, tenant, self._writer)

    def turn(self) -> AbstractContextManager[object]:
        """Wait for one's turn: a unit that met a conflict tries again undisturbed by other such units."""
        return self._turn

    def saves(self, kind: type[object]) -> int:
        """How often records of a kind were saved through this store: counted before those who saved are told."""
        return self._saves[self._schema.of(kind).table.table]

    def reserve(self, series: str, count: int) -> int:
        """Set ``count`` numbers of a series aside for ever and return the first; numbers not used are gaps."""

        def unit(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT OR IGNORE INTO sequences (series, value) VALUES (?, 0)", (series,))
            row = connection.execute(
                "UPDATE sequences SET value = value + ? WHERE series = ? RETURNING value", (count, series)
            ).fetchone()
            return int(row[0]) - count + 1

        return self._writer.submit(unit)

    def give_back(self, series: str, first: int, last: int) -> None:
        """Return reserved numbers that were not used; they stay gaps when others have reserved since."""

        def unit(connection: sqlite3.Connection) -> None:
            # Whoever holds numbers holds them at or below the value: at `last`, nobody but the caller holds `first` on.
            connection.execute(
                "UPDATE sequences SET value = ? WHERE series = ? AND value = ?", (first - 1, series, last)
            )

        self._writer.submit(unit)

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
                (tenant, before.isoformat(), limit),
            ).rowcount

        return self._writer.submit(unit)

    def backup(self, target: Path) -> None:
        """Copy the database while it is in use."""
        with closing(sqlite3.connect(target)) as copy, closing(_reading(self._path)) as source:
            source.backup(copy)

    def close(self) -> None:
        """Finish what waits and close every connection."""
        self._writer.close()
        with self._gate:
            for connection in self._readers:
                connection.close()
            self._readers.clear()

    def _tell(self, tables: Iterable[str]) -> None:
        self._saves.update(tables)
        with self._news:
            self._commits += 1
            self._news.notify_all()

    def _newest(self) -> int:
        found = self._reader().execute("SELECT coalesce(max(cursor), 0) FROM events").fetchone()
        return found[0]  # type: ignore[no-any-return]

    def _reader(self, *, idle: bool = False) -> sqlite3.Connection:
        """This thread's connection to read by, or another of its own that holds no snapshot."""
        own: list[sqlite3.Connection] = self._local.__dict__.setdefault("connections", [])
        for each in own:
            if not (idle and each.in_transaction):
                return each
        own.append(_reading(self._path))
        with self._gate:
            self._readers.append(own[-1])
        return own[-1]


def open_store(path: Path, tables: Iterable[Table], scalars: Mapping[type, Shape] | None = None) -> SqliteStore:
    """Open or create the database, apply missing migrations; StoreFailed when it cannot be used."""
    try:
        return SqliteStore(path, tables, scalars or {})
    except sqlite3.Error as failure:
        raise StoreFailed(f"cannot open {path}: {failure}") from failure


def _writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _reading(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    return connection
