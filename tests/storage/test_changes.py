"""Units that are saved together end as they would one after the other."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.application.ports import AlreadyAnswered, Asked, Conflict, StoreFailed, Transaction
from engine.parties import Customer, User
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite.statements import CHUNKS, EVENTS, Insert
from tests.storage.contract import ANNA, NOON, CustomerRenamed, in_thread, save

BO = Customer("c-2", "Bo")
ODD = ["\0", "a\0b", "\x01\x1f\x7f", "~", "~0", "~1", "~01~10", "~\0~1", "\\u0000"]
"""Keys with what JSON, SQLite or the shield of a key writes in another way."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "cpq.sqlite3", TABLES, SCALARS)
    yield opened
    opened.close()


def together(store: SqliteStore, *units: Callable[[Transaction], object], request_ids: str = "") -> list[str]:
    """Decide each unit on the same snapshot, let them wait for one commit, and say how each ended, in their order."""
    started, go = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        started.set()
        go.wait(30)

    outcomes = [""] * len(units)

    def work(place: int) -> None:
        with store.begin("default") as tx:
            units[place](tx)
            tx.emit(CustomerRenamed(f"unit {place}", NOON, ""))
            try:
                tx.commit(Asked("Save", request_ids and request_ids[place]), b"answer", at=NOON)
                outcomes[place] = "saved"
            except (Conflict, AlreadyAnswered, StoreFailed, OverflowError) as failure:
                outcomes[place] = type(failure).__name__

    threads = [threading.Thread(target=store._writer.submit, args=(hold,))]
    threads[0].start()
    started.wait(30)
    for place in range(len(units)):
        threads.append(threading.Thread(target=work, args=(place,)))
        threads[-1].start()
        while store._writer._queue.qsize() <= place:
            pass
    before = store._commits
    go.set()
    for thread in threads:
        thread.join(30)
    assert store._commits == before + 2, "one commit for the unit that held, one for the others"
    with store.read("default") as reader:
        told = [event.entity for event in reader.events(after=0, limit=100)]
    assert told == [f"unit {place}" for place, outcome in enumerate(outcomes) if outcome == "saved"]
    return outcomes


def test_units_that_touch_nothing_of_each_other_are_all_saved(store: SqliteStore) -> None:
    save(store, ANNA)
    people = [Customer(f"c-{n}", f"name {n}") for n in range(10, 40)]
    units = [lambda tx, each=each: (tx.get(Customer, "c-1"), tx.add(each)) for each in people]
    assert together(store, *units) == ["saved"] * 30
    with store.read("default") as reader:
        assert reader.page(Customer, limit=99) == [ANNA, *people]


def test_the_second_of_two_new_records_of_one_key_is_a_conflict(store: SqliteStore) -> None:
    outcomes = together(store, lambda tx: tx.add(ANNA), lambda tx: tx.add(ANNA), lambda tx: tx.add(BO))
    assert outcomes == ["saved", "Conflict", "saved"]


def test_the_second_of_two_changes_to_one_version_is_a_conflict(store: SqliteStore) -> None:
    save(store, ANNA)
    renamed = [replace(ANNA, display_name=name) for name in ("first", "second")]
    units = [lambda tx, each=each: (tx.get(Customer, "c-1"), tx.replace(each)) for each in renamed]
    assert together(store, *units) == ["saved", "Conflict"]
    with store.read("default") as reader:
        assert reader.get(Customer, "c-1") == renamed[0]


def test_of_two_that_change_what_the_other_read_only_the_first_is_saved(store: SqliteStore) -> None:
    """Each on its own would be right; both together are what no order of the two could have left."""
    save(store, ANNA, BO)

    def move(seen: Customer, changed: Customer) -> Callable[[Transaction], object]:
        return lambda tx: (
            tx.get(Customer, seen.id),
            tx.get(Customer, changed.id),
            tx.replace(replace(changed, region="US")),
        )

    assert together(store, move(ANNA, BO), move(BO, ANNA)) == ["saved", "Conflict"]
    with store.read("default") as reader:
        assert reader.page(Customer, limit=9) == [ANNA, replace(BO, region="US")]


def test_one_that_missed_what_another_adds_is_a_conflict(store: SqliteStore) -> None:
    units = (lambda tx: tx.add(ANNA), lambda tx: (tx.get(Customer, "c-1"), tx.add(BO)))
    assert together(store, *units) == ["saved", "Conflict"]


def test_the_second_of_two_with_one_request_id_is_answered_already(store: SqliteStore) -> None:
    outcomes = together(store, lambda tx: tx.add(ANNA), lambda tx: tx.add(BO), request_ids="rr")
    assert outcomes == ["saved", "AlreadyAnswered"]


def test_two_that_take_the_same_number_do_not_both_get_it(store: SqliteStore) -> None:
    assert together(store, lambda tx: tx.number("INV"), lambda tx: tx.number("INV")) == ["saved", "Conflict"]
    with store.begin("default") as tx:
        assert tx.number("INV") == 2
        tx.commit(Asked("Number"), b"", at=NOON)
    with store.begin("default") as tx:
        assert tx.number("INV") == 3


def test_one_that_cannot_be_written_does_not_hurt_the_others(store: SqliteStore) -> None:
    def broken(tx: Transaction) -> None:
        tx.add(Customer("c-9", "\ud800"))

    def unwritable(tx: Transaction) -> None:
        tx.add(User("u-1", "Uma"))
        tx._numbers["INV"] = (0, 2**70)  # type: ignore[attr-defined]

    assert together(store, lambda tx: tx.add(ANNA), unwritable, lambda tx: tx.add(BO)) == [
        "saved",
        "OverflowError",
        "saved",
    ]
    with pytest.raises(UnicodeEncodeError), store.begin("default") as tx:
        broken(tx)
        tx.commit(Asked("Save"), b"", at=NOON)
    with store.read("default") as reader:
        assert reader.page(Customer, limit=9) == [ANNA, BO]
        assert reader.get(User, "u-1") is None


@pytest.mark.parametrize("key", ['quo"te', "back\\slash", "ümlaut", "line\nbreak", "'", "\U0001f600", "a.b[0]", *ODD])
def test_what_was_read_is_compared_whatever_its_key(store: SqliteStore, key: str) -> None:
    save(store, Customer(key, "odd"))
    for expected in ("saved", "Conflict"):
        with store.begin("default") as tx:
            assert tx.get(Customer, key) is not None
            assert tx.get(Customer, f"{key}?") is None
            if expected == "Conflict":
                change(store, key)
            try:
                tx.commit(Asked("Look"), b"", at=NOON)
                found = "saved"
            except Conflict:
                found = "Conflict"
        assert found == expected


def change(store: SqliteStore, key: str) -> None:
    """Change a record from another thread."""

    def work() -> None:
        with store.begin("default") as tx:
            found = tx.get(Customer, key)
            assert found is not None
            tx.replace(replace(found, region="US"))
            tx.commit(Asked("Change"), b"", at=NOON)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 16, 63, 64, 65, 200])
def test_many_rows_are_inserted_in_their_order(count: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (place INTEGER PRIMARY KEY AUTOINCREMENT, a, b)")
    rows = [(n, f"b{n}") for n in range(count)]
    Insert("t", ("a", "b")).run(connection, rows)
    assert connection.execute("SELECT a, b FROM t ORDER BY place").fetchall() == rows
    connection.close()


def test_a_statement_of_many_rows_keeps_to_the_parameters_that_every_sqlite_takes() -> None:
    """999 before SQLite 3.32."""
    tables = [
        EVENTS,
        *(Insert(child.table, ("tenant_id", "parent_id", "position", *child.columns)) for child in CHILDREN),
    ]
    assert max(each.statements[0][1].count("?") for each in tables) <= 999
    assert CHUNKS[-1] == 1


CHILDREN = [child for table in TABLES for child in table.children]


def test_a_unit_that_is_never_submitted_holds_up_nobody(store: SqliteStore) -> None:
    store._writer._took = 3600.0
    with store.begin("default") as idle:
        assert idle.get(Customer, "c-1") is None
        assert store._writer._coming
        other = threading.Thread(target=save, args=(store, ANNA))
        other.start()
        other.join(30)
        assert not other.is_alive(), "what is being decided is waited for a few milliseconds at most"
    assert not store._writer._coming
    with store.read("default") as reader:
        assert reader.get(Customer, "c-1") == ANNA


def test_what_a_unit_read_it_reads_again_alike(store: SqliteStore) -> None:
    save(store, ANNA)
    with store.begin("default") as tx:
        first = tx.get(Customer, "c-1")
        change(store, "c-1")
        assert tx.get(Customer, "c-1") is first
        with pytest.raises(Conflict):
            tx.commit(Asked("Look"), b"", at=NOON)


def fails(store: SqliteStore) -> None:
    with pytest.raises(StoreFailed, match="disk"), store.begin("default") as unit:
        unit.get(User, "u-9")


def test_a_unit_that_gets_no_snapshot_is_not_waited_for(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        in_transaction = False

        def execute(self, _: str) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        def close(self) -> None:
            """Closed with the store."""

    with store.begin("default") as sound:
        monkeypatch.setattr(store._snapshots, "_connect", Broken)
        in_thread(lambda: fails(store))
        assert store._writer._coming == {id(sound)}
    assert not store._writer._coming


def test_what_an_event_tells_of_is_found_without_looking_at_all_that_is_saved(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run over thousands of contracts saves as many records, and emits as many events."""
    asked: list[type] = []
    found = type(store._schema).of

    def counted(schema: object, kind: type) -> object:
        asked.append(kind)
        return found(schema, kind)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store._schema), "of", counted)
    counts = []
    for size in (10, 40):
        with store.begin("default") as unit:
            for n in range(size):
                unit.add(Customer(f"c-{size}-{n}", "Anna"))
                unit.emit(CustomerRenamed(f"c-{size}-{n}", NOON, "Anna"))
            asked.clear()
            unit.commit(Asked("Save"), b"", at=NOON)
        counts.append(len(asked))
    assert counts[1] == 4 * counts[0]
    with store.read("default") as reader:
        told = reader.rows("events", ("record", "entity", "version"))
    assert [(each["record"], each["version"]) for each in told] == [("customers", 1)] * 50
