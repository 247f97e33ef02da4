"""The SQLite adapter keeps the promises of the port and its own: durability, group commit, migrations."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.application.ports import Asked, StoreFailed
from engine.application.rule_books import PublishedBook
from engine.parties import Address, Customer
from engine.quotes.quote import Quote
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite.migrate import migrate, migrations, statements
from engine.storage.sqlite.schema import Schema
from engine.storage.sqlite.statements import held
from engine.storage.sqlite.store import _reading
from engine.storage.sqlite.writer import Writer
from engine.storage.tables import Table
from tests.storage.contract import ANNA, INVOICE_LIKE, NOON, StoreContract, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "cpq.sqlite3", TABLES, SCALARS)
    yield opened
    opened.close()


class TestSqliteStore(StoreContract):
    """All promises of the port."""


def test_the_file_is_written_with_full_synchronisation(store: SqliteStore, tmp_path: Path) -> None:
    found: list[tuple[str, int]] = []

    def look(connection: sqlite3.Connection) -> None:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        found.append((mode, connection.execute("PRAGMA synchronous").fetchone()[0]))

    store._writer.submit(look)
    assert found == [("wal", 2)]


def test_readers_cannot_write(store: SqliteStore, tmp_path: Path) -> None:
    connection = _reading(tmp_path / "cpq.sqlite3")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM customers")
    connection.close()


def test_records_survive_closing_and_opening(tmp_path: Path) -> None:
    first = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    save(first, ANNA, request_id="r-1", answer=b"x")
    assert first.reserve("q", 3) == 1
    first.close()
    second = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    with second.read("default") as reader:
        assert reader.get(Customer, "c-1") == ANNA
        assert reader.answer("r-1") is not None
    assert second.reserve("q", 1) == 4
    second.close()


def test_a_closed_database_is_one_file(tmp_path: Path) -> None:
    """People copy the file that they see, and not the log beside it."""
    store = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    save(store, ANNA)
    with store.read("default") as reader:
        assert reader.get(Customer, "c-1") == ANNA
    store.close()
    assert [each.name for each in tmp_path.iterdir()] == ["a.sqlite3"]


def test_a_closed_store_refuses(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    store.close()
    store.close()
    with pytest.raises(StoreFailed, match="closed"):
        store.reserve("q", 1)


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    open_store(path, TABLES, SCALARS).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (9999)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreFailed, match="schema 9999.*newer program"):
        open_store(path, TABLES, SCALARS)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_text("no database " * 100)
    with pytest.raises(StoreFailed, match="cannot open"):
        open_store(path, TABLES, SCALARS)


def test_missing_migrations_are_applied_together_or_not_at_all() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    good = (1, "CREATE TABLE a (x);\n-- a comment; with a semicolon\nINSERT INTO a VALUES ('y;z');\n")
    assert migrate(connection, [good]) == 1
    with pytest.raises(sqlite3.Error):
        migrate(connection, [good, (2, "CREATE TABLE b (x);\n"), (3, "CREATE nonsense;\n")])
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"schema_version", "a"}
    assert migrate(connection, [good, (2, "CREATE TABLE b (x);\n")]) == 2
    connection.close()


def test_every_table_carries_its_tenant() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - {"schema_version", "sqlite_sequence"}:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        assert "tenant_id" in columns, table
    for number, text in migrations():
        assert list(statements(text)), number
    connection.close()


def test_every_declared_column_exists(store: SqliteStore) -> None:
    schema = Schema(TABLES, SCALARS)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    for table in TABLES:
        prepared = schema.of(table.kind)
        for sql in (
            prepared.select,
            prepared.update,
            prepared.delete,
            prepared.page(table.columns if table.listed_by else {}),
        ):
            connection.execute(f"EXPLAIN {sql}", ("",) * sql.count("?"))
        inserts = [sql for each in (prepared.insert, *prepared.insert_children) for _, sql in each.statements]
        for sql in (*prepared.clear_children, *inserts):
            connection.execute(f"EXPLAIN {sql}", ("",) * sql.count("?"))
    connection.close()


def plan_of(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("",) * sql.count("?"))]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_a_page_is_read_by_an_index_in_its_order(table: Table) -> None:
    """One step, which finds the first row of the page: nothing is scanned, and nothing sorted."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    prepared = Schema(TABLES, SCALARS).of(table.kind)
    assert plan_of(connection, prepared.page({})) == [
        f"SEARCH {table.table} USING INDEX sqlite_autoindex_{table.table}_1 (tenant_id=? AND id>?)"
    ]
    for column in table.listed_by:
        first, *rest = plan_of(connection, prepared.page({column: ""}))
        found = f"SEARCH {table.table} USING INDEX {table.table}_by_{column} (tenant_id=? AND {column}=?"
        if column in UNIQUE:
            assert first == f"{found})"
        else:
            assert (first, rest) == (f"{found} AND id>?)", [])
    connection.close()


UNIQUE = {"entry_key", "reverses"}
"""Columns of which every value is there once: the page is that one row."""


@pytest.mark.parametrize("column", ["owner", "net_minor"])
def test_a_page_by_a_column_without_an_index_is_refused(column: str) -> None:
    with pytest.raises(AssertionError, match="quotes is not listed by"):
        Schema(TABLES, SCALARS).of(Quote).page({column: ""})


def test_events_and_answers_are_found_by_an_index() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    events = "SELECT * FROM events WHERE tenant_id = ? AND cursor > ? ORDER BY cursor LIMIT ?"
    assert plan_of(connection, events) == ["SEARCH events USING INDEX events_by_tenant (tenant_id=? AND cursor>?)"]
    (answer,) = plan_of(connection, "SELECT answer FROM requests WHERE tenant_id = ? AND request_id = ?")
    assert answer.startswith("SEARCH requests USING INDEX")
    seen = plan_of(connection, held("customers"))
    assert seen[0].startswith("SCAN seen")
    assert seen[1].startswith("SEARCH present USING INDEX sqlite_autoindex_customers_1 (tenant_id=? AND id=?)")
    connection.close()


def test_what_is_looked_for_from_the_newest_down_or_by_customer_is_found_by_an_index() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations())
    newest = plan_of(connection, Schema(TABLES, SCALARS).of(PublishedBook).newest())
    assert newest == ["SEARCH rule_books USING INDEX rule_books_by_number (tenant_id=? AND number<?)"]
    ordered = "SELECT quantity FROM order_items WHERE tenant_id = ? AND customer = ? AND sku = ? ORDER BY rowid"
    by_customer = "order_items_by_customer (tenant_id=? AND customer=? AND sku=?)"
    assert plan_of(connection, ordered)[0] == f"SEARCH order_items USING INDEX {by_customer}"
    connection.close()


def test_child_rows_follow_their_record(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    opened = open_store(path, TABLES, SCALARS)
    opened._writer.submit(
        lambda connection: connection.execute(
            "CREATE TABLE customer_marks (tenant_id, parent_id, position, label, amount_minor)"
        )
    )
    opened._schema = Schema((INVOICE_LIKE,), SCALARS)
    save(opened, replace(ANNA, address=Address(("x", "y"))))
    rows = "SELECT parent_id, position, label, amount_minor FROM customer_marks ORDER BY position"
    assert opened._snapshots.connection().execute(rows).fetchall() == [("c-1", 0, "x", 0), ("c-1", 1, "y", 1)]
    with opened.begin("default") as tx:
        found = tx.get(Customer, "c-1")
        assert found is not None
        tx.replace(replace(found, address=Address(("z",))))
        tx.commit(Asked("Change"), b"", at=NOON)
    assert opened._snapshots.connection().execute(rows).fetchall() == [("c-1", 0, "z", 0)]
    opened.close()


def test_units_that_wait_share_a_commit_and_one_that_fails_does_not_hurt_the_others(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "w.sqlite3", isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    commits: list[int] = []
    writer = Writer(connection, after_commit=lambda: commits.append(1))
    started, go = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        started.set()
        go.wait(30)

    outcomes: dict[int, str] = {}

    def insert(number: int) -> None:
        try:
            writer.submit(lambda each: each.execute("INSERT INTO t VALUES (?)", (abs(number),)).rowcount)
            outcomes[number] = "saved"
        except StoreFailed:
            outcomes[number] = "refused"

    threads = [threading.Thread(target=writer.submit, args=(hold,))]
    threads[0].start()
    started.wait(30)
    threads += [threading.Thread(target=insert, args=(number,)) for number in (1, 2, 3)]
    for thread in threads[1:]:
        thread.start()
    while writer._queue.qsize() < 3:
        pass
    threads.append(threading.Thread(target=insert, args=(-2,)))
    threads[-1].start()
    while writer._queue.qsize() < 4:
        pass
    go.set()
    for thread in threads:
        thread.join(30)
    assert len(commits) == 2
    assert sorted(outcomes) == [-2, 1, 2, 3]
    assert outcomes[1] == outcomes[3] == "saved"
    assert sorted([outcomes[2], outcomes[-2]]) == ["refused", "saved"]
    writer.close()


def test_a_backup_taken_in_use_opens_as_a_store(store: SqliteStore, tmp_path: Path) -> None:
    save(store, ANNA)
    store.backup(tmp_path / "copy.sqlite3")
    copy = open_store(tmp_path / "copy.sqlite3", TABLES, SCALARS)
    with copy.read("default") as reader:
        assert reader.get(Customer, "c-1") == ANNA
    copy.close()


@pytest.mark.parametrize("round_number", range(3))
def test_every_acknowledged_save_survives_a_kill(tmp_path: Path, round_number: int) -> None:
    kill_while_saving(tmp_path, after=120 + 40 * round_number)


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(60))
def test_kill_after_kill_no_acknowledged_save_is_lost(tmp_path: Path, round_number: int) -> None:
    kill_while_saving(tmp_path, after=100 + 17 * round_number)


def kill_while_saving(tmp_path: Path, *, after: int) -> None:
    path = tmp_path / "k.sqlite3"
    command = [sys.executable, "-m", "tests.storage.saver", str(path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert process.stdout is not None
    acknowledged = []
    for line in process.stdout:
        acknowledged.append(line.strip())
        if len(acknowledged) == after:
            os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    if acknowledged and not acknowledged[-1].endswith("."):
        acknowledged.pop()
    store = open_store(path, TABLES, SCALARS)
    with store.read("default") as reader:
        saved = {customer.id for customer in reader.page(Customer, limit=10_000)}
        events = [event.entity for event in reader.events(after=0, limit=10_000)]
        for line in acknowledged:
            key = line.rstrip(".")
            recorded = reader.answer(f"r-{key}")
            assert recorded is not None
            assert recorded.content.decode() == key
    assert len(acknowledged) >= 100
    assert {line.rstrip(".") for line in acknowledged} <= saved
    assert sorted(events) == sorted(saved)
    store.close()
