"""Many contracts out of one: it lived through the real service, and its rows are copied under names of their own.

A copy differs in its names alone, so whatever adds up over contracts is the amount of the first times their number.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from engine.adapters.afterwards import Afterwards
from engine.adapters.ids import SequenceIds
from engine.application.perform import Environment
from engine.bootstrap.build import environment
from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.client import Client
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store

ROOT = Path(__file__).resolve().parents[2]
BILLED, NEXT_BILL = date(2026, 3, 31), date(2026, 4, 30)
FOREVER = date(2999, 12, 31)
A_CUSTOMER = 4
"""So many contracts each customer has."""
SHARED = frozenset(
    {"sequences", "schema_version", "blobs", "users", "rule_books", "book_days", "test_clocks", "kept_answers"}
)
"""Tables of which every contract reads the same rows."""
NAME = re.compile(r"\b(?:q|k|o|in|cn|INV|CN|u)-\d{6}\b|\b\d{9}\b|\bc-\d{6}\b")
"""The names that records have; entries of the journal are numbered with nine digits."""
STEP = 1_000
"""So far are the numbers of two copies apart, of journal entries; names of records are ten apart."""


def lived(settings: Settings) -> None:
    """A contract with a plan, seats and metered calls, billed and recognised for a quarter; and a lost offer."""
    with in_process(settings) as running, Client(running.address) as client:
        client.test_clock.create_test_clock(now="2026-01-01T09:00:00Z")
        customer = client.parties.create_customer(customer={"display_name": "A", "segment": "business", "region": "DE"})
        owner = client.parties.create_user(user={"display_name": "Ann"})
        lines = [
            {"id": "plan", "sku": "BUSINESS", "quantity": "1"},
            {"id": "seat", "sku": "SEAT", "quantity": "25"},
            {"id": "api", "sku": "API", "quantity": "1000"},
        ]
        content = {"customer": customer.name, "currency_code": "EUR", "term_months": 24, "lines": lines}
        asked = {"owner": owner.name, "valid_until": FOREVER, "content": content}
        names = [client.quotes.create_quote(quote=asked).name for _ in range(2)]
        for name in names:
            client.quotes.submit_quote(name=name)
            client.quotes.send_quote(name=name)
        client.quotes.decline_quote(name=names[1], note="too dear")
        client.quotes.accept_quote(name=names[0], version=1)
        order = client.orders.create_order(quote=names[0])
        record = {"id": "u1", "line": "api", "day": date(2026, 2, 3), "quantity": "3000"}
        client.billing.record_usage(contract=order.contract, records=[record])
        client.test_clock.advance_test_clock(name="testClocks/default", until="2026-03-31T12:00:00Z")
        for draft in client.billing.run_billing(until=BILLED).invoices:
            client.billing.finalize_invoice(name=draft.name)
        client.revenue.run_recognition(until=BILLED)


def grow(database: Path, contracts: int) -> None:
    """Copy everything of the first contract until there are so many."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: rows_of(connection, name) for name in tables if name not in SHARED and "sqlite" not in name}
        kept = {name: rows for name, rows in found.items() if any("tenant_id" in row for row in rows)}
        cursor = max((row["cursor"] for row in kept.get("events", ())), default=0)
        for name, rows in kept.items():
            if name in {"requests", "counters"}:
                continue
            columns = list(rows[0])
            marks = ", ".join("?" for _ in columns)
            statement = f"INSERT OR IGNORE INTO {name} ({', '.join(columns)}) VALUES ({marks})"
            copies = [copier(row, cursor) for row in rows]
            connection.executemany(statement, (copy(n) for n in range(1, contracts) for copy in copies))
        for table in ("counters", "sequences"):
            connection.execute(f"UPDATE {table} SET value = value + ?", (STEP * contracts,))
        connection.commit()


def rows_of(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    columns = [each[0] for each in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


def copier(row: dict[str, Any], events: int) -> Callable[[int], tuple[Any, ...]]:
    """Makes the row of a copy, under the names of that copy; events follow each other.

    What has no name in it is the same in every copy, and is searched for names once.
    """
    columns = [
        (isinstance(value, str) and NAME.search(value) is not None, name == "cursor", value)
        for name, value in row.items()
    ]

    def copied(number: int) -> tuple[Any, ...]:
        return tuple(
            NAME.sub(lambda found: renamed(found.group(), number), value)
            if is_named
            else value + number * events
            if is_cursor
            else value
            for is_named, is_cursor, value in columns
        )

    return copied


def renamed(name: str, number: int) -> str:
    if name.isdigit():
        return f"{int(name) + number * STEP:09d}"
    kind, _, digits = name.partition("-")
    if kind == "u":
        return name
    return f"{kind}-{int(digits) + number // A_CUSTOMER if kind == 'c' else int(digits) + number * 10:06d}"


def database_of(folder: Path) -> Path:
    """Where the store lies."""
    return folder / "many.sqlite3"


@contextmanager
def many(folder: Path, contracts: int) -> Iterator[Environment]:
    """The ports over a store of so many contracts."""
    settings = Settings(database_of(folder), rules=(ROOT / "rules" / "saas",), test_clock=True)
    lived(settings)
    grow(settings.database, contracts)
    afterwards = Afterwards()
    store = open_store(settings.database, TABLES, SCALARS)
    try:
        yield environment(settings, store, SequenceIds(store), afterwards)
    finally:
        afterwards.close()
        store.close()
