"""What is kept of records read lately is never stale, whoever writes: compared with stores that keep nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.application.ports import Asked, Conflict, Reader
from engine.parties import Customer, User
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite.recent import Found, RecentRecords
from tests.storage.changer import name_of, named, rename
from tests.storage.contract import ANNA, NOON, in_thread, save
from tests.storage.statements import told_statements

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("c-1", "c-2", "c-3")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cpq.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = open_store(path, TABLES, SCALARS)
    yield opened
    opened.close()


@pytest.fixture
def other(path: Path, store: SqliteStore) -> Iterator[SqliteStore]:
    opened = open_store(path, TABLES, SCALARS)
    yield opened
    opened.close()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return told_statements(monkeypatch)


def keeping_nothing(path: Path) -> SqliteStore:
    """The twin: a store that reads everything."""
    twin = open_store(path, TABLES, SCALARS)
    twin._recent.close()
    return twin


def test_what_was_read_is_not_read_again(store: SqliteStore, statements: list[str]) -> None:
    save(store, ANNA)
    assert [name_of(store), name_of(store, "c-2")] == ["Anna", None]
    assert len(statements) == 2
    for _ in range(3):
        assert [name_of(store), name_of(store, "c-2")] == ["Anna", None]
        with store.begin("default") as tx:
            assert (tx.version(Customer, "c-1"), tx.version(Customer, "c-2")) == (1, 0)
    assert len(statements) == 2
    with store.read("default") as reader:
        assert reader.page(Customer, limit=5) == [ANNA]
        assert reader.get(Customer, "c-1") is store.look("default", lambda each: each.get(Customer, "c-1"))
    assert len(statements) == 3


def test_a_commit_of_our_own_leaves_what_it_did_not_write(store: SqliteStore, statements: list[str]) -> None:
    save(store, ANNA, replace(ANNA, id="c-2"))
    assert [name_of(store, key) for key in KEYS] == ["Anna", "Anna", None]
    statements.clear()
    rename(store, "Bo", "c-2")
    rename(store, "Cy", "c-3")
    assert not statements
    assert [name_of(store, key) for key in KEYS] == ["Anna", "Bo", "Cy"]
    assert len(statements) == 2


def test_a_unit_that_may_write_anything_leaves_nothing(store: SqliteStore) -> None:
    save(store, ANNA)
    assert name_of(store) == "Anna"
    body = "UPDATE customers SET body = replace(body, '\"Anna\"', '\"Bo\"')"
    assert store._writer.submit(lambda connection: connection.execute(body).rowcount) == 1
    assert name_of(store) == "Bo"


def test_long_records_are_read_each_time(store: SqliteStore, statements: list[str]) -> None:
    save(store, replace(ANNA, display_name="A" * 3_000))
    assert name_of(store) == name_of(store) == "A" * 3_000
    assert len(statements) == 2


def test_no_more_is_kept_than_the_bound() -> None:
    kept = RecentRecords(None, most=2)
    for key in KEYS:
        kept._records["customers", "default", key] = Found(1, None)
    assert len(kept._records) == 2


def test_what_another_store_commits_counts_at_once(store: SqliteStore, other: SqliteStore) -> None:
    for round_number in range(20):
        rename(other, f"name {round_number}")
        assert name_of(store) == f"name {round_number}"
        rename(store, f"back {round_number}")
        assert name_of(other) == f"back {round_number}"
    rename(other, "")
    assert name_of(store) is None


def test_a_version_that_was_asked_for_is_known_without_its_record(
    store: SqliteStore, other: SqliteStore, statements: list[str]
) -> None:
    save(store, replace(ANNA, display_name="A" * 3_000))
    assert [version_of(store, "c-1"), version_of(store, "c-1"), version_of(store, "c-2")] == [1, 1, 0]
    assert len(statements) == 2
    assert [name_of(store), version_of(store, "c-1")] == ["A" * 3_000, 1]
    rename(other, "Bo")
    assert [version_of(store, "c-1"), name_of(store), version_of(store, "c-1")] == [2, "Bo", 2]
    rename(other, "Cy", "c-2")
    assert version_of(store, "c-1") == 2
    with store.begin("default") as tx:
        assert tx.version(Customer, "c-1") == 2
        in_thread(lambda: rename(other, "Di"))
        with pytest.raises(Conflict, match="changed meanwhile: customers c-1"):
            tx.number("INV")
    assert version_of(store, "c-1") == 3


def test_a_mark_changes_when_a_record_of_its_kind_is_saved_by_anybody(store: SqliteStore, other: SqliteStore) -> None:
    marks = [store.mark(Customer)]
    assert store.mark(Customer) == marks[0]
    save(store, User("u-1", "Uma"))
    assert store.mark(Customer) == marks[0], "a user is no customer"
    for saver in (store, other):
        rename(saver, "Bo")
        marks.append(store.mark(Customer))
        assert store.mark(Customer) == marks[-1]
    assert len({*map(repr, marks)}) == 3


def test_a_snapshot_is_one_state_when_others_commit_on_its_way(store: SqliteStore, other: SqliteStore) -> None:
    for key in KEYS:
        rename(store, "0", key)
    assert [name_of(store, key) for key in KEYS[:2]] == ["0", "0"]
    seen: list[str | None] = []

    def find(reader: Reader) -> tuple[str | None, str | None]:
        first = named(reader, "c-1")
        seen.append(first)
        if len(seen) == 1:
            in_thread(lambda: rename(other, "1", "c-1"))
            in_thread(lambda: rename(other, "1", "c-3"))
        return first, named(reader, "c-3")

    assert store.look("default", find) == ("1", "1")
    assert seen == ["0", "1"], "it is looked for again"


def test_a_change_of_something_else_on_its_way_is_no_reason_to_look_again(
    store: SqliteStore, other: SqliteStore
) -> None:
    for key in KEYS:
        rename(store, "0", key)
    assert name_of(store) == "0"
    seen: list[str | None] = []

    def find(reader: Reader) -> list[str | None]:
        seen.append(named(reader, "c-1"))
        in_thread(lambda: rename(other, "1", "c-2"))
        return [named(reader, "c-2"), *(each.display_name for each in reader.page(Customer, limit=5))]

    assert store.look("default", find) == ["1", "0", "1", "0"]
    assert seen == ["0"]


def test_a_unit_met_by_a_change_is_a_conflict(store: SqliteStore, other: SqliteStore) -> None:
    save(store, ANNA)
    assert name_of(store) == "Anna"
    with store.begin("default") as tx:
        assert named(tx, "c-1") == "Anna"
        in_thread(lambda: rename(other, "Bo"))
        with pytest.raises(Conflict, match="changed meanwhile: customers c-1"):
            tx.page(Customer, limit=5)
    with store.begin("default") as tx:
        assert named(tx, "c-1") == "Bo"
        in_thread(lambda: rename(other, "Cy"))
        tx.add(User("u-1", "Uma"))
        with pytest.raises(Conflict):
            tx.commit(Asked("Save"), b"", at=NOON)


def test_a_look_inside_a_unit_met_by_a_change_fails_the_unit(store: SqliteStore, other: SqliteStore) -> None:
    save(store, ANNA)
    assert name_of(store) == "Anna"
    with store.begin("default") as tx:
        assert named(tx, "c-1") == "Anna"
        in_thread(lambda: rename(other, "Bo"))
        with pytest.raises(Conflict):
            store.look("default", lambda reader: reader.page(Customer, limit=5))
    assert not store._snapshots.is_inside()


def test_a_removed_record_that_came_back_is_another_one(store: SqliteStore, other: SqliteStore) -> None:
    save(store, ANNA)
    assert name_of(store) == "Anna"
    with store.begin("default") as tx:
        assert (named(tx, "c-1"), tx.version(Customer, "c-1")) == ("Anna", 1)
        in_thread(lambda: (rename(other, ""), rename(other, "Bo")))  # type: ignore[func-returns-value]
        with pytest.raises(Conflict):
            tx.number("INV")


def test_what_is_known_of_records_that_were_only_read_is_not_read_at_the_commit(
    store: SqliteStore, other: SqliteStore
) -> None:
    save(store, ANNA)
    asked: list[str] = []
    with store.begin("default") as tx:
        assert (named(tx, "c-1"), named(tx, "c-2")) == ("Anna", None)
        tx.add(User("u-1", "Uma"))
        store._writer.submit(lambda connection: connection.set_trace_callback(asked.append))
        assert (name_of(store), name_of(store, "c-2")) == ("Anna", None)
        tx.commit(Asked("Save"), b"", at=NOON)
    assert not [sql for sql in asked if "json_each" in sql]
    with store.begin("default") as tx:
        assert named(tx, "c-1") == "Anna"
        in_thread(lambda: rename(other, "Bo"))
        tx.add(User("u-2", "Uma"))
        with pytest.raises(Conflict, match="changed meanwhile"):
            tx.commit(Asked("Save"), b"", at=NOON)
    assert [sql for sql in asked if "json_each" in sql], "what another process may have changed is read"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rename", "remove", "read", "look over a change", "checkpoint", "open again", "reserve"]),
        st.integers(0, 1),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_two_stores_on_one_file_see_what_a_store_that_keeps_nothing_sees(
    steps: list[tuple[str, int, str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "twin.sqlite3"
        stores = [open_store(path, TABLES, SCALARS) for _ in range(2)]
        twin = keeping_nothing(path)
        try:
            for number, (step, place, key, another) in enumerate(steps):
                _do(step, stores, place, key, another, str(number))
                if step == "open again":
                    stores[place].close()
                    stores[place] = open_store(path, TABLES, SCALARS)
                for store in stores:
                    assert [(name_of(store, each), version_of(store, each)) for each in KEYS] == [
                        (name_of(twin, each), version_of(twin, each)) for each in KEYS
                    ]
        finally:
            for store in (*stores, twin):
                store.close()


def _do(step: str, stores: list[SqliteStore], place: int, key: str, another: str, name: str) -> None:
    store, other = stores[place], stores[1 - place]
    match step:
        case "rename":
            rename(store, name, key)
        case "remove":
            rename(store, "", key)
        case "read":
            name_of(store, key)
        case "checkpoint":
            with closing(sqlite3.connect(store._path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        case "reserve":
            store.reserve("q", 1)
        case "look over a change":
            before = name_of(store, key), name_of(store, another)
            names = iter((f"{name} first", f"{name} second"))

            def find(reader: Reader) -> tuple[str | None, str | None]:
                first = named(reader, key)
                changed = next(names, None)
                if changed is not None:
                    in_thread(lambda: rename(other, changed, another))
                return first, named(reader, another)

            pair = store.look("default", find)
            one, two = f"{name} first", f"{name} second"
            states = [before, (before[0], one), (before[0], two)]
            assert pair in ([before, (one, one), (two, two)] if key == another else states)


def version_of(store: SqliteStore, key: str) -> int:
    return store.look("default", lambda reader: reader.version(Customer, key))


def changing(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.storage.changer", str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def told_to(process: subprocess.Popen[str], name: str) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    assert process.stdout.readline() == f"{name}\n"


def test_what_another_process_commits_counts_at_once_also_after_it_was_killed(store: SqliteStore, path: Path) -> None:
    for round_number in range(3):
        process = changing(path)
        for number in range(20):
            told_to(process, f"name {round_number} {number}")
            assert name_of(store) == f"name {round_number} {number}"
            rename(store, f"back {number}", "c-2")
            assert name_of(store, "c-2") == f"back {number}"
        process.kill()
        process.communicate()
        assert name_of(store) == f"name {round_number} 19"
    store.close()
    again = open_store(path, TABLES, SCALARS)
    assert name_of(again) == "name 2 19"
    again.close()


def test_a_backup_restored_into_the_file_counts_at_once(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    save(store, ANNA)
    store.backup(tmp_path / "copy.sqlite3")
    rename(store, "Bo")
    assert name_of(store) == "Bo"
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy, closing(sqlite3.connect(path)) as live:
        copy.backup(live)
    assert name_of(store) == "Anna"


def test_a_log_that_begins_again_keeps_nothing_wrong(store: SqliteStore, path: Path) -> None:
    """SQLite writes the log from its start again when all of it was copied: the salts change, the counter goes on."""
    for round_number in range(4):
        for number in range(5):
            rename(store, f"{round_number} {number}", KEYS[number % 3])
            assert name_of(store, KEYS[number % 3]) == f"{round_number} {number}"
        with closing(sqlite3.connect(path)) as connection:
            busy = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0]
        assert busy == 0
        assert [name_of(store, key) for key in KEYS] == [f"{round_number} {number}" for number in (3, 4, 2)]


def test_without_an_index_everything_is_read(path: Path, statements: list[str]) -> None:
    twin = keeping_nothing(path)
    assert name_of(twin) == name_of(twin) is None
    assert len(statements) == 2
    assert twin.mark(Customer) != twin.mark(Customer)
    twin.close()
