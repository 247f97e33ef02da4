"""All rules of a model as tables of allowed rows, where those that are no tables are small enough to be spelt out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

from engine.configuration.model import Cardinality, Clause, Kind, Model, Table

Rule: TypeAlias = Table | Clause | Cardinality
SPELT_MAX = 4_096
"""Combinations up to which a rule that is no table is written down as one."""


def tables_of(model: Model) -> tuple[Table, ...] | None:
    """The rules as tables; None where there is none among them, or where they say more than tables can."""
    if not model.tables or model.sums or any(True for _ in model.quantities()):
        return None
    if any(len(set(each.variables)) < max(1, len(each.variables)) for each in model.tables):
        return None
    owner = {
        atom: at
        for at, each in enumerate(model.variables)
        for atom in range(each.first, each.first + (1 if each.kind is Kind.BOOLEAN else len(each.values)))
    }
    found: list[Table] = [each for each in model.tables if each.allowed]
    rules: list[Rule] = [*(each for each in model.tables if not each.allowed), *model.clauses, *model.cardinalities]
    for rule in rules:
        scope = _scope(rule, owner)
        if not scope or prod(len(model.variables[at].values) for at in scope) > SPELT_MAX:
            return None
        found.append(_spelt(model, scope, rule))
    return tuple(found)


def _scope(rule: Rule, owner: Mapping[int, int]) -> tuple[int, ...]:
    if isinstance(rule, Table):
        return rule.variables
    literals = rule.literals if isinstance(rule, Clause) else (*rule.literals, *rule.when)
    return tuple(dict.fromkeys(owner[abs(each)] for each in literals))


def _spelt(model: Model, scope: Sequence[int], rule: Rule) -> Table:
    """The rows over its variables that keep a rule."""
    keeps = _judge(rule)
    rows = product(*(range(len(model.variables[at].values)) for at in scope))
    return Table(tuple(scope), tuple(row for row in rows if keeps(row, _literals(model, scope, row))), rule.rule)


def _judge(rule: Rule) -> Callable[[Sequence[int], Collection[int]], bool]:
    """Whether a row keeps the rule, from the row and the literals that hold in it."""
    if isinstance(rule, Table):
        forbidden = set(rule.rows)
        return lambda row, _: tuple(row) not in forbidden
    if isinstance(rule, Clause):
        return lambda _, held: any(each in held for each in rule.literals)
    most = len(rule.literals) if rule.maximum is None else rule.maximum

    def within(_: Sequence[int], held: Collection[int]) -> bool:
        count = sum(each in held for each in rule.literals)
        return rule.minimum <= count <= most or not all(each in held for each in rule.when)

    return within


def _literals(model: Model, scope: Sequence[int], row: Sequence[int]) -> set[int]:
    """The literals about some variables that hold when these have the positions of a row."""
    held: set[int] = set()
    for at, value in zip(scope, row, strict=True):
        variable = model.variables[at]
        if variable.kind is Kind.BOOLEAN:
            held.add(variable.first if value else -variable.first)
        else:
            atoms = range(variable.first, variable.first + len(variable.values))
            held.update(atom if atom == variable.first + value else -atom for atom in atoms)
    return held
