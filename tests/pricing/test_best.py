"""The best set of rules: what trying every set finds, within a limit; beyond it a set taken one by one, and said so."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing import best
from engine.pricing.best import best_set, count_of_sets, every_set
from engine.pricing.effects import Amount, Percent, Sign
from engine.pricing.flow import GREEDY
from engine.pricing.plan import Pick, RuleGroup
from tests.pricing.books import ON_ORDER, D, asked, book, line, priced, rule

Clashes = tuple[frozenset[int], ...]


@st.composite
def candidates(draw: st.DrawFn) -> tuple[list[Decimal], Clashes, int, int]:
    """What each takes off alone, who cannot stand beside whom, how many there may be, and the most that all take."""
    alone = [D(each) for each in draw(st.lists(st.integers(-3, 9), max_size=6))]
    pairs = draw(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=5))
    clashes = tuple(
        frozenset(b if a == index else a for a, b in pairs if index in (a, b) and a != b) for index in range(len(alone))
    )
    return alone, clashes, draw(st.integers(1, 4)), draw(st.integers(1, 30))


def allowed(clashes: Clashes, taken: tuple[int, ...]) -> bool:
    return not any(b in clashes[a] for a, b in combinations(taken, 2))


@settings(max_examples=300)
@given(candidates())
def test_the_best_set_is_the_best_of_all(given_: tuple[list[Decimal], Clashes, int, int]) -> None:
    alone, clashes, at_most, cap = given_

    def worth(taken: tuple[int, ...]) -> Decimal:
        return min(sum((alone[each] for each in taken), D(0)), D(cap))

    every = [
        taken
        for size in range(1, at_most + 1)
        for taken in combinations(range(len(alone)), size)
        if allowed(clashes, taken)
    ]
    found = best_set(alone, clashes, at_most, worth)
    assert found.exact
    assert worth(found.positions) == max([worth(taken) for taken in every], default=D(0)) or not found.positions
    assert bool(found.positions) == any(worth(taken) > 0 for taken in every)
    assert allowed(clashes, found.positions)
    assert list(every_set(clashes, at_most)) == every
    # every set but those that clash
    free = tuple(frozenset[int]() for _ in alone)
    assert count_of_sets(len(alone), at_most) == len(list(every_set(free, at_most)))

    with patch.object(best, "NODES_MAX", 1):
        quick = best_set(alone, clashes, at_most, worth)
    assert allowed(clashes, quick.positions) and len(quick.positions) <= at_most
    assert list(quick.positions) == sorted(quick.positions)
    assert all(alone[each] > 0 for each in quick.positions)
    assert quick.exact == (not any(each > 0 for each in alone))
    if not any(clashes):
        # without a clash the best one by one are the best together
        assert worth(quick.positions) == max(
            [worth(taken) for taken in every if min(alone[e] for e in taken) > 0] or [D(0)]
        )


def test_one_by_one_the_dearest_comes_first_and_keeps_others_out() -> None:
    alone = [D(4), D(5), D(3), D(0)]
    clashes = (frozenset({1}), frozenset({0}), frozenset[int](), frozenset[int]())

    def worth(taken: tuple[int, ...]) -> Decimal:
        return sum((alone[each] for each in taken), D(0))

    with patch.object(best, "NODES_MAX", 0):
        assert best_set(alone, clashes, 3, worth).positions == (1, 2)
        assert best_set(alone, clashes, 1, worth).positions == (1,)


def test_a_line_whose_best_was_chosen_one_by_one_says_so() -> None:
    given_ = [rule(f"r{n}", Amount(D(n))) for n in (1, 2, 3)] + [rule("up", Percent(D(5), sign=Sign.UP))]
    rules = book(*given_, groups=(RuleGroup("promo", pick=Pick.BEST, at_most=2), ON_ORDER))
    exact = priced(rules, asked(line("A")))
    # 100.00 - 3.00 - 2.00
    assert (exact.lines[0].amount, exact.warnings) == (9500, ())
    with patch.object(best, "NODES_MAX", 1):
        quick = priced(rules, asked(line("A")))
    assert quick.lines[0].amount == 9500
    assert quick.warnings == (GREEDY,)
