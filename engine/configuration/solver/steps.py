"""Prices times quantities as prices of single steps, which clauses can carry.

A price times a quantity is the price of the least quantity, and the price once more for every step beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.configuration.model import Model, Term
from engine.configuration.solver.search import Host
from engine.configuration.solver.sums import SumTheory

STEPS_MAX = 4_000
"""Beyond this many steps an integer program is asked at once: a step is an atom and a cost of its own."""


def steps_of(model: Model, terms: Sequence[Term]) -> int:
    """How many steps the terms have."""
    pairs = {(each.literal, each.quantity) for each in terms if each.quantity is not None}
    return sum(model.variables[quantity].maximum - model.variables[quantity].minimum for _, quantity in pairs)


def in_steps(model: Model, terms: Sequence[Term], theory: SumTheory, host: Host) -> Iterator[Term]:
    """The terms without quantities: as much in all, in every solution of least total."""
    factors: dict[tuple[int, int], int] = {}
    for term in terms:
        if term.quantity is None:
            yield term
        else:
            pair = term.literal, term.quantity
            factors[pair] = factors.get(pair, 0) + term.coefficient
    for (literal, quantity), factor in factors.items():
        variable = model.variables[quantity]
        yield Term(factor * variable.minimum, literal)
        for bound in range(variable.minimum + 1, variable.maximum + 1):
            reached = theory.at_least(quantity, bound, host)
            yield Term(factor, _both(literal, reached, factor, host) if literal else reached)


def _both(literal: int, reached: int, factor: int, host: Host) -> int:
    """An atom for both literals, tied on the side where a least total would not keep it right by itself."""
    atom = host.fresh()
    if factor > 0:
        host.add((-literal, -reached, atom))
    else:
        host.add((-atom, literal))
        host.add((-atom, reached))
    return atom
