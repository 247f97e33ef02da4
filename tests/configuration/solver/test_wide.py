"""Domains by exchanging values against brute force; every exchange against the rules one by one."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, Kind, Model, OutOfBudget, State
from engine.configuration.solver import engine as solver_engine
from engine.configuration.solver import workbench
from engine.configuration.solver.exchange import Solution as Exchangeable
from engine.configuration.solver.gates import circuit_of
from engine.configuration.solver.lanes import Plan
from engine.configuration.solver.seen import Wanted
from engine.configuration.solver.wide import WideConfigurator
from engine.configuration.solver.witnesses import Possible
from tests.configuration.solver.brute import Draw, Solution, agrees, choices_of, solutions

SEEDS = st.integers(0, 10**6)


def gated_model(seed: int) -> Model:
    """A random model without tables whose rules also use disjunctions with literals of their own."""
    draw = Draw(seed, quantities=1, sums=2)
    builder, plain = draw.builder, list(draw.plain)
    for at in range(draw.rnd.randint(0, 3)):
        inputs = draw.some(3)
        made = builder.boolean(f"g{at}", decision=draw.rnd.random() < 0.3)
        literal = draw.rnd.choice([1, -1]) * builder.variable(made).first
        builder.clause([-literal, *inputs])
        for each in dict.fromkeys(inputs):
            builder.clause([literal, -each])
        draw.plain.append(made)
    columns = draw.plain
    draw.plain = plain
    draw.rnd.shuffle(columns)
    for at in range(draw.rnd.randint(0, 4)):
        draw.plain = columns
        builder.clause(draw.some(3), draw.rule("gated", at))
    table_free = draw.model()
    return Model(
        table_free.name,
        table_free.variables,
        rules=table_free.rules,
        clauses=table_free.clauses,
        cardinalities=table_free.cardinalities,
        sums=table_free.sums,
        bounds=table_free.bounds,
        atom_count=table_free.atom_count,
        index=table_free.index,
    )


def assert_state(model: Model, state: State, left: list[Solution]) -> None:
    assert state.consistent == bool(left)
    for variable in model.variables:
        if not left or not variable.decision:
            continue
        expected = {each.values[variable.name] for each in left}
        domain = state.domain(variable.name)
        if variable.kind is Kind.QUANTITY:
            assert domain.range is not None
            assert (domain.range.minimum, domain.range.maximum) == (min(expected), max(expected))
        else:
            assert set(domain.possible) == expected


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_domains_equal_brute_force_click_by_click(seed: int) -> None:
    rnd = random.Random(seed)
    model = gated_model(seed)
    engine = WideConfigurator(model)
    everything = solutions(model)
    chosen: list[Choice] = []
    previous = None
    for _ in range(4):
        state = engine.configure(chosen, previous=previous)
        assert isinstance(state, State)
        assert_state(model, state, [each for each in everything if agrees(each, chosen)])
        open_questions = [each for each in model.variables if each.decision]
        variable = rnd.choice(open_questions)
        chosen = [each for each in chosen if each.variable != variable.name]
        chosen.append(Choice(variable.name, rnd.choice(choices_of(variable))))
        previous = state if rnd.random() < 0.7 else None


def test_atoms_of_single_questions_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question makes some atoms; a solver that has too many is replaced, and the answers stay the same."""
    monkeypatch.setattr(workbench, "GROWN_MAX", 0)
    benches = []

    class Noted(workbench.Workbench):
        def __init__(self, foundation: workbench.Foundation) -> None:
            super().__init__(foundation)
            benches.append(self)

    monkeypatch.setattr(solver_engine, "Workbench", Noted)
    model = gated_model(24)
    everything = solutions(model)
    engine = WideConfigurator(model)
    decisions = [each for each in model.variables if each.decision]
    rnd = random.Random(3)
    for _ in range(200):
        engine._pool.clear()  # remembered solutions would answer without a question
        some = rnd.sample(decisions, 2)
        chosen = [Choice(each.name, rnd.choice(choices_of(each))) for each in some]
        state = engine.configure(chosen)
        assert isinstance(state, State)
        assert_state(model, state, [each for each in everything if agrees(each, chosen)])
    assert len(benches) > 2
    assert max(each.search.grown for each in benches) < 2 * model.atom_count, "what the last question made is on top"


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_order_of_clicks_means_nothing(seed: int) -> None:
    rnd = random.Random(seed)
    model = gated_model(seed)
    decisions = [each for each in model.variables if each.decision]
    chosen = [Choice(each.name, rnd.choice(choices_of(each))) for each in rnd.sample(decisions, min(2, len(decisions)))]
    first, second = WideConfigurator(model), WideConfigurator(model)
    one, other = first.configure(chosen), second.configure(chosen[::-1])
    assert one == other


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_every_exchange_is_a_solution(seed: int) -> None:
    model = gated_model(seed)
    everything = solutions(model)
    known = {tuple(each.values[variable.name] for variable in model.variables) for each in everything}
    plan = Plan(model)
    for each in everything[:12]:
        literals = [atom if holds else -atom for atom, holds in sorted(each.atoms.items())]
        values = {at: int(each.values[variable.name]) for at, variable in model.quantities()}
        solution = Exchangeable.of(plan, literals, values)
        for at, family in enumerate(plan.families):
            lanes = solution.allowed(at)
            assert lanes >> solution.lanes[at] & 1, "a solution allows itself"
            for lane in range(family.size):
                if lanes >> lane & 1:
                    moved = solution.with_lane(at, lane)
                    assert tuple(value_in(moved, number) for number in range(len(model.variables))) in known
                    assert moved.lanes[at] == lane
                    assert moved.lanes == Exchangeable(plan, moved.truth, moved.quantities).lanes


@given(SEEDS, st.integers(0, 2**8))
@settings(max_examples=100, deadline=None)
def test_every_value_that_can_be_exchanged_is_found(seed: int, wanted: int) -> None:
    """What is looked for by itself, and what was remembered from other solutions, equals brute force."""
    model = gated_model(seed)
    everything = solutions(model)
    plan = Plan(model)
    numbers = sorted(plan.by_variable)
    gates = {abs(gate.literal) for gate in circuit_of(model).gates}
    decided = {number for number, each in enumerate(model.variables) if each.first in gates}
    # Atoms that no question decides stay as they are in an exchange, and not in brute force.
    assume(decided.union(numbers) == set(range(len(model.variables))))
    assume(not any(part.rigid for family in plan.families for part in family.sums))  # too entangled to look
    known = {tuple(each.values[model.variables[number].name] for number in numbers) for each in everything}
    for each in everything[:12]:
        literals = [atom if holds else -atom for atom, holds in sorted(each.atoms.items())]
        values = {at: int(each.values[variable.name]) for at, variable in model.quantities()}
        solution = Exchangeable.of(plan, literals, values)
        for at, family in enumerate(plan.families):
            variable = model.variables[family.variable]
            mine = tuple(each.values[model.variables[number].name] for number in numbers)
            place = numbers.index(family.variable)
            fits = 0
            for lane, value in enumerate(choices_of(variable)):
                fits |= ((*mine[:place], value, *mine[place + 1 :]) in known) << lane
            assert solution.allowed_of(at, wanted) & ~(1 << solution.lanes[at]) == fits & wanted & ~(
                1 << solution.lanes[at]
            )
            assert solution.allowed(at) == fits


def value_in(solution: Exchangeable, number: int) -> object:
    variable = solution.plan.model.variables[number]
    match variable.kind:
        case Kind.QUANTITY:
            return solution.quantities[number]
        case Kind.BOOLEAN:
            return solution.holds(variable.first)
        case Kind.ENUMERATION:
            (held,) = [value for at, value in enumerate(variable.values) if solution.holds(variable.first + at)]
            return held


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_gate_holds_exactly_when_one_of_its_inputs_does(seed: int) -> None:
    model = gated_model(seed)
    gates = circuit_of(model).gates
    for each in solutions(model):
        for gate in gates:
            assert each.holds(gate.literal) == any(each.holds(one) for one in gate.inputs)


def test_what_is_not_wanted_keeps_its_bounds() -> None:
    draw = Draw(1, quantities=0, sums=0)
    first, second = draw.builder.enumeration("one", ["a", "b", "c"]), draw.builder.enumeration("two", ["a", "b", "c"])
    for value in "abc":
        draw.builder.clause([-draw.builder.is_(first, value), draw.builder.is_(second, value)])
    model = draw.builder.build()
    one = model.variables[first].first
    state = WideConfigurator(model).configure([Choice("two", "b")], wanted=Wanted(Possible(0b111 << one, 0)))
    assert isinstance(state, State)
    assert state.domain("one").possible == ("b",)
    assert state.domain("two").possible == ("a", "b", "c"), "nobody asked"


def test_a_search_that_runs_out_says_what_it_has_seen() -> None:
    draw = Draw(1, quantities=0, sums=0)
    wide = draw.builder.enumeration("wide", [f"v{at}" for at in range(40)])
    holes = [[draw.builder.boolean(f"p{pigeon}{hole}") for hole in range(8)] for pigeon in range(9)]
    literal = draw.builder.is_
    for value in range(20):
        for row in holes:
            draw.builder.clause([-literal(wide, f"v{value}"), *(literal(each, value=True) for each in row)])
    for hole in range(8):
        for at, row in enumerate(holes):
            for other in holes[:at]:
                draw.builder.clause([-literal(row[hole], value=True), -literal(other[hole], value=True)])
    model = draw.builder.build()
    atoms = Possible((1 << 40) - 1 << model.variables[wide].first, 0)
    engine = WideConfigurator(model)
    answer = engine.configure([], budget=Budget(conflicts=60, milliseconds=60_000), wanted=Wanted(atoms))
    assert isinstance(answer, OutOfBudget) and answer.known is not None
    assert set(answer.known.state.domain("wide").possible) == {f"v{at}" for at in range(20, 40)}
    first = model.variables[wide].first
    assert answer.known.undecided >> first == (1 << 20) - 1
