"""Conflicts and corrections of soft groups: against brute force, and the shortcuts by what they spare a search."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget
from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.conflicts import SoftGroups, minimal_core
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search

PLENTY = Budget(conflicts=10**9, milliseconds=600_000)


def search_of(clauses: Sequence[tuple[int, ...]], top: int) -> Search:
    search = Search(Cnf(tuple(clauses), (-1,) * len(clauses), top))
    search.allowance = Allowance(PLENTY)
    return search


def fits(clauses: Sequence[tuple[int, ...]], top: int, said: Sequence[int]) -> bool:
    return any(
        all(held[abs(each) - 1] == (each > 0) for each in said)
        and all(any(held[abs(each) - 1] == (each > 0) for each in clause) for clause in clauses)
        for held in itertools.product([False, True], repeat=top)
    )


class Knot:
    """A few random clauses over eight atoms, groups of one or two literals, and perhaps a hard one."""

    def __init__(self, seed: int) -> None:
        rnd = random.Random(seed)
        self.top = 8

        def literals(count: int) -> tuple[int, ...]:
            return tuple(rnd.choice([1, -1]) * atom for atom in rnd.sample(range(1, self.top + 1), count))

        self.clauses = [literals(rnd.randint(2, 3)) for _ in range(rnd.randint(4, 16))]
        self.groups = [literals(rnd.choice([1, 1, 2])) for _ in range(rnd.randint(1, 7))]
        self.hard = list(literals(rnd.randint(0, 1)))
        fitting = [kept for kept in range(1 << len(self.groups)) if self.holds(kept)]
        self.fitting = set(fitting)
        self.largest = [kept for kept in fitting if not any(kept != each and kept & each == kept for each in fitting)]

    def holds(self, kept: int) -> bool:
        said = [each for at, group in enumerate(self.groups) if kept >> at & 1 for each in group]
        return fits(self.clauses, self.top, [*self.hard, *said])

    def soft(self) -> SoftGroups:
        return SoftGroups(search_of(self.clauses, self.top), self.groups, self.hard)


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_a_smallest_conflict_is_as_small_as_brute_force_finds(seed: int) -> None:
    knot = Knot(seed)
    soft = knot.soft()
    clash = soft.smallest_conflict()
    clashing = [kept for kept in range(soft.all + 1) if kept not in knot.fitting]
    if clash is None:
        assert not clashing
    else:
        assert clash in clashing and clash.bit_count() == min(map(int.bit_count, clashing))
        assert soft.clash == clash


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_smallest_corrections_are_those_that_brute_force_finds(seed: int) -> None:
    knot = Knot(seed)
    soft = knot.soft()
    found = soft.smallest_corrections(100)
    assert sorted(found) == sorted(soft.all & ~kept for kept in knot.largest)
    assert [each.bit_count() for each in found] == sorted(each.bit_count() for each in found)
    if knot.fitting:
        assert soft.correction is not None and soft.all - soft.correction in knot.fitting


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_what_fits_is_kept_as_far_as_it_goes(seed: int) -> None:
    """The larger what is kept, the smaller the correction that every later candidate has to meet."""
    knot = Knot(seed)
    for kept in sorted(knot.fitting):
        soft = knot.soft()
        assert soft.holds(kept)
        assert soft._grow(kept) in knot.largest


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_a_clash_is_made_minimal(seed: int) -> None:
    """None of its groups can be spared: what is known when the budget ends names nothing that is not to blame."""
    knot = Knot(seed)
    soft = knot.soft()
    if soft.holds(soft.all):
        return
    clash = soft._minimal(soft._core(soft.all))
    assert clash not in knot.fitting
    assert all(clash & ~(1 << at) in knot.fitting for at in range(len(knot.groups)) if clash >> at & 1)


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_out_of_budget_a_minimal_clash_is_known(seed: int) -> None:
    """Time is looked at when a smaller clash is sought, which is after the first was made minimal."""
    knot = Knot(seed)
    soft = knot.soft()
    soft._search.allowance = Allowance(Budget(conflicts=10**9, milliseconds=-1))
    if soft.all in knot.fitting:
        assert soft.smallest_conflict() is None
        return
    with pytest.raises(BudgetSpentError):
        soft.smallest_conflict()
    clash = soft.clash
    assert clash is not None and clash not in knot.fitting
    assert all(clash & ~(1 << at) in knot.fitting for at in range(len(knot.groups)) if clash >> at & 1)


class Blunt(Search):
    """A solver that blames everything it was told."""

    def core(self) -> list[int]:
        return list(self.said)

    def solve(self, assumptions: Sequence[int]) -> bool:
        self.said = list(assumptions)
        return super().solve(assumptions)


def blunt(clauses: Sequence[tuple[int, ...]], groups: Sequence[tuple[int, ...]]) -> SoftGroups:
    search = Blunt(Cnf(tuple(clauses), (-1,) * len(clauses), max(abs(each) for group in groups for each in group)))
    search.allowance = Allowance(PLENTY)
    return SoftGroups(search, groups)


def test_corrections_from_minimal_clashes_ask_once_for_each() -> None:
    """Three pairs that clash and ten groups that clash with nothing: three refusals, and one set that meets all.

    Of a refusal each of the sixteen groups is asked once whether it can be spared.
    """
    soft = blunt([(-1, -2), (-3, -4), (-5, -6)], [(atom,) for atom in range(1, 17)])
    assert len(soft.smallest_corrections(1)) == 1
    assert soft._search.calls <= 1 + 3 * (1 + 16) + 1


def test_a_smallest_conflict_does_not_try_all_smaller_sets() -> None:
    """Of four that clash among twenty there are 1 350 sets of three and fewer; each of the four alone is left out once.

    A correction costs one question whether its candidate fits and at most one for each group that may be kept.
    """
    soft = blunt([(-1, -2, -3, -4)], [(atom,) for atom in range(1, 21)])
    assert soft.smallest_conflict() == 0b1111
    assert soft._search.calls <= 1 + 20 + 5 * (1 + 20)


def test_what_the_solution_keeps_anyway_is_not_asked_for() -> None:
    """A solver says no where it can: the opposites of 20 features are kept at once, and b follows from a."""
    soft = SoftGroups(search_of([(-1, -2)], 20), [(-atom,) for atom in range(1, 21)])
    assert soft.holds(0) and soft._grow(0) == soft.all and soft._search.calls == 1
    soft = SoftGroups(search_of([(-1, 2)], 2), [(1,), (2,)])
    assert soft.holds(0) and soft._grow(0) == soft.all and soft._search.calls == 2


def test_a_minimal_core_of_none_and_of_hard_literals_alone() -> None:
    search = search_of([(-1, -2)], 4)
    assert minimal_core(search, [1], [3, 4]) is None
    assert minimal_core(search, [1], [3, 2, 4]) == [2]
    assert minimal_core(search, [1, 2], [3, 4]) == []
