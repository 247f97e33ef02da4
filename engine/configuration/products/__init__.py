"""Configurable products: bundles and their constraints compiled to solver problems, and answers in catalog words.

Owns what option groups, products, quantities and constraints mean to a solver. Does not own the solver or prices.
Entry points: ``constraint_scope``, ``Constraint``, ``compile_product``, ``configurator.ProductConfigurator``.
"""

from engine.configuration.products.answers import (
    Aim,
    Blame,
    Conflict,
    Finding,
    Option,
    Pick,
    ProductChoice,
    ProductCompletion,
    ProductRepair,
    ProductState,
    Set,
    SettingState,
    SlotState,
    Standing,
)
from engine.configuration.products.constraint import SOFT, Constraint, ConstraintKind
from engine.configuration.products.problem import ProductModel, compile_product
from engine.configuration.products.scope import constraint_scope
from engine.configuration.products.seasons import Season, season_starts

__all__ = [
    "SOFT",
    "Aim",
    "Blame",
    "Conflict",
    "Constraint",
    "ConstraintKind",
    "Finding",
    "Option",
    "Pick",
    "ProductChoice",
    "ProductCompletion",
    "ProductModel",
    "ProductRepair",
    "ProductState",
    "Season",
    "Set",
    "SettingState",
    "SlotState",
    "Standing",
    "compile_product",
    "constraint_scope",
    "season_starts",
]
