"""How each kind of record lies in the store: its key, the columns that people query, and the typed text beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Cell: TypeAlias = str | int | None
"""What a relational column holds; money is whole minor units, dates are ISO text, exact numbers are decimal text."""
Place: TypeAlias = tuple[str, str, str]
"""Where a record lies: table, tenant, key."""


@dataclass(frozen=True, slots=True)
class Child:
    """Rows of a record that finance queries line by line: table, column names, and the rows of a record."""

    table: str
    columns: tuple[str, ...]
    rows: Callable[[Any], Iterable[tuple[Cell, ...]]]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of record: class, table, key, columns and child rows.

    ``listed_by`` are the columns that pages are filtered by: each has an index with the key behind it, so that a page
    costs what it holds. ``told_by`` are the events that tell of its changes, where records of other kinds have the same
    key; None: all events about its key. ``numbered_by`` is the column that counts its records, where there is one.
    """

    kind: type[Any]
    table: str
    key: Callable[[Any], str] = lambda value: str(value.id)
    columns: Mapping[str, Callable[[Any], Cell]] = field(default_factory=dict)
    children: tuple[Child, ...] = ()
    listed_by: tuple[str, ...] = ()
    told_by: tuple[type[Any], ...] | None = None
    numbered_by: str = ""
