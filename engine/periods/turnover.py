"""Cycles one after the other: how a service is cut when the day on which its periods turn over changes within it.

The period that runs on the day of a change ends as it was agreed. From there a short period leads to the first day of
the new cycle, and whole ones follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.periods.cycle import Cycle
from engine.periods.period import Period
from engine.periods.pieces import Piece, cut


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from ``since`` on whose periods turn over by one cycle, which was wanted from the day ``changed`` on."""

    since: date
    cycle: Cycle
    changed: date

    @property
    def first(self) -> date:
        """The first boundary of its cycle; what is before it is a part of a period."""
        return self.cycle.next_boundary(self.since)


@dataclass(frozen=True, slots=True)
class Turnover:
    """The stretches of a service in order of their days; the first begins with the service."""

    stretches: tuple[Stretch, ...]

    def turns_after(self, on: date) -> date:
        """Where the period that runs on a day ends: from there a cycle wanted from that day on can turn it over."""
        last = self.stretches[-1]
        return last.since if on < last.since else last.cycle.next_boundary(on)

    def changed(self, on: date, cycle: Cycle) -> Turnover:
        """The same with another cycle, wanted from a day on: the period that runs then ends as it was agreed."""
        since = self.turns_after(on)
        kept = tuple(each for each in self.stretches if each.since < since)
        return Turnover((*kept, Stretch(since, cycle, on)))

    def around(self, day: date) -> Stretch:
        """The stretch that a day lies in; for a day before all of them the first."""
        return next((each for each in reversed(self.stretches) if each.since <= day), self.stretches[0])

    def pieces(self, since: date, end: date | None, *, until: date) -> Iterator[Piece]:
        """Cut the days from ``since``, the first of a piece, up to the first piece that is billed after ``until``."""
        for place, stretch in enumerate(self.stretches):
            start, over = max(since, stretch.since), self._over(place, end)
            if over is not None and over <= start:
                continue
            leads = start == stretch.since and start < stretch.first
            part = Period(start, stretch.first) if leads else None
            wanted = part is not None and self.advance_day(Piece(part, stretch.cycle.leading(stretch.first))) <= until
            yield from cut(start, over, cycle=stretch.cycle, until=max(until, start) if wanted else until)

    def open_since(self, covered_until: date) -> date:
        """The start of the piece that a day lies in: what is before it is covered whole."""
        stretch = self.around(covered_until)
        return stretch.since if covered_until < stretch.first else stretch.cycle.around(covered_until).start

    def whole_around(self, day: date) -> Period:
        """The cycle period that a served day is measured against."""
        stretch = self.around(day)
        return stretch.cycle.leading(stretch.first) if day < stretch.first else stretch.cycle.around(day)

    def advance_day(self, piece: Piece) -> date:
        """The day on which a piece is billed in advance: its first day.

        The short period up to a new day is billed on the new day before it, where there is one since the change: from
        then on the customer has paid up to the next one.
        """
        start, turned = piece.part.start, piece.whole.start
        stretch = self.around(start)
        is_short = start == stretch.since and turned < start
        return turned if is_short and turned >= max(stretch.changed, self.stretches[0].since) else start

    def _over(self, place: int, end: date | None) -> date | None:
        """Where a stretch is over: where the next one begins, or with the service."""
        following = [each.since for each in self.stretches[place + 1 : place + 2]]
        ends = [each for each in (*following, end) if each is not None]
        return min(ends, default=None)
