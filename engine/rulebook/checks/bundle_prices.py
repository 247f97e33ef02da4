"""Bundle prices above anything that their parts cost on their own: the customer would pay for the bundling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from engine.catalog import Bundle, Catalog, Product
from engine.diagnostics import Diagnostic
from engine.pricing.plan import BundlePrice, Narrowness
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import warning

Prices = Mapping[str, Decimal | None]
"""The highest constant list price of products in one currency; None where the price is not one number."""


def bundle_price_findings(book: RuleBook) -> Iterator[Diagnostic]:
    """Warn of fixed prices that no choice of parts comes to; with a price that is no number nothing is said."""
    for use in book.pricing.bundle_prices:
        bundle = book.catalog.bundle(use.bundle)
        if bundle is None or not isinstance(use.price, Decimal):
            continue
        most = _most(bundle, book.catalog, _list_prices(book, use))
        if most is not None and use.price > most:
            message = f"`{use.id}` is {use.price}, and the dearest `{use.bundle}` costs {most} by its parts"
            yield warning("PRC218", message, use.span, "lower the price, or leave the parts their own prices")


def _list_prices(book: RuleBook, use: BundlePrice) -> Prices:
    """What is known of list prices in the currency of a bundle price; nothing once a price is for many products."""
    found: dict[str, Decimal | None] = {each.sku: None for each in book.pricing.models}
    found |= {each.sku: Decimal(0) for each in book.pricing.percent_of}  # they take no part in a bundle price
    for entry in book.pricing.entries:
        if entry.currency not in ("", use.currency):
            continue
        if entry.match.by is not Narrowness.SKU:
            return {}
        known = found.get(entry.match.value, Decimal(0))
        price = entry.price if entry.formula is None and not entry.unit else None
        found[entry.match.value] = max(known, price) if known is not None and isinstance(price, Decimal) else None
    return found


def _most(bundle: Bundle, catalog: Catalog, prices: Prices) -> Decimal | None:
    """What the dearest choice costs by list prices, or None where a part could have another one."""
    root = catalog.products[bundle.sku]
    total = prices.get(bundle.sku)
    for group in bundle.groups:
        shown = [_price(catalog.products[sku], root, prices) for sku in group.candidates]
        sure = [each for each in shown if each is not None]
        nested = group.bundle or any(catalog.bundle(each) is not None for each in group.candidates)
        if total is None or nested or len(sure) < len(shown):
            return None
        total += sum(sorted(sure, reverse=True)[: group.maximum], Decimal(0)) * group.quantity_maximum
    return total


def _price(product: Product, root: Product, prices: Prices) -> Decimal | None:
    """What one unit adds to what the bundle price is for; what is charged otherwise keeps its own price."""
    return prices.get(product.sku) if product.charge == root.charge else Decimal(0)
