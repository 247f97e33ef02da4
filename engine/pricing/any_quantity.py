"""Products whose unit price is the same in any quantity: what is known of one line of them is known of all others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import cast

from engine.catalog import Sku
from engine.language.tables.bitmaps import rows_of
from engine.money import currency
from engine.pricing.amounts import Amounts, whole_minor
from engine.pricing.express import Express
from engine.pricing.known_lines import KnownLine, OfProduct, Shelf
from engine.pricing.masks import decided_by_product
from engine.pricing.request import ONE, RequestLine
from engine.pricing.rows import Rows

_MAKE = cast("Callable[[tuple[object, ...]], KnownLine]", partial(tuple.__new__, KnownLine))
DIGITS_MOST = 6
"""Larger quantities are left to those who check them."""


def teach_products(rows: Rows, express: Express, shelf: Shelf) -> None:
    """Keep what is known of products whose plain lines were priced on the express lane, whatever their quantity."""
    for index in rows.fresh:
        line = rows.lines[index]
        if line.is_plain and rows.states[index] is None and line.sku not in shelf.products:
            alike = _of_product(rows.known(index), line, express) if _are_alike(line, express) else None
            shelf.learn_product(line.sku, alike)


def _are_alike(line: RequestLine, express: Express) -> bool:
    """Whether lines of a product may have any whole quantity, and have one unit price in all: neither list prices nor
    rules nor guards that the header allows ask for it.
    """
    if line.quantity_maximum is not None or not {line.minimum_quantity, line.quantity_multiple} <= {None, ONE}:
        return False
    plan = express.plan
    rules = decided_by_product(plan.index, express.header, line)
    guards = decided_by_product(plan.guard_index, express.guards_header, line)
    if rules is None or guards is None or not express.has_one_price(line.sku):
        return False
    return not any(plan.line_rules[number].fixed for number in rows_of(rules))


class Derived:
    """The lines of one request that are known by another quantity of their product."""

    __slots__ = ("_amounts", "_products")

    def __init__(self, shelf: Shelf, code: str) -> None:
        self._amounts = Amounts(currency(code), shelf.mode)
        self._products = shelf.products

    def line(self, sku: Sku, quantity: Decimal) -> KnownLine | None:
        """What a product comes to in a quantity, where that is a whole number in as many digits as it needs."""
        product = self._products.get(sku)
        text = str(quantity)
        if product is None or len(text) > DIGITS_MOST or not text.isdigit() or text == "0":
            return None
        return _in_quantity(product, quantity, self._amounts)


def _of_product(known: KnownLine, line: RequestLine, express: Express) -> OfProduct:
    amounts, scale = express.work.amounts, Decimal(express.work.currency.scale)
    cost = None if line.cost is None else whole_minor(line.cost, scale)
    least = 0 if known.floor is None else amounts.not_below(known.floor, ONE) or 0
    return OfProduct(known, line.cost, whole_minor(known.list_unit, scale), cost, least)


def _in_quantity(product: OfProduct, quantity: Decimal, amounts: Amounts) -> KnownLine:
    """A line of a product in another quantity."""
    line, cost, minor, minor_cost, least = product
    list_unit, unit, _, _, source, floor, applied, trace, _, _ = line
    count = int(quantity)
    listed = amounts.rounded(list_unit, quantity) if minor is None else minor * count
    staged = listed if unit is list_unit else amounts.rounded(unit, quantity)
    own = None
    if cost is not None:
        own = amounts.rounded(cost, quantity) if minor_cost is None else minor_cost * count
    return _MAKE((list_unit, unit, listed, staged, source, floor, applied, trace, own, least * count))
