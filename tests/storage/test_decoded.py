"""Large records are decoded once, and of the rows beside one only those that differ are written; nothing is stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.application.ports import Asked, Conflict
from engine.parties import Address, Customer
from engine.storage.records import SCALARS
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite.decoded import NO_ROWS, Decoded, DecodedRecords
from tests.storage.contract import ANNA, INVOICE_LIKE, NOON, in_thread, save

LONG = "A" * 3_000
PLACE = ("customers", "default", "c-1")
MARKS = (
    "CREATE TABLE IF NOT EXISTS customer_marks (tenant_id, parent_id, position, label, amount_minor,"
    " PRIMARY KEY (tenant_id, parent_id, position))"
)


def opened(path: Path) -> SqliteStore:
    store = open_store(path, (INVOICE_LIKE,), SCALARS)
    store._writer.submit(lambda connection: connection.execute(MARKS))
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    found = opened(tmp_path / "cpq.sqlite3")
    yield found
    found.close()


def customer(name: str, *marks: str) -> Customer:
    return replace(ANNA, display_name=name, address=Address(marks))


def change(store: SqliteStore, value: Customer | None) -> None:
    with store.begin("default") as tx:
        if tx.get(Customer, "c-1") is None:
            if value is not None:
                tx.add(value)
        elif value is None:
            tx.remove(Customer, "c-1")
        else:
            tx.replace(value)
        tx.commit(Asked("Change"), b"", at=NOON)


def stored(store: SqliteStore) -> tuple[Customer | None, list[tuple[Any, ...]]]:
    """The record and the rows beside it, as a reader finds them."""
    with store.read("default") as reader:
        rows = reader.rows("customer_marks", ("position", "label", "amount_minor"))
        return reader.get(Customer, "c-1"), [tuple(row.values()) for row in rows]


def wanted(value: Customer | None) -> tuple[Customer | None, list[tuple[Any, ...]]]:
    marks = () if value is None else value.address.lines
    return value, [(place, mark, place) for place, mark in enumerate(marks)]


changes = st.none() | st.builds(
    lambda name, marks: customer(name, *marks),
    st.sampled_from((LONG, LONG + "B", "Bo")),
    st.lists(st.sampled_from("abc")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), changes), max_size=8))
def test_what_two_stores_write_in_turn_is_read_as_it_was_written(
    steps: list[tuple[bool, bool, Customer | None]],
) -> None:
    with TemporaryDirectory() as folder:
        stores = opened(Path(folder) / "cpq.sqlite3"), opened(Path(folder) / "cpq.sqlite3")
        try:
            for is_first, is_looked_at, value in steps:
                change(stores[is_first], value)
                for each in stores if is_looked_at else ():
                    assert stored(each) == wanted(value)
            for each in stores:
                assert stored(each) == wanted(steps[-1][2] if steps else None)
        finally:
            for each in stores:
                each.close()


def test_only_the_rows_that_differ_are_written(store: SqliteStore) -> None:
    save(store, customer(LONG, "a", "b", "c", "d"))
    store._writer.submit(
        lambda connection: connection.execute("UPDATE customer_marks SET amount_minor = 70 + position")
    )
    change(store, customer(LONG, "a", "x", "c"))
    # b is written again, d is gone, and the others are as somebody left them meanwhile
    assert stored(store)[1] == [(0, "a", 70), (1, "x", 1), (2, "c", 72)]
    change(store, customer(LONG, "a", "x", "c", "e"))
    assert stored(store)[1] == [(0, "a", 70), (1, "x", 1), (2, "c", 72), (3, "e", 3)]


def test_all_rows_are_written_where_nobody_knows_which_are_there(store: SqliteStore, tmp_path: Path) -> None:
    save(store, customer(LONG, "a", "b"))
    store._writer.submit(lambda connection: connection.execute("UPDATE customer_marks SET amount_minor = 70"))
    other = opened(tmp_path / "cpq.sqlite3")
    change(other, customer(LONG, "a", "x"))
    assert stored(other)[1] == [(0, "a", 0), (1, "x", 1)]
    other.close()


def test_a_large_record_is_decoded_once(store: SqliteStore) -> None:
    written = customer(LONG, "a")
    save(store, written)
    assert stored(store)[0] is stored(store)[0] is written


def test_what_was_not_saved_is_not_known(store: SqliteStore) -> None:
    save(store, customer(LONG, "a", "b"))
    with pytest.raises(Conflict), store.begin("default") as tx:
        assert tx.get(Customer, "c-1") is not None
        in_thread(lambda: change(store, customer(LONG, "a", "c", "d")))
        tx.replace(customer(LONG, "x"))
        tx.commit(Asked("Change"), b"", at=NOON)
    assert stored(store) == wanted(customer(LONG, "a", "c", "d"))
    change(store, customer(LONG, "a", "c"))
    assert stored(store) == wanted(customer(LONG, "a", "c"))


def test_a_record_of_another_text_is_decoded_again() -> None:
    known = DecodedRecords()
    assert known.record(PLACE, "1", int) == 1
    assert known.record(PLACE, "2", int) == 2
    known.keep(PLACE, Decoded("3", 30, 5, {"marks": [("a",)]}))
    assert known.record(PLACE, "3", int) == 30
    assert (known.rows(PLACE, 5), known.rows(PLACE, 6)) == ({"marks": [("a",)]}, NO_ROWS)
    assert known.record(PLACE, "4", int) == 4
    assert known.rows(PLACE, 5) == NO_ROWS
    known.forget(PLACE)
    assert known.record(PLACE, "3", int) == 3


def test_no_more_text_is_kept_than_the_bound() -> None:
    known = DecodedRecords(most=10)
    for number in range(5):
        known.keep(("marks", "default", str(number)), Decoded("12345", number))
    known.keep(PLACE, Decoded("12345678901", 7))
    assert [key for _, _, key in known._kept] == ["3", "4"]
