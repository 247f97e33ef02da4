"""The frozen rule book: everything that the files of one folder say, checked and named by the hash of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.catalog import Catalog, Sku
from engine.diagnostics import Diagnostic, Severity
from engine.language.types import Type

if TYPE_CHECKING:
    from engine.approvals.policy import ApprovalPolicy, ChainDefinition
    from engine.configuration.products import Constraint, ProductModel, Season
    from engine.pricing.plan import PricingRules
    from engine.rulebook.decision_table import NamedTable
    from engine.rulebook.rule_test import RuleTest
    from engine.rulebook.terms import Terms

SCHEMA_VERSION = 1
"""The version of the rule-file format that this loader reads."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the book says rules may read beside the engine's own names, with types: ``customer.*`` and ``quote.*``."""

    customer: Mapping[str, Type]
    quote: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One loaded rule book; immutable, so that it can be shared by every thread and pinned by every quote.

    ``hash`` is the SHA-256 of all source files. ``effective_from`` and ``effective_until`` bound the days it may price
    (half-open; None is open). ``constraints`` are listed by the SKU of their bundle; ``products`` are the bundles
    compiled for the solver, and ``seasons`` the same from days on that other constraints are in force. ``pricing`` is
    the input of ``compile_plan``. ``tables`` are the decision tables that its formulas call. ``files`` names the
    sources, sorted.
    """

    id: str
    title: str
    hash: str
    default_currency: str
    currencies: tuple[str, ...]
    time_zone: str
    effective_from: date | None
    effective_until: date | None
    catalog: Catalog
    declared: Declared
    constraints: Mapping[Sku, tuple[Constraint, ...]]
    products: Mapping[Sku, ProductModel]
    seasons: Mapping[Sku, tuple[Season, ...]]
    pricing: PricingRules
    chains: tuple[ChainDefinition, ...]
    approval_policies: tuple[ApprovalPolicy, ...]
    terms: Terms
    tests: tuple[RuleTest, ...]
    tables: Mapping[str, NamedTable]
    files: tuple[str, ...]
    schema_version: int = SCHEMA_VERSION

    def holds_on(self, day: date) -> bool:
        """Whether the book may price on a day."""
        after = self.effective_from is None or self.effective_from <= day
        return after and (self.effective_until is None or day < self.effective_until)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The outcome of a load: a book when no finding is an error, and every finding sorted by place."""

    book: RuleBook | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that keep the book from being used."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.ERROR)
