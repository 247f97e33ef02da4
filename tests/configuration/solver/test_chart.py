"""Charts against brute force and against search, and what they leave to it."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, ModelBuilder, State, Term
from engine.configuration.solver import chart, gauging, spoke
from engine.configuration.solver.hub import wheel_of
from engine.configuration.solver.wide import WideConfigurator
from tests.configuration.solver.brute import agrees, choices_of, solutions
from tests.configuration.solver.test_wide import assert_state, gated_model

SEEDS = st.integers(0, 10**6)


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_charted_domains_equal_brute_force_click_by_click(seed: int) -> None:
    rnd = random.Random(seed)
    model = gated_model(seed)
    engine = WideConfigurator(model)
    everything = solutions(model)
    engine.chart()
    chosen: list[Choice] = []
    for _ in range(5):
        state = engine.configure(chosen)
        assert isinstance(state, State)
        assert_state(model, state, [each for each in everything if agrees(each, chosen)])
        variable = rnd.choice([each for each in model.variables if each.decision])
        chosen = [each for each in chosen if each.variable != variable.name]
        chosen.append(Choice(variable.name, rnd.choice(choices_of(variable))))


def test_most_models_of_the_twin_are_charted() -> None:
    models = [gated_model(seed) for seed in range(60)]
    valid = [each for each in models if solutions(each)]
    charted = [each for each in valid if WideConfigurator(each).chart()]
    assert len(charted) > len(valid) * 2 // 3, (len(charted), len(valid))


def test_what_would_be_too_large_is_left_to_search(monkeypatch: pytest.MonkeyPatch) -> None:
    model = gated_model(2)
    valid = solutions(model)
    assert valid
    assert WideConfigurator(model).chart()
    limits = [(chart, each) for each in ("POSITIONS_MAX", "STEPS_MAX", "QUESTIONS_MAX")]
    for place, limit in (*limits, (spoke, "BUILT_MAX"), (gauging, "BYTES_MAX")):
        with monkeypatch.context() as patched:
            patched.setattr(place, limit, 0)
            engine = WideConfigurator(model)
            assert not engine.chart()
            state = engine.configure(())
            assert isinstance(state, State)
            assert_state(model, state, valid)


def test_a_sum_over_hundreds_of_questions_takes_little_memory_before_it_is_left_to_search() -> None:
    """Sums of the 250 questions come to every number up to 60 000: so many kinds of answers has a layer."""
    rnd = random.Random(1)
    builder = ModelBuilder("wide")
    terms = [Term(rnd.randint(1, 1_000), builder.variable(builder.boolean(f"b{at}")).first) for at in range(250)]
    builder.at_most(terms, 60_000, builder.rule("weight"))
    engine = WideConfigurator(builder.build())
    tracemalloc.start()
    try:
        assert not engine.chart()
        assert tracemalloc.get_traced_memory()[1] < 250_000_000
    finally:
        tracemalloc.stop()


def test_little_memory_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = gated_model(2)
    monkeypatch.setattr(chart, "ANSWERS_MAX", 1)
    monkeypatch.setattr(chart, "REACHES_MAX", 1)
    engine = WideConfigurator(model)
    assert engine.chart()
    everything = solutions(model)
    for variable in model.variables:
        for choice in choices_of(variable) if variable.decision else ():
            chosen = [Choice(variable.name, choice)]
            state = engine.configure(chosen)
            assert isinstance(state, State)
            assert_state(model, state, [each for each in everything if agrees(each, chosen)])


def test_a_rule_that_says_what_can_never_be_is_left_to_search() -> None:
    """No question decides the gate, which holds when the truth fails, and a rule says that it holds."""
    builder = ModelBuilder("never")
    builder.boolean("b")
    gate = builder.variable(builder.boolean("g", decision=False)).first
    builder.clause([-gate, -builder.truth()])
    builder.clause([gate, builder.truth()])
    builder.clause([gate], builder.rule("never"))
    engine = WideConfigurator(builder.build())
    engine.chart()
    state = engine.configure([])
    assert isinstance(state, State) and not state.consistent


def test_the_hub_is_what_many_hang_on() -> None:
    scopes = [(0, at) for at in range(1, 6)] + [(1, 2), (6, 7)]
    wheel = wheel_of([4] * 9, scopes, ())
    assert wheel.hub == (0,)
    assert sorted(wheel.parts) == [(1, 2), (3,), (4,), (5,), (6, 7), (8,)]
    assert 0 not in wheel_of([4] * 9, scopes, (0,)).hub
