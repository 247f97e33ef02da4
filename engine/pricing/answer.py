"""The priced quote from the columns: lines, totals, what applied and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.catalog import ChargeKind
from engine.money import EXACT, RoundingRule
from engine.pricing.order_stage import OrderRun
from engine.pricing.order_state import OrderState
from engine.pricing.request import RequestLine
from engine.pricing.result import OrderDiscount, Priced, PricedLine, RefusedRule
from engine.pricing.rows import Rows
from engine.pricing.spread import spread
from engine.pricing.taxes import tax_on
from engine.pricing.totals import periods_of, term_amount, totals_of
from engine.pricing.usability import BUDGET
from engine.pricing.work import Work

ONE = Decimal(1)
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
    taxed = tax_on(work, order)
    lines = priced_lines(rows, order, taxed.line_tax)
    totals = totals_of(request, work.currency, plan.rules.rounding, lines, run.gifts, taxed)
    applied: dict[int, None] = {}
    for numbers in dict.fromkeys(rows.applied):
        applied.update(dict.fromkeys(numbers))
    applied.update(dict.fromkeys(run.applied))
    split: tuple[tuple[int, tuple[int, ...]], ...] = ()
    if plan.rules.habits.split_over_units:
        split = tuple(
            (index, over_units(share, request.lines[index].quantity))
            for index, share in enumerate(order.discounts)
            if share
        )
    return Priced(
        currency=work.currency,
        lines=lines,
        totals=totals,
        order_discounts=tuple(discounts),
        gifts=tuple(run.gifts),
        refused=(*refused, *_over_budget(work)),
        applied=tuple(applied),
        unit_discounts=split,
        warnings=tuple(warnings),
    )


def _over_budget(work: Work) -> tuple[RefusedRule, ...]:
    """The promotions whose budget could not pay what they would have given."""
    return tuple(RefusedRule(work.plan.sources[number].id, BUDGET) for number in work.over_budget)


def priced_lines(rows: Rows, order: OrderState, line_tax: Sequence[int]) -> tuple[PricedLine, ...]:
    """One named tuple a line."""
    work = order.work
    settings = work.plan.rules.tax
    inclusive = settings is not None and settings.inclusive
    make, new = PricedLine, tuple.__new__
    running, discounts = order.running, order.discounts
    found = []
    for index, line in enumerate(rows.lines):
        amount, tax = running[index], line_tax[index]
        net = amount - tax if inclusive else amount
        cost = None if line.cost is None else cost_of(work, line)
        periods, term = ONE, net
        if line.charge.kind is not ChargeKind.ONE_TIME:
            periods, term = term_of(work, line, net)
        found.append(
            new(
                make,
                (
                    line.id,
                    line.sku,
                    line.quantity,
                    rows.list_unit[index],
                    rows.unit[index],
                    rows.list_amount[index],
                    rows.stage_amount[index],
                    discounts[index],
                    amount,
                    net,
                    tax,
                    net + tax,
                    cost,
                    periods,
                    term,
                    rows.source[index],
                    rows.applied[index],
                    rows.trace[index],
                ),
            )
        )
    return tuple(found)


def cost_of(work: Work, line: RequestLine) -> int:
    """The cost of a line, rounded once."""
    assert line.cost is not None
    exact = EXACT.multiply(line.cost, line.quantity).scaleb(work.currency.exponent, EXACT)
    return int(exact.to_integral_value(work.plan.rules.rounding.mode.decimal))


def term_of(work: Work, line: RequestLine, net: int) -> tuple[Decimal, int]:
    """How many charge periods the term of a line has, and what it comes to before tax."""
    periods = periods_of(line)
    rounding = RoundingRule(work.plan.rules.rounding.mode)
    count = Decimal(periods.numerator) if periods.denominator == 1 else periods.decimal(9)
    return count, term_amount(net, periods, work.currency, rounding)


def over_units(share: int, quantity: Decimal) -> tuple[int, ...]:
    """An order discount of a line split over its units; a line of a part quantity stays whole."""
    count = int(quantity)
    if count != quantity or not 0 < count <= UNITS_MAX:
        return (share,)
    return tuple(spread(share, [1] * count, [None] * count)[0])
