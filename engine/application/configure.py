"""Use cases on configurations: the product's configurator, list prices of its parts, and choices as quote lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.application.content import Content, request_of
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.catalog import LineId, Sku, Value
from engine.catalog.product import QuantityRule
from engine.configuration.answers import Budget
from engine.configuration.products import Finding, Pick, Prices, ProductChoice, Set
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.money import EXACT
from engine.pricing import unit_prices
from engine.pricing.checks import request_faults
from engine.pricing.request import TaxState
from engine.pricing.work import percents_in_force
from engine.quotes.evaluation import check, price_lines, price_request
from engine.quotes.lines import ResolvedLine, resolve
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.rulebook.line_attributes import read_attributes

NOT_CONFIGURABLE = Code("CFG401")
UNKNOWN_PRODUCT = Code("CFG402")
ROOT = LineId("root")
ONE = Decimal(1)
NOTHING = Decimal(0)
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class ListPrices:
    """What a unit of the parts of a bundle costs somebody, as it is stated.

    ``percents`` are parts that cost a percent of others: nothing, as far as prices of units go. A completion takes one
    only where it is asked for, or where a group has to have one: ``unavoidable`` are the prices with those.
    """

    stated: Prices
    percents: Prices
    unavoidable: Prices

    def counted(self, choices: Iterable[ProductChoice]) -> Prices:
        """The prices by which completions and repairs with such choices are compared."""
        picked = {each.sku for each in choices if isinstance(each, Pick)} & self.percents.keys()
        return {**self.unavoidable, **{sku: self.percents[sku] for sku in picked}} if picked else self.unavoidable


def configurator_of(active: ActiveBook, sku: str, day: date) -> ProductConfigurator | Refusal:
    """The configurator of a product, with the constraints that are in force on a day."""
    found = active.parts.configurators.get(sku)
    if found is not None:
        return found.on(day)
    if active.parts.catalog.product(sku) is not None:
        return Refusal((Fault(NOT_CONFIGURABLE, "product", f"`{sku}` has no option groups"),))
    hint = did_you_mean(sku, active.parts.configurators)
    return Refusal((Fault(UNKNOWN_PRODUCT, "product", f"unknown product `{sku[:80]}`", hint),))


def asked_header(reader: Reader, header: Content, active: ActiveBook, day: date) -> QuoteRequest | Refusal:
    """Whom and when prices are for, without lines; everything about it is checked as PriceQuote checks it."""
    found = request_of(reader, header, active, day)
    if isinstance(found, Refusal):
        return found
    # A price of a part is one before tax, whose region nobody has to know.
    request = replace(found, tax_state=TaxState.OPEN)
    faults = [each for each in request_faults(active.parts.plan, price_request(request, ())) if each.field != "lines"]
    return Refusal(tuple(faults)) if faults else request


def list_prices(active: ActiveBook, configurator: ProductConfigurator, header: QuoteRequest) -> ListPrices:
    """What a unit of every part costs whom a request is for, in the place where the bundle has it.

    That is the list price, or the price agreed with the customer, of the quantity one; parts without one are left out.
    """
    plan = active.parts.plan
    lines = tuple(_lines_of_parts(active, configurator))
    found = unit_prices(plan, price_request(header, price_lines(lines, header, active.parts)))
    stated = {line.product.sku: found[line.id] for line in lines if line.id in found}
    in_percent = percents_in_force(plan, header.date)
    percents = {line.product.sku: NOTHING for line in lines if line.product.sku in in_percent}
    groups = configurator.product.slots.values() if percents else ()
    needy = [each for each in groups if each.group.minimum and stated.keys().isdisjoint(each.class_of)]
    needed = {sku: NOTHING for each in needy for sku in each.class_of if sku in percents}
    return ListPrices(stated, percents, {**stated, **needed} if needed else stated)


def without_price(configurator: ProductConfigurator, prices: Prices) -> tuple[Sku, ...]:
    """The parts that a completion leaves out because no price book states what they cost."""
    parts = dict.fromkeys(sku for slot in configurator.product.slots.values() for sku in slot.class_of)
    return tuple(sorted(sku for sku in parts if sku not in prices))


def list_price(choices: Sequence[ProductChoice], prices: Prices) -> Decimal:
    """The list price of what is chosen; parts without a price add nothing."""
    picks = (each for each in choices if isinstance(each, Pick) and each.sku in prices)
    return sum((prices[each.sku] * (each.quantity or 1) for each in picks), Decimal(0))


def unpriced(choices: Sequence[ProductChoice], prices: Prices) -> tuple[Sku, ...]:
    """What is chosen without a price."""
    picked = (each.sku for each in choices if isinstance(each, Pick) and each.sku)
    return tuple(sorted({sku for sku in picked if sku not in prices}))


def costs(active: ActiveBook, prices: Prices, currency: str) -> Prices:
    """The cost of one unit of every part whose cost is stated."""
    products = active.parts.catalog.products
    found = ((sku, products[sku].cost(currency)) for sku in prices)
    return {sku: cost for sku, cost in found if cost is not None}


def validate_lines(
    active: ActiveBook, lines: Sequence[RequestedLine], day: date, budget: Budget
) -> tuple[Finding, ...] | Refusal:
    """What is wrong or missing in the configurations of lines; unknown products and quantities are refused."""
    read = read_attributes(lines, active.parts.catalog)
    request = QuoteRequest(date.max, active.book.default_currency, read.lines)
    resolved = resolve(request, active.parts.catalog)
    faults = (*read.faults, *(resolved.faults if isinstance(resolved, Refusal) else ()))
    return Refusal(faults) if isinstance(resolved, Refusal) or faults else check(resolved, active.parts, day, budget)


def lines_of(sku: str, choices: Sequence[ProductChoice]) -> tuple[RequestedLine, ...]:
    """A configuration as quote lines: the bundle, then its parts below what they are part of."""
    settings: dict[str, dict[str, Value]] = {}
    for each in choices:
        if isinstance(each, Set):
            above, _, name = each.setting.rpartition(".")
            settings.setdefault(above, {})[name] = each.value
    picks = sorted((each for each in choices if isinstance(each, Pick) and each.sku), key=_place)
    ids: dict[str, LineId] = {"": ROOT}
    lines = [RequestedLine(ROOT, Sku(sku), ONE, attributes=settings.get("", {}))]
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
                attributes=settings.get(pick.slot, {}),
            )
        )
    return tuple(lines)


def _place(pick: Pick) -> list[tuple[str, int]]:
    """Where a pick stands: entries of one group by their number, since lines are numbered in their order."""
    return [(name, int(number or 0)) for name, number in _STEP.findall(pick.slot)]


def _lines_of_parts(active: ActiveBook, configurator: ProductConfigurator) -> Iterator[ResolvedLine]:
    """One unit of every part that may be sold singly, below the bundle; a part of several groups in the first."""
    bundle = configurator.product.bundle
    root = RequestedLine(ROOT, bundle.sku, ONE)
    groups = {sku: slot.group.id for slot in reversed([*configurator.product.slots.values()]) for sku in slot.class_of}
    for sku, group in groups.items():
        product = active.parts.catalog.products[sku]
        if not product.discontinued and _sold_singly(product.quantity):
            yield ResolvedLine(RequestedLine(LineId(sku), sku, ONE, ROOT, group), product, ONE, root)


def _sold_singly(rule: QuantityRule) -> bool:
    return rule.minimum <= ONE and not EXACT.remainder(ONE, rule.multiple)
