"""Descents against every solution: what they come to is one, no worse than their start, and often the best."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import ModelBuilder, Term
from engine.configuration.answers import Budget, CompletionStatus, Objective
from engine.configuration.model import Model
from engine.configuration.products import Aim
from engine.configuration.solver import completing, program
from engine.configuration.solver.completing import values_of
from engine.configuration.solver.descent import Descent, total_of
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.search import Allowance, Search
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.workbench import Foundation
from tests.configuration.products.test_charts import shipped
from tests.configuration.solver.brute import random_model, solutions, total

SEEDS = st.integers(0, 10**6)


def started(model: Model, terms: tuple[Term, ...]) -> tuple[Descent, Search, bool]:
    theory = SumTheory(model)
    search = Search(Foundation(model).cnf, theory=theory)
    descent = Descent(model, search, theory, terms)
    return descent, search, descent.start([])


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_a_descent_comes_to_a_valid_solution_and_says_what_it_costs(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    quantities = [None, *(at for at, _ in model.quantities())]
    terms = tuple(Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count), rnd.choice(quantities)) for _ in range(4))
    named = {each.name for each in model.variables if each.decision}
    everything = {
        tuple(sorted((k, v) for k, v in each.values.items() if k in named)): each for each in solutions(model)
    }
    descent, search, fits = started(model, terms)
    assert fits == bool(everything)
    if not fits:
        return
    first = total_of(terms, search.model(), descent.now.quantities)
    found = descent.run()
    values = tuple(sorted(values_of(model, found.solution, found.quantities)))
    assert found.total == total(model, everything[values], list(terms)) <= first


def shop() -> tuple[Model, tuple[Term, ...]]:
    """Two kinds of up to nine, of which eleven fit in all; the first earns 5 a piece, the second 3, a lamp costs 4."""
    builder = ModelBuilder("shop")
    dear, cheap = builder.quantity("dear", 0, 9), builder.quantity("cheap", 0, 9)
    lamp = builder.is_(builder.boolean("lamp"), True)
    builder.at_most([Term(1, 0, dear), Term(1, 0, cheap)], 11, builder.rule("room"))
    return builder.build(), (Term(-5, 0, dear), Term(-3, 0, cheap), Term(4, lamp))


def test_what_saves_most_is_taken_as_far_as_it_fits() -> None:
    descent, _, _ = started(*shop())
    found = descent.run()
    assert sorted(found.quantities.values()) == [2, 9]
    assert found.total == -(9 * 5 + 2 * 3)


def test_a_descent_that_is_stopped_keeps_what_it_has() -> None:
    model, terms = shop()
    descent, search, _ = started(model, terms)
    search.allowance = Allowance(Budget(conflicts=0))
    search.calls = -1  # the next call looks at the allowance
    found = descent.run()
    assert found.total == total_of(terms, found.solution, found.quantities)


def test_a_completion_without_a_proof_is_what_a_descent_comes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    model, terms = shop()
    dear = terms[0].quantity
    with_limit = Objective(terms, limits=(((Term(2, 0, dear),), 10),))  # five of the dear ones: 5 * 5 + 6 * 3
    best = SatConfigurator(model).complete([], objective=with_limit)
    assert best.proven and best.total == -43
    monkeypatch.setattr(program, "fits", lambda *_: False)
    found = SatConfigurator(model).complete([], objective=with_limit)
    assert found.status is CompletionStatus.FEASIBLE and found.total == -43


def test_a_descent_beats_what_a_program_stopped_early_proposes(monkeypatch: pytest.MonkeyPatch) -> None:
    model, terms = shop()
    monkeypatch.setattr(completing, "STEPS_MAX", 0)
    poor = program.Proposal(feasible=True, optimal=False, quantities=dict.fromkeys((0, 1), 1), bound=-60)
    monkeypatch.setattr(program.Program, "minimise", lambda *_: poor)
    found = SatConfigurator(model).complete([], objective=Objective(terms))
    assert found.status is CompletionStatus.FEASIBLE and found.total == -51 and found.bound == -60


class Early:
    """A timer that goes off at once."""

    def __init__(self, _: float, act: Callable[[], None]) -> None:
        self.start = act
        self.daemon = True

    def cancel(self) -> None:
        """Nothing to call off."""

    join = cancel


def test_running_out_of_time_before_the_first_search_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """RC2 took the interruption for a formula that nothing satisfies: short deadlines were answered as infeasible."""
    engine, _ = shipped("WS")
    prices = {
        sku: Decimal(at)
        for at, sku in enumerate(sorted(each for s in engine.product.slots.values() for each in s.class_of), 100)
    }
    monkeypatch.setattr("engine.configuration.solver.optimum.threading.Timer", Early)
    found = engine.complete(
        [],
        aim=Aim.BEST_MARGIN,
        prices=prices,
        costs=dict.fromkeys(prices, Decimal(90)),
        budget=Budget(milliseconds=300),
    )
    assert found.status is CompletionStatus.FEASIBLE and found.choices
