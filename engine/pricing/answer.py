"""The priced quote from the columns: lines, totals, what applied and what was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from itertools import repeat
from operator import is_
from typing import cast

from engine.catalog import ONE_TIME, ChargeKind
from engine.money import RoundingRule
from engine.pricing.depth import beyond_sums, is_raised
from engine.pricing.gifts import added_lines, taxed_gifts
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.request import STATED, RequestLine, stated
from engine.pricing.result import OrderDiscount, Priced, PricedLine, RefusedRule
from engine.pricing.rows import Rows
from engine.pricing.spread import spread
from engine.pricing.taxes import tax_on
from engine.pricing.totals import Columns, Sums, periods_of, sums_of, term_amount, totals_of
from engine.pricing.usability import BUDGET, refusal_of
from engine.pricing.work import Work

ONE = Decimal(1)
_MAKE = cast("Callable[[tuple[object, ...]], PricedLine]", partial(tuple.__new__, PricedLine))
"""``PricedLine._make`` without its length check, at half the cost; the columns are zipped strictly."""
_TOLD, _CHARGE = [stated(each) for each in RequestLine._fields[:STATED]], stated("charge")
_ORDERED, _TERM = map(PricedLine._fields.index, ("order_discount", "term"))
"""Discount, amount, net, tax and gross of a line stand side by side."""

UNITS_MAX = 10_000
"""The largest quantity whose order discount is split over single units."""


def answer(
    order: OrderState,
    run: OrderRun,
    discounts: Sequence[OrderDiscount],
    refused: Sequence[RefusedRule],
    warnings: Sequence[str],
) -> Priced:
    """Steps 12 and 13: tax, the lines, the totals."""
    work, rows = order.work, order.rows
    request, plan = work.request, work.plan
    added = added_lines(work, run.gifts)
    taxed = tax_on(work, order, added)
    columns = priced_lines(rows, order, taxed.line_tax[: len(rows.lines)] if added else taxed.line_tax)
    gifts = taxed_gifts(work, run.gifts, taxed.line_tax[len(rows.lines) :])
    currency, rounding = work.currency, plan.rules.rounding
    plain = Sums(
        listed=sum(rows.list_amount),
        staged=sum(rows.stage_amount),
        ordered=sum(order.discounts),
        amount=sum(order.running),
        net=taxed.net,
        tax=taxed.tax,
    )
    if is_raised(plan, request.manual, discounts):
        plain.unlisted, plain.offset = beyond_sums(plan, columns.lines, discounts, digits=currency.exponent)
    sums = sums_of(rows.lines, columns, plain, currency, rounding)
    sums.add_gifts(gifts)
    totals = totals_of(sums, currency, rounding)
    applied: dict[int, None] = {}
    for numbers in dict.fromkeys(rows.applied):
        applied.update(dict.fromkeys(numbers))
    applied.update(dict.fromkeys(run.applied))
    return Priced(
        currency=work.currency,
        lines=columns.lines,
        totals=totals,
        order_discounts=tuple(discounts),
        gifts=gifts,
        refused=(*refused, *_over_budget(work)),
        applied=tuple(applied),
        unit_discounts=unit_discounts(order),
        warnings=tuple(warnings),
    )


def unit_discounts(order: OrderState) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The order discount of each line that has one split over its units, where the book asks for that."""
    if not order.work.plan.rules.habits.split_over_units:
        return ()
    shares = enumerate(order.discounts)
    return tuple((index, over_units(share, order.lines[index].quantity)) for index, share in shares if share)


def _over_budget(work: Work) -> tuple[RefusedRule, ...]:
    """The promotions whose budget could not pay what they would have given."""
    rules = (work.plan.rule_plan(number).rule for number in work.over_budget)
    return tuple(refusal_of(rule, BUDGET, work.request) for rule in rules)


def priced_lines(rows: Rows, order: OrderState, line_tax: Sequence[int]) -> Columns:
    """The lines as named tuples, with the columns that totals are summed from."""
    work, lines = order.work, rows.lines
    settings = work.plan.rules.tax
    inclusive = settings is not None and settings.inclusive
    amounts = order.running
    taxed = any(line_tax)
    net = [amount - tax for amount, tax in zip(amounts, line_tax, strict=True)] if taxed and inclusive else amounts
    gross = [amount + tax for amount, tax in zip(net, line_tax, strict=True)] if taxed else net
    costs = costs_of(work, rows)
    periods = [ONE] * len(lines)
    terms = list(net)
    periodic: list[int] = []
    if not all(map(is_, map(_CHARGE, lines), repeat(ONE_TIME))):
        periodic = [index for index, line in enumerate(lines) if line.charge.kind is not ChargeKind.ONE_TIME]
    for index in periodic:
        periods[index], terms[index] = term_of(work, lines[index], net[index])
    columns: list[Sequence[object]] = [
        rows.list_unit,
        rows.unit,
        rows.list_amount,
        rows.stage_amount,
        order.discounts,
        amounts,
        net,
        line_tax,
        gross,
        costs,
        periods,
        terms,
        rows.source,
        rows.applied,
        rows.trace,
    ]
    made = tuple(map(_MAKE, zip(*[map(each, lines) for each in _TOLD], *columns, strict=True)))
    return Columns(made, net, terms, costs, periodic)


def line_again(work: Work, asked: RequestLine, line: PricedLine, discount: int, tax: int) -> PricedLine:
    """A line after another order discount and tax than it had; what the line stage made of it stays."""
    settings = work.plan.rules.tax
    amount = line.stage_amount - discount
    net = amount - tax if settings is not None and settings.inclusive else amount
    term = net if asked.charge.kind is ChargeKind.ONE_TIME else term_of(work, asked, net)[1]
    now = discount, amount, net, tax, net + tax
    return _MAKE((*line[:_ORDERED], *now, *line[_ORDERED + len(now) : _TERM], term, *line[_TERM + 1 :]))


def costs_of(work: Work, rows: Rows) -> list[int | None]:
    """The cost of each line, rounded once."""
    amount, costs, lines = work.amounts.of, rows.cost, rows.lines
    for index in rows.fresh:
        line = lines[index]
        costs[index] = None if line.cost is None else amount(line.cost, line.quantity)
    return costs


def term_of(work: Work, line: RequestLine, net: int) -> tuple[Decimal, int]:
    """How many charge periods the term of a line has, and what it comes to before tax."""
    periods = periods_of(line, work.plan.rules.part_months)
    rounding = RoundingRule(work.plan.rules.rounding.mode)
    count = Decimal(periods.numerator) if periods.denominator == 1 else periods.decimal(9)
    return count, term_amount(net, periods, work.currency, rounding)


def over_units(share: int, quantity: Decimal) -> tuple[int, ...]:
    """An order discount of a line split over its units; a line of a part quantity stays whole."""
    count = int(quantity)
    if count != quantity or not 0 < count <= UNITS_MAX:
        return (share,)
    return tuple(spread(share, [1] * count, [None] * count)[0])
