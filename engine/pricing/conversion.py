"""Converting a priced quote into another currency at a frozen rate, at a declared point."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.money import EXACT, Currency, Money, Rounding
from engine.pricing.result import Priced
from engine.pricing.state import minor_units, rounded


class ConversionPoint(Enum):
    """Where a converted value is rounded: the unit price, so that unit × quantity = line, or the total."""

    UNIT = "unit"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Converted:
    """Unit prices in the order of the lines, and the total, in the other currency."""

    units: tuple[Decimal, ...]
    total: Money


def convert_amount(amount: Decimal, rate: Decimal, currency: Currency, mode: Rounding = Rounding.HALF_UP) -> Money:
    """An amount at a rate, rounded once to money."""
    return Money(minor_units(EXACT.multiply(amount, rate), currency, mode), currency)


def convert(priced: Priced, rate: Decimal, currency: Currency, point: ConversionPoint, mode: Rounding) -> Converted:
    """The quote in another currency; at ``UNIT`` each line is its converted unit price times its quantity."""
    units = tuple(rounded(EXACT.multiply(line.unit, rate), currency.exponent, mode) for line in priced.lines)
    if point is ConversionPoint.TOTAL:
        return Converted(units, convert_amount(priced.totals.amount.decimal, rate, currency, mode))
    minor = 0
    for line, unit in zip(priced.lines, units, strict=True):
        minor += minor_units(EXACT.multiply(unit, line.quantity), currency, mode)
        discount = priced.money(line.order_discount).decimal
        minor -= convert_amount(discount, rate, currency, mode).minor_units
    for gift in priced.gifts:
        minor += convert_amount(priced.money(gift.amount).decimal, rate, currency, mode).minor_units
    return Converted(units, Money(minor, currency))
