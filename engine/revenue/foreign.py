"""A contract in another currency than the books are kept in: what is fixed at the first rate, and what is remeasured.

An advance is not monetary and stays at the rate of the day it was billed (IFRIC 22, ASC 830-10-45-18), as does revenue
that uses it up. A contract asset is monetary: it arises at the rate of its revenue and moves with the rate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Currency, Money, Ratio, share_of

NO_RATE = Code("REV060")


@dataclass(frozen=True, slots=True)
class Movement:
    """What was billed and earned of a contract on a day; below zero it was credited, or taken back."""

    on: date
    billed: Money
    earned: Money


@dataclass(frozen=True, slots=True)
class Translated:
    """A contract in the functional currency at a day; the gain (a loss below zero) comes from contract assets only.

    Earned less billed is the asset less the liability, and the gain.
    """

    billed: Money
    earned: Money
    contract_liability: Money
    contract_asset: Money
    gain: Money


def translated(
    movements: Iterable[Movement], *, rates: Mapping[date, Fraction], at: date, into: Currency
) -> Translated | Refusal:
    """The position of a contract in another currency; a rate is units of ``into`` for one of the contract's.

    What was billed first is used up first, and billing of a day comes before its revenue. What is credited undoes the
    latest advance; what is taken back undoes the latest asset, or is an advance again at the mean rate of revenue.
    """
    known = sorted((each for each in movements if each.on <= at), key=lambda each: each.on)
    if not rates or (known and min(rates) > known[0].on):
        since = f" on {known[0].on.isoformat()}" if known else ""
        return Refusal((Fault(NO_RATE, "rates", f"there is no rate{since}", "give one that holds from then on"),))
    layers = _Layers()
    for each in known:
        rate = _rate_on(rates, each.on)
        layers.bill(_exact(each.billed), rate)
        layers.earn(_exact(each.earned), rate)
    return layers.at(_rate_on(rates, at), into)


def _exact(amount: Money) -> Fraction:
    return Fraction(amount.minor_units, amount.currency.scale)


def _rate_on(rates: Mapping[date, Fraction], on: date) -> Fraction:
    return rates[max(day for day in rates if day <= on)]


Layers: TypeAlias = deque[tuple[Fraction, Fraction]]
"""Parts that are open, oldest first, each with its rate."""


@dataclass(slots=True)
class _Layers:
    """The advances and assets that are open, and what was billed and earned at the rates that count for it."""

    advances: Layers = field(default_factory=deque)
    assets: Layers = field(default_factory=deque)
    billed: Fraction = Fraction(0)
    earned: Fraction = Fraction(0)
    units: Fraction = Fraction(0)

    def bill(self, amount: Fraction, rate: Fraction) -> None:
        """Bill: it settles the oldest assets, the rest is an advance. A credit undoes the latest advances."""
        if amount >= 0:
            left, _ = _used(self.assets, amount, newest=False)
            self.billed += amount * rate
            _open(self.advances, left, rate)
        else:
            left, worth = _used(self.advances, -amount, newest=True)
            self.billed -= worth + left * rate
            _open(self.assets, left, rate)

    def earn(self, amount: Fraction, rate: Fraction) -> None:
        """Earn: it uses up the oldest advances, the rest is an asset. What is taken back undoes the latest assets."""
        if amount >= 0:
            left, worth = _used(self.advances, amount, newest=False)
            self.earned += worth + left * rate
            _open(self.assets, left, rate)
        else:
            left, worth = _used(self.assets, -amount, newest=True)
            mean = self.earned / self.units if self.units else rate
            self.earned -= worth + left * mean
            _open(self.advances, left, mean)
        self.units += amount

    def at(self, closing: Fraction, into: Currency) -> Translated:
        """What stands at the closing rate; the gain takes what rounding leaves, so that all adds up."""
        liability = _rounded(sum((part * rate for part, rate in self.advances), Fraction(0)), into)
        asset = _rounded(sum((part * closing for part, _ in self.assets), Fraction(0)), into)
        billed, earned = _rounded(self.billed, into), _rounded(self.earned, into)
        return Translated(billed, earned, liability, asset, asset - liability + billed - earned)


def _used(layers: Layers, amount: Fraction, *, newest: bool) -> tuple[Fraction, Fraction]:
    """Use parts up; how much of the amount found none, and what those used were worth at their rates."""
    left, worth = amount, Fraction(0)
    while left and layers:
        part, rate = layers.pop() if newest else layers.popleft()
        used = min(part, left)
        left, worth = left - used, worth + used * rate
        if part > used:
            (layers.append if newest else layers.appendleft)((part - used, rate))
    return left, worth


def _open(layers: Layers, amount: Fraction, rate: Fraction) -> None:
    if amount:
        layers.append((amount, rate))


def _rounded(amount: Fraction, into: Currency) -> Money:
    exact = amount * into.scale
    return share_of(Money(1, into), Ratio(exact.numerator, exact.denominator))
