"""The port to a tax service: it answers rates, the engine works out and rounds the tax."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from engine.catalog import Sku
from engine.diagnostics import Fault, Refusal
from engine.pricing.codes import TAX_UNAVAILABLE
from engine.pricing.effects import Gift
from engine.pricing.request import Facts, TaxAnswer, TaxState
from engine.pricing.settings import TaxSource
from engine.quotes.evaluation import Parts
from engine.quotes.request import QuoteRequest


class TaxUnavailable(Exception):
    """The tax service did not answer, or not with rates; the text says why."""


@dataclass(frozen=True, slots=True)
class TaxQuestion:
    """Which rates are asked for: those of tax codes on a day, for what is known of customer and quote."""

    date: date
    currency: str
    customer: Facts
    quote: Facts
    codes: tuple[str, ...]


class TaxService(Protocol):
    """Answers the rates of tax codes."""

    def rates(self, asked: TaxQuestion) -> Mapping[str, TaxAnswer]:
        """The rate of each code; a code that is left out has none. Raises ``TaxUnavailable``."""


class NoTaxService:
    """Stands where the operator named no tax service."""

    def rates(self, asked: TaxQuestion) -> Mapping[str, TaxAnswer]:
        """No answer, ever."""
        raise TaxUnavailable("the server knows no tax service")


NO_TAX_SERVICE = NoTaxService()


class AskedOnce:
    """Asks a service each question once, for one request that may be decided again and again."""

    def __init__(self, service: TaxService) -> None:
        self._service = service
        self._answered: list[tuple[TaxQuestion, Mapping[str, TaxAnswer]]] = []

    def rates(self, asked: TaxQuestion) -> Mapping[str, TaxAnswer]:
        """What was answered before, or what the service answers now; a failure is not kept."""
        for question, answer in self._answered:
            if question == asked:
                return answer
        answer = self._service.rates(asked)
        self._answered.append((asked, answer))
        return answer


def with_tax_rates(service: TaxService, request: QuoteRequest, parts: Parts) -> QuoteRequest | Refusal:
    """The request with the rates that the tax service answers, where the rule book leaves them to it.

    The rates are part of the request from now on: it is priced, verified and billed by them.
    """
    settings = parts.plan.rules.tax
    if settings is None or settings.source is not TaxSource.HOOK:
        return request
    codes = _codes(parts, {line.sku for line in request.lines})
    if not codes:
        return replace(request, tax_state=TaxState.ANSWERED, tax_answers={})
    question = TaxQuestion(request.date, request.currency, request.customer, request.header, codes)
    try:
        answers = service.rates(question)
    except TaxUnavailable as failure:
        hint = "try again; nothing was priced"
        return Refusal((Fault(TAX_UNAVAILABLE, "tax", f"the tax service did not answer: {failure}", hint),))
    known = {code: answers[code] for code in codes if code in answers}
    return replace(request, tax_state=TaxState.ANSWERED, tax_answers=known)


def _codes(parts: Parts, skus: Collection[Sku]) -> tuple[str, ...]:
    """The tax codes of products, and of those that rules may add to the quote."""
    effects = (effect for rule in parts.plan.rules.rules for effect in rule.effects.values())
    wanted = {*skus, *(Sku(effect.sku) for effect in effects if isinstance(effect, Gift))}
    products = (parts.catalog.products.get(sku) for sku in wanted)
    return tuple(sorted({each.tax_code for each in products if each is not None and each.tax_code}))
