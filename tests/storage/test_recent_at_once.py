"""Readers of one process beside a writer of another: what is kept lies between what SQLite says before and after.

``engine.storage.sqlite.recent``, ``wal_index``, ``snapshot``.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.application.ports import Reader, StoreFailed
from engine.parties import Customer
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from tests.storage.changer import name_of, named, rename
from tests.storage.contract import in_thread

ROOT = Path(__file__).resolve().parents[2]
READERS = 3


def test_readers_beside_a_writer_of_another_process_are_never_behind(tmp_path: Path) -> None:
    beside_a_writer(tmp_path / "cpq.sqlite3", seconds=2.0)


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(6))
def test_readers_beside_a_writer_for_long(tmp_path: Path, round_number: int) -> None:
    beside_a_writer(tmp_path / "cpq.sqlite3", seconds=10.0 + round_number)


class Interrupted:
    """A connection beside which something happens before or after a statement that begins like that, once."""

    def __init__(self, connection: sqlite3.Connection, start: str, *, happens: Callable[[], object], when: str) -> None:
        self._connection = connection
        self._start = start
        self._happens: Callable[[], object] | None = happens
        self._when = when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        happens = self._happens if sql.startswith(self._start) else None
        if happens is not None:
            self._happens = None
        if happens is not None and self._when == "before":
            happens()
        found = self._connection.execute(sql, *parameters)
        if happens is not None and self._when == "after":
            happens()
        return found


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[SqliteStore, SqliteStore]]:
    """Two stores on one file, with the customers c-1 and c-2 called 0."""
    opened = [open_store(tmp_path / "cpq.sqlite3", TABLES, SCALARS) for _ in range(2)]
    for key in ("c-1", "c-2"):
        rename(opened[0], "0", key)
    yield opened[0], opened[1]
    for each in opened:
        each.close()


def test_what_others_commit_right_after_a_commit_of_our_own_is_not_carried_over(
    stores: tuple[SqliteStore, SqliteStore],
) -> None:
    store, other = stores
    assert [name_of(store), name_of(store, "c-2")] == ["0", "0"]
    writer = Interrupted(store._writer._connection, "COMMIT", happens=lambda: rename(other, "1"), when="after")
    store._writer._connection = writer  # type: ignore[assignment]
    rename(store, "own", "c-2")
    assert [name_of(store), name_of(store, "c-2")] == ["1", "own"]


def test_a_snapshot_that_could_not_begin_is_not_read_later(
    stores: tuple[SqliteStore, SqliteStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = stores

    def no_file() -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    def read() -> str | None:
        with store.read("default") as reader:
            return named(reader, "c-1")

    def meet() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(store._snapshots, "_connect", no_file)
            with pytest.raises(StoreFailed):
                read()
        assert read() == "0"
        in_thread(lambda: rename(other, "1"))
        assert (read(), name_of(store)) == ("1", "1")

    in_thread(meet)


@pytest.mark.parametrize("statement", ["BEGIN", "SELECT version, body FROM customers"])
def test_what_is_read_while_others_commit_is_not_kept_for_the_state_before(
    stores: tuple[SqliteStore, SqliteStore], monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    store, other = stores
    assert name_of(store, "c-2") == "0"
    connect = store._snapshots._connect

    def change() -> None:
        for key in ("c-1", "c-2"):
            rename(other, "1", key)

    def interrupted() -> Interrupted:
        return Interrupted(connect(), statement, happens=change, when="before")

    seen: list[tuple[str | None, str | None]] = []

    def find(reader: Reader) -> tuple[str | None, str | None]:
        second = named(reader, "c-2")
        if not seen:
            monkeypatch.setattr(store._snapshots, "_connect", interrupted)
            in_thread(lambda: seen.append((name_of(store), None)))
            monkeypatch.setattr(store._snapshots, "_connect", connect)
        return named(reader, "c-1"), second

    assert store.look("default", find) == ("1", "1")
    assert seen == [("1", None)]


def beside_a_writer(path: Path, *, seconds: float) -> None:
    store = open_store(path, TABLES, SCALARS)
    rename(store, "0")
    rename(store, "still", "c-2")
    command = [sys.executable, "-m", "tests.storage.changer", str(path), "count"]
    process = subprocess.Popen(command, cwd=ROOT)
    until = time.monotonic() + seconds
    problems: list[object] = []
    seen: list[int] = []
    work = [lambda: seen.append(looked_at(store, path, until)) for _ in range(READERS)]
    work += [lambda: save_others(store, until), lambda: copy_back(path, until)]
    threads = [threading.Thread(target=noting, args=(each, problems)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    process.kill()
    process.communicate()
    store.close()
    assert not problems
    assert len(seen) == READERS and min(seen) > 0


def noting(work: object, problems: list[object]) -> None:
    try:
        work()  # type: ignore[operator]
    except BaseException as problem:
        problems.append(problem)


def looked_at(store: SqliteStore, path: Path, until: float) -> int:
    """How often a look gave a number that another process counted; each is no older than SQLite's before it."""
    sql = "SELECT json_extract(body, '$.display_name') FROM customers WHERE id = 'c-1'"
    found = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        while time.monotonic() < until:
            before = int(connection.execute(sql).fetchone()[0])
            kept = store.look("default", lambda reader: (reader.get(Customer, "c-1"), reader.get(Customer, "c-2")))
            after = int(connection.execute(sql).fetchone()[0])
            assert kept[0] is not None and kept[1] is not None
            assert before <= int(kept[0].display_name) <= after
            found += 1
    return found


def save_others(store: SqliteStore, until: float) -> None:
    """Commits of our own, which carry over what they did not write, while others commit too."""
    number = 0
    while time.monotonic() < until:
        number += 1
        rename(store, f"own {number}", "c-3")
        assert name_of(store, "c-3") == f"own {number}"
        assert name_of(store, "c-2") == "still"


def copy_back(path: Path, until: float) -> None:
    """Let the log of writes begin again and again."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout = 1000")
        while time.monotonic() < until:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            time.sleep(0.05)
