"""How a product is charged for: once, again every period, or by what was used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.money import Ratio
from engine.periods import Recurrence, Unit


class ChargeKind(Enum):
    """One-time, recurring, or usage."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"
    USAGE = "usage"


class ChargePeriod(Enum):
    """The period that a recurring unit price is for."""

    length: int
    """Its length in months, or below zero in days: its value."""
    recurrence: Recurrence
    """How often it comes back."""
    months: Ratio
    """Its length in months; a month has a twelfth of 365 days where a period is counted in days."""
    days: int
    """Its length where it is counted in days, whatever the month; 0: it is counted in months."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.days = max(-length, 0)
        self.recurrence = Recurrence(self.days, Unit.DAY) if self.days else Recurrence(length)
        self.months = Ratio(12 * self.days, 365) if self.days else Ratio(length, 1)

    DAY = -1
    WEEK = -7
    MONTH = 1
    QUARTER = 3
    HALF_YEAR = 6
    YEAR = 12
    TWO_YEARS = 24
    THREE_YEARS = 36


class BillingTiming(Enum):
    """Whether a period is billed when it starts or when it has ended; usage is always billed in arrears."""

    ADVANCE = "advance"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge; ``period`` is given for recurring and usage charges only, ``meter`` names what usage counts."""

    kind: ChargeKind = ChargeKind.ONE_TIME
    period: ChargePeriod | None = None
    timing: BillingTiming = BillingTiming.ADVANCE
    meter: str = ""


ONE_TIME = Charge()
