"""The order of a column's values, cut into slots at every end of an interval: within a slot all rows agree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from engine.language.tables.intervals import Interval, Region, is_empty, union

Numbers: TypeAlias = int
"""A set of slots as bits."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one column: slot ``2 i + 1`` is the end number ``i``, slot ``2 i`` what lies before it.

    ``spans`` are the slots of each row, ``all`` those of the column's domain.
    """

    ends: tuple[object, ...]
    all: Numbers
    spans: tuple[Numbers, ...]

    @staticmethod
    def of(regions: Sequence[Region], domain: Region) -> Slots:
        """Cut the order at the ends of the rows' regions and of the domain."""
        found = {end for region in (*regions, domain) for each in region for end in (each.low, each.high)}
        found.discard(None)
        ends = tuple(sorted(cast("set[int]", found)))
        cache: dict[Region, Numbers] = {}
        for region in (domain, *regions):
            if region not in cache:
                cache[region] = _numbers(region, ends)
        return Slots(ends, cache[domain], tuple(cache[region] for region in regions))

    def region(self, numbers: Numbers) -> Region:
        """Return the values in some slots."""
        found = []
        while numbers:
            lowest = numbers & -numbers
            found.append(self._interval(lowest.bit_length() - 1))
            numbers ^= lowest
        return union(each for each in found if not is_empty(each))

    def _interval(self, slot: int) -> Interval:
        place, on_end = divmod(slot, 2)
        if on_end:
            return Interval(self.ends[place], self.ends[place], low_included=True, high_included=True)
        low = self.ends[place - 1] if place else None
        high = self.ends[place] if place < len(self.ends) else None
        return Interval(low, high, low_included=False, high_included=False)


def _numbers(region: Region, ends: tuple[object, ...]) -> Numbers:
    found = 0
    keys = cast("tuple[int, ...]", ends)
    for each in region:
        first = 0 if each.low is None else 2 * bisect_left(keys, cast(int, each.low)) + (1 if each.low_included else 2)
        last = 2 * len(ends)
        if each.high is not None:
            last = 2 * bisect_left(keys, cast(int, each.high)) + (1 if each.high_included else 0)
        found |= (1 << (last + 1)) - (1 << first)
    return found
