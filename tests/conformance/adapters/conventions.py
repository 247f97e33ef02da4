"""The conventions of the billing cases, as settings of the engine."""

from __future__ import annotations

from decimal import Decimal

from engine.periods import DayCount

DAY_COUNTS = {
    "killbill-daily": DayCount.DAILY,
    "killbill-fixed30": DayCount.FIXED_30,
    "lago": DayCount.DAILY,
    "chargebee-daily": DayCount.DAILY,
    "stripe-seconds": DayCount.SECONDS,
    "recurly-seconds": DayCount.SECONDS,
    "zuora-actual": DayCount.SECONDS,
    "zuora-actual-360": DayCount.ACTUAL_360,
    "zuora-strict-30-360": DayCount.THIRTY_360,
}
"""Zuora's actual count divides the same days as the daily one but does not cut the ratio, as the seconds one does."""


def day_count(convention: str) -> DayCount:
    """The day count of a convention; an unknown one is a failure, since its numbers would mean nothing."""
    return DAY_COUNTS[convention]


def same(left: str | int, right: Decimal | int) -> bool:
    """Whether two numbers are equal by value (12.30 and 12.3)."""
    return Decimal(left) == Decimal(right)
