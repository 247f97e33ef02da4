"""Totals of a quote from its priced lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.catalog import ChargeKind
from engine.money import EXACT, Currency, Money, Ratio, RoundingRule, cash_difference, share_of
from engine.pricing.models.ramp import period_count
from engine.pricing.request import PriceRequest, RequestLine
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


def totals_of(
    request: PriceRequest,
    currency: Currency,
    rounding: RoundingSettings,
    lines: Sequence[PricedLine],
    gifts: Sequence[GiftLine],
    taxed: TaxedAmounts,
) -> PricedTotals:
    """All totals of a priced quote."""
    given = sum(gift.amount for gift in gifts)
    listed = sum(line.list_amount for line in lines)
    staged = sum(line.stage_amount for line in lines)
    order = sum(line.order_discount for line in lines)
    net = taxed.net + given
    sums = _by_charge(request, lines, currency, rounding)
    costs = [line.cost for line in lines]
    cost = None if any(each is None for each in costs) else sum(each for each in costs if each is not None)
    gross = Money(taxed.gross + given, currency)
    cash = Money.zero(currency)
    if rounding.cash_increment is not None:
        coin = Money.exactly(rounding.cash_increment, currency)
        cash = cash_difference(gross, increment=coin, mode=rounding.mode)
    money = _Maker(currency)
    return PricedTotals(
        list=money(listed),
        amount=money(sum(line.amount for line in lines) + given),
        line_discount=money(listed - staged),
        order_discount=money(order),
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
        discount_percent=_percent(listed - staged + order, listed) or ZERO,
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


def _by_charge(
    request: PriceRequest, lines: Sequence[PricedLine], currency: Currency, rounding: RoundingSettings
) -> _Sums:
    """MRR and ARR are a period's net amounts brought to a month and a year; ACV is a year, or the term if shorter."""
    sums = _Sums()
    monthly: dict[int, int] = {}
    for asked, line in zip(request.lines, lines, strict=True):
        kind, period = asked.charge.kind, asked.charge.period
        if kind is ChargeKind.USAGE:
            sums.usage += line.net
        elif kind is ChargeKind.RECURRING and period is not None:
            months = period.value
            sums.recurring[months] = sums.recurring.get(months, 0) + line.net
            monthly[months] = monthly.get(months, 0) + line.net
            sums.tcv += line.term
            yearly = line.net * 12 // months if months <= 12 else line.net
            sums.acv += min(yearly, line.term) if asked.term_months is not None and yearly >= 0 else yearly
        else:
            sums.one_time += line.net
            sums.tcv += line.net
    rule = RoundingRule(rounding.mode)
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
