"""Totals of sums against adding them up term by term, numbers larger than the machine's included."""

from __future__ import annotations

import random

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration.model import Sum, Term
from engine.configuration.solver.families import Totals, flattened

TOP = 6


@given(st.integers(0, 10**6), st.sampled_from([10, 10**30]))
@settings(max_examples=60, deadline=None)
def test_totals_are_what_the_terms_add_up_to(seed: int, largest: int) -> None:
    rnd = random.Random(seed)
    quantities = {7: rnd.randint(0, 40), 9: rnd.randint(-3, 3)}
    holds = {atom: rnd.random() < 0.5 for atom in range(1, TOP + 1)}

    def term() -> Term:
        literal = rnd.choice([0, 1, -1]) * rnd.randint(1, TOP)
        return Term(rnd.randint(-largest, largest), literal, rnd.choice([None, 7, 9]))

    sums = [Sum(tuple(term() for _ in range(rnd.randint(0, 5))), 0) for _ in range(rnd.randint(0, 4))]
    truth = numpy.zeros(2 * TOP + 2, dtype=numpy.bool_)
    for atom, held in holds.items():
        truth[TOP + atom], truth[TOP - atom] = held, not held
    truth[-1] = True
    expected = [
        sum(
            each.coefficient * (1 if each.quantity is None else quantities[each.quantity])
            for each in total.terms
            if each.literal == 0 or holds[abs(each.literal)] == (each.literal > 0)
        )
        for total in sums
    ]
    assert Totals(sums, {7: 40, 9: 3}, TOP).of(truth, quantities) == expected


def test_a_group_of_no_literals_stands_where_nothing_holds() -> None:
    places, starts = flattened([(1, -2), (), (3,)], TOP)
    assert places.tolist() == [TOP + 1, TOP - 2, TOP, TOP + 3]
    assert starts.tolist() == [0, 2, 3]
