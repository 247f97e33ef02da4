"""Numbered SQL files, applied once each, all missing ones in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from engine.application.ports import StoreFailed

FOLDER = files("engine.storage.sqlite") / "migrations"


def migrations(folder: Traversable = FOLDER) -> list[tuple[int, str]]:
    """Number and text of every migration, in order; numbers run from 1 without a gap."""
    found = sorted((int(each.name[:4]), each.read_text("utf-8")) for each in folder.iterdir() if _is_sql(each))
    assert [number for number, _ in found] == list(range(1, len(found) + 1)), "migrations are numbered without a gap"
    return found


def migrate(connection: sqlite3.Connection, known: list[tuple[int, str]]) -> int:
    """Bring the database up to the newest migration and return its number.

    Raises StoreFailed, and changes nothing, when the database was written by newer code.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
        row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
        current, newest = row[0] or 0, known[-1][0] if known else 0
        if current > newest:
            raise StoreFailed(
                f"the database is at schema {current}, this program knows up to {newest}: use the newer program"
            )
        for number, text in known[current:]:
            for statement in statements(text):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version (version) VALUES (?)", (number,))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a disk that takes nothing has ended it already
            connection.execute("ROLLBACK")
        raise
    return newest


def statements(text: str) -> Iterator[str]:
    """Split a script; ``executescript`` would commit behind our back."""
    pending = ""
    for line in text.splitlines(keepends=True):
        if not pending and (not line.strip() or line.lstrip().startswith("--")):
            continue
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    assert not pending.strip(), "the last statement ends with a semicolon"


def _is_sql(entry: Traversable) -> bool:
    return entry.name.endswith(".sql")
