"""Billing cycles: the dates on which a period turns over, counted from an anchor that is never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.periods.calendar import add_months, clipped
from engine.periods.period import Period
from engine.periods.problem import BAD_ANCHOR, PeriodError
from engine.periods.recurrence import Recurrence, Unit


@dataclass(frozen=True, slots=True)
class Cycle:
    """Boundaries at ``first``, one recurrence later, and so on, in both directions.

    ``day`` (1 to 31) is the day of the month that month-based boundaries fall on, clipped in each month on its own:
    31 January, 28 February, 31 March. ``first`` is boundary 0 and may itself be clipped.
    """

    first: date
    recurrence: Recurrence
    day: int

    @classmethod
    def anchored(cls, anchor: date, recurrence: Recurrence) -> Cycle:
        """The cycle with a boundary at ``anchor`` that keeps its day of the month; 29 February yearly clips to 28."""
        return cls(anchor, recurrence, anchor.day)

    @classmethod
    def on_day(cls, start: date, recurrence: Recurrence, day: int) -> Cycle:
        """The cycle on a bill day: boundary 0 is that day in the month of ``start``, or a recurrence later when past.

        A day-based recurrence has no bill day and is anchored at ``start``. Raises ``PeriodError`` PER003 for a day
        outside 1 to 31.
        """
        if not 1 <= day <= 31:
            raise PeriodError(BAD_ANCHOR, f"day {day} of a month does not exist", "a bill day is 1 to 31")
        if recurrence.unit is Unit.DAY:
            return cls.anchored(start, recurrence)
        proposed = clipped(start.year, start.month, day)
        if proposed < start:
            proposed = add_months(proposed, recurrence.count, day=day)
        return cls(proposed, recurrence, day)

    def boundary(self, index: int) -> date:
        """Boundary number ``index``; 0 is ``first``, negative ones are before it."""
        match self.recurrence.unit:
            case Unit.MONTH:
                return add_months(self.first, index * self.recurrence.count, day=self.day)
            case Unit.DAY:
                return self.first + timedelta(days=index * self.recurrence.count)

    def index_around(self, day: date) -> int:
        """The number of the last boundary on or before ``day``."""
        match self.recurrence.unit:
            case Unit.MONTH:
                months = (day.year - self.first.year) * 12 + day.month - self.first.month
                index = months // self.recurrence.count
                return index if self.boundary(index) <= day else index - 1
            case Unit.DAY:
                return (day - self.first).days // self.recurrence.count

    def period(self, index: int) -> Period:
        """The period from boundary ``index`` to the next."""
        return Period(self.boundary(index), self.boundary(index + 1))

    def around(self, day: date) -> Period:
        """The period of the cycle that ``day`` lies in."""
        return self.period(self.index_around(day))

    def next_boundary(self, day: date) -> date:
        """The first boundary on or after ``day``."""
        index = self.index_around(day)
        found = self.boundary(index)
        return found if found == day else self.boundary(index + 1)

    def boundaries(self, within: Period) -> tuple[date, ...]:
        """Every boundary inside a period, in order."""
        found = []
        index = self.index_around(self.next_boundary(within.start))
        while (each := self.boundary(index)) < within.end:
            found.append(each)
            index += 1
        return tuple(found)

    def leading(self, boundary: date) -> Period:
        """The period that ends at ``boundary``, stepped back from the date itself and not from the anchor.

        A part before the first bill day is measured against it: bill day 31, first bill 28 February, gives the 31 days
        from 28 January (Kill Bill's rule for a leading part).
        """
        match self.recurrence.unit:
            case Unit.MONTH:
                return Period(add_months(boundary, -self.recurrence.count), boundary)
            case Unit.DAY:
                return Period(boundary - timedelta(days=self.recurrence.count), boundary)
