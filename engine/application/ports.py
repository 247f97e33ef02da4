"""What the use cases need from the outside, as protocols: a store, a clock, ids and rule books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any]
"""One relational row by column."""


class StoreError(Exception):
    """The store could not do what was asked; nothing of the unit was saved."""


class Conflict(StoreError):
    """Something that the decision was based on changed before it could be saved; load and decide again."""


class StoreFailed(StoreError):
    """The store is broken (disk full, file gone): it cannot be read, or a commit failed with all units in it."""


class AlreadyAnswered(StoreError):
    """The request id was recorded by somebody else in between; its answer is in the store."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every mutation carries beside its content. An empty ``request_id`` asks for no replay protection."""

    method: str
    request_id: str = ""
    fingerprint: bytes = b""
    tenant: str = "default"


@dataclass(frozen=True, slots=True)
class Answer:
    """A recorded answer: the fingerprint of the request that it belongs to and the bytes that were sent."""

    fingerprint: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of the outbox; ``cursor`` grows with every event and never repeats, ``body`` is canonical JSON."""

    cursor: int
    name: str
    entity: str
    at: datetime
    body: str


class Reader(Protocol):
    """A consistent view of one tenant's records; kinds are the classes of the domain."""

    def get(self, kind: type[T], key: str) -> T | None:
        """The record, or None."""

    def version(self, kind: type[object], key: str) -> int:
        """How often the record was saved, from 1; 0 when there is none."""

    def page(self, kind: type[T], *, where: Mapping[str, str] | None = None, after: str = "", limit: int) -> list[T]:
        """Records in order of their keys, after a key; ``where`` names columns of the kind and the value wanted."""

    def keys(
        self, kind: type[object], *, where: Mapping[str, str] | None = None, after: str = "", limit: int
    ) -> list[str]:
        """The keys of such a page, without reading its records; their versions are known afterwards."""

    def newest(self, kind: type[T], *, below: int | None = None, limit: int) -> list[T]:
        """Records of a kind that is numbered, the highest number first; below a number when one is given."""

    def due(self, kind: type[T], column: str, *, until: str, where: Mapping[str, str], limit: int) -> list[T]:
        """Records whose column is not empty and not after a text (a day, an instant), in order of their keys."""

    def rows(self, table: str, columns: Sequence[str], where: Mapping[str, str] | None = None) -> list[Row]:
        """Relational rows as they are stored, in order of their keys; for reports and the audit."""

    def events(self, *, after: int, limit: int) -> list[StoredEvent]:
        """Events after a cursor, oldest first."""

    def answer(self, request_id: str) -> Answer | None:
        """The recorded answer of a request, or None."""

    def blob(self, key: str) -> bytes | None:
        """An opaque document (the sources of a rule book), or None."""

    def kept(self, key: str, mark: str) -> bytes | None:
        """The answer kept under a key, when it carries that mark; None when it has to be made again."""

    def aside(self) -> Reader:
        """The same snapshot, for what may change meanwhile: what is read by it makes no commit a Conflict."""


class Transaction(Reader, Protocol):
    """One unit of work: reads are a snapshot, writes are saved together or not at all."""

    def may_be_answered(self, request_id: str) -> bool:
        """Whether to look for the answer of a request now; else its commit is AlreadyAnswered where there is one."""

    def add(self, value: object) -> None:
        """Save a new record; a record of that key makes the commit a Conflict."""

    def replace(self, value: object) -> None:
        """Save a changed record; one that was saved by others since it was read makes the commit a Conflict."""

    def remove(self, kind: type[object], key: str) -> None:
        """Delete a record."""

    def put_blob(self, key: str, content: bytes) -> None:
        """Save an opaque document; documents are immutable, so saving the same key again changes nothing."""

    def keep(self, key: str, mark: str, content: bytes) -> None:
        """Keep an answer in place of the one under that key, or none when it is empty; ``mark`` names what it was made
        from.
        """

    def emit(self, *events: object) -> None:
        """Write events to the outbox, in order."""

    def number(self, series: str) -> int:
        """The next number of a gap-free series: it is used exactly when this unit is saved."""

    def commit(self, asked: Asked, answer: bytes, *, at: datetime) -> None:
        """Save everything, the events and the answer durably, or raise Conflict, AlreadyAnswered or StoreFailed."""


class Store(Protocol):
    """Durable records of all tenants."""

    def read(self, tenant: str) -> AbstractContextManager[Reader]:
        """A snapshot to read from; inside another one of its thread it is that one."""

    def look(self, tenant: str, find: Callable[[Reader], T]) -> T:
        """What ``find`` finds in one snapshot: the cheapest way to read. It may be called twice and changes nothing."""

    def latest(self, tenant: str) -> AbstractContextManager[Reader]:
        """A snapshot of what is saved by now, inside another one too: for what is held beyond the snapshot."""

    def begin(self, tenant: str) -> AbstractContextManager[Transaction]:
        """A unit of work; leaving the context without a commit saves nothing. Its reads may be a Conflict, too."""

    def turn(self) -> AbstractContextManager[object]:
        """Wait for one's turn: a unit that met a conflict tries again undisturbed by other such units."""

    def mark(self, kind: type[object]) -> object:
        """Stays equal for as long as nobody saves a record of a kind, in this process or another."""

    def state(self) -> object:
        """Stays equal for as long as nobody saves anything, in this process or another; never equal where nobody can
        tell.
        """

    def reserve(self, series: str, count: int) -> int:
        """Set ``count`` numbers of a series aside for ever and return the first; numbers not used are gaps."""

    def give_back(self, series: str, first: int, last: int) -> None:
        """Return reserved numbers that were not used; they stay gaps when others have reserved since."""

    def wait_for_events(self, *, after: int, seconds: float) -> bool:
        """Wait until there may be an event after the cursor; False when the time passed without one."""

    def purge_answers(self, tenant: str, *, before: datetime, limit: int) -> int:
        """Forget recorded answers older than an instant; returns how many."""


def in_order(at: datetime) -> str:
    """An instant as text that sorts as instants do, whatever zones they are stated in."""
    return at.astimezone(UTC).isoformat()


class Clock(Protocol):
    """The only reader of the wall clock."""

    def now(self, tenant: str = "default") -> datetime:
        """The present instant, or the time of the tenant's test clock, where the rule books are at home: its date is
        the day that it is there.
        """


class Ids(Protocol):
    """Mints ids."""

    def new(self, prefix: str) -> str:
        """A new id such as ``q-000123``; never given twice, unless it was given back."""

    def give_back(self, unused: str) -> None:
        """Let an id that nothing was saved under be given again, if that is simple."""


class Bell(Protocol):
    """Wakes what works in the background when there is something new for it to do."""

    def ring(self) -> None:
        """There is something to do."""
