"""Ranges of UVL's typed features, which declare none: read off the constraints."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from engine.configuration.formats.uvl_text import Call, Expression, Name, Number, Operation
from engine.configuration.formats.uvl_tree import UvlFile

COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
OPEN_MAX = 10_000
"""How far a number without a range goes when its constants do not bound it."""


def guessed_range(file: UvlFile, name: str) -> tuple[int, int]:
    """Just around its constants; where it is compared with other unknowns, as far as quantities go."""
    some = list(comparisons(file, name))
    near = [int(each.value) for one in some for each in parts_of(one) if isinstance(each, Number)] or [0]
    if any(_unknowns(each) > 1 for each in some):
        return min(-OPEN_MAX, *near), max(OPEN_MAX, *near)
    return min(near) - 1, max(near) + 1


def stated_range(file: UvlFile, name: str) -> tuple[int, int] | None:
    """The range that constraints of their own state: ``x >= 1 & x <= 5``."""
    low: list[Fraction] = []
    high: list[Fraction] = []
    for each in (part for expression, _ in file.constraints for part in _conjuncts(expression)):
        match each:
            case Operation(operator=">=" | "<=" as sign, operands=(Name(parts=(only,)), other)) if only == name:
                value = _constant(other)
                if value is not None:
                    (low if sign == ">=" else high).append(value)
            case _:
                pass
    return (ceil(max(low)), floor(min(high))) if low and high and max(low) <= min(high) else None


def told_apart(file: UvlFile, name: str) -> list[Decimal] | None:
    """Decimals enough to tell all constraints on a feature apart, or None when it meets more than numbers."""
    some = list(comparisons(file, name))
    if any(_unknowns(each) > 1 for each in some):
        return None
    signs = [_constant(each) for one in some for each in one.operands]
    near = sorted({each for each in signs if each is not None}) or [Fraction(0)]
    between = [(first + second) / 2 for first, second in pairwise(near)]
    return [_decimal(each) for each in sorted([near[0] - 1, *near, *between, near[-1] + 1])]


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def comparisons(file: UvlFile, name: str) -> Iterator[Operation]:
    """Every comparison that reads the feature."""
    for expression, _ in file.constraints:
        for each in parts_of(expression):
            if isinstance(each, Operation) and each.operator in COMPARISONS:
                if any(isinstance(part, Name) and part.parts == (name,) for part in parts_of(each)):
                    yield each


def _constant(expression: Expression) -> Fraction | None:
    match expression:
        case Number(value=value):
            return value
        case Operation(operator="-", operands=(Number(value=value),)):
            return -value
        case _:
            return None


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    """The parts that a constraint demands together."""
    stack = [expression]
    while stack:
        each = stack.pop()
        if isinstance(each, Operation) and each.operator == "&":
            stack.extend(reversed(each.operands))
        else:
            yield each


def _unknowns(comparison: Operation) -> int:
    """How many names and sums a comparison reads."""
    return sum(isinstance(each, Name | Call) for each in parts_of(comparison))


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    stack: list[Expression] = [expression]
    while stack:
        each = stack.pop()
        yield each
        if isinstance(each, Operation):
            stack.extend(each.operands)
        elif isinstance(each, Call):
            stack.extend(each.arguments)
