"""The default configurator against brute force on random models, and its promises about order, proofs and budgets."""

from __future__ import annotations

import random
import threading
import time
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import (
    Budget,
    Choice,
    CompletionStatus,
    Kind,
    Model,
    ModelBuilder,
    Objective,
    Offer,
    OutOfBudget,
    Repair,
    State,
    Term,
)
from engine.configuration.analysing import study
from engine.configuration.configurator import configurator_for
from engine.configuration.solver import completing
from engine.configuration.solver.steps import STEPS_MAX
from tests.configuration.solver.brute import Solution, agrees, choices_of, random_model, solutions, total

SEEDS = st.integers(0, 10**6)


def some_choices(model: Model, rnd: random.Random, most: int = 3) -> list[Choice]:
    shown = [each for each in model.variables if each.decision]
    picked = rnd.sample(shown, min(len(shown), rnd.randint(0, most)))
    return [Choice(each.name, rnd.choice(choices_of(each))) for each in picked]


def assert_domains(model: Model, state: State, left: list[Solution]) -> None:
    assert state.consistent == bool(left)
    for variable in model.variables:
        if not left or not variable.decision:
            continue
        expected = {each.values[variable.name] for each in left}
        domain = state.domain(variable.name)
        if variable.kind is not Kind.QUANTITY:
            assert set(domain.possible) == expected
            continue
        assert domain.range is not None and domain.range.checked
        assert (domain.range.minimum, domain.range.maximum) == (min(expected), max(expected))
        assert set(range(min(expected), max(expected) + 1)) - set(domain.range.holes) == expected


@given(SEEDS)
@settings(max_examples=120, deadline=None)
def test_domains_equal_brute_force_click_by_click(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    engine = configurator_for(model)
    everything = solutions(model)
    chosen: list[Choice] = []
    previous = None
    for choice in [None, *some_choices(model, rnd)]:
        chosen += [choice] if choice else []
        state = engine.configure(chosen, previous=previous)
        assert isinstance(state, State)
        assert_domains(model, state, [each for each in everything if agrees(each, chosen)])
        previous = state


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_order_of_clicks_does_not_matter(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen = some_choices(model, rnd, 4)
    states, repairs, reasons = set(), set(), set()
    for _ in range(3):
        rnd.shuffle(chosen)
        engine = configurator_for(model)
        for at in range(len(chosen) + 1):
            state = engine.configure(chosen[:at])
        assert isinstance(state, State)
        states.add((state.choices, state.consistent, state.can_hold, state.can_fail, state.ranges))
        repairs.add(engine.repair(chosen))
        reasons.add(engine.explain(chosen))
    assert len(states) == len(repairs) == len(reasons) == 1


@given(SEEDS, st.sampled_from([0, STEPS_MAX]))
@settings(max_examples=150, deadline=None)
def test_completions_cost_the_least_of_all(seed: int, steps_max: int) -> None:
    """Also where quantities are priced: by an integer program as well as step by step."""
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen = some_choices(model, rnd, 2)
    quantities = [at for at, _ in model.quantities()]
    terms = [
        Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count), rnd.choice([None, None, *quantities]))
        for _ in range(5)
    ]
    with patch.object(completing, "STEPS_MAX", steps_max):
        found = configurator_for(model).complete(chosen, objective=Objective(tuple(terms)))
    left = [each for each in solutions(model) if agrees(each, chosen)]
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    assert found.proven and found.total == found.bound == min(total(model, each, terms) for each in left)
    shown = dict(found.values)
    assert any(
        total(model, each, terms) == found.total and all(each.values[name] == shown[name] for name in shown)
        for each in left
    )


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_explanations_are_smallest_and_every_rule_in_them_is_needed(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen = some_choices(model, rnd, 4)
    everything = solutions(model)
    why = configurator_for(model).explain(chosen)
    if any(agrees(each, chosen) for each in everything):
        assert why is None
        return
    assert why is not None and not isinstance(why, OutOfBudget)
    assert not any(agrees(each, why.choices) for each in everything)
    for size in range(len(why.choices)):
        assert all(any(agrees(each, smaller) for each in everything) for smaller in _subsets(chosen, size)), (
            "a smaller conflict exists"
        )
    guilty = set(why.rule_numbers)
    assert not any(agrees(each, why.choices) for each in solutions(model, guilty.__contains__))
    for rule in guilty:
        without = solutions(model, (guilty - {rule}).__contains__)
        assert any(agrees(each, why.choices) for each in without)


@given(SEEDS)
@settings(max_examples=80, deadline=None)
def test_repairs_are_smallest_and_work(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen = some_choices(model, rnd, 4)
    wanted = some_choices(model, rnd, 1)
    everything = solutions(model)
    repairs = configurator_for(model).repair(chosen, wanted=wanted, limit=4)
    assert not isinstance(repairs, OutOfBudget)
    if not any(agrees(each, wanted) for each in everything):
        assert repairs == ()
        return
    smallest = min(
        size
        for size in range(len(chosen) + 1)
        for kept in _subsets(chosen, len(chosen) - size)
        if any(agrees(each, [*kept, *wanted]) for each in everything)
    )
    assert len(repairs[0].drop) == smallest
    for repair in repairs:
        kept = [each for each in chosen if each not in repair.drop]
        assert any(agrees(each, [*kept, *wanted]) for each in everything)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_validation_of_a_full_configuration_names_exactly_the_broken_rules(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    full = [Choice(each.name, rnd.choice(choices_of(each))) for each in model.variables if each.decision]
    found = configurator_for(model).validate(full)
    assert not isinstance(found, OutOfBudget)
    named = {rule.id for each in found for rule in each.rules}
    if not all(each.decision for each in model.variables):
        return
    broken = {
        rule.id
        for at, rule in enumerate(model.rules)
        if not any(agrees(each, full) for each in solutions(model, lambda number, at=at: number == at))
    }
    assert named == broken


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_counts_are_exact(seed: int) -> None:
    model = random_model(seed, quantities=seed % 2, sums=seed % 3)
    rnd = random.Random(seed)
    chosen = some_choices(model, rnd, 2)
    shown = [each.name for each in model.variables if each.decision]
    left = {tuple(each.values[name] for name in shown) for each in solutions(model) if agrees(each, chosen)}
    assert configurator_for(model).count(chosen) == len(left)


def test_priced_repairs_come_cheapest_first() -> None:
    builder = ModelBuilder("fit")
    board = builder.enumeration("board", ["small", "large"])
    case = builder.enumeration("case", ["small", "large"])
    large = builder.is_(board, "large")
    builder.clause([-large, builder.is_(case, "large")], builder.rule("fits", "a large board needs a large case"))
    model = builder.build()
    prices = [Term(100, large), Term(250, builder.is_(case, "large")), Term(80, builder.is_(case, "small"))]
    chosen = [Choice("board", "large"), Choice("case", "small")]
    repairs = configurator_for(model).repair(chosen, prices=Offer(tuple(prices)))
    # giving up the board: small board 0 + small case 80; giving up the case: large board 100 + large case 250
    assert not isinstance(repairs, OutOfBudget)
    assert [(each.drop, each.total) for each in repairs] == [((chosen[0],), 80), ((chosen[1],), 350)]
    assert all(each.price_effect is None and each.proven for each in repairs), "nothing valid to compare with"
    # wanted beside what is valid: 350 before, then the small case's 80, or 100 + 250 where nothing is given up
    (repair,) = found = configurator_for(model).repair([chosen[0]], wanted=[chosen[1]], prices=Offer(tuple(prices)))
    assert not isinstance(found, OutOfBudget) and isinstance(repair, Repair)
    assert (repair.drop, repair.total, repair.price_effect) == ((chosen[0],), 80, 80 - 350)


def test_preferences_decide_among_equally_cheap_completions() -> None:
    builder = ModelBuilder("colours")
    colour = builder.enumeration("colour", ["red", "green", "blue"])
    builder.prefer(builder.is_(colour, "green"), weight=5)
    builder.prefer(-builder.is_(colour, "red"), weight=1)
    found = configurator_for(builder.build()).complete([], objective=Objective(()))
    assert dict(found.values) == {"colour": "green"} and found.total == 0


def test_a_spending_limit_keeps_the_total_below() -> None:
    builder = ModelBuilder("budget")
    parts = [builder.boolean(name) for name in ("a", "b", "c")]
    literals = [builder.is_(each, True) for each in parts]
    spend = tuple(Term(price, literal) for price, literal in zip((40, 50, 70), literals, strict=True))
    worth = tuple(Term(-value, literal) for value, literal in zip((5, 6, 9), literals, strict=True))
    found = configurator_for(builder.build()).complete([], objective=Objective(worth, limits=((spend, 110),)))
    # a + c cost exactly 110 and are worth 14; b + c would cost 120
    assert found.proven and dict(found.values) == {"a": True, "b": False, "c": True} and found.total == -14


@given(SEEDS, st.integers(-9, 9))
@settings(max_examples=60, deadline=None)
def test_a_limit_on_the_total_itself_is_kept_or_refused(seed: int, bound: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    quantities = [None, *(at for at, _ in model.quantities())]
    terms = tuple(Term(rnd.randint(-4, 9), rnd.randint(0, model.atom_count), rnd.choice(quantities)) for _ in range(3))
    found = configurator_for(model).complete((), objective=Objective(terms, limits=((terms, bound),)))
    within = [each for each in (total(model, one, terms) for one in solutions(model)) if each <= bound]
    assert found.proven if within else found.status is CompletionStatus.INFEASIBLE
    assert found.total == min(within, default=None)


def pigeonhole(holes: int) -> Model:
    builder = ModelBuilder("pigeons")
    homes = [builder.enumeration(f"pigeon {at}", [f"hole {hole}" for hole in range(holes)]) for at in range(holes + 1)]
    for hole in range(holes):
        literals = [builder.is_(each, f"hole {hole}") for each in homes]
        builder.cardinality(literals, 0, 1, builder.rule(f"one in hole {hole}"))
    return builder.build()


def test_a_hard_search_gives_up_in_words_and_within_its_budget() -> None:
    engine = configurator_for(pigeonhole(16))
    started = time.monotonic()
    answer = engine.configure([], budget=Budget(conflicts=10_000, milliseconds=600_000))
    assert isinstance(answer, OutOfBudget) and answer.operation == "configure" and answer.known is None
    few = engine.satisfiable([], budget=Budget(conflicts=500, milliseconds=600_000))
    assert isinstance(few, OutOfBudget)
    # The clock ends a search as well: nobody waits for the rest of a pigeonhole, however slow the machine is.
    late = engine.satisfiable([], budget=Budget(conflicts=10**9, milliseconds=300))
    assert isinstance(late, OutOfBudget)
    assert engine.complete([], objective=Objective(()), budget=Budget(milliseconds=200)).status in (
        CompletionStatus.UNKNOWN,
        CompletionStatus.INFEASIBLE,
    )
    assert time.monotonic() - started < 60, "the searches came back long before any hang would"


def test_other_threads_keep_running_while_a_hard_model_is_searched() -> None:
    engine = configurator_for(pigeonhole(16))
    answers = []
    worker = threading.Thread(target=lambda: answers.append(engine.satisfiable([], budget=Budget(60_000, 600_000))))
    beats = 0
    worker.start()
    while worker.is_alive():
        beats += 1
        time.sleep(0.005)
    worker.join()
    assert len(answers) == 1 and isinstance(answers[0], OutOfBudget)
    assert beats > 20, "the waiting thread hardly ever ran"


def test_one_configurator_serves_several_threads() -> None:
    model = random_model(12)
    engine = configurator_for(model)
    everything = solutions(model)
    problems: list[BaseException] = []

    def work(seed: int) -> None:
        rnd = random.Random(seed)
        try:
            for _ in range(20):
                chosen = some_choices(model, rnd)
                state = engine.configure(chosen)
                assert isinstance(state, State)
                assert_domains(model, state, [each for each in everything if agrees(each, chosen)])
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not problems


def test_unknown_names_and_values_are_refused() -> None:
    engine = configurator_for(random_model(3))
    with pytest.raises(KeyError):
        engine.configure([Choice("nothing", True)])
    with pytest.raises(ValueError):
        engine.configure([Choice("b0", "maybe")])


def test_a_contradictory_model_names_its_guilty_rules() -> None:
    builder = ModelBuilder("never")
    switch = builder.is_(builder.boolean("switch"), True)
    builder.clause([switch], builder.rule("on"))
    builder.clause([-switch], builder.rule("off"))
    builder.clause([builder.is_(builder.boolean("other"), True)], builder.rule("innocent"))
    found = study(configurator_for(builder.build()), budget=Budget())
    assert found.satisfiable is False and [each.id for each in found.contradiction] == ["on", "off"]


def _subsets(items: list[Choice], size: int) -> list[list[Choice]]:
    if size == 0:
        return [[]]
    if size > len(items):
        return []
    first, rest = items[0], items[1:]
    return [[first, *each] for each in _subsets(rest, size - 1)] + _subsets(rest, size)


def test_choices_of_one_group_count_as_one_change() -> None:
    builder = ModelBuilder("groups")
    size = builder.enumeration("size", ["small", "large"])
    fans = builder.quantity("fans", 0, 4)
    hook = builder.is_(builder.boolean("hook"), True)
    light = builder.is_(builder.boolean("light"), True)
    builder.clause([-builder.is_(size, "large"), -hook], builder.rule("no hook when large"))
    builder.clause([-builder.at_least(fans, 3), -hook, -light], builder.rule("no hook with light and fans"))
    engine = configurator_for(builder.build())
    product = [Choice("size", "large"), Choice("fans", 3)]
    chosen = [*product, Choice("hook", True), Choice("light", True)]
    repairs = engine.repair(chosen, groups=[product], wanted=[Choice("hook", True)])
    assert not isinstance(repairs, OutOfBudget)
    assert repairs[0].drop == (Choice("fans", 3), Choice("size", "large"))
    why = engine.explain(chosen, groups=[product])
    assert why is not None and not isinstance(why, OutOfBudget)
    assert set(why.choices) == {*product, Choice("hook", True)}
