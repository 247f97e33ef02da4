"""Clock, ids and rule books of the shell: ``engine.adapters.clock``, ``ids`` and ``engine.adapters.stored_books``.

Also ``engine.adapters.ids``.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.adapters import ids as ids_module
from engine.adapters.clock import LocalClock, TenantClock, WallClock
from engine.adapters.compiled_books import CompiledBooks
from engine.adapters.ids import SequenceIds
from engine.adapters.stored_books import StoredRuleBooks
from engine.application.ports import Asked, in_order
from engine.application.rule_books import PublishedBook
from engine.application.test_clock import TestClock
from engine.bootstrap.build import compiler
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from tests.fakes.rules import SMALL

COMPILED = compiler(CompiledBooks(None))
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    yield opened
    opened.close()


def test_the_wall_clock_is_aware_and_a_tenants_test_clock_stands(store: SqliteStore) -> None:
    clock = TenantClock(store, WallClock())
    assert clock.now().tzinfo is UTC
    with store.begin("default") as tx:
        tx.add(TestClock("default", LONG_AGO))
        tx.commit(Asked("Clock"), b"", at=LONG_AGO)
    assert clock.now() == LONG_AGO
    assert clock.now("other") > LONG_AGO


def test_ids_are_never_given_twice_by_threads_or_after_a_restart(store: SqliteStore) -> None:
    ids, found = SequenceIds(store), []

    def mint() -> None:
        for _ in range(60):
            found.append(ids.new("q"))

    threads = [threading.Thread(target=mint) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 240
    assert min(found) == "q-000001"
    assert ids.new("o") == "o-000001"
    assert SequenceIds(store).new("q") not in found


def test_a_process_that_ends_leaves_no_gap(store: SqliteStore) -> None:
    for number in (1, 2, 3):
        ids = SequenceIds(store)
        assert ids.new("u") == f"u-{number:06d}"
        ids.close()


def test_ids_of_servers_on_one_database_stay_apart(store: SqliteStore) -> None:
    first, second, found = SequenceIds(store), SequenceIds(store), list[str]()
    for _ in range(20):
        found += [first.new("u"), second.new("u"), second.new("u")]
        first.close()
        found.append(second.new("u"))
        second.close()
    assert len(set(found)) == len(found) == 80


def test_an_id_given_back_is_given_again_when_it_was_the_last(store: SqliteStore) -> None:
    ids = SequenceIds(store)
    first, second, third = (ids.new("u") for _ in range(3))
    ids.give_back(third)
    ids.give_back(second)
    assert ids.new("u") == second
    ids.give_back(first)
    assert ids.new("u") == third
    ids.close()
    ids.give_back(third)
    assert ids.new("u") == "u-000004"


def test_numbers_are_reserved_in_larger_blocks_while_many_are_wanted(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, reserved = [100.0], []
    monkeypatch.setattr(ids_module.time, "monotonic", lambda: now[0])

    def reserve(series: str, count: int) -> int:
        reserved.append(count)
        return 1 + sum(reserved[:-1])

    monkeypatch.setattr(store, "reserve", reserve)
    ids = SequenceIds(store)
    assert [ids.new("q") for _ in range(5_000)] == [f"q-{number:06d}" for number in range(1, 5_001)]
    # 50 + 100 + 200 + 400 + 800 + 1600 + 1600 = 4 750, and one more
    assert reserved == [50, 100, 200, 400, 800, 1_600, 1_600, 1_600]
    now[0] += 1.5
    while len(reserved) == 8:
        ids.new("q")
    assert reserved[8] == 50


def test_a_book_that_was_checked_is_not_compiled_again_when_it_is_published(store: SqliteStore) -> None:
    calls: list[int] = []

    def counted(files: object) -> object:
        calls.append(1)
        return COMPILED(files)  # type: ignore[arg-type]

    books = StoredRuleBooks(store, counted)  # type: ignore[arg-type]
    checked = books.check(SMALL).active
    assert checked is not None
    assert books.get("default", checked.book.hash) is None, "it is not published"
    with store.begin("default") as tx:
        tx.put_blob(f"ruleBooks/{checked.book.hash}", books.pack(SMALL))
        tx.commit(Asked("Put"), b"", at=LONG_AGO)
    assert books.get("default", checked.book.hash) is checked
    assert len(calls) == 1


def test_packed_sources_are_unpacked_equal_and_compiled_once(store: SqliteStore) -> None:
    calls: list[int] = []

    def counted(files: object) -> object:
        calls.append(1)
        return COMPILED(files)  # type: ignore[arg-type]

    books = StoredRuleBooks(store, counted)  # type: ignore[arg-type]
    document = books.pack(SMALL)
    assert books.unpack(document) == SMALL
    with store.begin("default") as tx:
        tx.put_blob("ruleBooks/abc", document)
        tx.commit(Asked("Put"), b"", at=LONG_AGO)
    first = books.get("default", "abc")
    assert first is not None
    assert books.get("default", "abc") is first
    assert len(calls) == 1
    assert books.get("other", "abc") is None
    assert books.get("default", "xyz") is None
    assert books.in_force("default", LONG_AGO.date()) is None


def test_a_book_that_takes_long_to_compile_holds_up_no_other(store: SqliteStore) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(files: object) -> object:
        if begun.is_set() or not waited:
            return COMPILED(files)  # type: ignore[arg-type]
        begun.set()
        assert go_on.wait(30)
        return COMPILED(files)  # type: ignore[arg-type]

    waited: list[int] = []
    books = StoredRuleBooks(store, slow)  # type: ignore[arg-type]
    with store.begin("default") as tx:
        for key in ("ready", "large"):
            tx.put_blob(f"ruleBooks/{key}", books.pack(SMALL))
        tx.commit(Asked("Put"), b"", at=LONG_AGO)
    ready = books.get("default", "ready")
    waited.append(1)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(books.get("default", "large"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(30)
    assert books.get("default", "ready") is ready
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert len(found) == 3 and found[0] is not None
    assert found[0] is found[1] is found[2]


def test_sources_that_do_not_compile_are_answered_with_findings(store: SqliteStore) -> None:
    books = StoredRuleBooks(store, COMPILED)
    broken = books.check({**SMALL, "book.yaml": b"id: ["})
    assert broken.active is None
    assert broken.findings
    outside = books.check({"../book.yaml": b""})
    assert outside.active is None
    assert "not a path" in outside.findings[0].message


def publish(store: SqliteStore, number: int) -> None:
    """A publication, as another process would save it."""
    with store.begin("default") as tx:
        tx.add(PublishedBook(f"book-{number}", "small", "Small", number, LONG_AGO))
        tx.put_blob(f"ruleBooks/book-{number}", zlib.compress(b"{}"))
        tx.commit(Asked("Publish"), b"", at=LONG_AGO)


def test_what_anybody_publishes_counts_at_once_and_is_read_once(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = StoredRuleBooks(store, COMPILED)
    monkeypatch.setattr(books, "get", lambda _, key: key)
    reads: list[object] = []
    latest = store.latest
    monkeypatch.setattr(store, "latest", lambda tenant: reads.append(tenant) or latest(tenant))

    def in_force() -> object:
        return books.in_force("default", LONG_AGO.date())

    assert in_force() is None
    publish(store, 1)
    assert in_force() == in_force() == "book-1", "what is saved here counts at once"
    with store.begin("default") as tx:
        tx.put_blob("other", b"")
        tx.commit(Asked("Put"), b"", at=LONG_AGO)
    assert in_force() == "book-1"
    assert len(reads) == 2, "what does not publish is no reason to look"
    other = open_store(tmp_path / "a.sqlite3", TABLES, SCALARS)
    try:
        publish(other, 2)
        assert in_force() == "book-2", "and so does what another process saves"
    finally:
        other.close()
    assert in_force() == "book-2"


def test_inside_an_older_unit_the_newest_book_is_given_and_not_forgotten(store: SqliteStore) -> None:
    books = StoredRuleBooks(store, COMPILED)
    hashes: list[str] = []

    def publish_sound(number: int) -> None:
        files = {**SMALL, "README.md": str(number).encode()}
        book = books.check(files).active
        assert book is not None
        hashes.append(book.book.hash)
        with store.begin("default") as tx:
            tx.add(PublishedBook(hashes[-1], "small", "Small", number, LONG_AGO))
            tx.put_blob(f"ruleBooks/{hashes[-1]}", books.pack(files))
            tx.commit(Asked("Publish"), b"", at=LONG_AGO)

    publish_sound(1)
    assert in_force_hash(books) == hashes[-1]
    with store.begin("default") as tx:
        assert tx.get(PublishedBook, "none") is None, "the unit is of the time before the second one"
        thread = threading.Thread(target=publish_sound, args=(2,))
        thread.start()
        thread.join()
        by_hash = StoredRuleBooks(store, COMPILED).get("default", hashes[-1])
        assert by_hash is not None and by_hash.book.hash == hashes[-1]
        assert in_force_hash(books) == hashes[-1]
    assert len(set(hashes)) == 2 and in_force_hash(books) == hashes[-1]


def in_force_hash(books: StoredRuleBooks) -> str:
    found = books.in_force("default", LONG_AGO.date())
    return "" if found is None else found.book.hash


def test_a_clock_tells_the_day_of_the_book_published_last(store: SqliteStore) -> None:
    clock = LocalClock(store, TenantClock(store, WallClock()))
    night = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    with store.begin("default") as tx:
        tx.add(TestClock("default", night))
        tx.commit(Asked("Clock"), b"", at=night)
    assert clock.now().date() == date(2026, 3, 31)
    for number, (name, day) in enumerate((("Europe/Berlin", 1), ("America/New_York", 31), ("UTC", 31)), start=1):
        with store.begin("default") as tx:
            tx.add(PublishedBook(name, name, name, number, night, time_zone=name))
            tx.commit(Asked("Publish"), b"", at=night)
        assert (clock.now(), clock.now().date().day) == (night, day)
        assert in_order(clock.now()) == in_order(night)
