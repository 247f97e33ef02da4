"""Totals of a quote from its priced lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.catalog import ChargeKind
from engine.money import EXACT, Currency, Money, Ratio, RoundingRule, cash_difference, share_of
from engine.pricing.models.ramp import period_count
from engine.pricing.order_state import OrderState
from engine.pricing.request import RequestLine
from engine.pricing.result import GiftLine, PricedLine, PricedTotals
from engine.pricing.settings import RoundingSettings
from engine.pricing.state import HUNDRED, ZERO
from engine.pricing.taxes import TaxedAmounts

_PERCENT = Decimal("0.0001")


def periods_of(line: RequestLine) -> Ratio:
    """How many charge periods the term of a line has; 1 for one-time charges and without a term."""
    if line.charge.kind is ChargeKind.ONE_TIME or line.term_months is None or line.charge.period is None:
        return Ratio(1, 1)
    return period_count(line.term_months, Decimal(line.charge.period.value))


def term_amount(amount: int, periods: Ratio, currency: Currency, rounding: RoundingRule) -> int:
    """The amount of a whole term: whole periods at the settled amount, and the share of the last part rounded once."""
    if periods.denominator == 1:
        return amount * periods.numerator
    whole, rest = divmod(periods.numerator, periods.denominator)
    part = share_of(Money(amount, currency), Ratio(rest, periods.denominator), rounding=rounding)
    return amount * whole + part.minor_units


class Columns(NamedTuple):
    """Priced lines and the columns that totals are summed from; ``periodic`` are the lines that are not one-time."""

    lines: tuple[PricedLine, ...]
    net: Sequence[int]
    terms: Sequence[int]
    costs: Sequence[int | None]
    periodic: Sequence[int]


def totals_of(order: OrderState, columns: Columns, gifts: Sequence[GiftLine], taxed: TaxedAmounts) -> PricedTotals:
    """All totals of a priced quote."""
    currency, rounding = order.work.currency, order.work.plan.rules.rounding
    given = sum(gift.amount for gift in gifts)
    listed, staged, ordered = sum(order.rows.list_amount), sum(order.rows.stage_amount), sum(order.discounts)
    net = taxed.net + given
    sums = _by_charge(order.lines, columns, currency, rounding)
    known = [each for each in columns.costs if each is not None]
    cost = sum(known) if len(known) == len(columns.costs) else None
    gross = Money(taxed.gross + given, currency)
    cash = Money.zero(currency)
    if rounding.cash_increment is not None:
        coin = Money.exactly(rounding.cash_increment, currency)
        cash = cash_difference(gross, increment=coin, mode=rounding.mode)
    money = _Maker(currency)
    return PricedTotals(
        list=money(listed),
        amount=money(sum(order.running) + given),
        line_discount=money(listed - staged),
        order_discount=money(ordered),
        net=money(net),
        tax=money(taxed.tax),
        gross=gross,
        cash_rounding=cash,
        payable=gross + cash,
        one_time=money(sums.one_time + given),
        recurring=tuple((months, money(amount)) for months, amount in sorted(sums.recurring.items())),
        usage_estimate=money(sums.usage),
        mrr=money(sums.mrr),
        arr=money(sums.arr),
        acv=money(sums.acv),
        tcv=money(sums.tcv + given),
        cost=None if cost is None else money(cost),
        margin=None if cost is None else money(net - cost),
        margin_percent=None if cost is None else _percent(net - cost, net),
        discount_percent=_percent(listed - staged + ordered, listed) or ZERO,
    )


class _Maker:
    """Money of one currency."""

    __slots__ = ("currency",)

    def __init__(self, currency: Currency) -> None:
        self.currency = currency

    def __call__(self, minor: int) -> Money:
        return Money(minor, self.currency)


class _Sums:
    """Amounts by kind of charge, in minor units."""

    __slots__ = ("acv", "arr", "mrr", "one_time", "recurring", "tcv", "usage")

    def __init__(self) -> None:
        self.one_time = self.usage = self.mrr = self.arr = self.acv = self.tcv = 0
        self.recurring: dict[int, int] = {}


def _by_charge(lines: Sequence[RequestLine], columns: Columns, currency: Currency, rounding: RoundingSettings) -> _Sums:
    """MRR and ARR are a period's net amounts brought to a month and a year; ACV is a year, or the term if shorter."""
    sums = _Sums()
    monthly: dict[int, int] = {}
    rule = RoundingRule(rounding.mode)
    sums.one_time = sum(columns.net)
    for index in columns.periodic:
        charge, net, term = lines[index].charge, columns.net[index], columns.terms[index]
        sums.one_time -= net
        if charge.kind is ChargeKind.USAGE or charge.period is None:
            sums.usage += net
            continue
        months = charge.period.value
        monthly[months] = monthly.get(months, 0) + net
        sums.tcv += term
        yearly = share_of(Money(net, currency), Ratio(12, months), rounding=rule).minor_units
        sums.acv += min(yearly, term) if lines[index].term_months is not None and yearly >= 0 else yearly
    sums.tcv += sums.one_time
    sums.recurring = monthly
    for months, amount in monthly.items():
        sums.mrr += share_of(Money(amount, currency), Ratio(1, months), rounding=rule).minor_units
        sums.arr += share_of(Money(amount, currency), Ratio(12, months), rounding=rule).minor_units
    return sums


def _percent(part: int, whole: int) -> Decimal | None:
    """A part in percent of the whole, to 4 decimals; None of nothing."""
    if not whole:
        return None
    exact = EXACT.divide(EXACT.multiply(Decimal(part), HUNDRED), Decimal(whole))
    return exact.quantize(_PERCENT, context=EXACT)
