"""Comparisons of sums as literals, so that conditions of any shape can use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from engine.configuration.builder import ModelBuilder
from engine.configuration.model import STRUCTURE, Term

Key = tuple[int, int | None]
"""A literal (0: always) and the index of a quantity, or None."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Exact terms and a constant."""

    terms: Mapping[Key, Fraction]
    constant: Fraction

    def minus(self, other: Linear) -> Linear:
        """The difference."""
        terms = dict(self.terms)
        for key, factor in other.terms.items():
            terms[key] = terms.get(key, Fraction(0)) - factor
        return Linear(terms, self.constant - other.constant)

    def times(self, factor: Fraction) -> Linear:
        """Everything multiplied."""
        return Linear({key: each * factor for key, each in self.terms.items()}, self.constant * factor)


class Comparer:
    """Makes one literal for each different comparison; factors are scaled to whole numbers, never rounded."""

    def __init__(self, builder: ModelBuilder) -> None:
        self._builder = builder
        self._known: dict[tuple[tuple[Term, ...], int], int] = {}

    def literal(self, difference: Linear, operator: str) -> int:
        """The literal "difference operator 0"; operators are ``== != < > <= >=``."""
        strict = operator in ("<", ">=")
        match operator:
            case "<=" | "<":
                return self._at_most(difference, strict=strict)
            case ">=" | ">":
                return -self._at_most(difference, strict=strict)
            case "==":
                return self._builder.both(
                    self._at_most(difference, strict=False), -self._at_most(difference, strict=True)
                )
            case "!=":
                return -self.literal(difference, "==")
            case _:
                raise ValueError(f"`{operator}` is no comparison")

    def require(self, difference: Linear, operator: str, rule: int = STRUCTURE, *, when: Sequence[int] = ()) -> None:
        """State "difference operator 0" whenever all of ``when`` hold; operators are ``= == < > <= >=``."""
        if operator in ("=", "==", "<=", "<"):
            terms, bound = _scaled(difference, strict=operator == "<")
            self._state(terms, bound, rule, when)
        if operator in ("=", "==", ">=", ">"):
            terms, bound = _scaled(difference.times(Fraction(-1)), strict=operator == ">")
            self._state(terms, bound, rule, when)

    def _state(self, terms: tuple[Term, ...], bound: int, rule: int, when: Sequence[int]) -> None:
        if terms:
            self._builder.at_most(terms, bound, rule, when=when)
        elif bound < 0:
            self._builder.clause([-each for each in when], rule)

    def _at_most(self, difference: Linear, *, strict: bool) -> int:
        """Terms plus constant are at most zero, or below it."""
        terms, bound = _scaled(difference, strict=strict)
        if not terms:
            return self._builder.truth() if bound >= 0 else -self._builder.truth()
        if (terms, bound) not in self._known:
            made = self._builder.variable(self._builder.auxiliary()).first
            self._builder.at_most(terms, bound, when=(made,))
            self._builder.no_less(terms, bound + 1, when=(-made,))
            self._known[(terms, bound)] = made
        return self._known[(terms, bound)]


def _scaled(difference: Linear, *, strict: bool) -> tuple[tuple[Term, ...], int]:
    """The terms in whole numbers, and the most they may add up to."""
    scale = lcm(difference.constant.denominator, *(each.denominator for each in difference.terms.values()))
    terms = tuple(
        Term(int(factor * scale), literal, quantity)
        for (literal, quantity), factor in sorted(
            difference.terms.items(), key=lambda each: (each[0][0], -1 if each[0][1] is None else each[0][1])
        )
        if factor
    )
    return terms, -int(difference.constant * scale) - strict
