"""A stretch of days, half-open: the start counts, the end does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.periods.problem import BACKWARDS, PeriodError


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """``[start, end)``, at least one day long. Raises ``PeriodError`` PER001 when the end is not after the start."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodError(BACKWARDS, f"a period from {self.start} to {self.end} has no day")

    @classmethod
    def through(cls, start: date, last_day: date) -> Period:
        """The period whose last day is given inclusively, as documents and many systems write it."""
        return cls(start, last_day + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def covers(self, other: Period) -> bool:
        """Whether every day of ``other`` is in it."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start < other.end and other.start < self.end

    def overlap(self, other: Period) -> Period | None:
        """The days that both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def without(self, other: Period) -> tuple[Period, ...]:
        """What is left of it when the days of ``other`` are taken out: none, one or two periods in order."""
        left = []
        if self.start < min(other.start, self.end):
            left.append(Period(self.start, min(other.start, self.end)))
        if max(other.end, self.start) < self.end:
            left.append(Period(max(other.end, self.start), self.end))
        return (self,) if not self.overlaps(other) else tuple(left)

    def until(self, end: date) -> Period | None:
        """The part before ``end``, or None when nothing is."""
        return Period(self.start, min(self.end, end)) if self.start < end else None

    def since(self, start: date) -> Period | None:
        """The part from ``start`` on, or None when nothing is."""
        return Period(max(self.start, start), self.end) if start < self.end else None

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"
