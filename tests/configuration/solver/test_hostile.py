"""Models that nobody should have written: what is known when the budget ends, and that it does end."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, Kind, Model, ModelBuilder, OutOfBudget, State, StateSoFar, Term
from engine.configuration.analysing import study
from engine.configuration.solver.build import CompileBudget, CompileStatus, available, compile_model
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.facts import Vocabulary
from tests.configuration.solver.brute import Solution, agrees, random_model, solutions
from tests.configuration.solver.impatience import Countdown, make_impatient
from tests.configuration.solver.test_engine import some_choices
from tests.conformance.shared_data import missing

PATIENT = 600_000
"""Milliseconds that no search here comes near: the budget that ends it is one of conflicts."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    make_impatient(monkeypatch)


@given(st.integers(0, 10**6), st.integers(0, 40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_known_out_of_budget_is_true_and_the_rest_is_named(impatient: None, seed: int, looks: int) -> None:
    model = random_model(seed)
    chosen = some_choices(model, random.Random(seed))
    left = [each for each in solutions(model) if agrees(each, chosen)]
    engine = SatConfigurator(model)
    Countdown.looks = looks
    answer = engine.configure(chosen)
    if isinstance(answer, OutOfBudget):
        assert answer.operation == "configure"
        if answer.known is not None:
            assert left, "one solution at least was seen"
            assert_known(model, answer.known, left)
    else:
        assert answer.consistent == bool(left)


def assert_known(model: Model, answer: StateSoFar, left: list[Solution]) -> None:
    known = answer.state
    words = Vocabulary(model)
    for atom in range(1, model.atom_count + 1):
        if words.decided_true >> atom & 1:
            holds = any(each.atoms[atom] for each in left)
            assert holds or not known.can_hold >> atom & 1, "shown, but no configuration has it"
            assert not holds or (known.can_hold | answer.undecided) >> atom & 1, "possible, but neither shown nor open"
        if words.decided_false >> atom & 1:
            fails = any(not each.atoms[atom] for each in left)
            assert fails or not known.can_fail >> atom & 1
            assert not fails or (known.can_fail | answer.undecided_fail) >> atom & 1
    for (_, variable), found in zip(model.quantities(), known.ranges, strict=True):
        values = [int(each.values[variable.name]) for each in left]
        assert found.minimum <= min(values) and max(values) <= found.maximum and not found.checked


def switched_pigeons(pigeons: int) -> Model:
    """With the switch on, each pigeon needs one of too few holes to itself; without, nothing matters."""
    builder = ModelBuilder("switched")
    switch = builder.is_(builder.boolean("switch"), True)
    names = [[builder.boolean(f"p{p} in {h}") for h in range(pigeons - 1)] for p in range(pigeons)]
    atoms = [[builder.is_(each, True) for each in row] for row in names]
    rule = builder.rule("homes")
    for row in atoms:
        builder.clause([-switch, *row], rule)
    for hole in range(pigeons - 1):
        builder.cardinality([row[hole] for row in atoms], 0, 1, rule, when=[switch])
    return builder.build()


def test_one_hard_question_leaves_the_others_answered() -> None:
    model = switched_pigeons(14)
    answer = SatConfigurator(model).configure((), budget=Budget(8_000, PATIENT))
    assert isinstance(answer, OutOfBudget) and answer.known is not None
    switch, known = model.variables[0].first, answer.known
    assert not known.state.can_hold >> switch & 1 and known.undecided >> switch & 1
    assert known.state.can_fail >> switch & 1
    shown = known.state.can_hold.bit_count()
    assert shown + known.undecided.bit_count() >= len(model.variables), "every feature is shown or named as open"
    assert shown > 50


def test_ranges_that_were_not_narrowed_are_said_to_be_loose(impatient: None) -> None:
    builder = ModelBuilder("loose")
    for at in range(6):
        builder.quantity(f"q{at}", 0, 10_000)
    for at in range(5):
        builder.at_most([Term(3, 0, at), Term(-2, 0, at + 1)], 7 * at)
    engine = SatConfigurator(builder.build())
    loose = 0
    for Countdown.looks in range(1, 200):
        answer = engine.configure(())
        if isinstance(answer, State):
            break
        if answer.known is not None:
            assert answer.known.undecided == 0
            assert all(not each.checked for each in answer.known.state.ranges)
            loose += 1
    assert isinstance(answer, State) and answer.ranges[5].checked and loose


def test_a_chain_of_ten_thousand_facts_is_no_recursion() -> None:
    """Each fact asks for the next, and the last for the first: one literal, whatever way it is read."""
    builder = ModelBuilder("circle")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(10_000)]
    for first, second in zip(atoms, [*atoms[1:], atoms[0]], strict=True):
        builder.clause([-first, second], builder.rule(f"asks {first}"))
    model = builder.build()
    engine = SatConfigurator(model)
    state = engine.configure([Choice("b7", True)])
    assert isinstance(state, State) and state.can_fail == 0
    assert engine.count() == 2
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and len(diagram.order) == 1
    assert SatConfigurator(model, diagram=diagram).configure([Choice("b7", True)]) == state


def tenths(count: int) -> Model:
    """One question of so many values, every tenth of which a table leaves to a choice."""
    builder = ModelBuilder("tenths")
    part = builder.enumeration("part", [f"P-{at}" for at in range(count)])
    size = builder.enumeration("size", ["any", "tenth"])
    rows = [(at, 0) for at in range(count)] + [(at, 1) for at in range(0, count, 10)]
    builder.table([part, size], rows, builder.rule("sizes"))
    return builder.build()


def test_more_values_than_there_is_time_for_are_shown_in_part(impatient: None) -> None:
    model = tenths(3_000)
    Countdown.looks = 100
    answer = SatConfigurator(model).configure([Choice("size", "tenth")])
    assert isinstance(answer, OutOfBudget) and answer.known is not None
    shown = {at for at in range(3_000) if answer.known.state.can_hold >> at + 1 & 1}
    left = {at for at in range(3_000) if answer.known.undecided >> at + 1 & 1}
    assert shown and shown <= set(range(0, 3_000, 10)) <= shown | left


def test_a_hundred_thousand_values_of_one_question_are_compiled() -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    model = tenths(100_000)
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and len(diagram.levels) <= 4
    state = SatConfigurator(model, diagram=diagram).configure([Choice("size", "tenth")])
    assert isinstance(state, State) and len(state.domain("part").possible) == 10_000


@pytest.mark.parametrize("with_diagram", [False, True])
def test_contradictions_name_the_guilty_and_only_them(with_diagram: bool) -> None:
    """Two of three rules clash, in a model that is large otherwise."""
    builder = ModelBuilder("clash")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(200)]
    for first, second in zip(atoms, atoms[1:], strict=False):
        builder.clause([-first, second], builder.rule(f"chain {first}"))
    builder.clause([atoms[150]], builder.rule("on"))
    builder.clause([-atoms[151]], builder.rule("off"))
    model = builder.build()
    if with_diagram:
        if not available():
            missing("compile", "the extra `compile` (dd) is not installed")
        assert compile_model(model, CompileBudget()).status is CompileStatus.CONTRADICTION
    found = study(SatConfigurator(model), budget=Budget())
    assert found.satisfiable is False and not found.unfinished
    assert {each.id for each in found.contradiction} == {"on", "off", "chain 151"}
    assert model.variables[150].kind is Kind.BOOLEAN
