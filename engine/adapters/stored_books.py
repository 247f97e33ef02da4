"""Published rule books: sources kept in the store by hash, compiled once, the latest ones held in memory."""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from cachetools import LRUCache

from engine.application.paging import newest_first
from engine.application.ports import Store
from engine.application.rule_books import ActiveBook, CheckedBook, PublishedBook

MOST_BOOKS = 8
MOST_CHECKED = 2
MOST_DAYS = 1_000


@dataclass(frozen=True, slots=True)
class _InForce:
    """The book in force on a day, as long as the store's mark of publications is this one."""

    mark: object
    book: ActiveBook | None


class StoredRuleBooks:
    """Implements the port; ``compiled`` turns sources into a book, and one that fails to compile changes nothing."""

    def __init__(self, store: Store, compiled: Callable[[Mapping[str, bytes]], CheckedBook]) -> None:
        self._store = store
        self._compiled = compiled
        self._gate = threading.Lock()
        self._active: LRUCache[tuple[str, str], ActiveBook] = LRUCache(MOST_BOOKS)
        self._checked: LRUCache[str, ActiveBook] = LRUCache(MOST_CHECKED)
        self._loading: dict[tuple[str, str], threading.Lock] = {}
        self._in_force: LRUCache[tuple[str, date], _InForce] = LRUCache(MOST_DAYS)
        self._tried: dict[str, ActiveBook] = {}

    def check(self, files: Mapping[str, bytes]) -> CheckedBook:
        """Compile sources; what has no errors is held for a while, since most of it is published next."""
        checked = self._compiled(files)
        if checked.active is not None:
            with self._gate:
                self._checked[checked.active.book.hash] = checked.active
        return checked

    def pack(self, files: Mapping[str, bytes]) -> bytes:
        """The sources as one compressed document."""
        plain = {path: base64.b85encode(content).decode() for path, content in files.items()}
        return zlib.compress(json.dumps(plain, sort_keys=True).encode(), 6)

    def unpack(self, document: bytes) -> dict[str, bytes]:
        """The sources of a document made by ``pack``."""
        plain = json.loads(zlib.decompress(document))
        return {path: base64.b85decode(content) for path, content in plain.items()}

    def try_out(self, active: ActiveBook) -> None:
        """Put a book in force above all others for as long as this process lives; it is published nowhere."""
        self._tried[active.book.hash] = active

    def get(self, tenant: str, book_hash: str) -> ActiveBook | None:
        """The book of that hash that is published, compiled on first use, or tried out; or None.

        A book that takes seconds to compile is waited for by those who need it; other books are given out meanwhile.
        """
        if book_hash in self._tried:
            return self._tried[book_hash]
        key = tenant, book_hash
        with self._gate:
            found = self._active.get(key)
            if found is not None:
                return found
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            with self._gate:
                found = self._active.get(key)
            if found is None:
                found = self._load(tenant, book_hash)
            with self._gate:
                if found is not None:
                    self._active[key] = found
                self._loading.pop(key, None)
        return found

    def in_force(self, tenant: str, day: date) -> ActiveBook | None:
        """The book published last among those that hold on a day, or None; one that is tried out is above all."""
        tried = next((each for each in reversed(self._tried.values()) if each.book.holds_on(day)), None)
        if tried is not None:
            return tried
        key = tenant, day
        mark = self._store.mark(PublishedBook)
        with self._gate:
            known = self._in_force.get(key)
        if known is None or known.mark != mark:
            known = _InForce(mark, self._published_for(tenant, day))
            with self._gate:
                self._in_force[key] = known
        return known.book

    def _published_for(self, tenant: str, day: date) -> ActiveBook | None:
        with self._store.latest(tenant) as reader:  # a caller's unit may be older than the mark
            found = next((each for each in newest_first(reader, PublishedBook) if each.holds_on(day)), None)
        return self.get(tenant, found.id) if found is not None else None

    def _load(self, tenant: str, book_hash: str) -> ActiveBook | None:
        with self._store.latest(tenant) as reader:
            document = reader.blob(f"ruleBooks/{book_hash}")
        if document is None:
            return None
        with self._gate:
            checked = self._checked.pop(book_hash, None)
        return checked or self._compiled(self.unpack(document)).active
