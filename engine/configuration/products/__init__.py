"""Configurable products: bundles and their constraints compiled to solver problems, and answers in catalog words.

Owns what option groups, products, quantities and constraints mean to a solver. Does not own the solver or prices.
Entry points: ``constraint_scope``, ``Constraint``, ``compile_product``, ``configurator.ProductConfigurator``.
"""

from engine.configuration.products.answers import (
    Aim,
    Blame,
    Candidates,
    Conflict,
    Finding,
    Option,
    Pick,
    Prices,
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
from engine.configuration.products.sought import Sought

__all__ = [
    "SOFT",
    "Aim",
    "Blame",
    "Candidates",
    "Conflict",
    "Constraint",
    "ConstraintKind",
    "Finding",
    "Option",
    "Pick",
    "Prices",
    "ProductChoice",
    "ProductCompletion",
    "ProductModel",
    "ProductRepair",
    "ProductState",
    "Season",
    "Set",
    "SettingState",
    "SlotState",
    "Sought",
    "Standing",
    "compile_product",
    "constraint_scope",
    "season_starts",
]
