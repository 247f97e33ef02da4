"""CatalogService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict, Unpack

from cpq.v1 import catalog_pb2

from engine.client.connection import Connection, ServiceClient


class ListProductsFields(TypedDict, total=False):
    """Fields of ListProductsRequest."""

    category: str
    family: str
    rule_book: str
    page_size: int
    page_token: str


class GetProductFields(TypedDict, total=False):
    """Fields of GetProductRequest."""

    name: str
    rule_book: str


class SearchProductsFields(TypedDict, total=False):
    """Fields of SearchProductsRequest."""

    query: str
    rule_book: str
    page_size: int
    page_token: str


class CatalogClient(ServiceClient):
    """Shows the products of a rule book."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"])

    def list_products(self, **fields: Unpack[ListProductsFields]) -> Iterator[catalog_pb2.Product]:
        """Lists products in order of their SKUs. All pages, as they are needed."""
        return self._pages("ListProducts", catalog_pb2.Product, "products", fields)

    def get_product(self, **fields: Unpack[GetProductFields]) -> catalog_pb2.Product:
        """Returns one product."""
        return self._call("GetProduct", catalog_pb2.Product, fields)

    def search_products(self, **fields: Unpack[SearchProductsFields]) -> Iterator[catalog_pb2.Product]:
        """Finds products whose SKU, name, category or family contains every word. All pages, as they are needed."""
        return self._pages("SearchProducts", catalog_pb2.Product, "products", fields)
