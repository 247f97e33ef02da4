"""Totals of a quote from its priced lines: sums first, so that an edit can take old lines out and put new ones in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from engine.catalog import ChargeKind, ChargePeriod
from engine.money import EXACT, Currency, Money, MoneyError, Ratio, RoundingRule, cash_difference, share_of
from engine.money.problem import OUT_OF_RANGE
from engine.money.settlement import MOST_MINOR_UNITS
from engine.periods import PartMonths
from engine.pricing.models.ramp import month_multiplier
from engine.pricing.request import RequestLine
from engine.pricing.result import GiftLine, PricedLine, PricedTotals
from engine.pricing.settings import RoundingSettings
from engine.pricing.state import HUNDRED, ZERO

_PERCENT = Decimal("0.0001")
_NOTHING = Decimal("0.0000")
_PLAIN = (
    "listed",
    "offset",
    "unlisted",
    "staged",
    "ordered",
    "amount",
    "net",
    "tax",
    "one_time",
    "usage",
    "acv",
    "tcv",
    "cost",
)


_MONTH, _YEAR = Ratio(1, 1), Ratio(12, 1)


def periods_of(line: RequestLine, parts: PartMonths) -> Ratio:
    """How many charge periods the term of a line has; 1 for one-time charges and without a term."""
    if line.charge.kind is ChargeKind.ONE_TIME or line.term_months is None or line.charge.period is None:
        return Ratio(1, 1)
    months, period = Ratio.of(line.term_months) + line.term_part, line.charge.period
    if period.days:
        return months.over(period.months)
    return month_multiplier(months, Decimal(period.length), parts)


def term_amount(amount: int, periods: Ratio, currency: Currency, rounding: RoundingRule) -> int:
    """The amount of a whole term: whole periods at the settled amount, and the share of the last part rounded once."""
    if periods.denominator == 1:
        return amount * periods.numerator
    whole, rest = divmod(periods.numerator, periods.denominator)
    part = share_of(Money(amount, currency), Ratio(rest, periods.denominator), rounding=rounding)
    return amount * whole + part.minor_units


def year_amount(line: RequestLine, amount: int, term: int, currency: Currency, rounding: RoundingRule) -> int:
    """What of an amount a charge period, and of its whole term, recurs in the first year."""
    if line.charge.kind is not ChargeKind.RECURRING or line.charge.period is None or line.segment > 1:
        return 0
    yearly = share_of(Money(amount, currency), _YEAR.over(line.charge.period.months), rounding=rounding).minor_units
    bounded = line.term_months is not None and yearly >= 0 and not line.segment
    return min(yearly, term) if bounded else yearly


class Columns(NamedTuple):
    """Priced lines and the columns that totals are summed from; ``periodic`` are the lines that are not one-time."""

    lines: tuple[PricedLine, ...]
    net: Sequence[int]
    terms: Sequence[int]
    costs: Sequence[int | None]
    periodic: Sequence[int]


@dataclass(slots=True)
class Sums:
    """Plain sums in minor units; ``unknown`` counts the lines without a cost, ``offset`` is what surcharges offset of
    the discounts, ``unlisted`` what lines that have no list price come to before discounts.
    """

    listed: int = 0
    offset: int = 0
    unlisted: int = 0
    staged: int = 0
    ordered: int = 0
    amount: int = 0
    net: int = 0
    tax: int = 0
    one_time: int = 0
    usage: int = 0
    acv: int = 0
    tcv: int = 0
    cost: int = 0
    unknown: int = 0
    recurring: dict[int, int] = field(default_factory=dict)

    def add(self, other: Sums, sign: int) -> None:
        """Add other sums, or take them away."""
        for name in _PLAIN:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))
        self.unknown += sign * other.unknown
        for length, amount in other.recurring.items():
            self.recurring[length] = self.recurring.get(length, 0) + sign * amount

    def add_gifts(self, gifts: Iterable[GiftLine], sign: int = 1) -> None:
        """Count the lines that rules added, or take them away; their net and tax are among the plain sums already."""
        for gift in gifts:
            self.amount += sign * gift.amount
            self.one_time += sign * gift.net
            self.tcv += sign * gift.net
            self.cost += sign * (gift.cost or 0)
            self.unknown += sign * (gift.cost is None)


def sums_of(
    lines: Sequence[RequestLine], columns: Columns, amounts: Sums, currency: Currency, rounding: RoundingSettings
) -> Sums:
    """Fill in what follows from lines: costs, charges and terms; ``amounts`` holds the plain sums already."""
    known = [each for each in columns.costs if each is not None]
    amounts.cost = sum(known)
    amounts.unknown = len(columns.costs) - len(known)
    rule = RoundingRule(rounding.mode)
    amounts.one_time = sum(columns.net)
    for index in columns.periodic:
        charge, net, term = lines[index].charge, columns.net[index], columns.terms[index]
        amounts.one_time -= net
        if charge.kind is ChargeKind.USAGE or charge.period is None:
            amounts.usage += net
            continue
        amounts.tcv += term
        if lines[index].segment > 1:
            continue  # a later segment of a ramp: the contract is worth it, but nothing of it runs at first
        length = charge.period.length
        amounts.recurring[length] = amounts.recurring.get(length, 0) + net
        amounts.acv += year_amount(lines[index], net, term, currency, rule)
    amounts.tcv += amounts.one_time
    return amounts


def line_sums(
    asked: Sequence[RequestLine], lines: Sequence[PricedLine], currency: Currency, rounding: RoundingSettings
) -> Sums:
    """The sums of some lines by themselves, but for what surcharges offset."""
    sums = Sums(
        listed=sum(line.list_amount for line in lines),
        staged=sum(line.stage_amount for line in lines),
        ordered=sum(line.order_discount for line in lines),
        amount=sum(line.amount for line in lines),
        net=sum(line.net for line in lines),
        tax=sum(line.tax for line in lines),
    )
    periodic = [index for index, line in enumerate(asked) if line.charge.kind is not ChargeKind.ONE_TIME]
    columns = Columns(
        tuple(lines),
        [line.net for line in lines],
        [line.term for line in lines],
        [line.cost for line in lines],
        periodic,
    )
    return sums_of(asked, columns, sums, currency, rounding)


def sums_from(totals: PricedTotals) -> Sums:
    """The sums behind totals; where the cost is unknown, they tell neither it nor how many lines are without one."""
    return Sums(
        listed=totals.list.minor_units,
        offset=0 if totals.offset is None else totals.offset.minor_units,
        unlisted=0 if totals.unlisted is None else totals.unlisted.minor_units,
        staged=totals.list.minor_units - totals.line_discount.minor_units,
        ordered=totals.order_discount.minor_units,
        amount=totals.amount.minor_units,
        net=totals.net.minor_units,
        tax=totals.tax.minor_units,
        one_time=totals.one_time.minor_units,
        usage=totals.usage_estimate.minor_units,
        acv=totals.acv.minor_units,
        tcv=totals.tcv.minor_units,
        cost=0 if totals.cost is None else totals.cost.minor_units,
        recurring={months: amount.minor_units for months, amount in totals.recurring},
    )


def totals_of(sums: Sums, currency: Currency, rounding: RoundingSettings) -> PricedTotals:
    """All totals of a quote. MRR and ARR bring the sums of each charge period to a month and to a year.

    Of a ramp the first segment is what recurs; all of them are the contract's value. Raises ``MoneyError`` for a total
    that no document can hold.
    """
    gross, zero = Money(sums.net + sums.tax, currency), Money.zero(currency)
    cash = zero
    if currency.code in rounding.cash:
        coin = Money.exactly(rounding.cash[currency.code], currency)
        cash = cash_difference(gross, increment=coin, mode=rounding.mode)
    net = Money(sums.net, currency)
    # Most quotes are charged once: several totals are the same amount, and need not be made again.
    amount, once, worth = [
        net if each == sums.net else Money(each, currency) for each in (sums.amount, sums.one_time, sums.tcv)
    ]
    periods, mrr, arr = _recurring(sums, currency, rounding) if sums.recurring else ((), zero, zero)
    cost = None if sums.unknown else sums.cost
    _check_range(sums, gross, arr, cost or 0)
    discount = sums.listed - sums.staged + sums.ordered + sums.offset
    return PricedTotals(
        list=Money(sums.listed, currency),
        amount=amount,
        line_discount=Money(sums.listed - sums.staged, currency),
        order_discount=Money(sums.ordered, currency) if sums.ordered else zero,
        net=net,
        tax=Money(sums.tax, currency),
        gross=gross,
        cash_rounding=cash,
        payable=gross + cash if cash.minor_units else gross,
        one_time=once,
        recurring=periods,
        usage_estimate=Money(sums.usage, currency) if sums.usage else zero,
        mrr=mrr,
        arr=arr,
        acv=Money(sums.acv, currency) if sums.acv else zero,
        tcv=worth,
        cost=None if cost is None else Money(cost, currency),
        margin=None if cost is None else Money(sums.net - cost, currency),
        margin_percent=None if cost is None else percent(sums.net - cost, sums.net),
        discount_percent=percent(discount, sums.listed + sums.unlisted) or ZERO,
        offset=Money(sums.offset, currency) if sums.offset else None,
        unlisted=Money(sums.unlisted, currency) if sums.unlisted else None,
    )


def _check_range(sums: Sums, gross: Money, arr: Money, cost: int) -> None:
    """Terms, tax and years can bring totals beyond 64 bits whose lines are within."""
    totals = (
        sums.listed,
        sums.staged,
        sums.ordered,
        sums.amount,
        sums.net,
        gross.minor_units,
        sums.one_time,
        sums.usage,
        sums.tcv,
        sums.acv,
        arr.minor_units,
        cost,
        sums.net - cost,
    )
    if max(totals) > MOST_MINOR_UNITS or min(totals) < -MOST_MINOR_UNITS:
        hint = "check quantities, prices and terms, or split the quote"
        raise MoneyError(OUT_OF_RANGE, "a total is beyond the largest that a document can hold", hint)


def _recurring(
    sums: Sums, currency: Currency, rounding: RoundingSettings
) -> tuple[tuple[tuple[int, Money], ...], Money, Money]:
    """What recurs by charge period, and what that comes to in a month and in a year."""
    rule = RoundingRule(rounding.mode)
    periods = tuple(sorted((length, Money(amount, currency)) for length, amount in sums.recurring.items() if amount))
    mrr, arr = [
        sum(
            share_of(amount, wanted.over(ChargePeriod(length).months), rounding=rule).minor_units
            for length, amount in periods
        )
        for wanted in (_MONTH, _YEAR)
    ]
    return periods, Money(mrr, currency), Money(arr, currency)


def percent(part: int, whole: int) -> Decimal | None:
    """A part in percent of the whole, to 4 decimals; None of nothing."""
    if not whole:
        return None
    if not part and whole > 0:
        return _NOTHING
    exact = EXACT.divide(EXACT.multiply(Decimal(part), HUNDRED), Decimal(whole))
    return exact.quantize(_PERCENT, context=EXACT)
