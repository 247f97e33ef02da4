"""Propositional formulas of imported models as clauses: split where that is free, named parts where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from engine.configuration.builder import ModelBuilder


class Connective(Enum):
    """How parts are joined."""

    AND = "and"
    OR = "or"
    IFF = "iff"


@dataclass(frozen=True, slots=True)
class Join:
    """Parts joined by a connective (``IFF`` has two)."""

    connective: Connective
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part."""

    part: Formula


Formula: TypeAlias = int | Join | Not
"""A literal of the builder, or a formula over formulas."""


def conjunction(*parts: Formula) -> Formula:
    """All of the parts."""
    return parts[0] if len(parts) == 1 else Join(Connective.AND, parts)


def disjunction(*parts: Formula) -> Formula:
    """At least one of the parts."""
    return parts[0] if len(parts) == 1 else Join(Connective.OR, parts)


def implies(condition: Formula, consequence: Formula) -> Formula:
    """The consequence, whenever the condition."""
    return disjunction(Not(condition), consequence)


def state(builder: ModelBuilder, formula: Formula, rule: int) -> None:
    """Require the formula, blaming the rule."""
    stack = [_pushed(formula, positive=True)]
    while stack:
        each = stack.pop()
        if isinstance(each, Join) and each.connective is Connective.AND:
            stack.extend(reversed(each.parts))
        else:
            builder.clause(_clause(builder, each), rule)


def literal_of(builder: ModelBuilder, formula: Formula) -> int:
    """A literal that holds exactly when the formula does."""
    return _name(builder, _pushed(formula, positive=True))


def _clause(builder: ModelBuilder, formula: Formula) -> list[int]:
    """The literals of a disjunction, deeper parts named."""
    if isinstance(formula, Join) and formula.connective is Connective.OR:
        return [literal for part in formula.parts for literal in _clause(builder, part)]
    return [_name(builder, formula)]


def _name(builder: ModelBuilder, formula: Formula) -> int:
    if isinstance(formula, int):
        return formula
    assert isinstance(formula, Join), "negations were pushed to the literals"
    literals = [_name(builder, each) for each in formula.parts]
    match formula.connective:
        case Connective.AND:
            return -_any(builder, [-each for each in literals])
        case Connective.OR:
            return _any(builder, literals)
        case Connective.IFF:
            return _same(builder, literals[0], literals[1])


def _any(builder: ModelBuilder, literals: Sequence[int]) -> int:
    made = _fresh(builder)
    builder.clause([-made, *literals])
    for each in literals:
        builder.clause([made, -each])
    return made


def _same(builder: ModelBuilder, first: int, second: int) -> int:
    made = _fresh(builder)
    for signs in ((-1, -1, 1), (-1, 1, -1), (1, 1, 1), (1, -1, -1)):
        builder.clause([signs[0] * made, signs[1] * first, signs[2] * second])
    return made


def _fresh(builder: ModelBuilder) -> int:
    return builder.variable(builder.auxiliary()).first


def _pushed(formula: Formula, *, positive: bool) -> Formula:
    """The formula (or its opposite) with negations only at literals."""
    if isinstance(formula, int):
        return formula if positive else -formula
    if isinstance(formula, Not):
        return _pushed(formula.part, positive=not positive)
    if formula.connective is Connective.IFF:
        first, second = formula.parts
        return Join(Connective.IFF, (_pushed(first, positive=True), _pushed(second, positive=positive)))
    flipped = {Connective.AND: Connective.OR, Connective.OR: Connective.AND}
    connective = formula.connective if positive else flipped[formula.connective]
    return Join(connective, tuple(_pushed(each, positive=positive) for each in formula.parts))
