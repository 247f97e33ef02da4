"""CatalogService: the products of a rule book."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import grpc
from cpq.v1 import catalog_pb2

from engine.api.calls import Calls, Reply, checked, ok
from engine.application.content import find_book
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT
from engine.application.rule_books import ActiveBook
from engine.catalog import Product
from engine.wire.basics import Faults, read_key
from engine.wire.products import PRODUCTS, fill_product

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

RULE_BOOKS = "ruleBooks"
LONGEST_QUERY = 200


class CatalogService:
    """Products over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def ListProducts(self, request: catalog_pb2.ListProductsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of products in order of their SKUs."""
        active = self._book(request.rule_book)
        found = sorted(
            each
            for each in active.parts.catalog.products
            if _is_in(active.parts.catalog.products[each], request.category, request.family)
        )
        filters = {"category": request.category, "family": request.family, "book": active.parts.rule_book}
        rows, token = ok(
            self._calls.pages.page(
                request,
                lambda after, limit: found[bisect_right(found, after) :][:limit] if after else found[:limit],
                str,
                filters,
            )
        )
        reply = catalog_pb2.ListProductsResponse(next_page_token=token)
        _fill(reply.products, active, [active.parts.catalog.products[each] for each in rows])
        return reply

    def GetProduct(self, request: catalog_pb2.GetProductRequest, _: grpc.ServicerContext) -> Reply:
        """One product."""
        active = self._book(request.rule_book)
        sku = request.name.removeprefix(f"{PRODUCTS}/")
        faults = Faults()
        if sku == request.name or not sku:
            faults.invalid("name", f"`{request.name[:80]}` is not a name of the form `{PRODUCTS}/...`")
        checked(faults)
        product = ok(active.parts.catalog.product(sku) or not_found("name", request.name[:200]))
        reply = catalog_pb2.Product()
        fill_product(reply, product, is_bundle=product.sku in active.parts.catalog.bundles)
        return reply

    def SearchProducts(self, request: catalog_pb2.SearchProductsRequest, _: grpc.ServicerContext) -> Reply:
        """Products that contain every word, the closest first."""
        faults = Faults()
        words = request.query.casefold().split()
        if not words:
            faults.required("query")
        elif len(request.query) > LONGEST_QUERY:
            faults.invalid("query", f"longer than {LONGEST_QUERY} characters")
        checked(faults)
        active = self._book(request.rule_book)
        found = _search(active.parts.catalog.products.values(), words)
        filters = {"query": " ".join(words), "book": active.parts.rule_book}
        rows, token = ok(
            self._calls.pages.page(
                request,
                lambda after, limit: list(enumerate(found))[int(after) + 1 if after else 0 :][:limit],
                lambda each: str(each[0]),
                filters,
            )
        )
        reply = catalog_pb2.SearchProductsResponse(next_page_token=token)
        _fill(reply.products, active, [each for _, each in rows])
        return reply

    def _book(self, name: str) -> ActiveBook:
        faults = Faults()
        key = read_key(name, RULE_BOOKS, "rule_book", faults, optional=True)
        checked(faults)
        today = self._calls.env.clock.now(DEFAULT_TENANT).date()
        return ok(find_book(self._calls.env, DEFAULT_TENANT, book_hash=key, day=today))


def _is_in(product: Product, category: str, family: str) -> bool:
    return (not category or product.category == category) and (not family or product.family == family)


def _search(products: Iterable[Product], words: Sequence[str]) -> list[Product]:
    """Rank by the field that the first word was found in: SKU, then name, then the rest."""
    ranked = []
    for product in products:
        fields = (product.sku, product.name, product.category, product.family)
        texts = [each.casefold() for each in fields]
        if all(any(word in text for text in texts) for word in words):
            place = next(n for n, text in enumerate(texts) if words[0] in text)
            ranked.append((place, product.sku, product))
    return [product for _, _, product in sorted(ranked, key=lambda each: each[:2])]


def _fill(
    target: RepeatedCompositeFieldContainer[catalog_pb2.Product], active: ActiveBook, products: Sequence[Product]
) -> None:
    bundles = active.parts.catalog.bundles
    for each in products:
        fill_product(target.add(), each, is_bundle=each.sku in bundles)
