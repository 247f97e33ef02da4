"""Prices of the parts of bundles, kept for callers who pay the same."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator

from cachetools import LRUCache

from engine.application.configure import ListPrices, list_prices
from engine.application.rule_books import ActiveBook
from engine.configuration.products.configurator import ProductConfigurator
from engine.pricing import facts_read
from engine.quotes.evaluation import price_request
from engine.quotes.request import QuoteRequest

MOST_PRICES = 250_000
"""Over all tables, some 50 MB; a larger table is not kept."""
MOST_BOOKS = 16


class PriceTables:
    """Tables by rule book, bundle, date, currency and the facts that prices of the book read: customers of whom these
    are the same share one. Safe to use from several threads.
    """

    def __init__(self, size: int = MOST_PRICES) -> None:
        self._tables: LRUCache[Hashable, ListPrices] = LRUCache(size, getsizeof=lambda each: 1 + len(each.stated))
        self._reads: LRUCache[str, tuple[str, ...]] = LRUCache(MOST_BOOKS)
        self._gate = threading.Lock()

    def of(self, active: ActiveBook, configurator: ProductConfigurator, header: QuoteRequest) -> ListPrices:
        """What the parts of a bundle cost whom a request is for; worked out when nobody asked for the like before."""
        key = self._key(active, configurator, header)
        with self._gate:
            found = self._tables.get(key)
        if found is None:
            found = list_prices(active, configurator, header)
            if 1 + len(found.stated) <= self._tables.maxsize:
                with self._gate:
                    self._tables[key] = found
        return found

    def __len__(self) -> int:
        return len(self._tables)

    def _key(self, active: ActiveBook, configurator: ProductConfigurator, header: QuoteRequest) -> Hashable:
        book = active.parts.rule_book
        with self._gate:
            reads = self._reads.get(book)
        if reads is None:
            reads = facts_read(active.parts.plan)
            with self._gate:
                self._reads[book] = reads
        known = tuple(_facts(header, reads))
        return book, configurator.product.bundle.sku, header.date, header.currency, known


def _facts(header: QuoteRequest, reads: tuple[str, ...]) -> Iterator[Hashable]:
    """The values at the paths, each with its kind: a yes is not the number one."""
    records = {"customer": header.customer, "quote": price_request(header, ()).quote}
    for path in reads:
        root, _, name = path.partition(".")
        value: object = records[root].get(name.partition(".")[0]) if name else tuple(records[root].items())
        yield type(value), value
