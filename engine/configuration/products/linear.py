"""Exact linear forms over the solver's literals and quantities, and what makes them unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from types import MappingProxyType
from typing import NamedTuple

from engine.configuration.model import Term

DECIMALS_MAX = 12
"""A factor with more decimals than this does not scale to whole numbers exactly, and is refused."""


class Key(NamedTuple):
    """What a coefficient multiplies: a literal (0: always), times a quantity (None: once)."""

    literal: int = 0
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Linear:
    """``constant`` plus the terms; the value is unknown when any literal of ``unknown`` holds."""

    constant: Decimal = Decimal(0)
    terms: Mapping[Key, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    unknown: frozenset[int] = frozenset()

    @property
    def is_constant(self) -> bool:
        """Whether nothing varies."""
        return not self.terms

    def plus(self, other: Linear, factor: Decimal = Decimal(1)) -> Linear:
        """``self + factor * other``."""
        terms = dict(self.terms)
        for key, coefficient in other.terms.items():
            terms[key] = terms.get(key, Decimal(0)) + factor * coefficient
        kept = {key: coefficient for key, coefficient in terms.items() if coefficient}
        return Linear(self.constant + factor * other.constant, kept, self.unknown | other.unknown)

    def times(self, factor: Decimal) -> Linear:
        """``factor * self``."""
        return Linear(unknown=self.unknown).plus(self, factor)

    def only_if(self, literal: int, both: Callable[[int, int], int]) -> Linear:
        """The form when the literal holds, else 0."""
        terms: dict[Key, Decimal] = {}
        if self.constant:
            terms[Key(literal)] = self.constant
        for key, coefficient in self.terms.items():
            joined = Key(both(key.literal, literal) if key.literal else literal, key.quantity)
            terms[joined] = terms.get(joined, Decimal(0)) + coefficient
        return Linear(Decimal(0), terms, self.unknown)


def whole(form: Linear) -> tuple[tuple[Term, ...], int] | None:
    """The terms and the constant in the smallest scale that makes all of them whole, or None when none is small enough.

    The scale is positive, so the sign of the form is kept.
    """
    numbers = [form.constant, *form.terms.values()]
    decimals = max((max(0, -int(each.normalize().as_tuple().exponent)) for each in numbers), default=0)
    if decimals > DECIMALS_MAX:
        return None
    scaled = [int(each.scaleb(decimals)) for each in numbers]
    divisor = gcd(*scaled) or 1
    constant, *coefficients = (each // divisor for each in scaled)
    terms = tuple(
        Term(coefficient, key.literal, key.quantity)
        for key, coefficient in zip(form.terms, coefficients, strict=True)
        if coefficient
    )
    return terms, constant
