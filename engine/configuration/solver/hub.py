"""A few questions that many others hang on: once they are answered, the rest falls into parts that do not touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log2, prod

from engine.configuration.solver.order import neighbours

CANDIDATES = 8
MOST = 4
COMBINATIONS_MAX = 200_000
"""Combinations of answers to the questions of a hub, before rules rule any out."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """The questions of the hub, and the parts that are left without it."""

    hub: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]


def wheel_of(sizes: Sequence[int], scopes: Iterable[Iterable[int]], together: Iterable[int]) -> Wheel:
    """The hub that leaves the smallest parts: a part of twice the bits counts four times, the hub twice.

    ``sizes`` say how many answers each question has, ``scopes`` which ones a rule ties together; the questions
    ``together`` are none for a hub.
    """
    apart = frozenset(together)
    near = neighbours(range(len(sizes)), scopes)
    offered = (each for each in near if sizes[each] > 1 and each not in apart)
    often = sorted(offered, key=lambda each: -len(near[each]))[:CANDIDATES]
    bits = [log2(size) for size in sizes]
    hubs = (hub for count in range(MOST + 1) for hub in combinations(sorted(often), count))
    wheels = (Wheel(hub, tuple(_parts(near, hub))) for hub in hubs if prod(sizes[at] for at in hub) <= COMBINATIONS_MAX)

    def weight(wheel: Wheel) -> float:
        parts = sum(sum(bits[at] for at in part) ** 2 for part in wheel.parts)
        return parts + 2 * sum(bits[at] for at in wheel.hub) ** 2

    return min(wheels, key=weight)


def _parts(near: Mapping[int, set[int]], hub: Sequence[int]) -> Iterator[tuple[int, ...]]:
    seen = set(hub)
    for start in near:
        if start in seen:
            continue
        part = {start}
        waiting = [start]
        while waiting:
            new = near[waiting.pop()] - part - seen
            part |= new
            waiting += new
        seen |= part
        yield tuple(sorted(part))
