"""The store port against a bare group-commit loop: durable saves a second with 32 callers, both with FULL.

Two kinds of unit are saved: one record with one long text, and a quote of ten different parts with its ten relational
lines; each with its event and the recorded answer of its request. The loop writes the very rows that the port wrote,
ready made, into the same tables with the same indexes: a queue, one thread, a savepoint a unit, one INSERT a row, one
COMMIT for up to 64 units. It does nothing else: no conversion to text, no check of what was read, no versions. Results
first: every table of both files holds the same rows.

On a slow disk both wait for it; what is left then is how many units share a commit. On a fast one (``TMPDIR=/dev/shm``)
what counts is the interpreter: turning a quote into text and rows takes it 70 us, and the loop does none of that. Where
the time goes is in ``docs/reference/storage.md``.
"""

from __future__ import annotations

import queue
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.measure import report
from engine.adapters.rule_folder import read_folder
from engine.application.ports import Asked
from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.parties import Customer
from engine.quotes.evaluation import evaluate
from engine.quotes.events import QuoteCreated
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.quotes.status import Status
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store

ROOT = Path(__file__).resolve().parents[1]
CALLERS = 32
SAVES = 3_200
ROUNDS = 5
AT = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = "x" * 5_800
ANSWER = b"a" * 1_200
"""As many bytes as the reply of CreateQuote with ten lines has."""
MARK = "KEY-0"

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = list[tuple[str, list[Row]]]
"""The rows of one unit by the statement that inserts them."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The event of a save."""

    customer: str
    at: datetime


Unit: TypeAlias = Callable[[str], tuple[object, object]]
"""A record and the event of its save, under a key."""


def one_text() -> Unit:
    """A record with as much text as a quote of ten lines."""
    return lambda key: (Customer(key, "name", tax_id=TEXT), Saved(key, AT))


def ten_lines() -> Unit:
    """A quote of ten different parts of the shipped workstation book."""
    book = load(read_folder(ROOT / "rules" / "workstation")).book
    assert book is not None
    parts = parts_of(book)
    sold = [each for each in parts.catalog.products.values() if each.sku not in parts.configurators]
    lines = tuple(
        RequestedLine(LineId(f"l{n}"), each.sku, Decimal(n + 1)) for n, each in enumerate(sold[:: len(sold) // 10][:10])
    )
    asked = QuoteRequest(
        date(2026, 3, 1), "EUR", lines, customer={"segment": "education", "region": "DE"}, header={}, term_months=12
    )
    priced = evaluate(_with_blanks(asked, book.declared), parts)
    assert not isinstance(priced, Refusal), str(priced)
    quote = Quote(MARK, QuoteParties("anna", "rep"), Status.DRAFT, 1, 1, priced, date(2999, 12, 31), AT, AT)
    return lambda key: (replace(quote, id=key), QuoteCreated(key, "anna", "rep", AT))


def _with_blanks(asked: QuoteRequest, declared: Any) -> QuoteRequest:
    return replace(
        asked,
        customer={**dict.fromkeys(declared.customer), **asked.customer},
        header={**dict.fromkeys(declared.quote), **asked.header},
    )


def with_callers(save: Callable[[int], None]) -> tuple[float, float]:
    """Saves a second with 32 callers, and CPU microseconds of the process for one."""

    def work(caller: int) -> None:
        for number in range(caller, SAVES, CALLERS):
            save(number)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(CALLERS)]
    cpu, start = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return SAVES / (time.perf_counter() - start), (time.process_time() - cpu) / SAVES * 1e6


def port(path: Path, unit: Unit, saves: int = SAVES) -> tuple[float, float]:
    """The store port, with everything it promises."""
    keys = [f"KEY-{number}" for number in range(saves)]
    made = [unit(key) for key in keys]
    store = open_store(path, TABLES, SCALARS)

    def save(number: int) -> None:
        with store.begin("default") as tx:
            record, event = made[number]
            tx.add(record)
            tx.emit(event)
            tx.commit(Asked("Save", f"r-{keys[number]}", b"\x00" * 32), ANSWER, at=AT)

    found = with_callers(save) if saves == SAVES else (0.0, 0.0)
    if saves != SAVES:
        save(0)
    store.close()
    return found


def rows_in(path: Path) -> dict[str, list[Row]]:
    """Every row of every table, with the columns by which events and machinery are told apart left out."""
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = {}
    for table in tables:
        if table in ("schema_version", "sqlite_sequence"):
            continue
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "cursor"]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        if rows:
            marks = ", ".join("?" * len(names))
            found[f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"] = sorted(rows)
    connection.close()
    return found


def rows_of(template: Mapping[str, Sequence[Row]], key: str) -> Rows:
    """The rows of a unit, made from those that the port wrote for the first."""
    return [
        (sql, [tuple(each.replace(MARK, key) if isinstance(each, str) else each for each in row) for row in rows])
        for sql, rows in template.items()
    ]


def bare(path: Path, template: Mapping[str, Sequence[Row]]) -> tuple[float, float]:
    """A queue, one thread, one COMMIT for up to 64 units."""
    units = [rows_of(template, f"KEY-{number}") for number in range(SAVES)]
    open_store(path, TABLES, SCALARS).close()
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
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
                connection.execute("SAVEPOINT unit")
                for sql, rows in units[number]:
                    connection.executemany(sql, rows)
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
    connection.close()
    return found


def measured(name: str, unit: Unit) -> list[dict[str, object]]:
    """The loop and the port in turn, each time on new files; the median of the ratios of each turn."""
    found: dict[str, list[tuple[float, float]]] = {"bare group-commit loop": [], "store port": []}
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        port(Path(folder) / "first.sqlite3", unit, saves=1)
        template = rows_in(Path(folder) / "first.sqlite3")
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
            loop, engine = Path(folder) / "bare.sqlite3", Path(folder) / "port.sqlite3"
            found["bare group-commit loop"].append(bare(loop, template))
            found["store port"].append(port(engine, unit))
            assert rows_in(loop) == rows_in(engine)
    loops = found["bare group-commit loop"]
    return [
        {
            "unit": name,
            "path": path,
            "durable saves a second": statistics.median(rate for rate, _ in runs),
            "CPU us a save": statistics.median(cpu for _, cpu in runs),
            "time against the loop": statistics.median(
                least / rate for (least, _), (rate, _) in zip(loops, runs, strict=True)
            ),
        }
        for path, runs in found.items()
    ]


def main() -> None:
    """Run and report."""
    rows = [*measured("one text", one_text()), *measured("quote of 10 lines", ten_lines())]
    report(
        "store", rows, budgets={"store port": "at most 1.5 x the time of the loop; 2 500 saves/s where the disk allows"}
    )


if __name__ == "__main__":
    main()
