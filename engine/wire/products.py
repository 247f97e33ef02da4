"""Products as they are sent."""

from __future__ import annotations

from cpq.v1 import catalog_pb2

from engine.catalog import Product
from engine.wire.basics import decimal_text, fill_value
from engine.wire.sheets import fill_charge

PRODUCTS = "products"


def fill_product(message: catalog_pb2.Product, product: Product, *, is_bundle: bool) -> None:
    """Set a product."""
    message.name, message.sku = f"{PRODUCTS}/{product.sku}", product.sku
    message.display_name, message.category, message.family = product.name, product.category, product.family
    for name, value in product.attributes.items():
        if value is not None:
            fill_value(message.attributes[name], value)
    fill_charge(message.charge, product.charge)
    message.unit = product.unit
    message.quantity_minimum = decimal_text(product.quantity.minimum)
    message.quantity_multiple = decimal_text(product.quantity.multiple)
    message.quantity_maximum = decimal_text(product.quantity.maximum)
    message.discountable, message.discontinued = product.discountable, product.discontinued
    message.configurable = is_bundle
