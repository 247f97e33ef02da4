"""The store port against a bare group-commit loop: durable saves a second with 32 callers, both with FULL.

Both write the same in one unit: the row of a record, an event, and the answer of the request. The bare loop does
nothing else: no codec, no check of what was read, no versions. Results first: both have stored every row.
"""

from __future__ import annotations

import queue
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import report
from engine.application.ports import Asked
from engine.parties import Customer
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store

CALLERS = 32
SAVES = 6_400
ROUNDS = 3
AT = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "x" * 5_800
"""As much text as a quote of ten lines has."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The event of a save."""

    customer: str
    at: datetime


def with_callers(save: Callable[[int], None]) -> float:
    """Saves a second with 32 callers."""

    def work(caller: int) -> None:
        for number in range(caller, SAVES, CALLERS):
            save(number)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(CALLERS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return SAVES / (time.perf_counter() - start)


def bare(folder: Path) -> float:
    """A queue, one thread, one COMMIT for up to 64 units."""
    path = folder / "bare.sqlite3"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, version INTEGER, name TEXT, body TEXT)")
    connection.execute("CREATE TABLE events (cursor INTEGER PRIMARY KEY, name TEXT, entity TEXT, at TEXT, body TEXT)")
    connection.execute("CREATE TABLE requests (id TEXT PRIMARY KEY, print BLOB, answer BLOB)")
    waiting: queue.SimpleQueue[tuple[int, threading.Event] | None] = queue.SimpleQueue()

    def write() -> None:
        while (first := waiting.get()) is not None:
            batch = [first]
            while len(batch) < 64:
                try:
                    more = waiting.get_nowait()
                except queue.Empty:
                    break
                if more is not None:
                    batch.append(more)
            connection.execute("BEGIN IMMEDIATE")
            for number, _ in batch:
                key = f"c-{number}"
                connection.execute("SAVEPOINT unit")
                connection.execute("INSERT INTO rows VALUES (?, 1, ?, ?)", (key, "name", BODY))
                connection.execute(
                    "INSERT INTO events (name, entity, at, body) VALUES ('Saved', ?, 'at', '{}')", (key,)
                )
                connection.execute("INSERT INTO requests VALUES (?, x'00', x'00')", (f"r-{number}",))
                connection.execute("RELEASE unit")
            connection.execute("COMMIT")
            for _, done in batch:
                done.set()

    writer = threading.Thread(target=write)
    writer.start()

    def save(number: int) -> None:
        done = threading.Event()
        waiting.put((number, done))
        done.wait()

    found = with_callers(save)
    waiting.put(None)
    writer.join()
    assert connection.execute("SELECT count(*) FROM rows").fetchone()[0] == SAVES
    connection.close()
    return found


def port(folder: Path) -> float:
    """The store port, with everything it promises."""
    path = folder / "port.sqlite3"
    path.unlink(missing_ok=True)
    store = open_store(path, TABLES, SCALARS)

    def save(number: int) -> None:
        with store.begin("default") as tx:
            key = f"c-{number}"
            tx.add(Customer(key, "name", tax_id=BODY))
            tx.emit(Saved(key, AT))
            tx.commit(Asked("Save", f"r-{number}", b"\x00"), b"\x00", at=AT)

    found = with_callers(save)
    with store.read("default") as reader:
        assert len(reader.rows("customers", ("id",))) == SAVES
        assert len(reader.rows("events", ("cursor",))) == SAVES
        assert len(reader.rows("requests", ("request_id",))) == SAVES
    store.close()
    return found


def main() -> None:
    """Run and report, the two in turn."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as name:
        folder = Path(name)
        pairs = [(bare(folder), port(folder)) for _ in range(ROUNDS)]
    loop = sorted(pair[0] for pair in pairs)[ROUNDS // 2]
    engine = sorted(pair[1] for pair in pairs)[ROUNDS // 2]
    rows = [
        {"path": "bare group-commit loop", "durable saves a second": loop, "time against the loop": 1.0},
        {"path": "store port", "durable saves a second": engine, "time against the loop": loop / engine},
    ]
    report(
        "store", rows, budgets={"store port": "at most 1.5 x the time of the loop; 2 500 saves/s where the disk allows"}
    )


if __name__ == "__main__":
    main()
