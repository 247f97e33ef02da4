"""A service period cut at the boundaries of its billing cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.periods.cycle import Cycle
from engine.periods.period import Period


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a service and the cycle period that it is a part of; a whole period when the two are the same."""

    part: Period
    whole: Period

    @property
    def is_whole(self) -> bool:
        """Whether the full period is served, so that nothing is prorated."""
        return self.part == self.whole


def cut(service_start: date, service_end: date | None, *, cycle: Cycle, until: date) -> Iterator[Piece]:
    """Cut a service into pieces at the cycle's boundaries, in order, up to the first piece that starts after ``until``.

    A service without an end is cut as if it went on. The first boundary on or after the service start is the cycle's
    first bill day; a part before it is measured as ``Cycle.leading`` says.
    """
    first = cycle.next_boundary(service_start)
    index = cycle.index_around(first)
    start = service_start
    if start < first and start <= until:
        end = first if service_end is None else min(first, service_end)
        yield Piece(Period(start, end), cycle.leading(first))
        start = end
    while start <= until and (service_end is None or start < service_end):
        whole = cycle.period(index)
        end = whole.end if service_end is None else min(whole.end, service_end)
        yield Piece(Period(start, end), whole)
        start, index = end, index + 1
