"""Sums spelt out as clauses against adding up."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration.products import ladders
from engine.configuration.products.ladders import spell

AXES = st.lists(st.lists(st.integers(-6, 12), min_size=1, max_size=4, unique=True).map(sorted), min_size=1, max_size=4)


def numbered(axes: Sequence[Sequence[int]]) -> tuple[list[tuple[list[int], list[int]]], int]:
    """Each axis with a literal for every number but its first, which is always reached."""
    literal = 1
    found = []
    for values in axes:
        found.append((list(values), [literal + at for at in range(len(values))]))
        literal += len(values)
    return found, literal


def unit_consistent(clauses: Sequence[tuple[int, ...]], held: dict[int, bool]) -> bool:
    """Propagation alone: steps only follow upwards, so the least truth of the joined steps decides."""
    truth = dict(held)
    changed = True
    while changed:
        changed = False
        for clause in clauses:
            open_literals = [each for each in clause if abs(each) not in truth]
            if any(truth.get(abs(each)) == (each > 0) for each in clause):
                continue
            if not open_literals:
                return False
            if len(open_literals) == 1:
                truth[abs(open_literals[0])] = open_literals[0] > 0
                changed = True
    return True


@given(AXES, st.integers(-10, 30))
@settings(max_examples=200, deadline=None)
def test_the_clauses_hold_exactly_when_the_sum_is_within_the_bound(axes: list[list[int]], bound: int) -> None:
    numbered_axes, top = numbered(axes)
    fresh = itertools.count(top)
    spelt = spell(numbered_axes, bound, lambda: next(fresh))
    assert spelt is not None and spelt.exact
    clauses = [*spelt.meaning, *spelt.limits]
    for chosen in itertools.product(*axes):
        held = {
            literal: number <= value
            for (numbers, literals), value in zip(numbered_axes, chosen, strict=True)
            for number, literal in zip(numbers, literals, strict=True)
        }
        assert unit_consistent(clauses, held) == (sum(chosen) <= bound)


@given(AXES.filter(lambda axes: len(axes) > 2), st.integers(20, 60), st.integers(2, 20))
@settings(max_examples=100, deadline=None)
def test_coarse_clauses_never_forbid_what_the_sum_allows(axes: list[list[int]], bound: int, most: int) -> None:
    numbered_axes, top = numbered([[each * 7 for each in axis] for axis in axes])
    fresh = itertools.count(top)
    before, ladders.JOINS_MAX = ladders.JOINS_MAX, most
    try:
        spelt = spell(numbered_axes, bound, lambda: next(fresh))
    finally:
        ladders.JOINS_MAX = before
    if spelt is None:
        return
    clauses = [*spelt.meaning, *spelt.limits]
    for chosen in itertools.product(*(numbers for numbers, _ in numbered_axes)):
        held = {
            literal: number <= value
            for (numbers, literals), value in zip(numbered_axes, chosen, strict=True)
            for number, literal in zip(numbers, literals, strict=True)
        }
        if sum(chosen) <= bound:
            assert unit_consistent(clauses, held)
        else:
            assert not spelt.exact or not unit_consistent(clauses, held)
