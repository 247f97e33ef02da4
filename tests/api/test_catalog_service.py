"""CatalogService through a real server."""

from __future__ import annotations

import grpc
from cpq.v1 import catalog_pb2, common_pb2

from tests.api.server import Served, failure

ALL = ["BOX", "BRD-1", "BRD-2", "CALLS", "CPU-A", "CPU-B", "MUG", "OLD", "PLAN"]


def test_products_are_listed_page_by_page(shop: Served) -> None:
    request = catalog_pb2.ListProductsRequest(page_size=4)
    found = []
    while True:
        page = shop.catalog.ListProducts(request)
        found += [each.sku for each in page.products]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert found == ALL
    boards = shop.catalog.ListProducts(catalog_pb2.ListProductsRequest(category="board")).products
    assert [each.sku for each in boards] == ["BRD-1", "BRD-2"]


def test_a_product_is_shown_as_the_catalog_states_it(shop: Served) -> None:
    product = shop.catalog.GetProduct(catalog_pb2.GetProductRequest(name="products/CPU-A"))
    assert (product.display_name, product.category, product.quantity_minimum) == ("Processor A", "cpu", "1")
    assert product.attributes["socket"].text == "s1"
    assert not product.configurable
    box = shop.catalog.GetProduct(catalog_pb2.GetProductRequest(name="products/BOX"))
    assert box.configurable
    plan = shop.catalog.GetProduct(catalog_pb2.GetProductRequest(name="products/PLAN"))
    assert plan.charge.kind == common_pb2.CHARGE_KIND_RECURRING


def test_search_finds_every_word_the_closest_first(shop: Served) -> None:
    def search(query: str) -> list[str]:
        answer = shop.catalog.SearchProducts(catalog_pb2.SearchProductsRequest(query=query))
        return [each.sku for each in answer.products]

    assert search("mug") == ["MUG", "OLD"]
    assert search("board 2") == ["BRD-2"]
    assert search("nothing like it") == []
    first = shop.catalog.SearchProducts(catalog_pb2.SearchProductsRequest(query="mug", page_size=1))
    second = catalog_pb2.SearchProductsRequest(query="mug", page_size=1, page_token=first.next_page_token)
    assert [each.sku for each in shop.catalog.SearchProducts(second).products] == ["OLD"]


def test_bad_requests_are_refused(shop: Served) -> None:
    get, search = shop.catalog.GetProduct, shop.catalog.SearchProducts
    assert failure(get, catalog_pb2.GetProductRequest(name="products/NO")).code is grpc.StatusCode.NOT_FOUND
    assert failure(get, catalog_pb2.GetProductRequest(name="MUG")).fields.keys() == {"name"}
    assert failure(search, catalog_pb2.SearchProductsRequest()).fields.keys() == {"query"}
    assert failure(search, catalog_pb2.SearchProductsRequest(query="x" * 201)).fields.keys() == {"query"}
    listing = catalog_pb2.ListProductsRequest(page_size=-1)
    assert failure(shop.catalog.ListProducts, listing).reason == "INVALID_PAGE"
