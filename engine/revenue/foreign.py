"""Contracts in a foreign currency: what is fixed at the first rate and what is remeasured.

An advance is not monetary and stays at the rate of its receipt; a contract asset is monetary and moves with the rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.money import HALF_UP, Currency, Money, UnitPrice, allocate, settle


@dataclass(frozen=True, slots=True)
class Remeasured:
    """A functional amount at first recognition, at the closing rate, and the gain (positive) or loss between."""

    at_first: Money
    at_closing: Money

    @property
    def gain(self) -> Money:
        """Gain, or loss when negative."""
        return self.at_closing - self.at_first


def translate(amount: Money, *, rate: Decimal, into: Currency) -> Money:
    """An amount in another currency at a rate (units of ``into`` for one unit of the amount's currency)."""
    return settle(UnitPrice(amount.decimal, into), quantity=rate, rounding=HALF_UP)


def advance(amount: Money, *, rate_at_receipt: Decimal, into: Currency, periods: int) -> tuple[Money, ...]:
    """Functional revenue of an advance, evenly over its periods, all at the rate of its receipt."""
    return allocate(translate(amount, rate=rate_at_receipt, into=into), [1] * periods)


def contract_asset(amount: Money, *, rate_at_revenue: Decimal, closing_rate: Decimal, into: Currency) -> Remeasured:
    """A contract asset, remeasured at the closing rate; its revenue stays at the rate of its day."""
    first = translate(amount, rate=rate_at_revenue, into=into)
    return Remeasured(first, translate(amount, rate=closing_rate, into=into))
