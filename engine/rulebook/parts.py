"""What the pricing pipeline needs of a rule book, compiled once."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from engine.billing.policy import BillingPolicy
from engine.configuration.products.configurator import ProductConfigurator
from engine.pricing import PricePlan, compile_plan
from engine.quotes.evaluation import Parts
from engine.rulebook.book import RuleBook


def parts_of(book: RuleBook, plan: PricePlan | None = None) -> Parts:
    """Compile prices, unless their plan is at hand, and prepare configurators; keep the result, it costs as much as a
    load.
    """
    configurators = {
        str(sku): ProductConfigurator(model, later=book.seasons.get(sku, ())) for sku, model in book.products.items()
    }
    return Parts(
        rule_book=book.hash,
        catalog=book.catalog,
        configurators=MappingProxyType(configurators),
        plan=compile_plan(book.pricing) if plan is None else plan,
        policies=book.approval_policies,
        chains=book.chains,
    )


def billing_policy(book: RuleBook, currency: str) -> BillingPolicy:
    """The billing policy with the price models that hold in a currency, by SKU."""
    models = {each.sku: each.model for each in book.pricing.models if each.currency in ("", currency)}
    return replace(book.terms.billing, models=MappingProxyType(models))
