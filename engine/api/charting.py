"""Charts of bundles: made beside the calls, one after the other, for what is asked about often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol
from weakref import WeakKeyDictionary

CHART_AFTER = 24
"""New choices on a bundle after which it is charted: a chart costs as much as some hundred of them."""

Start = Callable[[Callable[[], object]], None]


class Charted(Protocol):
    """Whoever can chart what it is asked about."""

    def chart(self) -> bool:
        """Make the chart; False where there is too much."""


class Charting:
    """Counts questions, and has a chart made when there were enough; safe to use from several threads."""

    def __init__(self, start: Start | None = None) -> None:
        self._start = start or in_background
        self._asked: WeakKeyDictionary[Charted, int] = WeakKeyDictionary()
        self._gate = threading.Lock()
        self._one = threading.Lock()

    def asked(self, about: Charted) -> None:
        """Note a question that had to be worked out."""
        with self._gate:
            count = self._asked[about] = self._asked.get(about, 0) + 1
        if count == CHART_AFTER:
            self._start(lambda: self._chart(about))

    def _chart(self, about: Charted) -> None:
        with self._one:
            about.chart()


def in_background(work: Callable[[], object]) -> None:
    """Run it in a thread that does not keep the process from ending."""
    threading.Thread(target=work, name="charting", daemon=True).start()
