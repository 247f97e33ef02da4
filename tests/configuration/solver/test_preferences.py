"""Soft wishes against brute force: the least total first, and of those the least weight missed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import CompletionStatus, Kind, Model, ModelBuilder, Objective, Term
from engine.configuration.model import Preference
from engine.configuration.solver.build import CompileBudget, available, compile_model
from engine.configuration.solver.engine import SatConfigurator
from tests.configuration.solver.brute import Solution, agrees, random_model, solutions, total
from tests.configuration.solver.test_engine import some_choices
from tests.conformance.shared_data import missing


def wishing(seed: int, *, quantities: int, sums: int) -> tuple[Model, list[Term]]:
    """A random model with wishes and prices that often leave a tie."""
    rnd = random.Random(seed)
    model = random_model(seed, quantities=quantities, sums=sums)
    atoms = [
        each.first + at
        for each in model.variables
        if each.kind is not Kind.QUANTITY and each.decision
        for at in range(1 if each.kind is Kind.BOOLEAN else len(each.values))
    ]
    wishes = tuple(
        Preference(rnd.choice(atoms) * rnd.choice([1, -1]), rnd.randint(1, 5)) for _ in range(rnd.randint(1, 4))
    )
    prices = [Term(rnd.randint(-2, 2), rnd.choice(atoms) * rnd.choice([1, -1])) for _ in range(rnd.randint(0, 3))]
    if quantities and (counted := [at for at, _ in model.quantities()]):
        prices.append(Term(rnd.choice([-1, 1, 2]), 0, rnd.choice(counted)))
    return replace(model, preferences=wishes), prices


def missed(model: Model, solution: Solution) -> int:
    return sum(each.weight for each in model.preferences if not solution.holds(each.literal))


def assert_best(model: Model, prices: list[Term], engine: SatConfigurator, seed: int) -> None:
    chosen = some_choices(model, random.Random(seed))
    left = [each for each in solutions(model) if agrees(each, chosen)]
    found = engine.complete(chosen, objective=Objective(tuple(prices)))
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    least = min((total(model, each, prices), missed(model, each)) for each in left)
    values = dict(found.values)
    mine = [each for each in left if all(each.values[name] == value for name, value in values.items())]
    assert found.proven and found.total == least[0]
    assert least in {(total(model, each, prices), missed(model, each)) for each in mine}


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_the_least_weight_is_missed_among_the_cheapest(seed: int) -> None:
    model, prices = wishing(seed, quantities=2, sums=2)
    assert_best(model, prices, SatConfigurator(model), seed)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_diagram_keeps_the_same_wishes(seed: int) -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    model, prices = wishing(seed, quantities=0, sums=0)
    diagram = compile_model(model, CompileBudget()).diagram
    assert_best(model, prices, SatConfigurator(model, diagram=diagram), seed)


@pytest.mark.parametrize("weights", [(1, 1, 1), (3, 1, 1), (1, 1, 5)])
def test_one_heavy_wish_or_two_light_ones(weights: tuple[int, int, int]) -> None:
    """Three wishes of one question: only one can be had, and it is the heaviest."""
    builder = ModelBuilder("one of three")
    colour = builder.enumeration("colour", ["red", "green", "blue"])
    for value, weight in zip(("red", "green", "blue"), weights, strict=True):
        builder.prefer(builder.is_(colour, value), weight)
    found = dict(SatConfigurator(builder.build()).complete([], objective=Objective(())).values)
    assert weights[("red", "green", "blue").index(str(found["colour"]))] == max(weights)


def test_what_is_wished_with_a_weight_below_zero_is_wished_away() -> None:
    builder = ModelBuilder("lamp")
    lamp = builder.variable(builder.boolean("lamp")).first
    dear = builder.variable(builder.boolean("dear")).first
    builder.prefer(lamp, -2)
    builder.prefer(lamp, 0)
    found = SatConfigurator(builder.build()).complete((), objective=Objective((Term(5, dear),)))
    assert found.total == 0 and dict(found.values) == {"lamp": False, "dear": False}
