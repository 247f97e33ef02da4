"""What a solver problem means, read off plain solutions by name: no encoding, no solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from engine.configuration.answers import Choice, Range, Relation, State
from engine.configuration.model import Bound, Cardinality, Kind, Model, Sum, Table, Term, Value, Variable

Solution: TypeAlias = Mapping[str, Value]
Test: TypeAlias = Callable[[Solution], bool]


def values_of(variable: Variable) -> tuple[Value, ...]:
    """Everything a variable can be."""
    if variable.kind is Kind.QUANTITY:
        return tuple(range(variable.minimum, variable.maximum + 1))
    return variable.values


def agrees(solution: Solution, choices: Iterable[Choice]) -> bool:
    """Whether the solution has every choice."""
    return all(_agrees(solution[each.variable], each) for each in choices)


def _agrees(value: Value, choice: Choice) -> bool:
    match choice.relation:
        case Relation.IS:
            return value == choice.value
        case Relation.IS_NOT:
            return value != choice.value
        case Relation.AT_LEAST:
            return int(value) >= int(choice.value)
        case Relation.AT_MOST:
            return int(value) <= int(choice.value)


class Literals:
    """What literals, terms and constraints mean in a solution."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._meaning: dict[int, tuple[str, Value]] = {}
        self._bounds: dict[int, Bound] = {each.atom: each for each in model.bounds}
        for variable in model.variables:
            if variable.kind is Kind.BOOLEAN:
                self._meaning[variable.first] = (variable.name, True)
            for at, value in enumerate(variable.values if variable.kind is Kind.ENUMERATION else ()):
                self._meaning[variable.first + at] = (variable.name, value)

    def holds(self, literal: int, solution: Solution) -> bool:
        """Whether the literal holds; 0 always does."""
        return literal == 0 or self._atom(abs(literal), solution) == (literal > 0)

    def held(self, solution: Solution) -> list[int]:
        """The atoms that hold."""
        return [each for each in (*self._meaning, *self._bounds) if self._atom(each, solution)]

    def total(self, terms: Iterable[Term], solution: Solution) -> int:
        """The exact total of terms."""
        result = 0
        for term in terms:
            if self.holds(term.literal, solution):
                name = None if term.quantity is None else self._model.variables[term.quantity].name
                result += term.coefficient * (1 if name is None else int(solution[name]))
        return result

    def tests(self, rules: frozenset[int]) -> Iterator[tuple[list[str], Test]]:
        """The constraints of these rules as tests over named variables."""
        model = self._model
        for clause in model.clauses:
            if clause.rule in rules:
                yield self._names(clause.literals), _any_of(self, clause.literals)
        for table in model.tables:
            if table.rule in rules:
                yield [model.variables[each].name for each in table.variables], _row_of(model, table)
        for group in model.cardinalities:
            if group.rule in rules:
                yield self._names((*group.literals, *group.when)), _counted(self, group)
        for total in model.sums:
            if total.rule in rules:
                quantities = [model.variables[each.quantity].name for each in total.terms if each.quantity is not None]
                names = self._names((*(each.literal for each in total.terms), *total.when))
                yield list(dict.fromkeys([*names, *quantities])), _added(self, total)

    def _atom(self, atom: int, solution: Solution) -> bool:
        bound = self._bounds.get(atom)
        if bound is not None:
            return int(solution[self._model.variables[bound.variable].name]) >= bound.at_least
        name, value = self._meaning[atom]
        return solution[name] == value

    def _names(self, literals: Iterable[int]) -> list[str]:
        found: dict[str, None] = {}
        for literal in literals:
            if literal:
                bound = self._bounds.get(abs(literal))
                name = self._model.variables[bound.variable].name if bound else self._meaning[abs(literal)][0]
                found[name] = None
        return list(found)


def _any_of(means: Literals, literals: Sequence[int]) -> Test:
    return lambda solution: any(means.holds(each, solution) for each in literals)


def _row_of(model: Model, table: Table) -> Test:
    columns = [model.variables[each] for each in table.variables]
    rows = {tuple(each.values[at] for each, at in zip(columns, row, strict=True)) for row in table.rows}
    return lambda solution: (tuple(solution[each.name] for each in columns) in rows) == table.allowed


def _counted(means: Literals, group: Cardinality) -> Test:
    most = len(group.literals) if group.maximum is None else group.maximum

    def test(solution: Solution) -> bool:
        held = sum(means.holds(each, solution) for each in group.literals)
        return group.minimum <= held <= most or not all(means.holds(each, solution) for each in group.when)

    return test


def _added(means: Literals, total: Sum) -> Test:
    def test(solution: Solution) -> bool:
        small = means.total(total.terms, solution) <= total.bound
        return small or not all(means.holds(each, solution) for each in total.when)

    return test


def domains_of(model: Model, choices: tuple[Choice, ...], matching: Sequence[Solution], means: Literals) -> State:
    """The state that these solutions show."""
    if not matching:
        return State(model, choices, consistent=False)
    hold = fail = 0
    for solution in matching:
        held = 0
        for atom in means.held(solution):
            held |= 1 << atom
        hold |= held
        fail |= ~held
    shown = [each for each in model.variables if each.decision and each.kind is not Kind.QUANTITY]
    may_hold = sum(1 << each.first + at for each in shown for at in _atoms(each))
    may_fail = sum(1 << each.first for each in shown if each.kind is Kind.BOOLEAN)
    ranges = tuple(_range({int(each[variable.name]) for each in matching}) for _, variable in model.quantities())
    return State(model, choices, consistent=True, can_hold=hold & may_hold, can_fail=fail & may_fail, ranges=ranges)


def _atoms(variable: Variable) -> range:
    return range(1 if variable.kind is Kind.BOOLEAN else len(variable.values))


def _range(seen: set[int]) -> Range:
    low, high = min(seen), max(seen)
    return Range(low, high, tuple(each for each in range(low, high) if each not in seen), checked=True)
