"""The days on which something holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which something holds: half-open ``[start, end)``; None is open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the window."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


def closed_on(window: Window, day: date) -> str:
    """Why something does not hold on a day, for people; empty when it does."""
    if window.start is not None and day < window.start:
        return f"it begins on {window.start}"
    if window.end is not None and day >= window.end:
        return f"it has ended: its last day was {window.end - timedelta(days=1)}"
    return ""


ALWAYS = Window()
