"""How often something comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from engine.periods.problem import BAD_RECURRENCE, PeriodError

MOST_COUNT = 1_200
_ISO = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?")


class Unit(Enum):
    """What a recurrence counts; quarters and years are counted in months, weeks in days."""

    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many months or days. Raises ``PeriodError`` PER002 for a count below 1 or above 1,200."""

    count: int
    unit: Unit = Unit.MONTH

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_COUNT:
            raise PeriodError(BAD_RECURRENCE, f"a recurrence of {self.count} {self.unit.value}s is not possible")

    @classmethod
    def parse(cls, text: str) -> Recurrence:
        """Read an ISO 8601 duration of years and months, or of weeks and days: ``P1M``, ``P1Y6M``, ``P2W``, ``P10D``.

        Raises ``PeriodError`` PER002 for anything else, such as a mix of months and days.
        """
        found = _ISO.fullmatch(text)
        years, months, weeks, days = (int(each or 0) for each in found.groups()) if found else (0, 0, 0, 0)
        in_months, in_days = 12 * years + months, 7 * weeks + days
        if bool(in_months) == bool(in_days):
            raise PeriodError(
                BAD_RECURRENCE, f"`{text[:20]}` is not a recurrence", "write it like P1M, P1Y, P2W or P10D"
            )
        return cls(in_months) if in_months else cls(in_days, Unit.DAY)

    def __str__(self) -> str:
        return f"P{self.count}{'M' if self.unit is Unit.MONTH else 'D'}"


MONTHLY = Recurrence(1)
QUARTERLY = Recurrence(3)
YEARLY = Recurrence(12)
