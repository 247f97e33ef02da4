"""Counts of groups: against brute force where that is small, against binomials and hand-made sums where it is not."""

from __future__ import annotations

import inspect
import random
import sys
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import AtLeast, Budget, Model, ModelBuilder, OutOfBudget
from engine.configuration.solver import components, counting
from engine.configuration.solver.counting import count_solutions
from engine.configuration.solver.search import Allowance
from tests.configuration.solver.brute import random_model, solutions

PLENTY = Budget(conflicts=10**9, milliseconds=600_000)


def counted(model: Model, *literals: int) -> int | OutOfBudget[AtLeast]:
    return count_solutions(model, literals, Allowance(PLENTY))


def tangled(seed: int) -> tuple[Model, list[int]]:
    """Groups over the same few features, some on a condition, some counting a feature or its opposite twice."""
    rnd = random.Random(seed)
    builder = ModelBuilder("tangled")
    atoms = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(rnd.randint(2, 11))]

    def some(most: int) -> list[int]:
        return [rnd.choice([1, 1, 1, -1]) * rnd.choice(atoms) for _ in range(rnd.randint(1, most))]

    for at in range(rnd.randint(1, 4)):
        least = rnd.randint(0, 4)
        most = rnd.choice([None, least, least + 1, least + 2, rnd.randint(0, 9)])
        when = some(2) if rnd.random() < 0.4 else []
        builder.cardinality(some(9), least, most, builder.rule(f"group{at}"), when=when)
    for at in range(rnd.randint(0, 4)):
        builder.clause(some(rnd.choice([1, 2, 2, 3, 6])), builder.rule(f"clause{at}"))
    return builder.build(), some(2)


@given(st.integers(0, 10**9), st.sampled_from([2, 4, components.LONG]))
@settings(deadline=None)
def test_groups_are_counted_as_brute_force_counts_them(seed: int, long: int) -> None:
    model, literals = tangled(seed)
    fitting = [each for each in solutions(model) if all(each.holds(literal) for literal in literals)]
    with pytest.MonkeyPatch.context() as patch:
        for module in (components, counting):
            patch.setattr(module, "LONG", long)
        assert counted(model, *literals) == len(fitting), "spelt out"
        patch.setattr(counting, "counted", lambda _: True)
        assert counted(model, *literals) == len(fitting), "as groups"


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_groups_among_tables_and_values_are_counted_as_brute_force_counts_them(seed: int) -> None:
    model = random_model(seed, quantities=0, sums=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "counted", lambda _: True)
        assert counted(model) == len(solutions(model))


@given(st.integers(1, 1_200), st.integers(0, 1_200), st.none() | st.integers(0, 1_200))
@settings(max_examples=30, deadline=None)
def test_so_many_of_a_thousand_are_binomials(size: int, least: int, most: int | None) -> None:
    builder = ModelBuilder("many")
    literals = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(size)]
    builder.cardinality(literals, least, most, builder.rule("between"))
    top = size if most is None else min(most, size)
    assert counted(builder.build()) == sum(comb(size, held) for held in range(least, top + 1))


def test_four_of_a_thousand_with_rules_between_some_of_them() -> None:
    """Of C(1000, 4) choices those go in which one of b0 and b1 is missing, and those with b2 that lack b3.

    With b0 and b1: C(998, 2). With b2, without b3: C(998, 3). With b0, b1 and b2, without b3: 996 - 0 further ones.
    """
    builder = ModelBuilder("many")
    b = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(1_000)]
    builder.cardinality(b, 4, 4, builder.rule("four"))
    builder.clause([-b[0], -b[1]], builder.rule("apart"))
    builder.clause([-b[2], b[3]], builder.rule("needs"))
    assert counted(builder.build()) == comb(1_000, 4) - comb(998, 2) - comb(998, 3) + 996


def test_a_group_of_groups_is_the_product_of_what_each_allows() -> None:
    """Three to five of 12 shelves, each with two to four of 150 disks when it is there, and none otherwise."""
    builder = ModelBuilder("shelves")
    shelves = [builder.is_(builder.boolean(f"shelf{at}"), True) for at in range(12)]
    builder.cardinality(shelves, 3, 5, builder.rule("shelves"))
    for at, shelf in enumerate(shelves):
        disks = [builder.is_(builder.boolean(f"disk{at}.{disk}"), True) for disk in range(150)]
        builder.cardinality(disks, 2, 4, builder.rule(f"disks{at}"), when=[shelf])
        for disk in disks:
            builder.clause([-disk, shelf], builder.rule(f"on{at}"))
    a_shelf = sum(comb(150, held) for held in (2, 3, 4))
    assert counted(builder.build()) == sum(comb(12, held) * a_shelf**held for held in (3, 4, 5))


def test_a_chain_of_rules_through_a_group_is_cut_where_it_falls_apart() -> None:
    """So many of 300 in a row, no two of them side by side: C(301 - k, k) ways."""
    builder = ModelBuilder("row")
    seats = [builder.is_(builder.boolean(f"seat{at}"), True) for at in range(300)]
    builder.cardinality(seats, 20, 23, builder.rule("taken"))
    for one, other in zip(seats, seats[1:], strict=False):
        builder.clause([-one, -other], builder.rule("apart"))
    assert counted(builder.build()) == sum(comb(301 - held, held) for held in range(20, 24))


def test_a_long_clause_takes_no_branch_for_each_of_its_features() -> None:
    """At least one of 600, each of which needs a feature of its own: three of four ways each, all but the empty."""
    builder = ModelBuilder("one")
    features = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(600)]
    builder.clause(features, builder.rule("one"))
    for at, each in enumerate(features):
        own = builder.is_(builder.boolean(f"own{at}"), True)
        builder.clause([-each, own], builder.rule(f"needs{at}"))
    assert counted(builder.build()) == 3**600 - 2**600


def knot() -> Model:
    """Twelve groups of 20 over the same 60 features hang together."""
    rnd = random.Random(5)
    builder = ModelBuilder("knot")
    features = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(60)]
    for at in range(12):
        builder.cardinality(rnd.sample(features, 20), 8, 8, builder.rule(f"group{at}"))
    return builder.build()


@pytest.mark.parametrize("steps", [1, 100, 400])
def test_groups_out_of_budget_are_counted_to_a_lower_bound(steps: int) -> None:
    found = count_solutions(knot(), (), Allowance(Budget(conflicts=steps, milliseconds=600_000)))
    assert isinstance(found, OutOfBudget)
    assert found.known is None or 1 <= found.known.count <= 2**60


def test_what_hangs_together_too_deep_to_count_is_out_of_budget() -> None:
    """A branch for most features, one below the other, where Python allows few: as a knot of thousands."""
    model, usual = knot(), sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 60)
    try:
        found = count_solutions(model, (), Allowance(PLENTY))
    finally:
        sys.setrecursionlimit(usual)
    assert isinstance(found, OutOfBudget) and found.known is not None and found.known.count >= 1


def test_what_is_too_deep_inside_a_group_is_no_more_than_all_there_is() -> None:
    """A group counts a part that goes deeper than Python does: the bound is one of its solutions."""
    rnd, usual = random.Random(3), sys.getrecursionlimit()
    builder = ModelBuilder("deep")
    features = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(130)]
    for at in range(120):
        clause = [rnd.choice([1, -1]) * each for each in rnd.sample(features[:120], 3)]
        builder.clause(clause, builder.rule(f"clause{at}"))
    builder.cardinality(features, 30, 90, builder.rule("between"))
    model = builder.build()
    sys.setrecursionlimit(len(inspect.stack()) + 60)
    try:
        found = counted(model)
    finally:
        sys.setrecursionlimit(usual)
    assert isinstance(found, OutOfBudget)
    assert found.known is not None and 1 <= found.known.count <= 2**130


def test_a_group_that_counts_its_own_condition_is_counted_as_it_says() -> None:
    """Where all of nine hold, exactly one of ten does, the last of the nine among them.

    Of 2^11 choices the nine leave 4 open, and of those the two go in which another one holds as well.
    """
    builder = ModelBuilder("own")
    nine = [builder.is_(builder.boolean(f"b{at}"), True) for at in range(9)]
    other, free = (builder.is_(builder.boolean(name), True) for name in ("other", "free"))
    builder.cardinality([other, nine[8]], 1, 1, builder.rule("one"), when=nine)
    builder.clause([other, free, -other], builder.rule("always"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "counted", lambda _: True)
        assert counted(builder.build()) == 2**11 - 2
