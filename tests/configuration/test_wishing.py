"""The nearest completion of any model, against brute force."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Choice, CompletionStatus, Kind, Model, Objective, Relation, Term
from engine.configuration.wishing import Way, Wish, nearest
from tests.configuration.solver.brute import Solution, agrees, choices_of, random_model, solutions, total
from tests.configuration.solver.test_engine import some_choices


def some_wishes(model: Model, rnd: random.Random) -> list[Wish]:
    def choice() -> Choice:
        variable = rnd.choice([each for each in model.variables if each.decision])
        if variable.kind is Kind.QUANTITY:
            relation = rnd.choice([Relation.IS, Relation.AT_LEAST, Relation.AT_MOST])
            return Choice(variable.name, rnd.randint(variable.minimum - 1, variable.maximum + 1), relation)
        return Choice(variable.name, rnd.choice(choices_of(variable)), rnd.choice([Relation.IS, Relation.IS_NOT]))

    def ways() -> tuple[Way, ...]:
        return tuple(Way(tuple(choice() for _ in range(rnd.randint(1, 2)))) for _ in range(rnd.randint(1, 2)))

    return [Wish(ways(), rnd.randint(1, 5)) for _ in range(rnd.randint(1, 4))]


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_no_configuration_misses_less_and_none_that_near_costs_less(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed)
    chosen, wishes = some_choices(model, rnd, 2), some_wishes(model, rnd)
    terms = tuple(Term(rnd.randint(-9, 9), rnd.randint(0, model.atom_count)) for _ in range(3))
    found = nearest(model, chosen, wishes, then=Objective(terms), budget=Budget())
    left = [each for each in solutions(model) if agrees(each, chosen)]
    if not left:
        assert found.completion.status is CompletionStatus.INFEASIBLE
        return

    def missed(each: Solution) -> int:
        return sum(wish.weight for wish in wishes if not any(agrees(each, way.choices) for way in wish.ways))

    least = min(map(missed, left))
    assert found.proven and found.missed == least
    assert sum(wish.weight for wish, kept in zip(wishes, found.ways, strict=True) if not kept) == least
    assert found.completion.total == min(total(model, each, list(terms)) for each in left if missed(each) == least)
    assert not any(name.startswith("wish") for name, _ in found.completion.values)
