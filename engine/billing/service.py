"""A contract line as billing sees it: its cycle, its periods, its shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.billing.proration import period_ratio
from engine.contracts import Contract, LineInForce
from engine.money import Ratio, RoundingRule
from engine.periods import Cycle, Period, Piece, Recurrence, cut


@dataclass(frozen=True, slots=True)
class Service:
    """A contract line with all that its billing reads."""

    contract: Contract
    state: LineInForce
    until: date
    rounding: RoundingRule

    @property
    def recurrence(self) -> Recurrence:
        """How often its charge period comes back."""
        period = self.state.line.charge.period
        assert period is not None, "a signed recurring line has a charge period"
        return Recurrence(period.value)

    @property
    def cycle(self) -> Cycle:
        """The billing cycle: on the contract's bill day, else on the day of the month that the contract started."""
        start, bill_day = self.state.line.start, self.contract.terms.bill_day
        if bill_day:
            return Cycle.on_day(start, self.recurrence, bill_day)
        return Cycle.anchored(self.contract.start, self.recurrence)

    @property
    def first_bill_day(self) -> date:
        """The first boundary of the cycle on or after the start; a part before it is a leading part."""
        return self.cycle.next_boundary(self.state.line.start)

    def pieces(self, since: date | None = None) -> Iterator[Piece]:
        """The service cut into periods, up to the first that begins after ``until``; ``since`` skips whole periods."""
        if self.state.was_taken_back:
            return iter(())
        return cut(since or self.state.line.start, self.state.end, cycle=self.cycle, until=self.until)

    def first_open_period(self, covered: Sequence[Period]) -> date:
        """The start of the first period that ``covered`` (in order) does not cover whole: work on old ones is saved."""
        start = end = self.state.line.start
        for each in covered:
            if each.start > end:
                break
            end = max(end, each.end)
        return start if end < self.first_bill_day else self.cycle.around(end).start

    def ratio(self, part: Period, whole: Period) -> Ratio:
        """The share of a cycle period by the terms of the contract."""
        return period_ratio(part, whole, recurrence=self.recurrence, terms=self.contract.terms)

    def whole_around(self, day: date) -> Period:
        """The cycle period that a served day is measured against."""
        first = self.first_bill_day
        return self.cycle.leading(first) if day < first else self.cycle.around(day)
