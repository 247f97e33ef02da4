"""What billing is told beside the contract: price models for usage, and how long late usage is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from engine.money import HALF_UP, RoundingRule
from engine.pricing.models import PriceModel


class PartMinimum(Enum):
    """The least to pay for usage in a part of a charge period: its share, or all of it."""

    PRORATED = "prorated"
    WHOLE = "whole"


class ZeroInvoices(Enum):
    """Whether an invoice of nothing is issued: never, when one of its lines has a list price (given away), or always.

    Usage has none: what its included units cover is not worth an invoice of its own.
    """

    NEVER = "never"
    PRICED = "priced"
    ALWAYS = "always"


class ArrearsBilled(Enum):
    """When a recurring period in arrears is billed: once it has ended, or by the first run after it began.

    What a run bills ahead of the end is credited where the service ends before, as in advance.
    """

    AT_END = "at_end"
    BY_ANY_RUN = "by_any_run"


@dataclass(frozen=True, slots=True)
class UsageThresholds:
    """Amounts in the major unit, ascending, at which the usage of running periods is billed, and then ``every`` so much
    more.
    """

    at: tuple[Decimal, ...] = ()
    every: Decimal | None = None

    def passed(self, amount: Decimal) -> int:
        """How many of them an amount has reached."""
        reached = sum(each <= amount for each in self.at)
        beyond = amount - (self.at[-1] if self.at else Decimal(0))
        return reached if self.every is None or beyond <= 0 else reached + int(beyond // self.every)


@dataclass(frozen=True, slots=True)
class BillingPolicy:
    """``models`` are the price models of the contract's rule book by name (the SKU); usage without one costs its unit
    price. Usage that comes late for a billed period is billed while the period is among the last
    ``late_usage_periods`` that ended. ``included_percents`` are the tax rates by tax code where the prices of the book
    include tax: usage is rated at those prices and billed without the tax. ``part_minimum`` says what a model's least
    per period is in a part of one, ``zero_invoices`` whether a day on which all costs nothing has an invoice.
    ``arrears`` says whether runs bill the periods in arrears that run. ``thresholds`` are by currency; contracts in a
    currency without any are billed when periods end.
    """

    models: Mapping[str, PriceModel] = field(default_factory=lambda: MappingProxyType({}))
    late_usage_periods: int = 2
    rounding: RoundingRule = HALF_UP
    included_percents: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    part_minimum: PartMinimum = PartMinimum.PRORATED
    zero_invoices: ZeroInvoices = ZeroInvoices.PRICED
    arrears: ArrearsBilled = ArrearsBilled.AT_END
    thresholds: Mapping[str, UsageThresholds] = field(default_factory=lambda: MappingProxyType({}))


DEFAULT_POLICY = BillingPolicy()
