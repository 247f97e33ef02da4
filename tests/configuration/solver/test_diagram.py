"""Compiled diagrams: sweeps against brute force, canonical bytes, refusal of damaged ones."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, Kind, Model, ModelBuilder, Objective, State, Term
from engine.configuration.solver.build import CompileBudget, CompileStatus, available, compile_model
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.flat import Diagram, fingerprint
from engine.configuration.solver.rows import RowGraph
from engine.configuration.solver.sweep import Sweeper
from tests.configuration.solver.brute import Draw, agrees, random_model, solutions, total
from tests.configuration.solver.test_engine import assert_domains, some_choices
from tests.conformance.shared_data import missing


@pytest.fixture(autouse=True)
def installed() -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")


def tangled(seed: int) -> Model:
    """A random model with equal and decided facts, and helpers that are no decisions."""
    draw = Draw(seed, quantities=0, sums=0)
    draw.plain += [draw.builder.boolean(f"h{at}", decision=False) for at in range(draw.rnd.randint(0, 2))]
    draw.plain += [draw.builder.boolean(f"c{at}") for at in range(draw.rnd.randint(0, 3))]
    for at in range(draw.rnd.randint(0, 4)):
        first, second = draw.literal(), draw.literal()
        draw.builder.clause([-first, second], draw.rule("equal", at))
        draw.builder.clause([first, -second], draw.rule("equal too", at))
    if draw.rnd.random() < 0.3:
        draw.builder.clause([draw.literal()], draw.rule("decided", 0))
    return draw.model()


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=150, deadline=None)
def test_sweeps_equal_brute_force(seed: int, plain: bool) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=0, sums=0) if plain else tangled(seed)
    compiled = compile_model(model, CompileBudget())
    everything = solutions(model)
    if not everything:
        assert compiled.status is CompileStatus.CONTRADICTION
        return
    assert compiled.status is CompileStatus.DONE and compiled.diagram is not None
    engine = SatConfigurator(model, diagram=compiled.diagram)
    chosen = some_choices(model, rnd)
    left = [each for each in everything if agrees(each, chosen)]
    state = engine.configure(chosen)
    assert isinstance(state, State)
    assert_domains(model, state, left)
    assert state == SatConfigurator(model).configure(chosen), "the search says the same of every atom"
    shown = [each for each in model.variables if each.decision]
    assert engine.count(chosen) == len({tuple(each.values[v.name] for v in shown) for each in left})
    atoms = [v.first + at for v in shown for at in range(1 if v.kind is Kind.BOOLEAN else len(v.values))]
    terms = [Term(rnd.randint(-9, 9), rnd.choice(atoms) * rnd.choice([1, -1])) for _ in range(4)]
    found = engine.complete(chosen, objective=Objective(tuple(terms)))
    assert found.total == min((total(model, each, terms) for each in left), default=None)
    if left:
        assert any(all(each.values[name] == value for name, value in found.values) for each in left)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_bytes_are_canonical_and_read_back(seed: int) -> None:
    model = random_model(seed, quantities=0, sums=0)
    diagram = compile_model(model, CompileBudget()).diagram
    if diagram is None:
        return
    stored = diagram.to_bytes()
    assert Diagram.from_bytes(stored, diagram.fingerprint) == diagram
    again = compile_model(model, CompileBudget()).diagram
    assert again is not None and again.to_bytes() == stored


def wide() -> Model:
    builder = ModelBuilder("wide")
    first = builder.enumeration("first", list(range(40)))
    second = builder.enumeration("second", list(range(40)))
    builder.table([first, second], [(at, at) for at in range(40)], builder.rule("same"))
    return builder.build()


def test_values_beyond_one_word_survive_storage() -> None:
    model = wide()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and max(diagram.values) >= 1 << 32
    assert Diagram.from_bytes(diagram.to_bytes(), fingerprint(model)) == diagram
    assert Sweeper(model, diagram).count([]) == 40


def test_damaged_or_foreign_bytes_are_none() -> None:
    model = wide()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None
    stored = diagram.to_bytes()
    assert Diagram.from_bytes(stored[:-1] + b"x", diagram.fingerprint) is None
    assert Diagram.from_bytes(stored[:50], diagram.fingerprint) is None
    assert Diagram.from_bytes(stored, fingerprint(random_model(1))) is None


def test_sums_and_quantities_are_left_to_search() -> None:
    builder = ModelBuilder("sum")
    builder.at_most([Term(2, 0, builder.quantity("fans", 0, 9))], 7)
    assert compile_model(builder.build(), CompileBudget()).status is CompileStatus.NOT_COMPILABLE


def test_a_diagram_and_a_search_share_one_configurator() -> None:
    model = wide()
    engine = SatConfigurator(model, diagram=compile_model(model, CompileBudget()).diagram)
    why = engine.explain([Choice("first", 3), Choice("second", 4)])
    assert why is not None and [each.id for each in why.rules] == ["same"]  # type: ignore[union-attr]
    assert engine.configure([Choice("first", 3), Choice("second", 4)]) == State(
        model, (Choice("first", 3), Choice("second", 4)), consistent=False
    )


def test_equal_endings_of_rows_are_shared() -> None:
    graph = RowGraph.of([(0, 1, 2), (1, 1, 2), (2, 0, 2)])
    assert [len(layer) for layer in graph.layers] == [1, 2, 1]
    assert RowGraph.of([]).layers == ()
