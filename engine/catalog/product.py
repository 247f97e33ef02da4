"""A product as the catalog states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NewType

from engine.catalog.attribute import Value
from engine.catalog.charge import ONE_TIME, Charge
from engine.diagnostics import Span

Sku = NewType("Sku", str)
ONE = Decimal(1)
STANDARD_TAX = "standard"
"""The tax code of what states none."""


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """Which quantities may be sold: from ``minimum``, in steps of ``multiple``, up to ``maximum`` (None: no limit)."""

    minimum: Decimal = Decimal(1)
    multiple: Decimal = Decimal(1)
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One sellable thing, with its attributes and the names of the policies that apply to it after the sale.

    ``unit`` is what prices, tiers and stock count; ``units`` are the others it is sold in, with how many of ``unit``
    one of them holds (a box of 12).
    """

    sku: Sku
    name: str
    category: str = ""
    family: str = ""
    attributes: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    charge: Charge = ONE_TIME
    unit: str = "each"
    units: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    quantity: QuantityRule = QuantityRule()
    costs: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    discountable: bool = True
    discontinued: bool = False
    tax_code: str = STANDARD_TAX
    recognition: str = ""
    fulfilment: str = ""
    span: Span | None = None

    def factor(self, unit: str) -> Decimal | None:
        """How many of the product's own unit one ``unit`` holds ("" is its own), or None when it is not sold in it."""
        return ONE if unit in ("", self.unit) else self.units.get(unit)

    def cost(self, currency_code: str) -> Decimal | None:
        """The cost of one unit in a currency, or None when nobody stated one."""
        return self.costs.get(currency_code)
