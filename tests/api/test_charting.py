"""When bundles are charted, and that answers stay the same."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.api.charting import CHART_AFTER, Charting, in_background


class Noted:
    """Counts its charts."""

    def __init__(self) -> None:
        self.charts = 0

    def chart(self) -> bool:
        self.charts += 1
        return True


def test_what_is_asked_often_is_charted_once() -> None:
    started: list[Callable[[], object]] = []
    charting, often, seldom = Charting(started.append), Noted(), Noted()
    charting.asked(seldom)
    for _ in range(CHART_AFTER - 1):
        charting.asked(often)
    assert not started
    for _ in range(3 * CHART_AFTER):
        charting.asked(often)
    assert len(started) == 1
    started[0]()
    assert (often.charts, seldom.charts) == (1, 0)


def test_charts_are_made_beside_the_calls() -> None:
    made = threading.Event()
    in_background(made.set)
    assert made.wait(10)
