"""Slots that take several entries: for each class, how many entries and how many units of it.

Entries are counted by literals "at least one", "at least two" and so on, and so are units while there are few. To pin
the quantity of one entry among others of its class, a class also says how many units its entries have above the
smallest quantity and below the largest: two entries of 1 to 4 with one pinned at 3 have at least 2 above and 1 below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.catalog import OptionGroup
from engine.configuration.answers import Choice, Relation
from engine.configuration.builder import ModelBuilder
from engine.configuration.model import Term

FEW_UNITS = 16
NEVER = "(true)"
"""The name of the literal that always holds; choosing it false is a choice that never fits."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A number of a class: names of the literals "at least 1", "at least 2" ..., or one quantity when it is large."""

    literals: tuple[str, ...] = ()
    quantity: str = ""

    def at_least(self, number: int) -> tuple[Choice, ...]:
        """The choice that the number is at least this; nothing for zero."""
        if number <= 0:
            return ()
        if self.quantity:
            return (Choice(self.quantity, number, Relation.AT_LEAST),)
        if number > len(self.literals):
            return (Choice(NEVER, value=False),)
        return (Choice(self.literals[number - 1], value=True),)

    def at_most(self, number: int) -> tuple[Choice, ...]:
        """The choice that the number is at most this; nothing when it cannot be more."""
        if self.quantity:
            return (Choice(self.quantity, number, Relation.AT_MOST),)
        return (Choice(self.literals[number], value=False),) if number < len(self.literals) else ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The counters of one class; ``units`` counts units only while there are few, else ``above`` does."""

    entries: Counter
    units: Counter
    above: Counter
    below: Counter


def tally(
    builder: ModelBuilder, name: str, group: OptionGroup, products: int
) -> tuple[Tally, tuple[Term, ...], tuple[Term, ...]]:
    """Add the counters of a class of so many products; also the terms that count its entries and its units."""
    most = min(products, group.maximum)
    entries, literals = _counter(builder, f"{name}#", most, decision=True)
    low, high = group.quantity_minimum, group.quantity_maximum
    counted = tuple(Term(1, each) for each in literals)
    if high == 1:
        return Tally(entries, entries, Counter(), Counter()), counted, counted
    if most * high <= FEW_UNITS:
        return _few(builder, name, (entries, literals), (low, high))
    spare = high - low
    above = builder.quantity(f"{name}.above", 0, most * spare, decision=False)
    below = builder.quantity(f"{name}.below", 0, most * spare, decision=False)
    balance = (Term(1, 0, above), Term(1, 0, below), *(Term(-spare, each) for each in literals))
    builder.at_most(balance, 0)
    builder.no_less(balance, 0)
    found = Tally(entries, Counter(), Counter((), f"{name}.above"), Counter((), f"{name}.below"))
    return found, counted, (*(Term(low, each) for each in literals), Term(1, 0, above))


def _few(
    builder: ModelBuilder, name: str, entries: tuple[Counter, Sequence[int]], quantities: tuple[int, int]
) -> tuple[Tally, tuple[Term, ...], tuple[Term, ...]]:
    counter, taken = entries
    low, high = quantities
    most, spare = len(taken), high - low
    units, literals = _counter(builder, f"{name}*", most * high, decision=False)
    above, more = _counter(builder, f"{name}+", most * spare, decision=False)
    below, less = _counter(builder, f"{name}-", most * spare, decision=False)

    def at_least(number: int) -> list[int]:
        """Nothing to say up to 0; impossible (an empty clause part) above the largest number."""
        return [literals[number - 1]] if 0 < number <= len(literals) else []

    for count, entry in enumerate(taken, 1):
        builder.clause((-entry, *at_least(count * low)))
        builder.clause((entry, *(-each for each in at_least((count - 1) * high + 1))))
        fewer = [taken[count]] if count < most else []
        for extra, literal in enumerate(more, 1):
            builder.clause((-entry, -literal, *at_least(count * low + extra)))
        for short, literal in enumerate(less, 1):
            beyond = count * high - short + 1
            if beyond <= len(literals):
                builder.clause((*fewer, -literal, *([-literals[beyond - 1]] if beyond > 0 else [-entry])))
    if more:
        builder.clause((taken[0], -more[0]))
        builder.clause((taken[0], -less[0]))
    counted = tuple(Term(1, each) for each in taken)
    return Tally(counter, units, above, below), counted, tuple(Term(1, each) for each in literals)


def _counter(builder: ModelBuilder, name: str, most: int, *, decision: bool) -> tuple[Counter, list[int]]:
    names = tuple(f"{name}{number}" for number in range(1, most + 1))
    literals = [builder.variable(builder.boolean(each, decision=decision)).first for each in names]
    for fewer, more in zip(literals, literals[1:], strict=False):
        builder.clause((fewer, -more))
    return Counter(names), literals
