"""Analyse: smallest guilty rules and rules that never bind, against brute force; a study of a small model in full."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, Model, ModelBuilder, Term
from engine.configuration.analysing import study
from engine.configuration.answers import Blamed
from engine.configuration.configurator import configurator_for
from engine.configuration.solver.small import SmallConfigurator
from tests.configuration.solver.brute import agrees, choices_of, random_model, solutions

BUDGET = Budget()


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_blamed_rules_are_a_smallest_set_that_rules_the_value_out(seed: int) -> None:
    model = random_model(seed)
    rnd = random.Random(seed)
    shown = [each for each in model.variables if each.decision]
    variable = rnd.choice(shown)
    wanted = Choice(variable.name, rnd.choice(choices_of(variable)))
    found = configurator_for(model).blame(wanted)
    assert not hasattr(found, "operation")
    if any(agrees(each, [wanted]) for each in solutions(model)):
        assert found is None
        return
    assert isinstance(found, Blamed) and found.smallest
    names = {each.id: at for at, each in enumerate(model.rules)}
    guilty = {names[each.id] for each in found.rules}
    assert not any(agrees(each, [wanted]) for each in solutions(model, guilty.__contains__))
    for some in itertools.combinations(range(len(model.rules)), len(guilty) - 1) if guilty else ():
        assert any(agrees(each, [wanted]) for each in solutions(model, set(some).__contains__)), "smaller"


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_never_binding_rules_are_those_whose_loss_changes_nothing(seed: int) -> None:
    model = random_model(seed)
    everything = solutions(model)
    if not everything:
        return
    hard = {each.rule for group in (model.clauses, model.tables, model.cardinalities, model.sums) for each in group}
    found = configurator_for(model).implied()
    assert not found.unchecked
    names = {each.id: at for at, each in enumerate(model.rules)}
    by_brute_force = {
        at for at in hard if at >= 0 and len(solutions(model, lambda rule, at=at: rule != at)) == len(everything)
    }
    assert {names[each.rule.id] for each in found.rules} == by_brute_force
    for each in found.rules:
        by = {names[other.id] for other in each.by}
        with_it = by | {names[each.rule.id]}
        assert len(solutions(model, by.__contains__)) == len(solutions(model, with_it.__contains__))


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_both_implementations_of_the_port_analyse_alike(seed: int) -> None:
    model = random_model(seed, quantities=1, sums=2)
    first, second = configurator_for(model), SmallConfigurator(model)
    shown = [each for each in model.variables if each.decision]
    for each in shown[:2]:
        wanted = Choice(each.name, choices_of(each)[0])
        mine, other = first.blame(wanted), second.blame(wanted)
        assert (mine is None) == (other is None)
        if isinstance(mine, Blamed) and isinstance(other, Blamed):
            assert len(mine.rules) == len(other.rules)
    if first.satisfiable(()):
        assert [each.rule for each in first.implied().rules] == [each.rule for each in second.implied().rules]


def shop() -> Model:
    builder = ModelBuilder("shop")
    yes = [builder.is_(builder.boolean(name), True) for name in ("bike", "lamp", "hook", "bell")]
    bike, lamp, hook, bell = yes
    size = builder.enumeration("size", ["S", "M", "L"])
    builder.clause([bike], builder.rule("root"))
    builder.clause([-bike, lamp], builder.rule("lamp by law"))
    builder.clause([-hook, -lamp], builder.rule("no hook with a lamp"))
    builder.clause([-builder.is_(size, "L"), hook], builder.rule("L needs a hook"))
    builder.clause([lamp, bell], builder.rule("some signal"))
    builder.at_most([Term(1, bell), Term(1, lamp), Term(1, hook)], 3, builder.rule("three extras at most"))
    return builder.build()


def test_a_study_of_a_small_model() -> None:
    found = study(configurator_for(shop()), budget=BUDGET)
    assert found.satisfiable and not found.unfinished
    told = {(each.variable, each.value): [rule.id for rule in each.blamed.rules] for each in found.dead if each.blamed}
    assert told == {
        ("hook", True): ["root", "lamp by law", "no hook with a lamp"],
        ("size", "L"): ["root", "lamp by law", "no hook with a lamp", "L needs a hook"],
    }
    assert {each.variable for each in found.always} == {"bike", "lamp"}
    # "some signal" follows from the lamp; three literals never exceed 3
    assert {each.rule.id: [rule.id for rule in each.by] for each in found.implied.rules} == {
        "some signal": ["root", "lamp by law"],
        "three extras at most": [],
    }
    assert found.count == 4  # S or M, with or without a bell


def test_a_contradiction_names_the_smallest_guilty_set() -> None:
    builder = ModelBuilder("never")
    a, b = (builder.is_(builder.boolean(name), True) for name in "ab")
    for name, clause in (("a", [a]), ("a to b", [-a, b]), ("not b", [-b]), ("not a", [-a])):
        builder.clause(clause, builder.rule(name))
    found = study(configurator_for(builder.build()), budget=BUDGET)
    assert found.satisfiable is False and [each.id for each in found.contradiction] == ["a", "not a"]
    assert found.count == 0


def test_what_runs_out_of_budget_is_named() -> None:
    builder = ModelBuilder("pigeons")
    homes = [builder.enumeration(f"pigeon {at}", [f"hole {hole}" for hole in range(11)]) for at in range(11)]
    for hole in range(11):
        literals = [builder.is_(each, f"hole {hole}") for each in homes]
        builder.cardinality(literals, 0, 1, builder.rule(f"one in hole {hole}"))
    found = study(configurator_for(builder.build()), budget=Budget(conflicts=2_000, milliseconds=600_000))
    assert found.satisfiable and "count" in found.unfinished and found.count is None
    # eleven pigeons go to eleven holes in 11! ways
    assert found.at_least is not None and 1 < found.at_least < 39_916_800


def test_only_so_many_reasons_are_looked_for() -> None:
    found = study(configurator_for(shop()), budget=BUDGET, reasons=1)
    assert [each.blamed is None for each in found.dead] == [False, True]
    assert "reasons of dead values after the first 1" in found.unfinished
