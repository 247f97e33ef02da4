"""Use cases on configurations: the product's configurator, list prices of its parts, and choices as quote lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.application.rule_books import ActiveBook
from engine.catalog import LineId, Sku
from engine.configuration.answers import Budget
from engine.configuration.products import (
    Finding,
    Pick,
    Prices,
    ProductChoice,
    ProductConfigurator,
    Set,
)
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.pricing import price
from engine.pricing.request import TaxState
from engine.quotes.evaluation import check, price_lines, price_request
from engine.quotes.lines import resolve
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.rulebook.line_attributes import read_attributes

NOT_CONFIGURABLE = Code("CFG401")
UNKNOWN_PRODUCT = Code("CFG402")
ROOT = LineId("root")
ONE = Decimal(1)
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def configurator_of(active: ActiveBook, sku: str) -> ProductConfigurator | Refusal:
    """The configurator of a product."""
    found = active.parts.configurators.get(sku)
    if found is not None:
        return found
    if active.parts.catalog.product(sku) is not None:
        return Refusal((Fault(NOT_CONFIGURABLE, "product", f"`{sku}` has no option groups"),))
    hint = did_you_mean(sku, active.parts.configurators)
    return Refusal((Fault(UNKNOWN_PRODUCT, "product", f"unknown product `{sku[:80]}`", hint),))


def list_prices(active: ActiveBook, configurator: ProductConfigurator, currency: str, day: date) -> Prices:
    """The list price of one unit of every part that has one, as the price books state it for nobody in particular."""
    skus = dict.fromkeys(sku for slot in configurator.product.slots.values() for sku in slot.class_of)
    lines = tuple(RequestedLine(LineId(sku), sku, ONE) for sku in skus)
    return dict(_prices(active, lines, currency, day))


def without_price(configurator: ProductConfigurator, prices: Prices) -> tuple[Sku, ...]:
    """The parts that a completion leaves out because no price book states what they cost."""
    parts = dict.fromkeys(sku for slot in configurator.product.slots.values() for sku in slot.class_of)
    return tuple(sorted(sku for sku in parts if sku not in prices))


def list_price(choices: Sequence[ProductChoice], prices: Prices) -> Decimal:
    """The list price of what is chosen; parts without a price add nothing."""
    picks = (each for each in choices if isinstance(each, Pick) and each.sku in prices)
    return sum((prices[each.sku] * (each.quantity or 1) for each in picks), Decimal(0))


def costs(active: ActiveBook, prices: Prices, currency: str) -> Prices:
    """The cost of one unit of every part whose cost is stated."""
    products = active.parts.catalog.products
    found = ((sku, products[sku].cost(currency)) for sku in prices)
    return {sku: cost for sku, cost in found if cost is not None}


def validate_lines(active: ActiveBook, lines: Sequence[RequestedLine], budget: Budget) -> tuple[Finding, ...] | Refusal:
    """What is wrong or missing in the configurations of lines; unknown products and quantities are refused."""
    read = read_attributes(lines, active.parts.catalog)
    request = QuoteRequest(date.max, active.book.default_currency, read.lines)
    resolved = resolve(request, active.parts.catalog)
    faults = (*read.faults, *(resolved.faults if isinstance(resolved, Refusal) else ()))
    return Refusal(faults) if isinstance(resolved, Refusal) or faults else check(resolved, active.parts, budget)


def lines_of(sku: str, choices: Sequence[ProductChoice]) -> tuple[RequestedLine, ...]:
    """A configuration as quote lines: the bundle, then its parts below what they are part of."""
    settings: dict[str, dict[str, object]] = {}
    for each in choices:
        if isinstance(each, Set):
            above, _, name = each.setting.rpartition(".")
            settings.setdefault(above, {})[name] = each.value
    picks = sorted((each for each in choices if isinstance(each, Pick) and each.sku), key=_place)
    ids: dict[str, LineId] = {"": ROOT}
    lines = [RequestedLine(ROOT, Sku(sku), ONE, attributes=settings.get("", {}))]  # type: ignore[arg-type]
    for number, pick in enumerate(picks, 1):
        above, _, name = pick.slot.rpartition(".")
        group = name.partition("[")[0]
        line = LineId(f"{pick.slot}-{number}")
        ids.setdefault(pick.slot, line)
        lines.append(
            RequestedLine(
                line,
                pick.sku,
                Decimal(pick.quantity or 1),
                parent=ids.get(above, ROOT),
                group=group,
                attributes=settings.get(pick.slot, {}),  # type: ignore[arg-type]
            )
        )
    return tuple(lines)


def _place(pick: Pick) -> list[tuple[str, int]]:
    """Where a pick stands: entries of one group by their number, since lines are numbered in their order."""
    return [(name, int(number or 0)) for name, number in _STEP.findall(pick.slot)]


def _prices(
    active: ActiveBook, lines: tuple[RequestedLine, ...], currency: str, day: date
) -> Iterator[tuple[Sku, Decimal]]:
    """Price all parts at once; parts without a price are named by the refusal and left out the second time."""
    # A list price is before tax, and nobody in particular has no tax region.
    sold = tuple(each for each in lines if _sellable(active, each.sku))
    request = QuoteRequest(day, currency, sold, tax_state=TaxState.OPEN)
    for _ in range(2):
        resolved = resolve(request, active.parts.catalog)
        if isinstance(resolved, Refusal):
            return
        asked = price_lines(resolved, request, active.parts)
        priced = price(active.parts.plan, price_request(request, asked))
        if not isinstance(priced, Refusal):
            yield from ((each.sku, each.list_unit) for each in priced.lines)
            return
        gone = {each.field.partition("]")[0].removeprefix("lines[") for each in priced.faults}
        kept = tuple(each for n, each in enumerate(request.lines) if str(n) not in gone)
        request = replace(request, lines=kept)


def _sellable(active: ActiveBook, sku: Sku) -> bool:
    product = active.parts.catalog.products[sku]
    return not product.discontinued
