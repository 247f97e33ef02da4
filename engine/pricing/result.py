"""The priced answer: flat rows while pricing, money and story on demand.

Lines are named tuples and amounts whole minor units, since a quote may hold 100 000 of them; ``Priced.money`` and
``waterfall`` turn them into what people read.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from engine.catalog import LineId, Sku, Value
from engine.money import EXACT, Currency, Money, currency
from engine.pricing.models.breakdown import PricePart

TraceRow: TypeAlias = tuple[int, Decimal, Decimal]
"""``(source number, unit price before, unit price after)``; the plan knows what the number stands for."""


class PricedLine(NamedTuple):
    """One priced line; amounts in minor units, for a recurring line per charge period, whole for the term in ``term``.

    ``unit`` is the unit price after the line steps and before order discounts; ``amount`` the line's total after order
    discounts in the basis of the quote's prices (with tax when prices include it). ``cost`` is None when nobody stated
    one. ``source`` is what decided the list price, ``applied`` the line rules by number, ``periods`` how many charge
    periods the term has, to 9 decimals.
    """

    id: LineId
    sku: Sku
    quantity: Decimal
    list_unit: Decimal
    unit: Decimal
    list_amount: int
    stage_amount: int
    order_discount: int
    amount: int
    net: int
    tax: int
    gross: int
    cost: int | None
    periods: Decimal
    term: int
    source: int
    applied: tuple[int, ...]
    trace: tuple[TraceRow, ...]


def column(name: str) -> itemgetter[Any]:
    """One column of priced lines, read at the speed of the interpreter's own loops."""
    return itemgetter(PricedLine._fields.index(name))


@dataclass(frozen=True, slots=True)
class OrderDiscount:
    """What one order rule gave in all, and how it was spread: ``(line index, minor units)`` for each line taking part.

    ``not_given`` is what no line could take.
    """

    rule_no: int
    amount: int
    split: tuple[tuple[int, int], ...]
    not_given: int = 0


@dataclass(frozen=True, slots=True)
class GiftLine:
    """A line that a rule added: ``amount`` is in the basis of the quote's prices, ``net`` before tax.

    ``id`` is the line that it becomes in an order; ``list_unit`` is what one costs others; ``cost`` is None when nobody
    stated one.
    """

    rule_no: int
    sku: Sku
    quantity: Decimal
    unit_price: Decimal
    amount: int
    id: LineId = LineId("")
    net: int = 0
    tax: int = 0
    list_unit: Decimal = Decimal(0)
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedRule:
    """A promotion that was asked for or would have applied, and why it does not: in a word that stays the same
    (``use-limit``, ``expired`` …), and as a sentence.
    """

    rule_id: str
    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class PricedTotals:
    """The totals of a quote. ``amount`` is in the basis of its prices; ``payable`` is gross plus the cash rounding.

    One-time and recurring are before tax; ``mrr`` and ``arr`` count fixed recurring charges without usage. ``acv`` is
    the recurring value of a year and ``tcv`` everything over the term without usage estimates. ``cost`` and margin are
    None when the cost of a line is unknown. Percents are exact to 4 decimals. ``discount_percent`` is what discounts
    take off by themselves, in percent of list: ``offset`` more than list less amount, where surcharges stand beside
    them. ``unlisted`` is what lines without a list price come to before discounts.
    """

    list: Money
    amount: Money
    line_discount: Money
    order_discount: Money
    net: Money
    tax: Money
    gross: Money
    cash_rounding: Money
    payable: Money
    one_time: Money
    recurring: tuple[tuple[int, Money], ...]
    usage_estimate: Money
    mrr: Money
    arr: Money
    acv: Money
    tcv: Money
    cost: Money | None
    margin: Money | None
    margin_percent: Decimal | None
    discount_percent: Decimal
    offset: Money | None = None
    unlisted: Money | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A priced quote: lines in the order of the request, totals, order discounts, gifts, and what was refused.

    ``applied`` holds the numbers of all rules that gave something, in the order met. ``warnings`` are for people.
    """

    currency: Currency
    lines: tuple[PricedLine, ...]
    totals: PricedTotals
    order_discounts: tuple[OrderDiscount, ...] = ()
    gifts: tuple[GiftLine, ...] = ()
    refused: tuple[RefusedRule, ...] = ()
    applied: tuple[int, ...] = ()
    unit_discounts: tuple[tuple[int, tuple[int, ...]], ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def without_cost(self) -> tuple[LineId, ...]:
        """The lines and gifts whose cost nobody stated: because of them cost and margin of the quote are unknown."""
        if self.totals.cost is not None:
            return ()
        lines = [line.id for line in self.lines if line.cost is None]
        return (*lines, *(gift.id for gift in self.gifts if gift.cost is None))

    def money(self, minor_units: int) -> Money:
        """An amount of a line as money."""
        return Money(minor_units, self.currency)

    def full(self, line: PricedLine) -> Money:
        """The price of a line before discounts: by the list, or the first one that it got where no list has one."""
        return self.money(full_amount(line, self.currency.exponent))


def full_amount(line: PricedLine, digits: int) -> int:
    """The price of a line before discounts, in minor units of so many digits.

    Where no list has one (a percent of other lines, a gift with a fee) it is the first price that the line got.
    """
    prices = [after for _, _, after in line.trace if after]
    if line.list_amount or not prices or prices[0] == line.trace[-1][2]:
        return line.list_amount or line.stage_amount
    exact = EXACT.multiply(prices[0], line.quantity).scaleb(digits, EXACT)
    return int(exact.to_integral_value(ROUND_HALF_UP))


def nothing_priced(code: str) -> Priced:
    """What comes of a request without lines, such as one that only ends lines of a contract: nothing of everything."""
    unit = currency(code)
    zero, percent = Money.zero(unit), Decimal(0)
    totals = PricedTotals(
        list=zero,
        amount=zero,
        line_discount=zero,
        order_discount=zero,
        net=zero,
        tax=zero,
        gross=zero,
        cash_rounding=zero,
        payable=zero,
        one_time=zero,
        recurring=(),
        usage_estimate=zero,
        mrr=zero,
        arr=zero,
        acv=zero,
        tcv=zero,
        cost=zero,
        margin=zero,
        margin_percent=None,
        discount_percent=percent,
    )
    return Priced(unit, (), totals)


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One step of a line's story: what acted, where it is written, unit price before and after, what it read."""

    step: str
    rule_id: str
    place: str
    before: Decimal
    after: Decimal
    say: str = ""
    inputs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Loser:
    """A rule that did not act on a line, and why."""

    rule_id: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The whole story of one line: the steps in order, and the rules that matched or nearly matched and lost.

    ``parts`` say what each tier of its price model adds to the amount; there are none where a quantity and a price do.
    """

    line_id: LineId
    currency: Currency
    steps: tuple[WaterfallStep, ...]
    losers: tuple[Loser, ...]
    amount: Money
    parts: tuple[PricePart, ...] = ()
