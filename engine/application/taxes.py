"""The tax rates of a contract's documents, and where they are rounded: as its quote was priced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.billing import TaxPoint, TaxTable
from engine.catalog import LineId
from engine.contracts import Contract, all_lines
from engine.diagnostics import Refusal
from engine.money import RoundingRule, currency
from engine.pricing import PricePlan
from engine.pricing.request import PriceRequest, RequestLine, TaxAnswer
from engine.pricing.settings import TaxLevel, TaxSettings
from engine.pricing.work import Work, line_record
from engine.quotes.evaluation import Parts, PricedQuote, price_lines, price_request
from engine.quotes.lines import resolve

POINTS: Mapping[TaxLevel, TaxPoint] = {
    TaxLevel.UNIT: TaxPoint.UNIT,
    TaxLevel.LINE: TaxPoint.LINE,
    TaxLevel.RATE: TaxPoint.RATE,
    TaxLevel.TOTAL: TaxPoint.TOTAL,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A priced offer that a contract or a change of it was signed from (None: not known), and what priced it."""

    priced: PricedQuote | None
    parts: Parts


def tax_table(contract: Contract, offers: Sequence[Offer]) -> TaxTable:
    """Percent by tax code, as the pricing engine answers for the accepted offers; a code without a rate bears none.

    Tax is rounded as in the first offer. Of several that name a code the latest says its rate.
    """
    percents = {line.tax_code: Decimal(0) for line in all_lines(contract)}
    first = offers[0]
    settings = first.parts.plan.rules.tax
    answers: Mapping[str, TaxAnswer] = {}
    if first.priced is not None:
        answers = first.priced.request.tax_answers
    for offer in offers:
        if offer.priced is not None:
            percents |= _percents(offer.priced, offer.parts)
    return TaxTable(percents, _point(settings, answers.values()), _mode(first.parts.plan))


def _percents(priced: PricedQuote, parts: Parts) -> Mapping[str, Decimal]:
    """The rates of the tax codes of one offer."""
    answers = priced.request.tax_answers
    lines = resolve(priced.request, parts.catalog)
    if answers or isinstance(lines, Refusal):
        return {code: rate.percent for code, rate in answers.items()}
    asked = (*price_lines(lines, priced.request, parts), *_gifts(priced, parts))
    rates = tax_rates(parts.plan, price_request(priced.request, asked))
    return {each.tax_code: rates[each.id] for each in asked if each.id in rates}


def included_percents(table: TaxTable, parts: Parts) -> Mapping[str, Decimal]:
    """The rates that are inside the prices of the book by tax code; none where prices are without tax."""
    settings = parts.plan.rules.tax
    return table.percents if settings is not None and settings.inclusive else {}


def _gifts(priced: PricedQuote, parts: Parts) -> Iterator[RequestLine]:
    """The lines that rules added, which may bear a tax code that no other line has."""
    for gift in priced.priced.gifts:
        product = parts.catalog.products[gift.sku]
        yield RequestLine(gift.id, gift.sku, gift.quantity, parts.facts[gift.sku], tax_code=product.tax_code)


def _point(settings: TaxSettings | None, answers: Iterable[TaxAnswer] = ()) -> TaxPoint:
    """Where a document rounds tax: where its quote did; a price that includes tax, or tax with a part per unit, keeps
    the quoted tax.
    """
    if settings is None:
        return TaxPoint.RATE
    if settings.inclusive or any(rate.fixed for rate in settings.rates) or any(rate.fixed for rate in answers):
        return TaxPoint.QUOTED
    return POINTS[settings.level]


def _mode(plan: PricePlan) -> RoundingRule:
    settings = plan.rules.tax
    return RoundingRule((settings.mode if settings is not None else None) or plan.rules.rounding.mode)


def tax_rates(plan: PricePlan, request: PriceRequest) -> Mapping[LineId, Decimal]:
    """Percent of each line: that of the first rate of its code that is in its window and whose conditions hold."""
    settings = plan.rules.tax
    if settings is None:
        return {}
    work = Work(plan, request, currency(request.currency))
    found: dict[LineId, Decimal] = {}
    for line in request.lines:
        record = line_record(plan, line)
        for rate, tests in zip(settings.rates, plan.tax_tests, strict=True):
            in_force = rate.window is None or rate.window.holds(request.date)
            if rate.code == line.tax_code and in_force and work.holds(tests, record):
                found[line.id] = rate.percent
                break
    return found
