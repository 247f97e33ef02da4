"""What a unit costs before any rule acts: its list price, or where there is one the price agreed with the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from engine.catalog import LineId
from engine.language import EvaluationFault
from engine.language.scope import Checked
from engine.money import currency
from engine.pricing.compiled import PricePlan
from engine.pricing.expressions import expressions_of
from engine.pricing.finding import Finder, contract_for
from engine.pricing.models.stairstep import BeyondLastStepError
from engine.pricing.plan import PoolScope
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.starting import MissingPriceError, new_state, start_line
from engine.pricing.work import NotANumberError, Work

_NO_PRICE = (MissingPriceError, BeyondLastStepError, NotANumberError, EvaluationFault, ArithmeticError)


def unit_prices(plan: PricePlan, request: PriceRequest) -> Mapping[LineId, Decimal]:
    """The price of a unit of each line, each as if it were alone; lines that have none are left out.

    So are those that cost a percent of others: alone there is nothing that they are a percent of.
    """
    shared = Work(plan, replace(request, lines=()), currency(request.currency))
    finder = Finder(shared)
    pools = (each.use.pool for found in plan.models.values() for each in found)
    is_alone = plan.reads_quantity or any(each is not PoolScope.LINE for each in pools)
    found: dict[LineId, Decimal] = {}
    for line in request.lines:
        if line.sku in shared.percent_of:
            continue
        if is_alone:
            finder = Finder(Work(plan, replace(request, lines=(line,)), shared.currency))
        try:
            found[line.id] = _unit(finder, line)
        except _NO_PRICE:
            continue
    return found


def facts_read(plan: PricePlan) -> tuple[str, ...]:
    """The paths below `customer` and `quote` that prices of units may hang on, beside date and currency."""
    found = {"quote.price_book"}
    for expression in _expressions(plan):
        found.update(each for each in expression.reads if each.split(".")[0] in ("customer", "quote"))
    return tuple(sorted(found - {"quote.date", "quote.currency"}))


def _unit(finder: Finder, line: RequestLine) -> Decimal:
    state = new_state(finder.work, line)
    start_line(finder.work, finder, state)
    is_agreed = contract_for(finder.work, line, state.record) is not None
    return state.running_unit if is_agreed else state.list_unit


def _expressions(plan: PricePlan) -> Iterator[Checked]:
    """The conditions and formulas of price books, contracts and price models."""
    yield from expressions_of(replace(plan.rules, rules=(), percent_of=(), bundle_prices=(), guards=(), tax=None))
