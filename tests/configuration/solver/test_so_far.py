"""Out of budget: whatever an operation says that it had proven by then is true, on random models by brute force."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.configuration import (
    Budget,
    Choice,
    Clash,
    CompletionStatus,
    Model,
    ModelBuilder,
    Objective,
    Offer,
    OutOfBudget,
    Rule,
    Term,
)
from engine.configuration.analysing import study
from engine.configuration.solver.counting import count_by_search
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.workbench import Foundation, Workbench
from tests.configuration.solver.brute import Solution, agrees, random_model, solutions, total
from tests.configuration.solver.impatience import Countdown, make_impatient
from tests.configuration.solver.test_engine import pigeonhole, some_choices

PATIENT = 600_000
CASES = st.tuples(st.integers(0, 10**6), st.integers(0, 60))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    make_impatient(monkeypatch)


random_case = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def asked(seed: int, *, most: int = 4) -> tuple[Model, list[Choice], list[Choice], list[Solution]]:
    """A model, choices, something wanted, and all solutions."""
    rnd = random.Random(seed)
    model = random_model(seed)
    return model, some_choices(model, rnd, most), some_choices(model, rnd, 1), solutions(model)


def any_agrees(everything: list[Solution], choices: list[Choice]) -> bool:
    return any(agrees(each, choices) for each in everything)


def under(model: Model, rules: tuple[Rule, ...]) -> list[Solution]:
    """The solutions when only these rules count."""
    numbers = {at for at, each in enumerate(model.rules) if each in rules}
    return solutions(model, numbers.__contains__)


@given(CASES)
@random_case
def test_a_clash_so_far_is_one(impatient: None, case: tuple[int, int]) -> None:
    model, chosen, wanted, everything = asked(case[0])
    Countdown.looks = case[1]
    found = SatConfigurator(model).explain(chosen, wanted=wanted)
    if found is None:
        assert any_agrees(everything, [*chosen, *wanted])
    known = found.known if isinstance(found, OutOfBudget) else None
    if known is None:
        return
    assert set(known.choices) <= set(chosen)
    assert not any_agrees(everything, [*known.choices, *wanted])
    if known.smallest:
        for size in range(len(known.choices)):
            assert all(any_agrees(everything, [*some, *wanted]) for some in combinations(chosen, size))
    if known.rules is not None:
        assert not any_agrees(under(model, known.rules), [*known.choices, *wanted])


@given(CASES)
@random_case
def test_repairs_so_far_work(impatient: None, case: tuple[int, int]) -> None:
    model, chosen, wanted, everything = asked(case[0])
    rnd = random.Random(case[0])
    prices = [Term(rnd.randint(0, 9), rnd.randint(1, model.atom_count)) for _ in range(3)] if case[0] % 2 else []
    Countdown.looks = case[1]
    found = SatConfigurator(model).repair(chosen, wanted=wanted, prices=Offer(tuple(prices)))
    known = found.known if isinstance(found, OutOfBudget) else None
    if known is None:
        return
    assert known.repairs
    for each in known.repairs:
        kept = [one for one in chosen if one not in each.drop]
        left = [one for one in everything if agrees(one, [*kept, *wanted])]
        assert left
        if each.proven and prices:
            assert each.total == min(total(model, one, prices) for one in left)
        if prices and each.total is not None:
            assert each.total >= min(total(model, one, prices) for one in left)
    if known.smallest:
        least = len(known.repairs[0].drop)
        assert not any(
            any_agrees(everything, [*kept, *wanted])
            for size in range(least)
            for kept in combinations(chosen, len(set(chosen)) - size)
        )


@given(CASES)
@random_case
def test_a_count_so_far_is_a_lower_bound(impatient: None, case: tuple[int, int]) -> None:
    model, chosen, _, everything = asked(case[0], most=1)
    shown = [each.name for each in model.variables if each.decision]
    true = len({tuple(each.values[name] for name in shown) for each in everything if agrees(each, chosen)})
    Countdown.looks = case[1]
    found = SatConfigurator(model).count(chosen)
    if not isinstance(found, OutOfBudget):
        assert found == true
    elif found.known is not None:
        assert 1 <= found.known.count <= true


@given(CASES)
@random_case
def test_violations_so_far_are_violations(impatient: None, case: tuple[int, int]) -> None:
    model, chosen, _, _ = asked(case[0])
    Countdown.looks = case[1]
    found = SatConfigurator(model).validate(chosen)
    known = (found.known or ()) if isinstance(found, OutOfBudget) else found
    for each in known:
        assert not any_agrees(under(model, each.rules), list(each.choices))


@given(CASES)
@random_case
def test_a_study_so_far_says_nothing_false(impatient: None, case: tuple[int, int]) -> None:
    model, _, _, everything = asked(case[0])
    Countdown.looks = case[1]
    found = study(SatConfigurator(model), budget=Budget())
    assert found.satisfiable in (None, bool(everything))
    if found.satisfiable is False:
        assert found.contradiction == () or not under(model, found.contradiction)
        return
    for each in (*found.dead, *found.always):
        assert all(one.values[each.variable] != each.value for one in everything)
        if each.blamed is not None:
            left = under(model, each.blamed.rules)
            assert all(one.values[each.variable] != each.value for one in left)
    if found.satisfiable and not found.unfinished:
        assert found.count is not None and found.at_least is None
    if found.at_least is not None:
        assert "count" in found.unfinished and found.count is None


@given(CASES)
@random_case
def test_a_completion_so_far_is_valid_and_its_bound_holds(impatient: None, case: tuple[int, int]) -> None:
    model, chosen, _, everything = asked(case[0], most=2)
    rnd = random.Random(case[0])
    quantities = [at for at, _ in model.quantities()]
    terms = [
        Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count), rnd.choice([None, *quantities])) for _ in range(4)
    ]
    Countdown.looks = case[1]
    found = SatConfigurator(model).complete(chosen, objective=Objective(tuple(terms)))
    totals = [total(model, each, terms) for each in everything if agrees(each, chosen)]
    if found.status is CompletionStatus.INFEASIBLE:
        assert not totals
    if found.total is not None:
        assert found.total in totals and (not found.proven or found.total == min(totals))
    if found.bound is not None and totals:
        assert found.bound <= min(totals)


def hard_homes(pigeons: int, holes: int) -> Model:
    """Pigeons with a switch each for looking for a home; a clash of all switches takes a long proof."""
    builder = ModelBuilder("homes")
    rules = [builder.rule(f"one in {hole}") for hole in range(holes)]
    rows = []
    for pigeon in range(pigeons):
        switch = builder.is_(builder.boolean(f"wants {pigeon}"), True)
        row = [builder.is_(builder.boolean(f"{pigeon} in {hole}"), True) for hole in range(holes)]
        builder.clause([-switch, *row], builder.rule(f"home of {pigeon}"))
        rows.append(row)
    for hole in range(holes):
        builder.cardinality([row[hole] for row in rows], 0, 1, rules[hole])
    return builder.build()


def test_each_budget_of_conflicts_says_as_much_as_it_is_good_for() -> None:
    """Eight pigeons, seven holes and one choice that clashes at once: more conflicts, more is known."""
    model = hard_homes(8, 7)
    wants = [Choice(f"wants {at}", True) for at in range(8)]
    engine = SatConfigurator(model)
    early = engine.explain(wants, budget=Budget(60, PATIENT))
    assert isinstance(early, OutOfBudget) and early.known is None
    kinds = set()
    for conflicts in (1_000, 2_000, 4_000, 8_000, 16_000, 32_000):
        found = SatConfigurator(model).explain(wants, budget=Budget(conflicts, PATIENT))
        if isinstance(found, OutOfBudget) and found.known is not None:
            assert isinstance(found.known, Clash) and set(found.known.choices) == set(wants)
            kinds.add((found.known.smallest, found.known.rules is not None))
    assert kinds, "somewhere between nothing and everything a clash is known"
    repairs = engine.repair(wants, budget=Budget(60, PATIENT))
    assert isinstance(repairs, OutOfBudget) and repairs.known is not None
    assert not repairs.known.smallest and 1 <= len(repairs.known.repairs[0].drop) <= 8


def test_a_hard_count_says_how_many_there_are_at_least() -> None:
    builder = ModelBuilder("pigeons")
    homes = [builder.enumeration(f"pigeon {at}", [f"hole {hole}" for hole in range(11)]) for at in range(11)]
    for hole in range(11):
        literals = [builder.is_(each, f"hole {hole}") for each in homes]
        builder.cardinality(literals, 0, 1, builder.rule(f"one in hole {hole}"))
    model = builder.build()
    few = SatConfigurator(model).count((), budget=Budget(500, PATIENT))
    more = SatConfigurator(model).count((), budget=Budget(5_000, PATIENT))
    assert isinstance(few, OutOfBudget) and isinstance(more, OutOfBudget)
    assert few.known is not None and more.known is not None
    # eleven pigeons go to eleven holes in 11! ways
    assert 1 <= few.known.count <= more.known.count <= 39_916_800
    assert more.known.count > 100


def test_nothing_is_said_to_be_known_of_what_nobody_found_out() -> None:
    model = pigeonhole(16)
    found = SatConfigurator(model).count((), budget=Budget(64, PATIENT))
    assert isinstance(found, OutOfBudget) and found.known is None
    told = study(SatConfigurator(model), budget=Budget(500, PATIENT))
    assert told.satisfiable is None and told.unfinished == ("domains",)


def test_rules_that_tie_everything_together_are_given_up_before_the_first_branch(impatient: None) -> None:
    """Each step of an elimination ties more together: it may take the whole budget, which still is not overrun."""
    rnd = random.Random(1)
    builder = ModelBuilder("dense")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(120)]
    for at in range(120):
        builder.clause(rnd.sample(atoms, 12), builder.rule(f"r{at}"))
    Countdown.looks = 40
    found = SatConfigurator(builder.build()).count()
    assert isinstance(found, OutOfBudget) and found.known is not None and found.known.count >= 1
    assert Countdown.looks >= -3, "nothing was asked of the budget that was over"


def test_quantities_are_counted_without_a_literal_for_every_value() -> None:
    builder = ModelBuilder("fans")
    fans, bags = builder.quantity("fans", 0, 10_000), builder.quantity("bags", -5_000, 5_000)
    builder.at_most([Term(1, 0, fans)], 3, builder.rule("few fans"))
    builder.at_most([Term(1, 0, bags), Term(1, 0, fans)], -4_998, builder.rule("few bags"))
    bench = Workbench(Foundation(builder.build()))
    # fans 0: bags -5000 to -4998; 1: -5000, -4999; 2: -5000; 3: none
    assert count_by_search(bench.search, bench.branches(), []) == 3 + 2 + 1
    assert bench.search.grown < 200
