"""The two configurators agree: python-constraint lists what the default engine proves."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, ModelBuilder, Objective, Term
from engine.configuration.analysing import study
from engine.configuration.configurator import Configurator, configurator_for
from engine.configuration.solver.listing import Literals, values_of
from engine.configuration.solver.small import SmallConfigurator
from tests.configuration.solver.brute import random_model, solutions
from tests.configuration.solver.test_engine import some_choices


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_both_implementations_of_the_port_agree(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=1, sums=2)
    engines: tuple[Configurator, ...] = (configurator_for(model), SmallConfigurator(model))
    chosen = some_choices(model, rnd)
    states = [each.configure(chosen) for each in engines]
    assert states[0] == states[1]
    assert len({each.satisfiable(chosen) for each in engines}) == 1
    reasons = [each.explain(chosen) for each in engines]
    assert [bool(each) for each in reasons] in ([True, True], [False, False])
    if reasons[0] and reasons[1]:
        assert len(reasons[0].choices) == len(reasons[1].choices)
    repairs = [each.repair(chosen, limit=1) for each in engines]
    assert [len(each[0].drop) if each else None for each in repairs][0] == (
        len(repairs[1][0].drop) if repairs[1] else None
    )
    terms = tuple(Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count)) for _ in range(4))
    totals = {each.complete(chosen, objective=Objective(terms)).total for each in engines}
    assert len(totals) == 1
    assert engines[1].count(()) == len(
        {tuple(each.values[v.name] for v in model.variables if v.decision) for each in solutions(model)}
    )
    studies = [study(each, budget=Budget()) for each in engines]
    for name in ("satisfiable", "count", "unfinished"):
        assert getattr(studies[0], name) == getattr(studies[1], name), name
    for name in ("dead", "always"):
        first, second = ([(each.variable, each.value) for each in getattr(one, name)] for one in studies)
        assert first == second, name


def test_a_model_too_large_to_list_is_refused() -> None:
    builder = ModelBuilder("large")
    for at in range(25):
        builder.boolean(f"b{at}")
    with pytest.raises(ValueError, match="33554432 combinations"):
        SmallConfigurator(builder.build())


def test_literals_read_solutions_by_name() -> None:
    builder = ModelBuilder("words")
    colour = builder.enumeration("colour", ["red", "blue"])
    fans = builder.quantity("fans", 1, 4)
    three = builder.at_least(fans, 3)
    model = builder.build()
    means = Literals(model)
    solution = {"colour": "blue", "fans": 3}
    assert means.holds(three, solution) and not means.holds(builder.is_(colour, "red"), solution)
    # 10 a fan for blue makes 30, and 5 once
    assert means.total([Term(10, builder.is_(colour, "blue"), fans), Term(5)], solution) == 35
    assert values_of(model.variables[fans]) == (1, 2, 3, 4)
