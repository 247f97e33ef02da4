"""The days on which something holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which something holds: half-open ``[start, end)``; None is open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the window."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


ALWAYS = Window()
