"""The least total by joining tables against brute force, and what happens where there is too much to join."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, CompletionStatus, Model, ModelBuilder, Objective, Relation, Term
from engine.configuration.configurator import configurator_for
from engine.configuration.solver import elimination
from engine.configuration.solver.elimination import Eliminator, TooWideError
from engine.configuration.solver.order import by_fill, eliminated, neighbours
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.tabled import SPELT_MAX, tables_of
from tests.configuration.solver.brute import Draw, agrees, choices_of, solutions, total

SEEDS = st.integers(0, 10**6)


def tabled_model(seed: int) -> Model:
    """A random model without quantities that has at least one table."""
    draw = Draw(seed, quantities=0, sums=0)
    columns = draw.rnd.sample(draw.plain, 2)
    sizes = [range(len(draw.builder.variable(each).values)) for each in columns]
    rows = [row for row in itertools.product(*sizes) if draw.rnd.random() < 0.7]
    draw.builder.table(columns, rows, draw.rule("first", 0))
    if draw.rnd.random() < 0.3:
        draw.builder.prefer(draw.literal(), draw.rnd.randint(1, 3), draw.rule("wish", 0))
    return draw.model()


def chain(length: int, values: int, *, more: Sequence[tuple[int, int]] = ()) -> Model:
    """Neighbours in a row, and ``more`` pairs, may not have the same value."""
    builder = ModelBuilder("chain")
    names = [str(at) for at in range(values)]
    row = [builder.enumeration(f"v{at}", names) for at in range(length)]
    rows = [each for each in itertools.product(range(values), repeat=2) if each[0] != each[1]]
    for first, second in (*itertools.pairwise(range(length)), *more):
        builder.table([row[first], row[second]], rows, builder.rule(f"{first}-{second}"))
    return builder.build()


def prices_of(model: Model) -> list[Term]:
    """The number of a value is its price."""
    return [Term(at, each.first + at) for each in model.variables for at in range(len(each.values))]


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_the_least_total_equals_brute_force(seed: int) -> None:
    model, rnd = tabled_model(seed), random.Random(seed)
    assume(tables_of(model) is not None)
    some = rnd.sample(model.variables, min(len(model.variables), rnd.randint(0, 2)))
    chosen = [
        Choice(each.name, rnd.choice(choices_of(each)), rnd.choice([Relation.IS, Relation.IS, Relation.IS_NOT]))
        for each in some
    ]
    atoms = range(1, model.atom_count + 1)
    terms = [Term(rnd.randint(-9, 9), rnd.choice([0, 1, -1]) * rnd.choice(atoms)) for _ in range(rnd.randint(0, 8))]
    left = [each for each in solutions(model) if agrees(each, chosen)]
    found = configurator_for(model).complete(chosen, objective=Objective(tuple(terms)))
    if not left:
        assert found.status is CompletionStatus.INFEASIBLE
        return
    least = min(total(model, each, terms) for each in left)
    assert (found.status, found.total, found.bound) == (CompletionStatus.OPTIMAL, least, least)
    (mine,) = [each for each in left if all(each.values[name] == value for name, value in found.values)]
    assert total(model, mine, terms) == least

    def wished(at: int) -> int:
        return sum(each.weight for each in model.preferences if left[at].holds(each.literal))

    equal = [at for at, each in enumerate(left) if total(model, each, terms) == least]
    assert wished(left.index(mine)) == max(map(wished, equal))


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_rules_written_as_tables_allow_the_same(seed: int) -> None:
    model = tabled_model(seed)
    tables = tables_of(model)
    assume(tables is not None)
    assert tables is not None
    rows = [
        {(v, p) for v, p in enumerate(row)}
        for row in itertools.product(*(range(len(v.values)) for v in model.variables))
    ]
    kept = [
        row
        for row in rows
        if all(any(row.issuperset(zip(each.variables, one, strict=True)) for one in each.rows) for each in tables)
    ]
    positions = [
        {(at, v.values.index(each.values[v.name])) for at, v in enumerate(model.variables)} for each in solutions(model)
    ]
    assert sorted(map(sorted, kept)) == sorted(map(sorted, positions))


def test_a_long_chain_is_as_cheap_as_its_two_cheapest_values() -> None:
    model = chain(60, 6)
    found = configurator_for(model).complete([Choice("v0", "5")], objective=Objective(tuple(prices_of(model))))
    # 5 first, then thirty times 0 and twenty-nine times 1
    assert (found.status, found.total) == (CompletionStatus.OPTIMAL, 5 + 29)


def test_what_is_too_wide_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    model = chain(6, 4, more=[(5, 0)])
    monkeypatch.setattr(elimination, "ROWS_MAX", 3)
    prepared = Eliminator.of(model)
    assert prepared is not None
    with pytest.raises(TooWideError):
        prepared.cheapest([range(4)] * 6, {}, Allowance(Budget()))
    found = configurator_for(model).complete([], objective=Objective(tuple(prices_of(model))))
    assert (found.status, found.total) == (CompletionStatus.OPTIMAL, 3)


def test_without_time_there_is_still_a_valid_answer() -> None:
    model = chain(40, 6)
    prepared = Eliminator.of(model)
    assert prepared is not None
    with pytest.raises(BudgetSpentError):
        prepared.cheapest([range(6)] * 40, {}, Allowance(Budget(conflicts=0)))
    engine = configurator_for(model)
    found = engine.complete(
        [], objective=Objective(tuple(prices_of(model))), budget=Budget(conflicts=1, milliseconds=1)
    )
    assert found.status in (CompletionStatus.FEASIBLE, CompletionStatus.OPTIMAL)
    assert engine.satisfiable([Choice(name, value) for name, value in found.values]) is True


def test_rules_over_too_many_values_are_no_tables() -> None:
    builder = ModelBuilder("wide")
    row = [builder.enumeration(f"v{at}", [str(each) for each in range(10)]) for at in range(4)]
    builder.table(row[:2], [(0, 0), (1, 1)], builder.rule("same"))
    assert 10**4 > SPELT_MAX
    builder.clause([builder.is_(each, "0") for each in row], builder.rule("some"))
    assert tables_of(builder.build()) is None


def test_an_elimination_ties_little_together() -> None:
    """Of a star the leaves go first: eliminating the middle would tie all of them together."""
    scopes = [(0, leaf) for leaf in range(1, 6)]
    order = by_fill(neighbours(range(6), scopes), [2] * 6)
    assert order.index(0) >= 4
    assert max(map(len, eliminated(neighbours(range(6), scopes)).values())) == 1
