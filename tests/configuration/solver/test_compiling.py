"""Compiling: normal forms against brute force, orders, and budgets of time, nodes and memory that hold."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any
from weakref import finalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Kind, Model, ModelBuilder, State
from engine.configuration.model import Cardinality, Table
from engine.configuration.solver.attempt import GaveUpError, Limits, Way, attempt
from engine.configuration.solver.build import CompileBudget, CompileStatus, available, compile_model
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.flat import Diagram
from engine.configuration.solver.fold import chained, piece_of
from engine.configuration.solver.named import Facts
from engine.configuration.solver.normal import Normal, normal
from engine.configuration.solver.order import by_depth, by_tables, by_tree, eliminated, force, neighbours, orders
from engine.configuration.solver.parts import Canvas
from engine.configuration.solver.sweep import Sweeper
from engine.configuration.solver.witnesses import Possible
from tests.configuration.solver.brute import Solution, solutions
from tests.configuration.solver.test_diagram import tangled, wide
from tests.conformance.shared_data import missing


@pytest.fixture
def installed() -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")


def root_of(model: Model) -> Possible | None:
    state = SatConfigurator(model).configure(())
    assert isinstance(state, State)
    return Possible(state.can_hold, state.can_fail) if state.consistent else None


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_normal_form_says_the_same_with_fewer_names(seed: int, with_root: bool) -> None:
    model = tangled(seed)
    every = solutions(model)
    form = normal(model, root_of(model) if with_root else None)
    for each in every:
        for atom in range(1, model.atom_count + 1):
            assert each.holds(atom) == says(form, each, atom), (model.fact(atom), form.names[atom])
        assert all(obeys(form, each, constraint) for part in form.components for constraint in part.constraints)
    asked = [set(part.variables) for part in form.components]
    assert sum(map(len, asked)) == len(set().union(*asked)), "a variable stands in two components"
    if not every and with_root:
        assert not all(everything_fits(form, model, part) for part in form.components)


def says(form: Normal, solution: Solution, atom: int) -> bool:
    name = form.names[atom]
    return name > 0 if abs(name) == form.truth else solution.holds(name)


def obeys(form: Normal, solution: Solution, constraint: object) -> bool:
    if isinstance(constraint, Table):
        variables = [form.model.variables[each] for each in constraint.variables]
        row = tuple(
            int(says(form, solution, each.first))
            if each.kind is Kind.BOOLEAN
            else each.values.index(solution.values[each.name])
            for each in variables
        )
        return (row in constraint.rows) == constraint.allowed
    if isinstance(constraint, Cardinality):
        held = sum(map(solution.holds, constraint.literals))
        most = len(constraint.literals) if constraint.maximum is None else constraint.maximum
        return not all(map(solution.holds, constraint.when)) or constraint.minimum <= held <= most
    assert isinstance(constraint, tuple)
    return any(each > 0 if abs(each) == form.truth else solution.holds(each) for each in constraint)


def everything_fits(form: Normal, model: Model, part: object) -> bool:
    """Whether some assignment of the model's variables obeys one component."""
    free = replace(model, clauses=(), tables=(), cardinalities=())
    return any(all(obeys(form, each, one) for one in part.constraints) for each in solutions(free))  # type: ignore[attr-defined]


def test_a_feature_and_its_mandatory_child_are_one_level(installed: None) -> None:
    builder = ModelBuilder("pair")
    parent, child, never, other = (builder.is_(builder.boolean(name), True) for name in ("p", "c", "n", "o"))
    builder.clause([-child, parent])
    builder.clause([-parent, child])
    builder.clause([-never])
    builder.clause([other, parent])
    model = builder.build()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and len(diagram.order) == 2
    assert diagram.names == (0, 1, 1, -5, 4)
    assert Sweeper(model, diagram).count([]) == 3
    parent_or_both = [{0: 2, 3: 3}[at] for at in diagram.order]
    assert Facts(model, diagram).possible(parent_or_both) == Possible(0b10110, 0b11000)


def test_components_stand_in_a_chain(installed: None) -> None:
    """Five independent pairs of which one at least holds: 3 to the 5th configurations, two nodes a pair."""
    builder = ModelBuilder("pairs")
    for at in range(5):
        builder.clause([builder.is_(builder.boolean(f"{name}{at}"), True) for name in "ab"])
    model = builder.build()
    diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and len(diagram.levels) == 5 * 2 + 1
    assert Sweeper(model, diagram).count([]) == 3**5


def test_a_thousand_components_take_the_memory_of_one(installed: None) -> None:
    """A manager of CUDD takes megabytes: none is kept for a component that is done."""
    builder = ModelBuilder("many")
    for at in range(1_000):
        builder.clause([builder.is_(builder.boolean(f"{name}{at}"), True) for name in "ab"])
    model = builder.build()
    alive: list[int] = []
    kept = Canvas.__init__

    def watched(canvas: Canvas, *arguments: Any) -> None:
        kept(canvas, *arguments)
        finalize(canvas, alive.remove, id(canvas))
        alive.append(id(canvas))
        assert len(alive) < 5, "the canvases of components before are still there"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "__init__", watched)
        diagram = compile_model(model, CompileBudget()).diagram
    assert diagram is not None and len(diagram.levels) == 2_001


def test_orders_keep_constraints_together() -> None:
    scopes = [(0, 5), (5, 1), (1, 4), (4, 2), (2, 3)]

    def span(order: list[int]) -> int:
        return sum(abs(order.index(first) - order.index(second)) for first, second in scopes)

    found = orders(6, scopes, {(0, 5): 9})
    assert span(found[0][1]) == 5
    spans = [span(order) for _, order in found]
    assert spans == sorted(spans) and len({tuple(order) for _, order in found}) == len(found)
    for order in (by_depth(6, scopes), by_tree(6, scopes), force(6, scopes, range(6))):
        assert sorted(order) == list(range(6))


def test_an_elimination_tree_keeps_branches_apart() -> None:
    """Two chains that hang on variable 0: neither mixes with the other."""
    scopes = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6)]
    order = by_tree(7, scopes)
    first = sorted(order.index(each) for each in (1, 2, 3))
    assert first[2] - first[0] <= 3
    done = eliminated(neighbours(range(7), scopes))
    assert all(len(others) <= 1 for others in done.values())


def test_tables_are_ordered_in_a_chain_from_the_largest() -> None:
    assert by_tables(6, {(4, 5): 10, (0, 1): 90, (1, 4): 20}) == [0, 1, 4, 5, 2, 3]


def tangle(size: int = 90) -> Model:
    """Random clauses of three: nothing to see for any order."""
    rnd = random.Random(5)
    builder = ModelBuilder("tangle")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(size)]
    for at in range(size * 11 // 3):
        builder.clause([each * rnd.choice([1, -1]) for each in rnd.sample(atoms, 3)], builder.rule(f"r{at}"))
    return builder.build()


def test_a_model_that_explodes_is_given_up_in_words(installed: None) -> None:
    heard: list[str] = []
    found = compile_model(tangle(), CompileBudget(seconds=120, nodes=500), tell=heard.append)
    assert found.status is CompileStatus.TOO_LARGE and found.diagram is None
    assert found.attempts == tuple(heard)
    assert len(heard) >= 4 and all("gave up" in each for each in heard)
    assert sum("sifting" in each for each in heard) == 3


def test_what_does_not_fit_the_memory_is_given_up_in_words(installed: None) -> None:
    """CUDD hands back no node then, which its wrapper shows as a ValueError about NULL."""
    model = tangle(150)
    form = normal(model, None)
    (component,) = form.components
    limits = Limits(time.thread_time() + 60, nodes=10**8, megabytes=20)
    with pytest.raises(GaveUpError, match="more than 20 MB"):
        attempt(form, component, Way("as written", component.variables), limits)


def test_the_first_diagram_is_told_before_a_smaller_one_is_looked_for(installed: None) -> None:
    model = banded()
    told: list[Diagram] = []
    found = compile_model(model, CompileBudget(), found=told.append)
    assert found.status is CompileStatus.DONE and found.diagram == told[-1]
    assert len(told) == 2 and len(told[1].levels) <= len(told[0].levels)
    counts = {Sweeper(model, each).count([]) for each in told}
    assert len(counts) == 1


def banded() -> Model:
    """Clauses between near neighbours: large, but it compiles."""
    rnd = random.Random(7)
    builder = ModelBuilder("band")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(120)]
    for at in range(len(atoms) - 12):
        for _ in range(2):
            builder.clause([each * rnd.choice([1, -1]) for each in rnd.sample(atoms[at : at + 12], 3)])
    return builder.build()


def test_every_way_leads_to_the_same_answers(installed: None) -> None:
    model = wide()
    form = normal(model, None)
    (component,) = form.components
    limits = Limits(time.thread_time() + 60, nodes=10**6, megabytes=256)
    for sifting in (False, True):
        for in_pairs in (False, True):
            way = Way("test", component.variables, sifting, in_pairs)
            diagram = chained(form, [piece_of(attempt(form, component, way, limits))])
            assert Sweeper(model, diagram).count([]) == 40


def test_a_contradiction_is_no_diagram(installed: None) -> None:
    builder = ModelBuilder("never")
    switch = builder.is_(builder.boolean("switch"), True)
    colour = builder.enumeration("colour", ["red", "blue"])
    builder.cardinality([switch, builder.is_(colour, "red")], 2, 2)
    builder.clause([-switch])
    assert compile_model(builder.build(), CompileBudget()).status is CompileStatus.CONTRADICTION
