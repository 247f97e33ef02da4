"""Disks that take nothing, and databases that cannot be read: nothing is acknowledged, and everybody is told."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from engine.application.ports import StoreFailed
from engine.parties import Customer
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from engine.storage.sqlite.writer import Writer
from tests.storage.contract import ANNA, save


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="database or disk is full"):
        open_store(Path("/dev/full"), TABLES, SCALARS)


def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """As of a disk that gives back other bytes than were written."""
    path = tmp_path / "a.sqlite3"
    with closing(open_store(path, TABLES, SCALARS)) as store:
        save(store, ANNA)
    with closing(sqlite3.connect(path)) as found:
        (size,) = found.execute("PRAGMA page_size").fetchone()
        (wanted,) = found.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('customers', 'events')").fetchone()
        roots = found.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('customers', 'events')").fetchall()
    assert wanted == 2
    with path.open("r+b") as file:
        for (root,) in roots:
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)
    with closing(open_store(path, TABLES, SCALARS)) as store:
        with pytest.raises(StoreFailed, match="cannot be read: database disk image is malformed"):
            store.look("default", lambda reader: reader.get(Customer, "c-1"))
        with store.read("default") as reader, pytest.raises(StoreFailed, match="cannot be read"):
            reader.events(after=0, limit=5)
        with pytest.raises(StoreFailed, match="cannot be read"):
            store.wait_for_events(after=0, seconds=1)


class BrokenCommit(sqlite3.Connection):
    """A connection whose COMMIT fails, as on a full disk; ``broken`` are the statements that do."""

    broken: frozenset[str] = frozenset()

    def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:  # type: ignore[override]
        if sql in self.broken:
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, *rest)  # type: ignore[arg-type]


def test_a_failed_commit_fails_every_unit_in_it_and_saves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=BrokenCommit)
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    writer = Writer(connection)
    connection.broken = frozenset({"COMMIT"})
    failures: list[str] = []

    def insert(number: int) -> None:
        try:
            writer.submit(lambda each: each.execute("INSERT INTO t VALUES (?)", (number,)))
        except StoreFailed as failure:
            failures.append(str(failure))

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == ["the commit failed: database or disk is full"] * 5
    connection.broken = frozenset()
    assert writer.submit(lambda each: each.execute("SELECT count(*) FROM t").fetchone()) == (0,)
    writer.close()


def test_a_write_that_cannot_be_undone_ends_writing_and_the_writer_ends_with_the_store(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=BrokenCommit)
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    writer = Writer(connection)
    connection.broken = frozenset({"COMMIT", "ROLLBACK"})
    for said in ("the commit failed", "could not be undone"):
        with pytest.raises(StoreFailed, match=said):
            writer.submit(lambda each: each.execute("INSERT INTO t VALUES (1)"))
    writer.close()
    assert not writer._thread.is_alive()
    with pytest.raises(StoreFailed, match="the store is closed"):
        writer.submit(lambda each: each.execute("SELECT 1"))
