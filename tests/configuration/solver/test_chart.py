"""Charts against brute force and against search, and what they leave to it."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, State
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
