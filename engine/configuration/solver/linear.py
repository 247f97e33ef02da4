"""A sum prepared for checking: terms gathered by the slot they belong to, with lower bounds and their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from engine.configuration.model import Kind, Model, Sum

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One slot's share of a sum: by the value chosen (or one literal), times a quantity when there is one.

    ``first`` is the first atom of an enumeration and ``factors`` the coefficient of each of its values; for a plain
    term ``first`` is the literal (0: always) and ``factors`` are its coefficients when false and when true.
    """

    first: int
    factors: tuple[int, ...]
    quantity: int | None
    grouped: bool

    def chosen(self, model: Sequence[int]) -> int:
        """Which of the factors counts in a solution."""
        if self.grouped:
            return max(model[self.first - 1 : self.first - 1 + len(self.factors)]) - self.first
        if not self.first:
            return 1
        return int(model[abs(self.first) - 1] == self.first)

    def least(self, at: int, spans: Mapping[int, Interval]) -> int:
        """The smallest share while that factor counts."""
        factor = self.factors[at]
        if self.quantity is None:
            return factor
        low, high = spans[self.quantity]
        return factor * low if factor >= 0 else factor * high

    def least_of_all(self, spans: Mapping[int, Interval]) -> int:
        """The smallest share whatever is chosen."""
        some = range(1, 2) if not self.grouped and not self.first else range(len(self.factors))
        return min(self.least(at, spans) for at in some)

    def literal(self, at: int) -> int:
        """The literal that makes that factor count."""
        if self.grouped:
            return self.first + at
        return self.first if at else -self.first


@dataclass(frozen=True, slots=True)
class Linear:
    """The parts add up to ``bound`` at most whenever all of ``when`` hold.

    ``weights`` (what an atom adds when it holds) and ``constant`` say the same as the parts without a quantity, in the
    form in which a solution is checked: most atoms do not hold, and only those that do are looked at.
    """

    parts: tuple[Part, ...]
    bound: int
    rule: int
    when: tuple[int, ...]
    weights: Mapping[int, int]
    constant: int
    scaled: tuple[Part, ...]

    def least(self, model: Sequence[int], spans: Mapping[int, Interval], holding: Set[int]) -> int:
        """The smallest total that a solution's choices (its atoms that hold) and these intervals leave."""
        weights = self.weights
        total = self.constant + sum(weights[atom] for atom in weights.keys() & holding)
        return total + sum(part.least(part.chosen(model), spans) for part in self.scaled)


def prepare(model: Model, total: Sum) -> Linear:
    """Gather the terms of a sum by enumeration and quantity; fixed terms go into the bound."""
    owner = _owners(model, total)
    grouped: dict[tuple[int, int | None], list[int]] = {}
    single: dict[tuple[int, int | None], int] = {}
    bound = total.bound
    for term in total.terms:
        variable = owner.get(term.literal)
        if term.literal == 0 and term.quantity is None:
            bound -= term.coefficient
        elif variable is None:
            key = (term.literal, term.quantity)
            single[key] = single.get(key, 0) + term.coefficient
        else:
            first, size = variable
            factors = grouped.setdefault((first, term.quantity), [0] * size)
            factors[term.literal - first] += term.coefficient
    parts = [Part(first, tuple(factors), quantity, grouped=True) for (first, quantity), factors in grouped.items()]
    parts += [Part(literal, (0, factor), quantity, grouped=False) for (literal, quantity), factor in single.items()]
    weights, constant = _weights(parts)
    scaled = tuple(each for each in parts if each.quantity is not None)
    return Linear(tuple(parts), bound, total.rule, total.when, weights, constant, scaled)


def _weights(parts: Sequence[Part]) -> tuple[dict[int, int], int]:
    """What each atom adds when it holds, and what is added anyway, for the parts without a quantity."""
    weights: dict[int, int] = {}
    constant = 0
    for part in parts:
        if part.quantity is not None:
            continue
        if part.grouped:
            for at, factor in enumerate(part.factors):
                weights[part.first + at] = weights.get(part.first + at, 0) + factor
            continue
        factor = part.factors[1]
        if part.first <= 0:
            constant += factor
        if part.first:
            atom = abs(part.first)
            weights[atom] = weights.get(atom, 0) + (factor if part.first > 0 else -factor)
    return {atom: weight for atom, weight in weights.items() if weight}, constant


def _owners(model: Model, total: Sum) -> dict[int, tuple[int, int]]:
    """First atom and size of the enumeration that each positive literal of the sum belongs to."""
    wanted = {term.literal for term in total.terms if term.literal > 0}
    found: dict[int, tuple[int, int]] = {}
    for variable in model.variables:
        if variable.kind is Kind.ENUMERATION:
            for atom in range(variable.first, variable.first + len(variable.values)):
                if atom in wanted:
                    found[atom] = (variable.first, len(variable.values))
    return found
