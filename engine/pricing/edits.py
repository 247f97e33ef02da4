"""What an edit changes, and where: lines among those that stay, found and put there at the cost of a copy."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import indexOf
from typing import TypeVar

from engine.catalog import LineId
from engine.pricing.request import RequestLine, stated

T = TypeVar("T")
ID = stated("id")
FEW = 20
"""So many lines are looked for one by one."""


class UnknownLineError(LookupError):
    """An edit changes or takes out a line that is not there."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What changed: lines in their new form (by id), lines taken out, lines put in at the end."""

    changed: tuple[RequestLine, ...] = ()
    removed: frozenset[LineId] = frozenset()
    added: tuple[RequestLine, ...] = ()

    @property
    def fresh(self) -> tuple[RequestLine, ...]:
        """The lines that have to be priced: those that stand where one did before, then those at the end."""
        return (*self.changed, *self.added)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the lines of an edit stood: those that changed, in the order of the edit; those taken out, ascending."""

    changed: tuple[int, ...]
    removed: tuple[int, ...] = ()

    def after(self, lines: int, added: int) -> list[int]:
        """Where the fresh lines stand among all, of which there were so many before."""
        moved = [place - bisect_left(self.removed, place) for place in self.changed]
        end = lines - len(self.removed)
        return [*moved, *range(end, end + added)]


def places_of(lines: Sequence[RequestLine], edit: Edit) -> Places:
    """Where the lines of an edit stand; raises ``UnknownLineError`` for one that is not there or is taken out."""
    changed = [line.id for line in edit.changed]
    found = _found(lines, (*changed, *edit.removed))
    missing = {each for each in changed if each in edit.removed or each not in found}
    missing |= edit.removed.difference(found)
    if missing:
        raise UnknownLineError(", ".join(sorted(missing)))
    return Places(tuple(found[each] for each in changed), tuple(sorted(found[each] for each in edit.removed)))


def _found(lines: Sequence[RequestLine], wanted: Sequence[LineId]) -> dict[LineId, int]:
    """The places of those lines that are there."""
    if len(wanted) > FEW:
        return {each: place for place, each in enumerate(map(ID, lines))}
    found: dict[LineId, int] = {}
    for each in wanted:
        with suppress(ValueError):
            found[each] = indexOf(map(ID, lines), each)
    return found


def spliced(items: Sequence[T], places: Places, fresh: Sequence[T]) -> tuple[T, ...]:
    """What stands in a quote after an edit, where ``fresh`` is what its fresh lines come to."""
    made = list(items)
    for place, item in zip(places.changed, fresh, strict=False):
        made[place] = item
    if len(places.removed) > FEW:
        gone = set(places.removed)
        made = [item for place, item in enumerate(made) if place not in gone]
    else:
        for place in reversed(places.removed):
            del made[place]
    made.extend(fresh[len(places.changed) :])
    return tuple(made)
