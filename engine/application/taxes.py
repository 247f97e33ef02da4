"""The tax rates of a contract's documents, and where they are rounded: as its quote was priced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from engine.application.ports import Reader
from engine.billing import TaxPoint, TaxTable
from engine.catalog import LineId
from engine.contracts import Contract, SubscriptionLine
from engine.diagnostics import Refusal
from engine.money import RoundingRule, currency
from engine.pricing import PricePlan
from engine.pricing.request import PriceRequest, RequestLine, TaxAnswer
from engine.pricing.settings import TaxLevel, TaxSettings
from engine.pricing.work import Work, line_record
from engine.quotes.evaluation import Parts, PricedQuote, price_lines, price_request
from engine.quotes.lines import resolve
from engine.quotes.quote import Quote

POINTS: Mapping[TaxLevel, TaxPoint] = {
    TaxLevel.UNIT: TaxPoint.UNIT,
    TaxLevel.LINE: TaxPoint.LINE,
    TaxLevel.RATE: TaxPoint.RATE,
    TaxLevel.TOTAL: TaxPoint.TOTAL,
}


def tax_table(reader: Reader, contract: Contract, parts: Parts) -> TaxTable:
    """Percent by tax code, as the pricing engine answers for the accepted offer; a code without a rate bears none."""
    codes = {line.tax_code: Decimal(0) for line in _all_lines(contract)}
    settings, mode = parts.plan.rules.tax, _mode(parts.plan)
    quote = reader.get(Quote, contract.quote)
    offer = quote.offer(contract.quote_version) if quote is not None else None
    if offer is None:
        return TaxTable(codes, _point(settings), mode)
    answers = offer.priced.request.tax_answers
    lines = resolve(offer.priced.request, parts.catalog)
    if answers or isinstance(lines, Refusal):
        answered = {code: rate.percent for code, rate in answers.items()}
        return TaxTable({**codes, **answered}, _point(settings, answers.values()), mode)
    asked = (*price_lines(lines, offer.priced.request, parts), *_gifts(offer.priced, parts))
    rates = tax_rates(parts.plan, price_request(offer.priced.request, asked))
    by_code = {each.tax_code: rates[each.id] for each in asked if each.id in rates}
    return TaxTable({**codes, **by_code}, _point(settings), mode)


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


def _all_lines(contract: Contract) -> tuple[SubscriptionLine, ...]:
    return (*contract.lines, *(line for change in contract.changes for line in change.added))


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
