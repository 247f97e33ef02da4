"""All products and bundles of one rule book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.catalog.attribute import AttributeDef
from engine.catalog.bundle import Bundle
from engine.catalog.product import Product, Sku


@dataclass(frozen=True, slots=True)
class Catalog:
    """Products by SKU, bundles by SKU of the product they configure, attribute definitions by category then name."""

    products: Mapping[Sku, Product]
    bundles: Mapping[Sku, Bundle]
    attributes: Mapping[str, Mapping[str, AttributeDef]]

    def product(self, sku: str) -> Product | None:
        """The product of that SKU, or None."""
        return self.products.get(Sku(sku))

    def bundle(self, sku: str) -> Bundle | None:
        """The bundle that configures that product, or None when the product is not configurable."""
        return self.bundles.get(Sku(sku))
