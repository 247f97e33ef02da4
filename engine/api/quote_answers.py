"""Quotes as they are sent: made once by whoever changes one, kept beside it as bytes, and read back unparsed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from cachetools import LRUCache
from cpq.v1 import common_pb2, quote_pb2
from google.protobuf.descriptor import FileDescriptor

from engine.api.calls import Calls
from engine.application.content import breakdowns_of
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT, Work, etag_of
from engine.application.ports import Reader
from engine.diagnostics import Refusal
from engine.quotes.evaluation import SEMANTICS
from engine.quotes.quote import Quote
from engine.wire import quotes as wire
from engine.wire.priced import NO_PARTS
from engine.wire.sheets import NO_BOOK

HELD_BYTES = 32 * 1024 * 1024


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
    not fit (approvals move quotes too, and a new release sends more) they are made again. What was sent lately is held.
    """

    def __init__(self, calls: Calls, *, schema: str = SCHEMA) -> None:
        self._calls = calls
        self._schema = schema
        self._bytes: LRUCache[tuple[str, str], bytes] = LRUCache(HELD_BYTES, getsizeof=len)
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

        def made() -> bytes:
            return reader.kept(_key(key), mark) or self._made_from(_stored(reader, key), etag, view)

        return self._held(key, mark, made)

    def listed(self, reader: Reader, key: str) -> bytes:
        """A stored quote as lists show it: without lines, so that no rule book is needed."""
        etag = etag_of(reader, Quote, key)
        return self._held(key, f"{etag}/list", lambda: _row_of(_stored(reader, key), etag))

    def _held(self, key: str, mark: str, made: Callable[[], bytes]) -> bytes:
        """The bytes under a mark, which says all that they hang on."""
        with self._gate:
            found = self._bytes.get((key, mark))
        if found is None:
            found = made()
            if len(found) <= HELD_BYTES:
                with self._gate:
                    self._bytes[key, mark] = found
        return found

    def _made_from(self, quote: Quote, etag: str, view: int) -> bytes:
        active = self._calls.env.books.get(DEFAULT_TENANT, quote.priced.rule_book)
        sheets = NO_BOOK if active is None else self._calls.sheets(active)
        told = view == common_pb2.VIEW_WATERFALL and active is not None
        parts = breakdowns_of(quote.priced, active.parts) if told and active is not None else NO_PARTS
        message = wire.quote_message(quote, etag, view=view, sheets=sheets, parts=parts)
        return message.SerializeToString(deterministic=True)

    def _mark(self, etag: str, view: int) -> str:
        return f"{etag}/{view}/{self._schema}"


def _stored(reader: Reader, key: str) -> Quote:
    quote = reader.get(Quote, key)
    assert quote is not None, "a snapshot does not change"
    return quote


def _row_of(quote: Quote, etag: str) -> bytes:
    return wire.quote_message(quote, etag, view=common_pb2.VIEW_BASIC, sheets=NO_BOOK).SerializeToString()


def _key(quote: str) -> str:
    return f"{wire.QUOTES}/{quote}"
