"""Records read lately, as the state of the database that one seal stands for has them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from cachetools import LRUCache

from engine.storage.sqlite.wal_index import Seal, WalIndex, is_next, settled
from engine.storage.tables import Place

MOST_RECORDS: Final = 4_096
MOST_ANSWERS: Final = 16_384


NOT_READ: Final = object()
"""Stands for a record of which only the version was asked for."""


class Found(NamedTuple):
    """What lies at a place: a record and how often it was saved; None and 0 for nothing."""

    version: int
    record: Any


class RecentRecords:
    """All it holds is so in one state of the database; a commit of others empties it, one of our own takes out what it
    wrote. Nothing is kept without an index to look at.
    """

    def __init__(self, index: WalIndex | None, *, most: int = MOST_RECORDS) -> None:
        self._index = index
        self._gate = threading.Lock()
        self._seal: Seal | None = None
        self._records: LRUCache[Place, Found] = LRUCache(most)
        self._saves: Counter[str] = Counter()
        self._began = 0
        self._is_committing = False

    def present(self) -> Seal | None:
        """The seal of the database as it is now; None where that cannot be told."""
        return self._index.seal() if self._index is not None else None

    def found(self, seal: Seal, place: Place) -> Found | None:
        """What lies at a place in the state of a seal, if it was kept."""
        with self._gate:
            return self._records.get(place) if self._seal == seal else None

    def keep(self, seal: Seal, place: Place, found: Found) -> None:
        """Keep what was found in a snapshot of a seal, unless the database has moved on."""
        with self._gate:
            if self._is_of(seal):
                self._records[place] = found

    def version(self, place: Place) -> int | None:
        """How often a record was saved, where that is known. It stays so for who holds SQLite's lock of writers."""
        seal = self.present()
        found = self.found(seal, place) if seal is not None else None
        return found.version if found is not None else None

    def mark(self, table: str) -> object:
        """Stays equal for as long as nobody saves a record of a table."""
        with self._gate:
            seal = self.present()
            return (self._began, self._saves[table]) if seal is not None and self._is_of(seal) else object()

    @contextmanager
    def committing(self, written: Collection[Place] | None) -> Iterator[None]:
        """Carry what is kept over a commit of our own that writes these records; None: nobody knows which it writes.

        The caller holds SQLite's lock of writers: what comes between the two looks is its commit, and what others
        commit after it. One step of the counter was its commit alone.
        """
        before = self.present()
        if before is None:
            yield
            return
        with self._gate:
            self._is_committing = True
        try:
            yield
        finally:
            with self._gate:
                self._is_committing = False
                after = self.present()
                if written is not None and self._seal == before and after is not None and is_next(before, after):
                    self._seal = after
                    self._saves.update({place[0] for place in written})
                    for place in written:
                        self._records.pop(place, None)

    def close(self) -> None:
        """Keep nothing any more; what is asked from now on is read."""
        with self._gate:
            self._index = None

    def _is_of(self, seal: Seal) -> bool:
        """Whether this is kept of the state of a seal; begins again with it when that is the present one."""
        if self._seal == seal:
            return True
        # During a commit of our own the new state is left to it: it knows what can be carried over.
        if self._is_committing or not settled(seal) or self.present() != seal:
            return False
        self._records.clear()
        self._seal = seal
        self._began += 1
        return True


class RecentAnswers:
    """The requests answered lately by this process: a client that sends one again mostly does so soon."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._requests: LRUCache[tuple[str, str], None] = LRUCache(MOST_ANSWERS)

    def add(self, tenant: str, request_id: str) -> None:
        """A request was answered."""
        with self._gate:
            self._requests[tenant, request_id] = None

    def has(self, tenant: str, request_id: str) -> bool:
        """Whether it was, as far as that is remembered."""
        with self._gate:
            return (tenant, request_id) in self._requests
