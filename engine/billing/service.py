"""A contract line as billing sees it: its periods and their shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.billing.proration import period_ratio
from engine.contracts import Contract, LineInForce, turnover_of
from engine.money import Ratio, RoundingRule
from engine.periods import Period, Piece, Recurrence, Turnover


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
        return period.recurrence

    @property
    def turnover(self) -> Turnover:
        """The days on which its periods turn over."""
        return turnover_of(self.contract, self.state.line, self.recurrence)

    def pieces(self, since: date | None = None) -> Iterator[Piece]:
        """The service cut into periods, up to the first billed after ``until``; ``since`` skips whole periods."""
        if self.state.was_taken_back:
            return iter(())
        return self.turnover.pieces(since or self.state.line.start, self.state.end, until=self.until)

    def first_open_period(self, covered: Sequence[Period]) -> date:
        """The start of the first period that ``covered`` (in order) does not cover whole: work on old ones is saved."""
        end = self.state.line.start
        for each in covered:
            if each.start > end:
                break
            end = max(end, each.end)
        return self.turnover.open_since(end)

    def ratio(self, part: Period, whole: Period) -> Ratio:
        """The share of a cycle period by the terms of the contract."""
        return period_ratio(part, whole, recurrence=self.recurrence, terms=self.contract.terms)
