"""The parts below the engine: bits, hitting sets, encodings, sums, ranges, conflicts, MaxSAT and integer programs."""

from __future__ import annotations

import itertools
import math
import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, Kind, ModelBuilder, Objective, Range, Relation, Term
from engine.configuration.answers import State
from engine.configuration.solver import completing
from engine.configuration.solver.bits import SolutionReader, atoms_of, mask
from engine.configuration.solver.cnf import encode
from engine.configuration.solver.completing import complete
from engine.configuration.solver.conflicts import SoftGroups, minimal_core
from engine.configuration.solver.counting import count_solutions
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.explaining import explain
from engine.configuration.solver.facts import Vocabulary, canonical, units_of
from engine.configuration.solver.hitting import smallest_hitting_set
from engine.configuration.solver.linear import prepare
from engine.configuration.solver.optimum import Demand, Priced, Weigher, cheapest
from engine.configuration.solver.program import Program
from engine.configuration.solver.ranges import RangeFinder, full_ranges
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search
from engine.configuration.solver.steps import STEPS_MAX, steps_of
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.witnesses import Possible, WitnessFinder
from engine.configuration.solver.workbench import Foundation, Workbench
from tests.configuration.solver.brute import random_model, solutions

PLENTY = Budget(conflicts=10**7, milliseconds=20_000)


@given(st.sets(st.integers(1, 300)))
def test_bits_and_atoms_are_each_other(atoms: set[int]) -> None:
    bits = mask(atoms)
    assert set(atoms_of(bits)) == atoms
    assert SolutionReader(300)([at if at in atoms else -at for at in range(1, 301)]) == bits


@given(st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=4), max_size=6))
def test_hitting_sets_are_smallest(families: list[set[int]]) -> None:
    packed = [sum(1 << each for each in family) for family in families]
    found = smallest_hitting_set(packed, (), 8, Allowance(PLENTY))
    assert found is not None and all(found & each for each in packed)
    expected = next(
        size
        for size in range(9)
        for some in itertools.combinations(range(8), size)
        if all(family & set(some) for family in families)
    )
    assert found.bit_count() == expected


def test_a_hitting_set_avoids_what_was_found_before() -> None:
    assert smallest_hitting_set([0b011], [0b001], 2, Allowance(PLENTY)) == 0b010
    assert smallest_hitting_set([0b001], [0b001], 2, Allowance(PLENTY)) is None


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_cardinalities_count(size: int, least: int, most: int) -> None:
    builder = ModelBuilder("count")
    literals = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(size)]
    builder.cardinality(literals, least, most, builder.rule("between"))
    model = builder.build()
    expected = sum(1 for held in itertools.product([0, 1], repeat=size) if least <= sum(held) <= most)
    assert count_solutions(model, (), Allowance(PLENTY)) == expected
    search = Search(encode(model))
    assert search.solve([]) == bool(expected)


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize(
    "limits", [(0, 0), (45, 45), (45, None), (44, 45), (1, 0), (46, None), (2, 3), (42, 44), (0, 44)]
)
def test_large_groups_count_up_to_all_and_none(limits: tuple[int, int | None], guarded: bool) -> None:
    """More than can be spelt out by combinations, at the ends where a counter would count to nothing."""
    size = 45
    builder = ModelBuilder("count")
    literals = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(size)]
    when = [builder.is_(builder.boolean("bundle"), True)] if guarded else []
    builder.cardinality(literals, *limits, builder.rule("between"), when=when)
    least, most = limits[0], size if limits[1] is None else limits[1]
    expected = sum(math.comb(size, held) for held in range(least, most + 1)) + (2**size if guarded else 0)
    assert count_solutions(builder.build(), (), Allowance(PLENTY)) == expected


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_counters_of_long_groups_let_through_what_counts(seed: int) -> None:
    rnd = random.Random(seed)
    size = rnd.randint(13, 30)
    least = rnd.randint(0, size)
    most = rnd.randint(least, size)
    builder = ModelBuilder("long")
    literals = [builder.is_(builder.boolean(f"b{at}"), rnd.random() < 0.8) for at in range(size)]
    builder.cardinality(literals, least, most, builder.rule("between"))
    model = builder.build()
    search = Search(encode(model))
    for _ in range(20):
        held = rnd.choice([least - 1, least, most, most + 1, rnd.randint(0, size)])
        chosen = rnd.sample(literals, min(max(held, 0), size))
        others = [-each for each in literals if each not in chosen]
        assert search.solve([*chosen, *others]) == (least <= len(chosen) <= most)
        assert search.solve(chosen) == (len(chosen) <= most)
        assert search.solve(others) == (least <= len(chosen))
    if size < 18:
        expected = sum(math.comb(size, each) for each in range(least, most + 1))
        assert count_solutions(model, (), Allowance(PLENTY)) == expected


def test_a_few_of_a_thousand_are_counted_to_a_few() -> None:
    """At least 4 of 1 000 took a million clauses: it was counted as at most 996 of the others."""
    for least, most in ((4, 1_000), (0, 4), (0, 996), (996, 1_000)):
        builder = ModelBuilder("few")
        literals = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(600)]
        builder.cardinality(literals, least, most, builder.rule("between"))
        assert len(encode(builder.build()).clauses) < 10_000


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_the_functional_encoding_has_one_solution_a_configuration(seed: int) -> None:
    model = random_model(seed, quantities=0, sums=0)
    assert count_solutions(model, (), Allowance(PLENTY)) == len(solutions(model))


def test_an_allowance_runs_out() -> None:
    allowance = Allowance(Budget(conflicts=10, milliseconds=60_000))
    with pytest.raises(BudgetSpentError):
        allowance.spend(10)
    with pytest.raises(BudgetSpentError):
        Allowance(Budget(milliseconds=-1)).check()
    assert allowance.extended().milliseconds_left() > 0


def test_choices_are_a_set_in_a_fixed_order() -> None:
    first, second = Choice("b", True), Choice("a", 2, Relation.AT_LEAST)
    assert canonical([first, second, first]) == (second, first)


def test_the_vocabulary_refuses_what_a_variable_cannot_be() -> None:
    builder = ModelBuilder("words")
    builder.enumeration("colour", ["red"])
    builder.quantity("fans", 0, 5)
    words = Vocabulary(builder.build())
    with pytest.raises(ValueError, match="`colour` is no quantity"):
        words.literals(Choice("colour", 1, Relation.AT_LEAST), lambda *_: 0)
    with pytest.raises(ValueError, match="whole numbers"):
        words.literals(Choice("fans", "many"), lambda *_: 0)
    with pytest.raises(ValueError, match="at least"):
        words.literals(Choice("fans", 2, Relation.IS_NOT), lambda *_: 0)


def test_terms_of_one_slot_are_gathered() -> None:
    builder = ModelBuilder("power")
    supply = builder.enumeration("psu", ["p450", "p650"])
    fans = builder.quantity("fans", 0, 9)
    terms = [
        Term(-450, builder.is_(supply, "p450")),
        Term(-650, builder.is_(supply, "p650")),
        Term(3, 0, fans),
        Term(2, 0, fans),
        Term(600),
    ]
    builder.at_most(terms, 0, builder.rule("watts"))
    model = builder.build()
    total = prepare(model, model.sums[0])
    assert total.bound == -600
    assert {(each.factors, each.quantity) for each in total.parts} == {((-450, -650), None), ((0, 5), 1)}


def power(fans_max: int) -> ModelBuilder:
    """5 W a fan plus 600 W for the rest must stay within the supply."""
    builder = ModelBuilder("power")
    supply = builder.enumeration("psu", [450, 650, 850])
    fans = builder.quantity("fans", 0, fans_max)
    terms = [Term(-watts, builder.is_(supply, watts)) for watts in (450, 650, 850)]
    builder.at_most([*terms, Term(5, 0, fans), Term(600)], 0, builder.rule("watts", "too little power"))
    return builder


def test_large_quantities_have_exact_ends() -> None:
    engine = SatConfigurator(power(10_000).build())
    state = engine.configure([])
    assert isinstance(state, State)
    assert state.domain("psu").possible == (650, 850)
    assert state.domain("fans").range == Range(0, 50, checked=True)  # (850 - 600) / 5
    small = engine.configure([Choice("psu", 650)])
    assert isinstance(small, State) and small.domain("fans").range == Range(0, 10, checked=True)
    many = engine.configure([Choice("fans", 11, Relation.AT_LEAST)])
    assert isinstance(many, State) and many.domain("psu").implied == 850
    why = engine.explain([Choice("psu", 650), Choice("fans", 11)])
    assert why is not None and [each.id for each in why.rules] == ["watts"]  # type: ignore[union-attr]


def test_an_equation_leaves_holes() -> None:
    builder = ModelBuilder("pairs")
    chairs, tables = builder.quantity("chairs", 0, 12), builder.quantity("tables", 0, 5)
    terms = [Term(1, 0, chairs), Term(-4, 0, tables)]
    builder.at_most(terms, 0)
    builder.no_less(terms, 0)
    state = SatConfigurator(builder.build()).configure([Choice("chairs", 3, Relation.AT_LEAST)])
    assert isinstance(state, State)
    chairs_left = state.domain("chairs").range
    assert chairs_left == Range(4, 12, (5, 6, 7, 9, 10, 11), checked=True)
    assert state.possible("chairs", 8) and not state.possible("chairs", 9)
    assert state.domain("tables").range == Range(1, 3, checked=True)


def test_prices_times_quantities_are_completed_exactly() -> None:
    builder = power(10_000)
    fans = builder.index_of("fans")
    supply = builder.index_of("psu")
    assert fans is not None and supply is not None
    prices = [Term(price, builder.is_(supply, watts)) for watts, price in ((450, 40), (650, 60), (850, 90))]
    model = builder.build()
    bench = Workbench(Foundation(model))
    chosen = (Choice("fans", 12, Relation.AT_LEAST),)
    found = complete(bench, chosen, Objective((*prices, Term(7, 0, fans))), Allowance(PLENTY))
    assert found.proven and found.total == 90 + 12 * 7
    assert dict(found.values) == {"psu": 850, "fans": 12}
    by_program = Program(model, encode(model)).minimise([*prices, Term(-7, 0, fans)], Allowance(PLENTY))
    assert by_program.feasible and by_program.bound == 90 - 50 * 7


@pytest.mark.parametrize("steps_max", [0, STEPS_MAX])
def test_quantities_are_weighed_step_by_step_or_by_a_program(monkeypatch: pytest.MonkeyPatch, steps_max: int) -> None:
    """850 watts leave room for 50 fans, 650 for 10: 12 fans and more need the large supply."""
    monkeypatch.setattr(completing, "STEPS_MAX", steps_max)
    builder = power(60)
    fans, supply = builder.index_of("fans"), builder.index_of("psu")
    assert fans is not None and supply is not None
    small, large = builder.is_(supply, 650), builder.is_(supply, 850)
    model = builder.build()
    engine = SatConfigurator(model)
    asked = [Choice("fans", 4, Relation.AT_LEAST)]
    # a fan costs 7 with the large supply and 9 with the small one, which costs 60 instead of 90: 60 + 4 * 9
    costs = (Term(60, small), Term(90, large), Term(9, small, fans), Term(7, large, fans))
    found = engine.complete(asked, objective=Objective(costs))
    assert found.proven and found.total == 96 and dict(found.values) == {"psu": 650, "fans": 4}
    # each fan earns 2, and 1 more without the small supply: all 50 of the large one, 90 - 50 * 3
    earned = (Term(60, small), Term(90, large), Term(-2, 0, fans), Term(-1, -small, fans))
    found = engine.complete(asked, objective=Objective(earned))
    assert found.proven and found.total == -60 and dict(found.values) == {"psu": 850, "fans": 50}
    assert steps_of(model, earned) == 2 * 60


def test_opposite_costs_pay_each_other_off() -> None:
    weigher = Weigher()
    weigher.add(1, 5)
    weigher.add(-1, 3)
    weigher.add(2, -4)
    assert weigher.net() == {1: 2, -2: 4} and weigher.offset == -4 + 3


def test_the_optimiser_finds_the_least_cost_or_says_none() -> None:
    builder = ModelBuilder("cover")
    literals = [builder.is_(builder.boolean(name), True) for name in "abc"]
    builder.clause(literals[:2])
    builder.clause(literals[1:])
    cnf = encode(builder.build())
    costs = dict(zip(literals, (4, 7, 4), strict=True))
    for priced in Priced:
        ask = partial(cheapest, costs=costs, priced=priced, theory=None, allowance=Allowance(PLENTY))
        best = ask(Demand(cnf))
        assert best is not None and best.proven and best.cost == 7
        neither = Demand(cnf)
        for literal in literals[:2]:
            neither.add((-literal,))
        assert ask(neither) is None


def test_groups_conflicts_and_witnesses_on_one_search() -> None:
    builder = ModelBuilder("three")
    literals = [builder.is_(builder.boolean(name), True) for name in "abc"]
    builder.clause([-literals[0], -literals[1]], builder.rule("not both"))
    model = builder.build()
    search = Search(encode(model), rule_count=1, selectable=True)
    groups = SoftGroups(search, [(each,) for each in literals], [search.selector(0)])
    assert groups.smallest_conflict() == 0b011
    assert sorted(groups.smallest_corrections(5)) == [0b001, 0b010]
    assert minimal_core(search, literals, [search.selector(0)]) == [search.selector(0)]
    finder = WitnessFinder(Search(encode(model)), model.atom_count)
    assert finder.possible([literals[0]], Possible(0b1110, 0b1110)) == Possible(0b1010, 0b1100)
    assert finder.possible([literals[0], literals[1]], Possible(0b1110, 0b1110)) is None
    bench = Workbench(Foundation(model))
    why = explain(bench, units_of([Choice(name, True) for name in "abc"], ()), ())
    assert why is not None and [each.variable for each in why.choices] == ["a", "b"]


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_lemmas_never_exclude_a_valid_configuration(seed: int) -> None:
    """Every clause that the sum theory learns holds in every solution, once its bounds are read as bounds."""
    model = random_model(seed)
    theory = SumTheory(model)
    learned: list[list[int]] = []

    class Listening(SumTheory):
        def lemmas(self, solution, host):  # type: ignore[no-untyped-def]
            found = super().lemmas(solution, host)
            learned.extend(found)
            return found

    theory = Listening(model)
    search = Search(encode(model), theory=theory)
    finder = WitnessFinder(search, model.atom_count)
    words = Vocabulary(model)
    if finder.possible([], Possible(words.decided_true, words.decided_false)) is None:
        assert not solutions(model)
        return
    RangeFinder(model, search, theory).ranges([], full_ranges(model))
    steps = {atom: (at, bound) for at, each in theory._steps.items() for bound, atom in each}
    for solution in solutions(model):
        for clause in learned:
            assert any(_holds(model, solution, literal, steps, theory._true) for literal in clause)


def _holds(model, solution, literal, steps, true):  # type: ignore[no-untyped-def]
    atom = abs(literal)
    if atom == true:
        held = True
    elif atom in steps:
        at, bound = steps[atom]
        held = solution.values[model.variables[at].name] >= bound
    else:
        held = solution.atoms[atom]
    return held == (literal > 0)


def test_random_models_are_not_all_alike() -> None:
    """The property tests mean something: both answers and all kinds occur."""
    models = [random_model(random.Random(at).randrange(10**6)) for at in range(60)]
    satisfiable = sum(bool(solutions(each)) for each in models)
    assert 10 < satisfiable < 58
    assert {each.kind for model in models for each in model.variables} == set(Kind)
