"""Different completions by rising total, against every solution written out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, CompletionStatus, Kind, Model, ModelBuilder, Objective, Term
from engine.configuration.answers import Apart
from engine.configuration.solver import apart as telling
from engine.configuration.solver import completing, optimum
from engine.configuration.solver.apart import arrangements, content_of
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.small import SmallConfigurator
from engine.configuration.solver.steps import STEPS_MAX, steps_of
from tests.configuration.solver.brute import agrees, random_model, solutions, total
from tests.configuration.solver.test_engine import some_choices


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """However hard the next ones are to find."""
    with patch.multiple(optimum, CONFLICTS_MAX=10**9, FOLLOWING_MS=10**6):
        yield


def test_the_next_ones_are_given_up_where_they_are_hard_to_find() -> None:
    model, apart, terms = shelves(6)
    with patch.object(optimum, "CONFLICTS_MAX", 3):
        found = SatConfigurator(model).ranked([], objective=Objective(terms), apart=apart, count=100)
    totals = sorted(5 * books + 7 * boxes for books in range(7) for boxes in range(7 - books))
    assert 1 < len(found.completions) < len(totals) and not found.exhausted
    assert [each.total for each in found.completions] == totals[: len(found.completions)]


def some_apart(model: Model, rnd: random.Random) -> Apart:
    """Some of the questions, each by itself."""
    shown = [each.name for each in model.variables if each.decision]
    return tuple(((name,),) for name in rnd.sample(shown, rnd.randint(1, len(shown))))


@given(st.integers(0, 10**6), st.sampled_from([0, STEPS_MAX]), st.sampled_from([1, 2, 5, 1_000]))
@settings(max_examples=120, deadline=None)
def test_the_first_completions_are_those_that_brute_force_puts_first(seed: int, steps_max: int, count: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen, apart = some_choices(model, rnd, 2), some_apart(model, rnd)
    quantities = [at for at, _ in model.quantities()]
    terms = [
        Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count), rnd.choice([None, None, *quantities]))
        for _ in range(5)
    ]
    least: dict[object, int] = {}
    for each in solutions(model):
        if agrees(each, chosen):
            content = content_of(each.values, apart)
            least[content] = min(total(model, each, terms), least.get(content, 10**9))
    limit = rnd.choice([None, *least.values()])
    wanted = sorted(each for each in least.values() if limit is None or each <= limit)
    limits = () if limit is None else ((tuple(terms), limit),)
    with patch.object(completing, "STEPS_MAX", steps_max):
        found = SatConfigurator(model).ranked(
            chosen, objective=Objective(tuple(terms), limits), apart=apart, count=count
        )
    if not wanted:
        assert [each.status for each in found.completions] == [CompletionStatus.INFEASIBLE] and found.exhausted
        return
    assert all(each.proven for each in found.completions)
    if steps_of(model, terms) > steps_max:
        # by an integer program, which comes to one
        assert [each.total for each in found.completions] == wanted[:1] and not found.exhausted
        return
    assert [each.total for each in found.completions] == wanted[:count]
    contents = [content_of(dict(each.values), apart) for each in found.completions]
    assert len({*contents}) == len(contents) and all(
        least[content] == each.total for content, each in zip(contents, found.completions, strict=True)
    )
    # exactly as many as there are: whether there are more, nobody looked
    assert found.exhausted == (len(wanted) < count or (limit is not None and found.exhausted))


@given(st.integers(0, 10**6), st.sampled_from([2, 1_000]))
@settings(max_examples=40, deadline=None)
def test_both_implementations_of_the_port_rank_alike(seed: int, count: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=1, sums=2)
    chosen, apart = some_choices(model, rnd, 1), some_apart(model, rnd)
    objective = Objective(tuple(Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count)) for _ in range(4)))
    engines = (SatConfigurator(model), SmallConfigurator(model))
    first, second = (each.ranked(chosen, objective=objective, apart=apart, count=count) for each in engines)
    assert [each.total for each in first.completions] == [each.total for each in second.completions]
    assert first.exhausted == second.exhausted


def shelves(places: int, *, quantity: int = 1) -> tuple[Model, Apart, tuple[Term, ...]]:
    """Places that are alike, each for a book, a box or nothing: a book costs 5, a box 7, a unit of it."""
    builder = ModelBuilder("shelves")
    names: list[tuple[str, ...]] = []
    terms: list[Term] = []
    for at in range(places):
        index = builder.enumeration(f"place{at}", ["book", "box", "nothing"])
        prices = {"book": 5, "box": 7}
        if quantity == 1:
            names.append((f"place{at}",))
            terms += [Term(price, builder.is_(index, what)) for what, price in prices.items()]
        else:
            units = builder.quantity(f"units{at}", 1, quantity)
            names.append((f"place{at}", f"units{at}"))
            terms += [Term(price, builder.is_(index, what), units) for what, price in prices.items()]
    return builder.build(), (tuple(names),), tuple(terms)


def test_an_exchange_between_places_that_are_alike_is_no_other_completion() -> None:
    model, apart, terms = shelves(4)
    found = SatConfigurator(model).ranked([], objective=Objective(terms), apart=apart, count=100)
    # so many books and so many boxes in four places: 15 ways, of 3 ** 4 arrangements
    totals = sorted(5 * books + 7 * boxes for books in range(5) for boxes in range(5 - books))
    assert [each.total for each in found.completions] == totals and len(totals) == 15 and found.exhausted


def test_a_place_that_cannot_hold_what_another_does_is_exchanged_with_it_where_it_can() -> None:
    """As the first instance of a nested bundle that always has one."""
    builder = ModelBuilder("shelf and shelf")
    first = builder.enumeration("first", ["book", "box"])
    other = builder.enumeration("other", ["book", "box", "nothing"])
    terms = tuple(
        Term(price, builder.is_(place, what))
        for place in (first, other)
        for what, price in {"book": 5, "box": 7}.items()
    )
    found = SatConfigurator(builder.build()).ranked(
        [], objective=Objective(terms), apart=((("first",), ("other",)),), count=100
    )
    assert [each.total for each in found.completions] == [5, 7, 10, 12, 14] and found.exhausted


def test_units_tell_places_apart_with_what_they_hold() -> None:
    model, apart, terms = shelves(2, quantity=2)
    found = SatConfigurator(model).ranked([], objective=Objective(terms), apart=apart, count=100)
    one = [(what, units) for what in (0, 5, 7) for units in (1, 2)]
    pairs = {tuple(sorted(each)) for each in [*permutations(one, 2), *((each, each) for each in one)]}
    assert [each.total for each in found.completions] == sorted(sum(p * q for p, q in pair) for pair in pairs)


def test_arrangements_that_are_not_forbidden_come_back_and_are_dropped() -> None:
    model, apart, terms = shelves(3)
    with patch.object(telling, "ARRANGEMENTS_MAX", 1):
        found = SatConfigurator(model).ranked([], objective=Objective(terms), apart=apart, count=100)
    assert [each.total for each in found.completions] == [0, 5, 7, 10, 12, 14, 15, 17, 19, 21] and found.exhausted


def test_nothing_tells_completions_apart() -> None:
    model, _, terms = shelves(2)
    found = SatConfigurator(model).ranked([], objective=Objective(terms), apart=(), count=5)
    assert [each.total for each in found.completions] == [0] and found.exhausted


@pytest.mark.parametrize("held", ["", "a", "ab", "aab", "abcd", "aabbc"])
def test_arrangements_are_the_different_orders(held: str) -> None:
    items = [(each,) for each in held]
    found = list(arrangements(items))
    assert len(found) == len({*found}) and {*found} == {*permutations(items)} and found[0] == tuple(items)


def test_a_budget_that_is_spent_leaves_what_was_found() -> None:
    model, apart, terms = shelves(3)
    found = SatConfigurator(model).ranked(
        [Choice("place0", "box")], objective=Objective(terms), apart=apart, count=5, budget=Budget(conflicts=0)
    )
    assert found.completions and not found.exhausted
    assert all(each.kind is not Kind.QUANTITY for each in model.variables)
