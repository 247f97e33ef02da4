"""Quotes of known lines on which no order rule acts: each line is what it is in every such quote, and the totals are
the sums of the lines.

It gives the same answer as pricing the quote (a property test says so) without its columns, and nothing where a rule
may act on the order, or where a line hangs on the others: by the rounding of tax, by what a condition reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import NamedTuple, Protocol, cast

from engine.language import EvaluationFault
from engine.money import EXACT, MoneyError, currency
from engine.money.settlement import MOST_MINOR_UNITS
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import beyond_sums
from engine.pricing.known_lines import KnownLine, Shelf
from engine.pricing.request import ONE, STATED, PriceRequest, RequestLine, TaxState
from engine.pricing.result import Priced, PricedLine
from engine.pricing.state import ZERO, Record, major
from engine.pricing.taxes import rates_by_code, tax_by_rates
from engine.pricing.totals import Sums, totals_of
from engine.pricing.work import Opened, Work

_MAKE = cast("Callable[[tuple[object, ...]], PricedLine]", partial(tuple.__new__, PricedLine))


class Header(NamedTuple):
    """What a quote says beside its lines: the currency, and the rest for when a line is met for the first time."""

    currency: str
    request: Callable[[], PriceRequest]


class Met(Protocol):
    """A line that was met: what it states, what it is known as, and what it comes to by itself, once that was asked."""

    asked: RequestLine
    known: KnownLine
    alone: PricedLine | None


def together(plan: PricePlan, header: Header, met: Sequence[Met], shelf: Shelf) -> Priced | None:
    """What lines come to that are known under a header, each charged once; None when an order rule may act on all of
    them, or when costs are known of some.

    The priced lines are those of every such quote: they bear no ids.
    """
    try:
        return _together(plan, header, met, shelf)
    except (EvaluationFault, MoneyError, ArithmeticError):
        return None  # it is told by those who price the quote


def _together(plan: PricePlan, header: Header, met: Sequence[Met], shelf: Shelf) -> Priced | None:
    if shelf.header is None:
        return None
    (opened, usable), unit = shelf.header, currency(header.currency)
    _, _, listed, staged, *_ = zip(*[each.known for each in met], strict=True)
    sums = Sums(listed=sum(listed), staged=sum(staged))
    if max(sums.listed, sums.staged) > MOST_MINOR_UNITS:
        return None
    quote: Record = {**opened.quote, "list": major(sums.listed, unit)}
    quote["net"] = quote["running"] = major(sums.staged, unit)
    quote["tcv"] = quote["net"]
    if plan.reads_quantity:
        quote["qty"] = reduce(EXACT.add, [each.asked.quantity for each in met], ZERO)
    if _may_act(plan, quote, opened, usable.blocked):
        return None
    new = [each for each in met if each.alone is None]
    if new and not _work_out(plan, header.request(), new, shelf):
        return None
    lines = [each.alone for each in met if each.alone is not None]
    _, _, _, _, _, _, _, _, amounts, net, tax, _, costs, *_ = zip(*lines, strict=True)
    unknown = costs.count(None)
    if unknown and unknown < len(lines):
        return None
    sums.amount, sums.net, sums.tax = sum(amounts), sum(net), sum(tax)
    sums.one_time = sums.tcv = sums.net
    sums.cost, sums.unknown = 0 if unknown else sum(costs), unknown
    if plan.may_raise:
        sums.unlisted, sums.offset = beyond_sums(plan, lines, (), digits=unit.exponent)
    applied: dict[int, None] = {}
    for each in lines:
        if each.applied:
            applied.update(dict.fromkeys(each.applied))
    totals = totals_of(sums, unit, plan.rules.rounding)
    return Priced(unit, tuple(lines), totals, refused=usable.refused, applied=tuple(applied))


def _may_act(plan: PricePlan, quote: Record, opened: Opened, blocked: frozenset[int]) -> bool:
    """Whether the conditions of a rule on the order hold."""
    for group in plan.order_groups:
        for rule in group.rules:
            tests = (*rule.fixed, *rule.live)
            if rule.no not in blocked and all([test(quote, opened.customer, ()) is True for test in tests]):
                return True
    return False


def _work_out(plan: PricePlan, request: PriceRequest, new: Sequence[Met], shelf: Shelf) -> bool:
    """Find out what lines come to by themselves; whether that could be told of all."""
    known, asked = [each.known for each in new], [each.asked for each in new]
    amounts = [each.stage_amount for each in known]
    if max(map(abs, [*amounts, *[each.list_amount for each in known]])) > MOST_MINOR_UNITS:
        return False
    opened = None if shelf.header is None else shelf.header[0]
    work, settings = Work(plan, request, currency(request.currency), opened=opened), plan.rules.tax
    rates = rates_by_code(work, asked, shelf.rates if request.tax_state is TaxState.TABLE else {})
    if None in rates:
        return False
    is_inclusive = settings is not None and settings.inclusive
    taxes = tax_by_rates(work, asked, amounts, rates)
    for each, amount, tax in zip(new, amounts, taxes, strict=True):
        each.alone = _alone(each.asked, each.known, tax, amount - tax if is_inclusive else amount)
    return True


def _alone(asked: RequestLine, known: KnownLine, tax: int, net: int) -> PricedLine:
    """A line that is charged once, as it is priced where nothing of the order falls on it."""
    list_unit, unit, listed, staged, source, _, applied, trace, cost, _ = known
    amounts = (listed, staged, 0, staged, net, tax, net + tax, cost, ONE, net)
    return _MAKE((*asked[:STATED], list_unit, unit, *amounts, source, applied, trace))
