"""Fewer clauses, same answers: reduction and rotation against every assignment of small random clause sets."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, CompletionStatus, ModelBuilder, Objective, State, Term
from engine.configuration.configurator import configurator_for
from engine.configuration.solver.bits import mask
from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.reduced import reduce
from engine.configuration.solver.rotation import Rotator, touching
from engine.configuration.solver.witnesses import Possible
from tests.configuration.solver.brute import agrees, random_model, solutions, total
from tests.configuration.solver.test_engine import assert_domains, some_choices

SEEDS = st.integers(0, 10**6)
Clauses = list[tuple[int, ...]]


def random_clauses(rnd: random.Random, atoms: int, *, binary: float = 0.6) -> Clauses:
    found = []
    for _ in range(rnd.randint(0, 3 * atoms)):
        size = 2 if rnd.random() < binary else rnd.randint(1, 4)
        some = rnd.sample(range(1, atoms + 1), min(size, atoms))
        found.append(tuple(each * rnd.choice([1, -1]) for each in some))
    return found


def assignments(clauses: Clauses, atoms: int) -> list[tuple[int, ...]]:
    """Every solution, as signed atoms."""
    signs = itertools.product((1, -1), repeat=atoms)
    every = (tuple(sign * at for at, sign in enumerate(each, 1)) for each in signs)
    return [each for each in every if all(not set(clause).isdisjoint(each) for clause in clauses)]


def facts(found: list[tuple[int, ...]]) -> Possible:
    held = {each for solution in found for each in solution}
    return Possible(sum(1 << each for each in held if each > 0), sum(1 << -each for each in held if each < 0))


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_the_reduced_clauses_have_the_same_solutions(seed: int) -> None:
    rnd = random.Random(seed)
    atoms, shown = 7, rnd.randint(3, 7)
    clauses = random_clauses(rnd, atoms)
    every = assignments(clauses, atoms)
    if not every:
        return
    always = [each for each in every[0] if all(each in other for other in every)]
    wanted = Possible(rnd.getrandbits(shown) << 1, rnd.getrandbits(shown) << 1)
    cnf = Cnf(tuple(clauses), (-1,) * len(clauses), atoms)
    small = reduce(cnf, shown, rnd.sample(always, rnd.randint(0, len(always))), wanted)
    assert small.cnf.top <= atoms + 1
    inner = assignments(list(small.cnf.clauses), small.cnf.top)
    said = {tuple(int(small.literals([at])[0] in each) for at in range(1, shown + 1)) for each in inner}
    assert said == {tuple(int(each[at - 1] > 0) for at in range(1, shown + 1)) for each in every}
    # What holds somewhere is the same, whichever way it is asked, and opposites of opposites are themselves.
    outer = small.translator.outward(facts(inner))
    decided = (1 << (shown + 1)) - 2
    assert (outer.hold, outer.fail) == (facts(every).hold & decided, facts(every).fail & decided)
    assert small.literals([-at for at in range(1, shown + 1)]) == [
        -small.literals([at])[0] for at in range(1, shown + 1)
    ]


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_what_is_possible_survives_the_way_in_and_out(seed: int) -> None:
    """From facts about original atoms to reduced ones and back, nothing wanted is lost and nothing is invented."""
    rnd = random.Random(seed)
    atoms = 7
    clauses = random_clauses(rnd, atoms)
    every = assignments(clauses, atoms)
    if not every:
        return
    wanted = Possible(rnd.getrandbits(atoms) << 1, rnd.getrandbits(atoms) << 1)
    small = reduce(Cnf(tuple(clauses), (-1,) * len(clauses), atoms), atoms, (), wanted)
    true = facts(rnd.sample(every, rnd.randint(1, len(every))))
    asked = Possible(true.hold & wanted.hold, true.fail & wanted.fail)
    back = small.translator.outward(small.translator.inward(asked))
    assert (back.hold & wanted.hold, back.fail & wanted.fail) == (asked.hold, asked.fail)


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_walk_arrives_at_a_solution_or_moves_nothing(seed: int) -> None:
    rnd = random.Random(seed)
    atoms = 8
    clauses = random_clauses(rnd, atoms)
    every = assignments(clauses, atoms)
    if not every:
        return
    here = set(rnd.choice(every))
    fixed = set(rnd.sample(sorted(here), rnd.randint(0, 2)))
    rotator = Rotator(touching(clauses), atoms)
    rotator.stand(mask(each for each in rnd.choice(every) if each > 0), ())
    rotator.stand(mask(each for each in here if each > 0), fixed)
    for literal in rnd.sample([*range(1, atoms + 1), *range(-atoms, 0)], 6):
        if literal in here:
            continue
        flipped = rotator.reach(literal)
        assert not flipped or literal in flipped
        here = {each for each in here if -each not in flipped} | flipped
        assert tuple(sorted(here, key=abs)) in every and fixed <= here
        assert rotator.solution == mask(each for each in here if each > 0)


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_clicks_without_sums_equal_brute_force_in_any_order(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=0, sums=0)
    engine = configurator_for(model)
    everything = solutions(model)
    choices = some_choices(model, rnd, most=4)
    previous = None
    for at in range(len(choices) + 1):
        state = engine.configure(choices[:at], previous=previous)
        assert isinstance(state, State)
        assert_domains(model, state, [each for each in everything if agrees(each, choices[:at])])
        previous = state
    turned = configurator_for(model).configure(rnd.sample(choices, len(choices)))
    assert turned == previous


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_completions_over_the_reduced_clauses_cost_the_least_of_all(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=0, sums=0)
    engine = configurator_for(model)
    engine.configure(())
    chosen = some_choices(model, rnd, most=2)
    atoms = [rnd.choice([1, -1]) * rnd.randint(1, model.atom_count) for _ in range(6)]
    terms = [Term(rnd.randint(-9, 9), each) for each in (0, *atoms)]
    found = engine.complete(chosen, objective=Objective(tuple(terms)))
    left = [each for each in solutions(model) if agrees(each, chosen)]
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    assert found.proven and found.total == min(total(model, each, terms) for each in left)
    shown = dict(found.values)
    same = [each for each in left if all(each.values[name] == value for name, value in shown.items())]
    assert [total(model, each, terms) for each in same] == [found.total]


def test_a_chain_of_mandatory_parts_is_one_question() -> None:
    builder = ModelBuilder("chain")
    atoms = [builder.is_(builder.boolean(f"part {at}"), True) for at in range(50)]
    for first, second in itertools.pairwise(atoms):
        builder.clause((-first, second))
        builder.clause((first, -second))
    model = builder.build()
    cnf = Cnf(tuple(each.literals for each in model.clauses), (-1,) * len(model.clauses), 50)
    every = (1 << 51) - 2
    small = reduce(cnf, 50, (), Possible(every, every))
    assert small.cnf.top == 2 and len(small.cnf.clauses) == 1, "the part and what always holds"
    state = configurator_for(model).configure([Choice("part 7", False)])
    assert isinstance(state, State) and all(each.possible == (False,) for each in state.domains())
