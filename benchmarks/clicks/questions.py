"""Recording: what else customers ask about a model, taken from their sessions; prices are made up from names."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.clicks.sessions import PATIENT, Session
from engine.configuration import Choice, Model, Objective, State
from engine.configuration.checking import price_terms
from engine.configuration.configurator import Configurator
from engine.configuration.solver.facts import Vocabulary

BLOCKED = 4
"""Values asked for of each session that its choices rule out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A value that the choices made rule out, though nothing else does."""

    choices: Session
    wanted: Choice


@dataclass(frozen=True, slots=True)
class Questions:
    """Every operation's questions: choices to complete, choices and a wish, choices to complete at the least price."""

    partial: tuple[Session, ...]
    wishes: tuple[Wish, ...]
    priced: tuple[Session, ...]
    objective: Objective


def questions_of(engine: Configurator, sessions: Sequence[Session], *, priced: int) -> Questions:
    """The questions of recorded sessions; seeded, so that all engines get the same."""
    partial = tuple(each[:at] for each in sessions for at in range(1, len(each) + 1))
    completions = tuple(each[:at] for each in sessions for at in (2, 6))[:priced]
    return Questions(partial, tuple(_wishes(engine, sessions)), completions, Objective(price_terms(engine.model)))


def _wishes(engine: Configurator, sessions: Sequence[Session]) -> list[Wish]:
    rnd = random.Random(5)
    root = engine.configure((), budget=PATIENT)
    assert isinstance(root, State)
    before = {each.variable: set(each.possible) for each in root.domains()}
    found: list[Wish] = []
    for session in sessions:
        state = engine.configure(session, budget=PATIENT)
        assert isinstance(state, State)
        mine = {each.variable for each in session}
        gone = [
            Choice(domain.variable, value)
            for domain in state.domains()
            if domain.variable not in mine
            for value in domain.impossible
            if value in before[domain.variable]
        ]
        found += [Wish(session, each) for each in rnd.sample(gone, min(BLOCKED, len(gone)))]
    return found


def as_literals(model: Model, asked: Questions) -> dict[str, object]:
    """The questions as literals, for peers."""
    vocabulary = Vocabulary(model)

    def literals(choices: Sequence[Choice]) -> list[int]:
        return [vocabulary.literal(model.variables[model.index[each.variable]], each.value) for each in choices]

    return {
        "partial": [literals(each) for each in asked.partial],
        "wishes": [(literals(each.choices), literals([each.wanted])) for each in asked.wishes],
        "priced": [literals(each) for each in asked.priced],
        "prices": [(each.literal, each.coefficient) for each in asked.objective.terms],
    }
