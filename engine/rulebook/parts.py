"""What the pricing pipeline needs of a rule book, compiled once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.billing.policy import BillingPolicy
from engine.pricing import PricePlan, compile_plan
from engine.quotes.evaluation import Parts
from engine.rulebook.book import RuleBook

if TYPE_CHECKING:
    from engine.configuration.products.configurator import ProductConfigurator


class Configurators(Mapping[str, "ProductConfigurator"]):
    """The configurators of a book by SKU, each made when it is first asked for.

    Prices of what is no bundle need none, and the solver takes longer to start than a price to be found. Two threads
    that ask at once may both make one; the first is kept.
    """

    def __init__(self, book: RuleBook) -> None:
        self._models = {str(sku): model for sku, model in book.products.items()}
        self._later = {str(sku): later for sku, later in book.seasons.items()}
        self._made: dict[str, ProductConfigurator] = {}

    @property
    def made(self) -> int:
        """How many were asked for so far."""
        return len(self._made)

    def __getitem__(self, sku: str) -> ProductConfigurator:
        found = self._made.get(sku)
        if found is None:
            from engine.configuration.products.configurator import ProductConfigurator  # the solver, when it is needed

            made = ProductConfigurator(self._models[sku], later=self._later.get(sku, ()))
            found = self._made.setdefault(sku, made)
        return found

    def __contains__(self, sku: object) -> bool:
        return sku in self._models

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)


def parts_of(book: RuleBook, plan: PricePlan | None = None) -> Parts:
    """Compile prices, unless their plan is at hand; keep the result, it costs as much as a load."""
    return Parts(
        rule_book=book.hash,
        catalog=book.catalog,
        configurators=Configurators(book),
        plan=compile_plan(book.pricing) if plan is None else plan,
        policies=book.approval_policies,
        chains=book.chains,
    )


def billing_policy(book: RuleBook, currency: str) -> BillingPolicy:
    """The billing policy with the price models that hold in a currency, by SKU."""
    models = {each.sku: each.model for each in book.pricing.models if each.currency in ("", currency)}
    return replace(book.terms.billing, models=MappingProxyType(models))
