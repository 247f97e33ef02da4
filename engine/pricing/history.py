"""The lowest price before a reduction, from prices that change with the date (98/6/EC, article 6a: 30 days)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.pricing.atoms import Atom, ends_of, split
from engine.pricing.expressions import expressions_of, reads
from engine.pricing.plan import PricingRules
from engine.pricing.window import Window

ONE_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=366)
"""How far back the day is looked for on which the present price began."""

PriceOn = Callable[[date], Decimal | None]
"""The unit price that held on a day; None when there was none."""

DATE = "quote.date"
KEY = ("quote", "date")


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The lowest unit price of the days ``[start, end)`` and the latest day it held on; ``end`` is the day on which the
    price was reduced to what it is now, or the day asked about when it was not.
    """

    unit: Decimal
    day: date
    start: date
    end: date
    reduced: bool


def lowest_price(today: date, days: int, price_on: PriceOn) -> LowestPrice | None:
    """The lowest price in so many days before the price of today began, if that was a reduction, else before today.

    None when there was no price in those days: nothing can be compared with.
    """
    began = _began(today, price_on)
    reduced = began is not None
    end = began if began is not None else today
    start = end - timedelta(days=days)
    prices = [(price, day) for day in _days(start, end) for price in (price_on(day),) if price is not None]
    if not prices:
        return None
    lowest = min(price for price, _ in prices)
    return LowestPrice(lowest, max(day for price, day in prices if price == lowest), start, end, reduced)


def _began(today: date, price_on: PriceOn) -> date | None:
    """The day on which the price of today began by a reduction; None when it rose, was always so, or is unknown."""
    present = price_on(today)
    if present is None:
        return None
    day = today
    while day > today - LOOK_BACK:
        before = price_on(day - ONE_DAY)
        if before != present:
            return day if before is not None and before > present else None
        day -= ONE_DAY
    return None


def _days(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start += ONE_DAY


def date_breaks(rules: PricingRules) -> tuple[date, ...] | None:
    """The days on which anything in a book's prices may begin to differ from the day before, in order.

    None when a condition or formula reads the date in a way that only asking it each day can tell.
    """
    found: set[date] = {rate.since for rate in rules.exchange_rates}
    for dated in (
        rules.entries,
        rules.contracted,
        rules.models,
        rules.rules,
        rules.bundle_prices,
        rules.guards,
        rules.percent_of,
    ):
        for each in dated:
            found.update(_ends(each.window))
    for expression in expressions_of(rules):
        if not reads((expression,), DATE):
            continue
        parts = split(expression)
        if not parts.whole:
            return None
        for atom in parts.atoms:
            if atom.key == KEY:
                found.update(_bounds(atom))
    return tuple(sorted(found))


def _ends(window: Window) -> Iterator[date]:
    for end in (window.start, window.end):
        if end is not None:
            yield end


def _bounds(atom: Atom) -> Iterator[date]:
    """The first days inside and outside of what an atom admits; one day too many does no harm."""
    for end in ends_of(atom):
        if isinstance(end, date):
            yield end
            yield end + ONE_DAY
