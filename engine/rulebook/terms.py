"""What holds after the sale: contract terms, billing, revenue policies and fulfilment plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.billing.dunning import NO_DUNNING, DunningPolicy
from engine.billing.policy import BillingPolicy
from engine.contracts.terms import ContractTerms
from engine.orders.plan import FulfilmentPlan
from engine.revenue.policy import RevenuePolicies


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a book; ``billing`` without price models, which belong to a currency."""

    contract: ContractTerms = ContractTerms()
    billing: BillingPolicy = BillingPolicy()
    revenue: RevenuePolicies = RevenuePolicies()
    fulfilment: Mapping[str, FulfilmentPlan] = field(default_factory=lambda: MappingProxyType({}))
    dunning: DunningPolicy = NO_DUNNING
