"""Quotes of known lines on which no order rule acts: each line is what it was in another such quote, and the totals are
the sums of the lines.

It gives the same answer as pricing the quote (a property test says so) without its columns, and nothing where a rule
may act on the order, or where a line hangs on the others: by the rounding of tax, by what a condition reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from engine.language import EvaluationFault
from engine.money import EXACT, MoneyError, currency
from engine.money.settlement import MOST_MINOR_UNITS
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import beyond_sums
from engine.pricing.known_lines import Shelf
from engine.pricing.result import Priced, PricedLine
from engine.pricing.state import ZERO, Record, major
from engine.pricing.totals import Sums, totals_of
from engine.pricing.work import Opened


def together(plan: PricePlan, code: str, lines: Sequence[PricedLine], shelf: Shelf) -> Priced | None:
    """What lines come to that were each priced under a header where no order rule acted, in a quote of one charge;
    None when one may act on all of them, or when costs are known of some.
    """
    try:
        return _together(plan, code, lines, shelf)
    except (EvaluationFault, MoneyError, ArithmeticError):
        return None  # it is told by those who price the quote


def _together(plan: PricePlan, code: str, lines: Sequence[PricedLine], shelf: Shelf) -> Priced | None:
    _, _, quantities, _, _, listed, staged, _, amounts, net, tax, _, costs, *_ = zip(*lines, strict=True)
    unit, unknown = currency(code), costs.count(None)
    if shelf.header is None or (unknown and unknown < len(lines)):
        return None
    opened, usable = shelf.header
    sums = Sums(listed=sum(listed), staged=sum(staged), amount=sum(amounts), net=sum(net), tax=sum(tax))
    sums.one_time = sums.tcv = sums.net
    sums.cost, sums.unknown = 0 if unknown else sum(costs), unknown
    if max(sums.listed, sums.staged) > MOST_MINOR_UNITS:
        return None
    quote: Record = {**opened.quote, "list": major(sums.listed, unit)}
    quote["net"] = quote["running"] = major(sums.staged, unit)
    if plan.reads_quantity:
        quote["qty"] = reduce(EXACT.add, quantities, ZERO)
    if _may_act(plan, quote, opened, usable.blocked):
        return None
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
