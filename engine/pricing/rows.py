"""The lines of a quote as columns: what the line stage leaves for the order stage, tax and totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import cast

from engine.catalog import LineId
from engine.diagnostics import Fault
from engine.money import MoneyError
from engine.money.problem import OUT_OF_RANGE
from engine.money.settlement import MOST_MINOR_UNITS
from engine.pricing.compiled import ROUNDING
from engine.pricing.known_lines import KnownLine, Shelf
from engine.pricing.plain_guards import PlainGuards
from engine.pricing.request import RequestLine, stated
from engine.pricing.result import PricedLine, TraceRow, column
from engine.pricing.state import ZERO, LineState, Record, major
from engine.pricing.work import Work, line_record

NOTHING = KnownLine(ZERO, ZERO, 0, 0, 0, None, (), (), None, None)
"""Stands in the columns for a line that is not known yet."""
_FLOOR = stated("floor")
_MAKE = cast("Callable[[tuple[object, ...]], KnownLine]", partial(tuple.__new__, KnownLine))


class TooLargeError(MoneyError):
    """Lines, or all of them together, that come to more than a document can hold; ``faults`` gives each its place."""

    def __init__(self, names: Sequence[LineId], places: Sequence[int]) -> None:
        self.names, self.places = names, places
        hint = "check quantities and prices, or split the quote"
        super().__init__(OUT_OF_RANGE, "the lines together are beyond the largest amount of a document", hint)

    def faults(self) -> tuple[Fault, ...]:
        """A fault for each line, or one for all together."""
        if not self.places:
            return (self.fault("lines"),)
        beyond = "is beyond the largest amount that a document can hold"
        return tuple(
            Fault(OUT_OF_RANGE, f"lines[{place}].quantity", f"what `{name}` comes to {beyond}", self.hint)
            for name, place in zip(self.names, self.places, strict=True)
        )


class Rows:
    """One list a column, one place a line. Only lines that need it have a running state of their own.

    ``before`` are lines as an earlier answer left them, of which only the order stage is new.
    ``fresh`` are the numbers of the lines that are not known yet, ``is_known`` says that nothing new was found out.
    """

    __slots__ = (
        "applied",
        "before",
        "cost",
        "floor",
        "fresh",
        "is_known",
        "least",
        "lines",
        "list_amount",
        "list_unit",
        "source",
        "stage_amount",
        "states",
        "trace",
        "unit",
    )

    def __init__(self, lines: tuple[RequestLine, ...], known: Sequence[KnownLine | None] = ()) -> None:
        count = len(lines)
        self.lines = lines
        self.states: list[LineState | None] = [None] * count
        self.before: Sequence[PricedLine] = ()
        if known:
            self._take_known(known)
            return
        self.list_unit: list[Decimal] = [ZERO] * count
        self.unit: list[Decimal] = [ZERO] * count
        self.list_amount = [0] * count
        self.stage_amount = [0] * count
        self.source = [0] * count
        self.floor: list[Decimal | None] = [None] * count
        self.applied: list[tuple[int, ...]] = [()] * count
        self.trace: list[tuple[TraceRow, ...]] = [()] * count
        self.cost: list[int | None] = [None] * count
        self.least: list[int | None] = [None] * count
        self.fresh: Sequence[int] = range(count)
        self.is_known = False

    def _take_known(self, known: Sequence[KnownLine | None]) -> None:
        """Fill in the columns of the lines that are known."""
        self.fresh = [index for index, each in enumerate(known) if each is None] if None in known else ()
        self.is_known = not self.fresh
        met = cast("Sequence[KnownLine]", known) if self.is_known else [each or NOTHING for each in known]
        columns = map(list, zip(*met, strict=True))
        for name, values in zip(KnownLine._fields, columns, strict=True):
            setattr(self, name, values)

    def teach(self, shelf: Shelf) -> None:
        """Let plain lines be known from now on; those that needed a running state are not."""
        if self.is_known:
            return
        columns = [getattr(self, name) for name in KnownLine._fields]
        found = zip(self.lines, self.states, zip(*columns, strict=True), strict=True)
        if self.fresh:
            plain = (each for each in found if each[1] is None and each[0].is_plain)
        else:  # more was found out of known lines; those known by another quantity alone are hardly met again
            plain = (each for each in found if (each[0].sku, each[0].quantity) in shelf.lines)
        shelf.learn({(line.sku, line.quantity): _MAKE(known) for line, _, known in plain})

    def known(self, index: int) -> KnownLine:
        """A line as it is known from now on."""
        return _MAKE(tuple([getattr(self, name)[index] for name in KnownLine._fields]))

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
        for amounts in (self.list_amount, self.stage_amount):
            if max(amounts) > MOST_MINOR_UNITS or min(amounts) < -MOST_MINOR_UNITS or sum(amounts) > MOST_MINOR_UNITS:
                places = [n for n, each in enumerate(amounts) if abs(each) > MOST_MINOR_UNITS]
                raise TooLargeError([self.lines[each].id for each in places], places)

    @classmethod
    def again(
        cls, lines: tuple[RequestLine, ...], before: Sequence[PricedLine], *, guards: PlainGuards | None = None
    ) -> Rows:
        """Lines whose line stage is done, with the columns that the order stage cannot do without; the guards of the
        book tell how low each may come.
        """
        rows = cls(lines)
        rows.before = before
        rows.list_amount = list(map(column("list_amount"), before))
        rows.stage_amount = list(map(column("stage_amount"), before))
        rows.floor = list(map(_FLOOR, lines)) if guards is None else list(map(guards.floor, lines))
        return rows

    def records(self, work: Work) -> list[Record]:
        """What order rules read about each line after the line stage."""
        if self.before:
            self.list_unit = list(map(column("list_unit"), self.before))
            self.unit = list(map(column("unit"), self.before))
            self.trace = list(map(column("trace"), self.before))
        return [self._record(work, index) for index in range(len(self.lines))]

    def _record(self, work: Work, index: int) -> Record:
        state = self.states[index]
        record = line_record(work.plan, self.lines[index]) if state is None else state.record
        currency = work.currency
        if state is None:
            record["list"] = self.list_unit[index]
            record["list_amount"] = major(self.list_amount[index], currency)
            record["discounted"] = is_discounted(self.trace[index], rules=len(work.plan.line_rules))
        else:
            record["discounted"] = state.discounted
        record["unit"] = self.unit[index]
        record["net"] = record["running"] = major(self.stage_amount[index], currency)
        return record


def is_discounted(trace: Sequence[TraceRow], *, rules: int) -> bool:
    """Whether a line rule took something off; the first ``rules`` sources are the line rules.

    Contracts, guards and the rounding of the end lower a price and are no discounts; a second step of a rule is the
    rounding of what the first one left.
    """
    last = ROUNDING
    for number, before, after in trace:
        if after < before and 0 <= number < rules and number != last:
            return True
        last = number
    return False
