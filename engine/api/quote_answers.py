"""Quotes as they are sent: made once by whoever changes one, kept beside it as bytes, and read back unparsed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import partial

from cachetools import LRUCache
from cpq.v1 import common_pb2, quote_pb2
from google.protobuf.descriptor import FileDescriptor

from engine.api.calls import Calls
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT, Work, etag_of
from engine.application.ports import Reader
from engine.diagnostics import Refusal
from engine.quotes.evaluation import SEMANTICS
from engine.quotes.quote import Quote
from engine.wire import quotes as wire
from engine.wire.sheets import NO_BOOK

MADE_BYTES = 32 * 1024 * 1024


def schema_hash(file: FileDescriptor, *, mapping: str = wire.MAPPING) -> str:
    """What the bytes of a message hang on beside its record: every message definition, and how they are filled."""
    digest = hashlib.sha256(f"{mapping}/{SEMANTICS}".encode())
    waiting, seen = [file], {file.name}
    for each in waiting:
        digest.update(each.serialized_pb)
        waiting += [other for other in each.dependencies if other.name not in seen]
        seen.update(other.name for other in each.dependencies)
    return digest.hexdigest()[:16]


SCHEMA = schema_hash(quote_pb2.DESCRIPTOR)


class QuoteAnswers:
    """The bytes of quotes. Those kept in the store carry quote version, view and schema in their mark; where it does
    not fit (approvals move quotes too, and a new release sends more) they are made again, and held in memory.
    """

    def __init__(self, calls: Calls, *, schema: str = SCHEMA) -> None:
        self._calls = calls
        self._schema = schema
        self._made: LRUCache[tuple[str, str], bytes] = LRUCache(MADE_BYTES, getsizeof=len)
        self._gate = threading.Lock()

    def changed(self, work: Work, quote: Quote, view: int) -> bytes:
        """The answer about a quote that this unit saves; it is kept with it."""
        etag = work.etag(Quote, quote.id)
        content = self._made_from(quote, etag, view)
        work.tx.keep(_key(quote.id), self._mark(etag, view), content)
        return content

    def removed(self, work: Work, key: str) -> None:
        """Leave nothing of a quote that this unit deletes."""
        work.tx.keep(_key(key), "", b"")

    def stored(self, reader: Reader, key: str, view: int) -> bytes | Refusal:
        """The answer about a quote as it is stored."""
        etag = etag_of(reader, Quote, key)
        if not etag:
            return not_found("name", f"{wire.QUOTES}/{key}")
        mark = self._mark(etag, view)
        return reader.kept(_key(key), mark) or self._remade(reader, key, mark, partial(self._made_from, view=view))

    def listed(self, reader: Reader, key: str) -> bytes:
        """A stored quote as lists show it: without lines, so that no rule book is needed."""
        return self._remade(reader, key, f"{etag_of(reader, Quote, key)}/list", _row_of)

    def _remade(self, reader: Reader, key: str, mark: str, made: Callable[[Quote, str], bytes]) -> bytes:
        with self._gate:
            found = self._made.get((key, mark))
        if found is None:
            quote = reader.get(Quote, key)
            assert quote is not None, "a snapshot does not change"
            found = made(quote, etag_of(reader, Quote, key))
            if len(found) <= MADE_BYTES:
                with self._gate:
                    self._made[key, mark] = found
        return found

    def _made_from(self, quote: Quote, etag: str, view: int) -> bytes:
        active = self._calls.env.books.get(DEFAULT_TENANT, quote.priced.rule_book)
        sheets = NO_BOOK if active is None else self._calls.sheets(active)
        return wire.quote_message(quote, etag, view=view, sheets=sheets).SerializeToString(deterministic=True)

    def _mark(self, etag: str, view: int) -> str:
        return f"{etag}/{view}/{self._schema}"


def _row_of(quote: Quote, etag: str) -> bytes:
    return wire.quote_message(quote, etag, view=common_pb2.VIEW_BASIC, sheets=NO_BOOK).SerializeToString()


def _key(quote: str) -> str:
    return f"{wire.QUOTES}/{quote}"
