"""The obvious twin: small random models, and their solutions by trying every combination."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.configuration import Choice, Kind, Model, ModelBuilder, Relation, Term, Value, Variable


@dataclass(frozen=True)
class Solution:
    values: Mapping[str, Value]
    atoms: Mapping[int, bool]

    def holds(self, literal: int) -> bool:
        return literal == 0 or self.atoms[abs(literal)] == (literal > 0)


class Draw:
    """Random pieces over one builder."""

    def __init__(self, seed: int, *, quantities: int, sums: int) -> None:
        self.rnd = random.Random(seed)
        self.builder = ModelBuilder("random")
        self.plain = [self.builder.boolean(f"b{at}") for at in range(self.rnd.randint(1, 3))]
        for at in range(self.rnd.randint(1, 3)):
            values = [f"x{value}" for value in range(self.rnd.randint(2, 4))]
            self.plain.append(self.builder.enumeration(f"e{at}", values))
        count = self.rnd.randint(0, quantities)
        self.quantities = [
            self.builder.quantity(f"q{at}", self.rnd.choice([0, 0, 1, -2]), self.rnd.randint(1, 6))
            for at in range(count)
        ]
        self.sums = sums

    def literal(self) -> int:
        index = self.rnd.choice(self.plain + self.quantities)
        variable = self.builder.variable(index)
        if variable.kind is Kind.QUANTITY:
            made = self.builder.at_least(index, self.rnd.randint(variable.minimum, variable.maximum))
        else:
            made = self.builder.is_(index, self.rnd.choice(variable.values))
        return self.rnd.choice([1, -1]) * made

    def some(self, most: int) -> list[int]:
        return [self.literal() for _ in range(self.rnd.randint(1, most))]

    def perhaps(self) -> list[int]:
        return [self.literal() for _ in range(self.rnd.randint(0, 1))]

    def rule(self, kind: str, at: int) -> int:
        return self.builder.rule(f"{kind}{at}")

    def model(self) -> Model:
        for at in range(self.rnd.randint(0, 4)):
            self.builder.clause(self.some(3), self.rule("clause", at))
        for at in range(self.rnd.randint(0, 2)):
            columns = self.rnd.sample(self.plain, min(len(self.plain), self.rnd.randint(1, 3)))
            sizes = [range(len(self.builder.variable(each).values)) for each in columns]
            rows = [row for row in itertools.product(*sizes) if self.rnd.random() < 0.6]
            self.builder.table(columns, rows, self.rule("table", at), allowed=self.rnd.random() < 0.7)
        for at in range(self.rnd.randint(0, 1)):
            least = self.rnd.randint(0, 2)
            most = self.rnd.choice([None, least, least + 1, least + 3])
            self.builder.cardinality(self.some(8), least, most, self.rule("group", at), when=self.perhaps())
        for at in range(self.rnd.randint(0, self.sums)):
            terms = [
                Term(
                    self.rnd.randint(-5, 5),
                    self.rnd.choice([0, self.literal(), self.literal()]),
                    self.rnd.choice([None, *self.quantities, *self.quantities]),
                )
                for _ in range(self.rnd.randint(1, 5))
            ]
            self.builder.at_most(terms, self.rnd.randint(-10, 15), self.rule("sum", at), when=self.perhaps())
        return self.builder.build()


def random_model(seed: int, *, quantities: int = 2, sums: int = 3) -> Model:
    return Draw(seed, quantities=quantities, sums=sums).model()


def solutions(model: Model, rules: Callable[[int], bool] = lambda _: True) -> list[Solution]:
    """Every valid configuration, over all variables; ``rules`` says which rule numbers count (structure always)."""
    found = []
    for values in itertools.product(*map(choices_of, model.variables)):
        each = _assemble(model, values)
        if _valid(model, each, lambda rule: rule < 0 or rules(rule)):
            found.append(each)
    return found


def choices_of(variable: Variable) -> tuple[Value, ...]:
    if variable.kind is Kind.QUANTITY:
        return tuple(range(variable.minimum, variable.maximum + 1))
    return variable.values


def agrees(solution: Solution, choices: tuple[Choice, ...] | list[Choice]) -> bool:
    for each in choices:
        value = solution.values[each.variable]
        fits = {
            Relation.IS: value == each.value,
            Relation.IS_NOT: value != each.value,
            Relation.AT_LEAST: each.relation is not Relation.AT_LEAST or value >= each.value,
            Relation.AT_MOST: each.relation is not Relation.AT_MOST or value <= each.value,
        }
        if not fits[each.relation]:
            return False
    return True


def total(model: Model, solution: Solution, terms: list[Term]) -> int:
    result = 0
    for term in terms:
        if solution.holds(term.literal):
            name = None if term.quantity is None else model.variables[term.quantity].name
            result += term.coefficient * (1 if name is None else int(solution.values[name]))
    return result


def _assemble(model: Model, values: tuple[Value, ...]) -> Solution:
    atoms: dict[int, bool] = {}
    for variable, value in zip(model.variables, values, strict=True):
        if variable.kind is Kind.BOOLEAN:
            atoms[variable.first] = bool(value)
        for at, other in enumerate(variable.values if variable.kind is Kind.ENUMERATION else ()):
            atoms[variable.first + at] = other == value
    for bound in model.bounds:
        atoms[bound.atom] = values[bound.variable] >= bound.at_least
    return Solution({v.name: value for v, value in zip(model.variables, values, strict=True)}, atoms)


def _valid(model: Model, solution: Solution, counts: Callable[[int], bool]) -> bool:
    holds = solution.holds
    position = [each.values.index(solution.values[each.name]) if each.values else 0 for each in model.variables]
    if not all(any(map(holds, each.literals)) for each in model.clauses if counts(each.rule)):
        return False
    for table in model.tables:
        if counts(table.rule) and (tuple(position[each] for each in table.variables) in table.rows) != table.allowed:
            return False
    for group in model.cardinalities:
        held = sum(map(holds, group.literals))
        most = len(group.literals) if group.maximum is None else group.maximum
        if counts(group.rule) and all(map(holds, group.when)) and not group.minimum <= held <= most:
            return False
    return all(
        total(model, solution, list(each.terms)) <= each.bound
        for each in model.sums
        if counts(each.rule) and all(map(holds, each.when))
    )
