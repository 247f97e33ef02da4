"""Coupons: what a customer gets off invoices to come, an amount until it is used up or a percent of so many invoices.

Coupons are taken one after another off what the earlier ones left, each spread over the lines that it is for in
proportion. The spread is exact; only what all coupons together take off a line is brought to whole minor units, so that
no line comes to less than nothing and the lines add up to what the coupons gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from engine.billing.line import BillLine, LineKind
from engine.money import HALF_UP, Currency, Money, Ratio, RoundingRule, allocate, divide_rounded

EVERY_INVOICE = 0
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class AmountOff:
    """An amount before tax, and how much of it invoices have used."""

    amount: Money
    used: Money

    @property
    def left(self) -> Money:
        """What invoices to come may still use."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True)
class PercentOff:
    """A percent of ``invoices`` invoices (0: of every one), and how many have used it."""

    percent: Decimal
    invoices: int = EVERY_INVOICE
    used: int = 0


Off: TypeAlias = AmountOff | PercentOff


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon of a customer. ``products`` and ``contracts`` are what it is for, all when empty; it reduces invoices
    dated in ``[start, end)``. A lower ``priority`` is taken first, of equal ones the coupon that was granted first.
    """

    id: str
    customer: str
    title: str
    off: Off
    products: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    priority: int = 0
    start: date | None = None
    end: date | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether nothing of it is left."""
        match self.off:
            case AmountOff():
                return self.off.left.is_zero
            case PercentOff():
                return self.off.invoices != EVERY_INVOICE and self.off.used >= self.off.invoices

    def reduces(self, on: date, currency: Currency) -> bool:
        """Whether an invoice of that day and currency may use it."""
        in_time = (self.start is None or self.start <= on) and (self.end is None or on < self.end)
        fits = isinstance(self.off, PercentOff) or self.off.amount.currency == currency
        return in_time and fits and not self.is_used_up

    def is_for(self, line: BillLine) -> bool:
        """Whether a line is among those that it reduces."""
        product = not self.products or line.sku in self.products
        return product and (not self.contracts or line.contract in self.contracts)


@dataclass(frozen=True, slots=True)
class Discount:
    """What one coupon takes off an invoice."""

    coupon: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Spread:
    """What coupons take off lines: each coupon's amount, and its exact share of each line in minor units."""

    discounts: tuple[Discount, ...]
    shares: tuple[tuple[Fraction, ...], ...]

    def of_line(self, place: int) -> Fraction:
        """What all of them take off a line, exact, in minor units."""
        return sum((each[place] for each in self.shares), NOTHING)


@dataclass(frozen=True, slots=True)
class Discounted:
    """Lines as they come onto a document; ``exact`` is what is taken off each line by id, in minor units."""

    lines: tuple[BillLine, ...]
    discounts: tuple[Discount, ...] = ()
    exact: Mapping[str, Ratio] = field(default_factory=lambda: MappingProxyType({}))


def discount(
    lines: Sequence[BillLine], coupons: Sequence[Coupon], *, on: date, currency: Currency, rounding: RoundingRule
) -> Discounted:
    """Take coupons off the lines of a document of a day; what lines had taken off before is worked out anew."""
    plain = [each if each.discount is None else replace(each, discount=None) for each in lines]
    usable = [each for each in coupons if each.reduces(on, currency)]
    if not usable:
        return Discounted(tuple(plain))
    found = spread(plain, usable, currency=currency, rounding=rounding)
    exact = [found.of_line(place) for place in range(len(plain))]
    whole = Money(sum(each.amount.minor_units for each in found.discounts), currency)
    weights = [_ratio(each) for each in exact]
    parts = allocate(whole, weights) if found.discounts else [Money.zero(currency)] * len(plain)
    settled = (each if part.is_zero else replace(each, discount=part) for each, part in zip(plain, parts, strict=True))
    off = {each.id: ratio for each, ratio in zip(plain, weights, strict=True) if ratio.numerator}
    return Discounted(tuple(settled), found.discounts, MappingProxyType(off))


def spread(
    lines: Sequence[BillLine], coupons: Sequence[Coupon], *, currency: Currency, rounding: RoundingRule = HALF_UP
) -> Spread:
    """Spread usable coupons over lines, in their order; a coupon that finds nothing to reduce is left out.

    A credit on the same document lowers the line that it takes back, and bears no discount itself.
    """
    rests = _rests(lines)
    discounts: list[Discount] = []
    shares: list[tuple[Fraction, ...]] = []
    for coupon in sorted(coupons, key=lambda each: (each.priority, each.id)):
        base = [rest if coupon.is_for(line) else NOTHING for rest, line in zip(rests, lines, strict=True)]
        whole = sum(base, NOTHING)
        units = _units_off(coupon.off, whole, rounding)
        if units <= 0:
            continue
        own = tuple(each * units / whole for each in base)
        rests = [rest - share for rest, share in zip(rests, own, strict=True)]
        discounts.append(Discount(coupon.id, Money(units, currency)))
        shares.append(own)
    return Spread(tuple(discounts), tuple(shares))


def taken(coupons: Sequence[Coupon], discounts: Sequence[Discount]) -> tuple[Coupon, ...]:
    """The coupons once an invoice has used so much of them."""
    return _counted(coupons, discounts, 1)


def given_back(coupons: Sequence[Coupon], discounts: Sequence[Discount]) -> tuple[Coupon, ...]:
    """The coupons once an invoice that used so much of them is gone."""
    return _counted(coupons, discounts, -1)


def _counted(coupons: Sequence[Coupon], discounts: Sequence[Discount], sign: int) -> tuple[Coupon, ...]:
    amounts = {each.coupon: each.amount for each in discounts}
    return tuple(
        replace(each, off=_used(each.off, amounts[each.id], sign)) if each.id in amounts else each for each in coupons
    )


def _used(off: Off, amount: Money, sign: int) -> Off:
    match off:
        case AmountOff():
            return replace(off, used=off.used + amount * sign)
        case PercentOff():
            return replace(off, used=off.used + sign)


def _rests(lines: Sequence[BillLine]) -> list[Fraction]:
    """What is left of each line to reduce: its amount less what the same document credits of it."""
    credited: dict[str, int] = {}
    for line in lines:
        if line.kind is LineKind.CREDIT:
            credited[line.credits] = credited.get(line.credits, 0) + line.amount.minor_units
    own = (0 if line.kind is LineKind.CREDIT else line.amount.minor_units + credited.get(line.id, 0) for line in lines)
    return [Fraction(max(each, 0)) for each in own]


def _units_off(off: Off, base: Fraction, rounding: RoundingRule) -> int:
    """What a coupon takes off so much, in whole minor units and never more than that."""
    match off:
        case AmountOff():
            wanted = off.left.minor_units
        case PercentOff():
            share = base * Fraction(off.percent) / 100
            wanted = divide_rounded(share.numerator, share.denominator, rounding.mode)
    return min(wanted, base.numerator // base.denominator)


def _ratio(value: Fraction) -> Ratio:
    return Ratio(value.numerator, value.denominator)
