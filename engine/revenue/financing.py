"""A significant financing component: the price that cash and performance at different times come to, and its interest.

One relation covers an advance, a deferral and instalments: at the rate of the contract, what is paid and what is
earned are worth the same. So the price is the present value of the payments over that of one unit earned as planned.
Everything is an exact fraction until a period's interest is rounded, so that 60 periods lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from engine.money import EXACT, Currency, Money, Rounding, divide_rounded
from engine.periods import Period, add_months
from engine.revenue.schedule import ScheduleLine

MONTHS_OF_YEAR = 12
MOST_RATE = Decimal(10)
RATE_PLACES = 12
FINEST = Decimal(1).scaleb(-RATE_PLACES - 2)


@dataclass(frozen=True, slots=True)
class Financed:
    """The price with financing, and the interest of each period from the first: expense above zero, income below."""

    price: Money
    interest: tuple[Money, ...]
    balances: tuple[Money, ...]


def financed(cash: Mapping[int, Money], earned: Mapping[int, Fraction], rate: Fraction, unit: Currency) -> Financed:
    """Cash and shares of the revenue by the number of periods after the start, at a rate a period.

    The shares add up to 1. A balance above nothing is owed to the customer, below it by the customer.
    """
    grown = 1 + rate
    worth = sum((amount.minor_units / grown**period for period, amount in cash.items()), Fraction(0))
    per_unit = sum((share / grown**period for period, share in earned.items()), Fraction(0))
    price = worth / per_unit
    reached, told, balance = Fraction(0), Money.zero(unit), Fraction(0)
    interest: list[Money] = []
    balances: list[Money] = []
    for period in range(max(*cash, *earned) + 1):
        accrued = balance * rate
        reached += accrued
        balance += accrued + _units(cash, period) - price * earned.get(period, Fraction(0))
        if period:
            upto = money_of(reached, unit)
            interest.append(upto - told)
            told = upto
        balances.append(money_of(balance, unit))
    return Financed(money_of(price, unit), tuple(interest), tuple(balances))


def implied_rate(cash: Mapping[int, Money], earned: Mapping[int, Fraction], price: Money) -> Decimal | None:
    """The rate a period, to 12 decimals, at which payments come to a price; None when none up to 1000 percent does."""
    low, high = Decimal(0), MOST_RATE
    above = _worth(cash, earned, low) > price.minor_units
    if above == (_worth(cash, earned, high) > price.minor_units):
        return None
    while high - low > FINEST:
        middle = EXACT.divide(EXACT.add(low, high), Decimal(2))
        if (_worth(cash, earned, middle) > price.minor_units) == above:
            low = middle
        else:
            high = middle
    return round(EXACT.divide(EXACT.add(low, high), Decimal(2)), RATE_PLACES)


def _worth(cash: Mapping[int, Money], earned: Mapping[int, Fraction], rate: Decimal) -> Decimal:
    """The price that payments come to at a rate, to 34 digits: enough to find the rate by halving."""
    grown = EXACT.add(Decimal(1), rate)
    worth, per_unit = Decimal(0), Decimal(0)
    for period, amount in cash.items():
        worth = EXACT.add(worth, EXACT.divide(Decimal(amount.minor_units), EXACT.power(grown, period)))
    for period, share in earned.items():
        part = EXACT.divide(Decimal(share.numerator), Decimal(share.denominator))
        per_unit = EXACT.add(per_unit, EXACT.divide(part, EXACT.power(grown, period)))
    return EXACT.divide(worth, per_unit)


def rate_of_period(annual: Decimal, months: int) -> Fraction:
    """The rate of a compounding period of so many months."""
    return Fraction(annual) * Fraction(months, MONTHS_OF_YEAR)


def period_number(day: date, *, start: date, months: int) -> int:
    """How many compounding periods after the start a day is reached; what falls within one counts at its end."""
    number = 0
    while add_months(start, number * months) < day:
        number += 1
    return number


def interest_lines(interest: Sequence[Money], *, start: date, months: int) -> tuple[ScheduleLine, ...]:
    """The interest of each compounding period, due on its last day; periods without any are left out."""
    lines = []
    for number, amount in enumerate(interest):
        period = Period(add_months(start, number * months), add_months(start, (number + 1) * months))
        if not amount.is_zero:
            month = period.last_day.replace(day=1)
            lines.append(ScheduleLine(month, period, period.last_day, amount, planned=False))
    return tuple(lines)


def earned_at(line: ScheduleLine) -> date:
    """From when revenue counts: on the day where it passes at once, after its period where it is earned over time."""
    return line.on + timedelta(days=1) if line.planned else line.on


def money_of(minor_units: Fraction, unit: Currency) -> Money:
    """Exact minor units, rounded half away from zero."""
    return Money(divide_rounded(minor_units.numerator, minor_units.denominator, Rounding.HALF_UP), unit)


def _units(cash: Mapping[int, Money], period: int) -> int:
    return cash[period].minor_units if period in cash else 0
