"""Telling completions apart: what to forbid of one so that the next is another, whichever of its like places hold what.

An exchange between like places says the same, and a group of many has thousands of them. So an atom stands for "the
group holds this", it follows from every arrangement of it, and one clause forbids that all groups hold what they held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from engine.configuration.answers import Apart, Choice
from engine.configuration.model import Value
from engine.configuration.solver.search import Host

ARRANGEMENTS_MAX = 1_000
"""So many exchanges of one group are forbidden; of more, some come back and are dropped by ``content_of``."""

Values: TypeAlias = Mapping[str, Value]
Content: TypeAlias = tuple[frozenset[tuple[tuple[Value, ...], int]], ...]
"""For each group what its places hold, and how many of them hold it."""


def content_of(values: Values, apart: Apart) -> Content:
    """What tells a completion apart from others."""
    return tuple(frozenset(Counter(_held(values, group)).items()) for group in apart)


class Blocker:
    """Writes the clauses against completions that were found."""

    def __init__(self, apart: Apart, said: Callable[[Choice], Iterable[int] | None]) -> None:
        """``said`` are the literals of the host that together say a choice; None for one that never can be."""
        self._apart, self._said = apart, said

    def clauses(self, values: Values, host: Host) -> Iterator[list[int]]:
        """Clauses that no completion with the same content keeps."""
        same: list[int] = []
        for group in self._apart:
            if len(group) == 1:
                same += self._arranged(group, _held(values, group)) or ()
                continue
            atom = host.fresh()
            same.append(atom)
            for held in islice(arrangements(_held(values, group)), ARRANGEMENTS_MAX):
                literals = self._arranged(group, held)
                if literals is not None:
                    yield [atom, *(-each for each in literals)]
        yield [-each for each in same]

    def _arranged(self, group: Sequence[Sequence[str]], held: Sequence[Sequence[Value]]) -> list[int] | None:
        """The literals that together say what the places hold; None where one of them never holds that."""
        found: list[int] = []
        for names, some in zip(group, held, strict=True):
            for name, value in zip(names, some, strict=True):
                literals = self._said(Choice(name, value))
                if literals is None:
                    return None
                found += literals
        return found


def arrangements(held: Sequence[tuple[Value, ...]]) -> Iterator[tuple[tuple[Value, ...], ...]]:
    """All different orders, as they are first."""
    if not held:
        yield ()
        return
    for first in dict.fromkeys(held):
        at = held.index(first)
        for rest in arrangements([*held[:at], *held[at + 1 :]]):
            yield (first, *rest)


def _held(values: Values, group: Sequence[Sequence[str]]) -> list[tuple[Value, ...]]:
    return [tuple(values[name] for name in names) for names in group]
