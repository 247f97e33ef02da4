"""How a product is charged for: once, again every period, or by what was used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ChargeKind(Enum):
    """One-time, recurring, or usage."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"
    USAGE = "usage"


class ChargePeriod(Enum):
    """The period that a recurring unit price is for; the value is its length in months."""

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
