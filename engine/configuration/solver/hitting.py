"""Smallest hitting sets over small families, by branch and bound on bit sets."""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.solver.search import Allowance


def smallest_hitting_set(
    families: Sequence[int], excluded: Sequence[int], size: int, allowance: Allowance
) -> int | None:
    """The lexicographically first smallest set (as bits) that meets every family and contains no excluded set.

    ``size`` is the number of elements there are. None when there is no such set.
    """
    for limit in range(size + 1):
        found = _branch(families, excluded, 0, limit, allowance)
        if found is not None:
            return found
    return None


def _branch(
    families: Sequence[int], excluded: Sequence[int], chosen: int, limit: int, allowance: Allowance
) -> int | None:
    allowance.check()
    if any(each & chosen == each for each in excluded):
        return None
    missed = [each for each in families if not each & chosen]
    if not missed:
        return chosen
    if limit <= 0 or _disjoint(missed) > limit:
        return None
    rest = min(missed, key=int.bit_count)
    while rest:
        element = rest & -rest
        rest ^= element
        found = _branch(missed, excluded, chosen | element, limit - 1, allowance)
        if found is not None:
            return found
    return None


def _disjoint(families: Sequence[int]) -> int:
    """A lower bound: how many pairwise disjoint families a greedy pass finds."""
    used = count = 0
    for each in sorted(families, key=int.bit_count):
        if not each & used:
            used |= each
            count += 1
    return count
