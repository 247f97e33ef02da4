"""What units of work want saved, as plain rows, and the few statements that save many of them together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from engine.application.ports import AlreadyAnswered, Conflict
from engine.storage.sqlite.statements import ANSWERS, Insert, Row, held, shielded
from engine.storage.tables import Place

K = TypeVar("K", bound=Hashable)
TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE})
ENCODER = msgspec.json.Encoder()


@dataclass(slots=True)
class Changes:
    """One unit of work: what it is based on, and what it writes; collected, then handed to the writer.

    ``seen`` are the versions of what it read and does not write, 0 for what it did not find. ``updates`` have to meet
    one row each: they name the version that the decision was based on.
    """

    answer: Row | None = None
    seen: Mapping[Place, int] = field(default_factory=dict)
    written: list[Place] = field(default_factory=list)
    clears: list[tuple[str, Row]] = field(default_factory=list)
    updates: list[tuple[str, Row]] = field(default_factory=list)
    inserts: list[tuple[Insert, Sequence[Row]]] = field(default_factory=list)


def save_group(
    connection: sqlite3.Connection, group: Sequence[Changes], known: Callable[[Place], int | None] = lambda _: None
) -> None:
    """Save units together, or raise what keeps one of them from being saved; which one is seen by saving it alone.

    ``known`` tells the versions that are known before anything is written; others are read.

    Every statement lets go of the interpreter, and gets it back after the callers that wait for it: so what units write
    to one table is one statement, not one a row.
    """
    try:
        ANSWERS.run(connection, [each.answer for each in group if each.answer is not None])
    except sqlite3.IntegrityError as failure:
        raise AlreadyAnswered("the request was answered meanwhile") from failure
    _check_seen(connection, group, known)
    for sql, rows in _merged((sql, [row]) for each in group for sql, row in each.clears):
        connection.executemany(sql, rows)
    try:
        for sql, rows in _merged((sql, [row]) for each in group for sql, row in each.updates):
            if connection.executemany(sql, rows).rowcount != len(rows):
                raise Conflict(f"changed meanwhile: {sql}")
        for insert, rows in _merged(pair for each in group for pair in each.inserts):
            insert.run(connection, rows)
    except sqlite3.IntegrityError as failure:
        if failure.sqlite_errorcode in TAKEN:
            raise Conflict(f"taken meanwhile: {failure}") from failure
        raise


def _check_seen(connection: sqlite3.Connection, group: Sequence[Changes], known: Callable[[Place], int | None]) -> None:
    """A decision holds only while what it read is still so, also after what the others of its group write."""
    written = {place for each in group for place in each.written}
    wanted: dict[tuple[str, str], dict[str, int]] = {}
    for each in group:
        for place, version in each.seen.items():
            table, tenant, key = place
            if place in written:
                raise Conflict(f"read and changed together: {table} {key}")
            if known(place) != version and wanted.setdefault((table, tenant), {}).setdefault(key, version) != version:
                raise Conflict(f"read in two versions together: {table} {key}")
    for (table, tenant), versions in wanted.items():
        by_key = {shielded(key): version for key, version in versions.items()}
        found = connection.execute(held(table), (ENCODER.encode(by_key).decode(), tenant)).fetchone()
        if found[0] != len(versions):
            raise Conflict(f"changed meanwhile: {table} {', '.join(versions)}")


def _merged(pairs: Iterable[tuple[K, Sequence[Row]]]) -> Iterable[tuple[K, list[Any]]]:
    """All rows by the statement that writes them, in the order of the units."""
    found: dict[K, list[Any]] = {}
    for statement, rows in pairs:
        found.setdefault(statement, []).extend(rows)
    return found.items()
