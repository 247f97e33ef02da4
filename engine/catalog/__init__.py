"""Owns product, attribute, charge, bundle, option group, configured line and units of measure.

Does not own rules, prices or what a valid configuration is.
Entry points: ``Catalog``, ``Product``, ``Bundle``, ``ConfiguredLine``.
"""

from engine.catalog.attribute import AttributeDef, Value
from engine.catalog.bundle import Bundle, OptionGroup
from engine.catalog.catalog import Catalog
from engine.catalog.charge import ONE_TIME, BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.catalog.line import ConfiguredLine, LineId
from engine.catalog.product import STANDARD_TAX, Product, QuantityRule, Sku

__all__ = [
    "ONE_TIME",
    "STANDARD_TAX",
    "AttributeDef",
    "BillingTiming",
    "Bundle",
    "Catalog",
    "Charge",
    "ChargeKind",
    "ChargePeriod",
    "ConfiguredLine",
    "LineId",
    "OptionGroup",
    "Product",
    "QuantityRule",
    "Sku",
    "Value",
]
