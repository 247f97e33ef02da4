"""The lines of a quote as columns: what the line stage leaves for the order stage, tax and totals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.money import MoneyError
from engine.money.problem import OUT_OF_RANGE
from engine.money.settlement import MOST_MINOR_UNITS
from engine.pricing.request import RequestLine
from engine.pricing.result import PricedLine, TraceRow
from engine.pricing.state import ZERO, LineState, Record, major
from engine.pricing.work import Work, line_record


class Rows:
    """One list a column, one place a line. Only lines that need it have a running state of their own.

    ``before`` are the lines of an earlier answer whose columns are what they were; None for those that are new.
    """

    __slots__ = (
        "applied",
        "before",
        "floor",
        "lines",
        "list_amount",
        "list_unit",
        "source",
        "stage_amount",
        "states",
        "trace",
        "unit",
    )

    def __init__(self, lines: tuple[RequestLine, ...]) -> None:
        count = len(lines)
        self.lines = lines
        self.list_unit: list[Decimal] = [ZERO] * count
        self.unit: list[Decimal] = [ZERO] * count
        self.list_amount = [0] * count
        self.stage_amount = [0] * count
        self.source = [0] * count
        self.floor: list[Decimal | None] = [None] * count
        self.applied: list[tuple[int, ...]] = [()] * count
        self.trace: list[tuple[TraceRow, ...]] = [()] * count
        self.states: list[LineState | None] = [None] * count
        self.before: Sequence[PricedLine | None] = ()

    def keep(self, index: int, state: LineState) -> None:
        """Write the running state of a line into the columns."""
        self.list_unit[index] = state.list_unit
        self.unit[index] = state.running_unit
        self.list_amount[index] = state.list_amount
        self.stage_amount[index] = state.stage_amount
        self.source[index] = state.source
        self.floor[index] = state.floor
        self.applied[index] = tuple(state.applied)
        self.trace[index] = tuple(state.trace)
        self.states[index] = state

    def check_range(self) -> None:
        """Refuse amounts that no document can hold: beyond 64 bits of minor units, one by one or together."""
        for column in (self.list_amount, self.stage_amount):
            if max(column) > MOST_MINOR_UNITS or min(column) < -MOST_MINOR_UNITS or sum(column) > MOST_MINOR_UNITS:
                raise MoneyError(OUT_OF_RANGE, "an amount is beyond the largest that a document can hold")

    def take_over(self, index: int, other: Rows, place: int) -> None:
        """Copy a line of other columns into these."""
        for name in (
            "list_unit",
            "unit",
            "list_amount",
            "stage_amount",
            "source",
            "floor",
            "applied",
            "trace",
            "states",
        ):
            getattr(self, name)[index] = getattr(other, name)[place]

    def records(self, work: Work) -> list[Record]:
        """What order rules read about each line after the line stage."""
        return [self._record(work, index) for index in range(len(self.lines))]

    def _record(self, work: Work, index: int) -> Record:
        state = self.states[index]
        record = line_record(work.plan, self.lines[index]) if state is None else state.record
        currency = work.currency
        if state is None:
            record["list"] = self.list_unit[index]
            record["list_amount"] = major(self.list_amount[index], currency)
            record["discounted"] = any(after < before for _, before, after in self.trace[index])
        else:
            record["discounted"] = state.discounted
        record["unit"] = self.unit[index]
        record["net"] = record["running"] = major(self.stage_amount[index], currency)
        return record
