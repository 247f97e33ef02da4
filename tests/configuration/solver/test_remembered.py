"""Remembered solutions against plain lists, and domains found with them against every assignment, click after click."""

from __future__ import annotations

import random
from collections import OrderedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration.solver import remembered, witnesses
from engine.configuration.solver.bits import mask
from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.remembered import Remembered
from engine.configuration.solver.rotation import Rotator, touching
from engine.configuration.solver.search import Search
from engine.configuration.solver.witnesses import Possible, WitnessFinder
from tests.configuration.solver.test_reduced import assignments, facts, random_clauses

SEEDS = st.integers(0, 10**6)


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_what_fits_is_counted_and_what_helped_longest_ago_is_forgotten(seed: int) -> None:
    rnd = random.Random(seed)
    atoms, most = rnd.randint(1, 20), rnd.randint(1, 100)
    kept: OrderedDict[int, None] = OrderedDict()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "REMEMBERED_MAX", most)
        pool = Remembered(atoms)
        for _ in range(rnd.randint(0, 3 * most)):
            solution = rnd.getrandbits(atoms) << 1
            pool.keep(solution)
            kept[solution] = None
            kept.move_to_end(solution)
            if len(kept) > most:
                kept.popitem(last=False)
    assert len(pool) == len(kept)
    literals = [each * rnd.choice([1, -1]) for each in rnd.sample(range(1, atoms + 1), rnd.randint(0, min(atoms, 5)))]
    misfits = pool.misfits(literals)
    for lacking in range(len(literals) + 1):
        expected = [each for each in reversed(kept) if _lacks(each, literals) == lacking]
        assert pool.those(misfits == lacking) == expected


def test_solutions_say_nothing_about_atoms_they_do_not_have() -> None:
    pool = Remembered(3)
    pool.keep(0b1110)
    assert pool.those(pool.misfits([1]) == 0) == [0b1110]
    assert not pool.those(pool.misfits([1, 4]) < 2)


def _lacks(solution: int, literals: list[int]) -> int:
    return sum((solution >> abs(each) & 1) != (each > 0) for each in literals)


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_domains_click_after_click_are_those_of_every_assignment(seed: int) -> None:
    """Customers take turns, choose and take back; whatever is remembered, walked or asked, the answer is the same."""
    rnd = random.Random(seed)
    atoms = 9
    clauses = random_clauses(rnd, atoms, binary=0.8)
    every = assignments(clauses, atoms)
    if not every:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "REMEMBERED_MAX", rnd.choice([1, 3, 10, 1_024]))
        patch.setattr(witnesses, "ADAPTED_FROM", rnd.choice([0, 0, 10]))
        search = Search(Cnf(tuple(clauses), (-1,) * len(clauses), atoms))
        finder = WitnessFinder(search, atoms, Rotator(touching(clauses), atoms))
        sessions: list[list[int]] = [[], [], []]
        for _ in range(15):
            session = rnd.choice(sessions)
            if session and rnd.random() < 0.2:
                session.remove(rnd.choice(session))
            free = set(range(1, atoms + 1)) - set(map(abs, session))
            if free:
                session.append(rnd.choice(sorted(free)) * rnd.choice([1, -1]))
            fitting = [each for each in every if set(session) <= set(each)]
            wanted = Possible(rnd.getrandbits(atoms) << 1, rnd.getrandbits(atoms) << 1)
            found = finder.possible(session, wanted)
            if not fitting:
                assert found is None
                session.pop()
                continue
            true = facts(fitting)
            assert found == Possible(true.hold & wanted.hold, true.fail & wanted.fail)


def test_a_choice_that_known_solutions_nearly_fit_asks_the_solver_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten pairs of which one each: a walk brings every known solution to the new choice, and keeps what it shows."""
    monkeypatch.setattr(witnesses, "ADAPTED_FROM", 20)
    pairs = [clause for at in range(1, 21, 2) for clause in ((at, at + 1), (-at, -at - 1))]
    search = Search(Cnf(tuple(pairs), (-1,) * len(pairs), 20))
    finder = WitnessFinder(search, 20, Rotator(touching(pairs), 20))
    everything = Possible(mask(range(1, 21)), mask(range(1, 21)))
    assert finder.possible([], everything) == everything
    before = search.calls
    chosen = finder.possible([1, 4], everything)
    assert chosen == Possible(everything.hold & ~0b1100, everything.fail & ~0b10010)
    assert search.calls == before
