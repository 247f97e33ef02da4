"""Charts against brute force and against search, and what they leave to it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, State
from engine.configuration.solver import chart
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
    for limit in ("POSITIONS_MAX", "STEPS_MAX"):
        with monkeypatch.context() as patched:
            patched.setattr(chart, limit, 0)
            engine = WideConfigurator(model)
            assert not engine.chart()
            state = engine.configure(())
            assert isinstance(state, State)
            assert_state(model, state, valid)


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


def test_the_hub_is_what_many_hang_on() -> None:
    scopes = [(0, at) for at in range(1, 6)] + [(1, 2), (6, 7)]
    wheel = wheel_of([4] * 9, scopes, ())
    assert wheel.hub == (0,)
    assert sorted(wheel.parts) == [(1, 2), (3,), (4,), (5,), (6, 7), (8,)]
    assert 0 not in wheel_of([4] * 9, scopes, (0,)).hub
