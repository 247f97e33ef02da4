"""What is noted while a quote is priced for a reader who asks: who lost and why, and what those that acted read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.catalog import LineId, Value
from engine.language import Checked
from engine.pricing.index import value_at
from engine.pricing.request import Facts

Read: TypeAlias = tuple[tuple[str, Value], ...]
"""What conditions read: paths and their values then."""


@dataclass(slots=True)
class Notes:
    """What happened to one line, or to the order, by source number."""

    lost: dict[int, str] = field(default_factory=dict)
    read: dict[int, Read] = field(default_factory=dict)

    def acted(self, number: int, conditions: Iterable[Checked], records: Mapping[str, Facts]) -> None:
        """Note what the conditions of something that acts read just now."""
        found: dict[str, Value] = {}
        for condition in conditions:
            found.update(facts_read(condition, records))
        self.read[number] = tuple(found.items())


@dataclass(slots=True)
class Told:
    """Notes about some lines and about the order; the others are priced in silence."""

    wanted: frozenset[LineId]
    order: Notes = field(default_factory=Notes)
    lines: dict[LineId, Notes] = field(default_factory=dict)

    def about(self, line: LineId) -> Notes | None:
        """Where to note what happens to a line, or None when nobody asks about it."""
        return self.lines.setdefault(line, Notes()) if line in self.wanted else None

    def all_about(self, line: LineId) -> dict[int, str]:
        """The rules that lost on a line or on the order, and why."""
        own = self.lines.get(line)
        return self.order.lost if own is None else {**self.order.lost, **own.lost}

    def all_read(self, line: LineId) -> dict[int, Read]:
        """What the conditions of everything that acted on a line or on the order read."""
        own = self.lines.get(line)
        return self.order.read if own is None else {**self.order.read, **own.read}


def facts_read(condition: Checked, records: Mapping[str, Facts]) -> Read:
    """The attributes a condition reads and their values."""
    found: list[tuple[str, Value]] = []
    for path in condition.reads:
        key = tuple(path.split("."))
        if len(key) > 1 and key[0] in records:
            found.append((path, value_at(records[key[0]], key)))  # type: ignore[arg-type]
    return tuple(found)
