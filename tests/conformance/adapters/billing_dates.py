"""Kind ``billing-dates``: the days on which a bill falls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.periods import Cycle, Period, Recurrence


def check(case: dict[str, Any]) -> None:
    """Every expected day is a boundary of the cycle, in order; where no day is left out the list is the whole list."""
    given = case["given"]
    anchor = date.fromisoformat(given["anchor"])
    expected = [date.fromisoformat(each) for each in case["expect"]["dates"]]
    cycle = Cycle.anchored(anchor, Recurrence.parse(given["period"]))
    found = cycle.boundaries(Period(anchor, expected[-1] + timedelta(days=1)))
    assert [each for each in found if each in set(expected)] == expected
    indices = [cycle.index_around(each) for each in expected]
    assert [cycle.boundary(each) for each in indices] == expected
    assert indices == sorted(set(indices))
