"""A database that an older release wrote is opened, brought up to date and read: nothing of it is lost or altered.

``older/schema-0005.sql`` is a whole deal as release 0.1.0 left it at schema 5, before records were written by msgspec:
rows with all their defaults, decimals and days as text by ``json``. It is never written again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.application.ports import Asked
from engine.quotes.certificate import certificate_of
from engine.quotes.quote import Quote
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite.schema import Schema
from engine.storage.tables import Table
from tests.storage.contract import NOON

OLDER = Path(__file__).with_name("older") / "schema-0005.sql"
EMPTY = {
    "billing_accounts",
    "selling_entities",
    "approver_groups",
    "test_clocks",
    "promotion_uses",
    "books_state",
    "book_days",
    "billing_runs",
    "coupons",
    "prepaid_credits",
    "prepaid_uses",
    "failed_payments",
    "reminders",
    "usage_looks",
    "dunning_days",
    "refunds",
    "usage_sums",
}


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "older.sqlite3")
    connection.executescript(OLDER.read_text())
    yield connection
    connection.close()


@pytest.fixture
def store(plain: sqlite3.Connection, tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "older.sqlite3", TABLES, SCALARS)
    yield opened
    opened.close()


def test_the_file_is_brought_up_to_date(plain: sqlite3.Connection, store: SqliteStore) -> None:
    versions = [row[0] for row in plain.execute("SELECT version FROM schema_version ORDER BY version")]
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) > 5


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_record_says_what_it_said(plain: sqlite3.Connection, store: SqliteStore, table: Table) -> None:
    prepared = Schema(TABLES, SCALARS).of(table.kind)
    with store.read("default") as reader:
        records = reader.page(table.kind, limit=100)
    assert bool(records) is (table.table not in EMPTY)
    for record in records:
        key = table.key(record)
        assert prepared.codec.decode(prepared.codec.encode(record)) == record
        names = ", ".join(("version", *table.columns))
        stored = plain.execute(f"SELECT {names} FROM {table.table} WHERE id = ?", (key,)).fetchone()
        assert prepared.columns_of(record) == stored[1:]
        for child, (_, rows) in zip(
            table.children, prepared.children_of(("default", key), prepared.rows_of(record)), strict=True
        ):
            names = ", ".join(("tenant_id", "parent_id", "position", *child.columns))
            sql = f"SELECT {names} FROM {child.table} WHERE parent_id = ? ORDER BY position"
            assert rows == plain.execute(sql, (key,)).fetchall()


def test_the_offer_still_has_the_certificate_that_was_given_for_it(store: SqliteStore) -> None:
    with store.read("default") as reader:
        (quote,) = reader.page(Quote, limit=2)
    (offer,) = quote.versions
    # As the older release wrote it.
    assert offer.certificate == "cpq1-sha256:35ad5dfab8a88b9bbda544a034ae7233b47d9c678def26c70e3a06952d126d10"
    assert certificate_of(offer.priced) == offer.certificate
    # 4 x 12.50, a month of a plan at 30.00 and 100 calls at 0.05 make 85.00; less 20 percent.
    assert quote.priced.priced.totals.net.minor_units == 6800


def test_what_is_changed_is_written_anew_and_read_again(plain: sqlite3.Connection, store: SqliteStore) -> None:
    with store.begin("default") as tx:
        assert tx.answer("r-1") is not None
        (quote,) = tx.page(Quote, limit=2)
        tx.replace(replace(quote, title="again"))
        tx.commit(Asked("Change"), b"", at=NOON)
    with store.read("default") as reader:
        assert reader.get(Quote, quote.id) == replace(quote, title="again")
    (body,) = plain.execute("SELECT body FROM quotes").fetchone()
    assert json.loads(body)["priced"]["request"]["lines"][0] == ["mug", "MUG", "4"]
