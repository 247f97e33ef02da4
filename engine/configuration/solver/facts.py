"""Choices of the customer as literals, and which atoms a full answer has to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from engine.configuration.answers import Choice, Relation
from engine.configuration.model import Kind, Model, Value, Variable
from engine.configuration.solver.bits import mask

BoundLiteral = Callable[[int, int], int]
"""Gives the literal "quantity (by variable index) >= bound", making it when there is none yet."""


def canonical(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The choices as a set in a fixed order, so that the order of clicks cannot matter."""
    return tuple(sorted(set(choices), key=lambda each: (each.variable, each.relation.value, str(each.value))))


def wanted_choices(wanted: Choice | Sequence[Choice] | None) -> tuple[Choice, ...]:
    """What is wanted as a tuple, however it was given."""
    if wanted is None:
        return ()
    return (wanted,) if isinstance(wanted, Choice) else tuple(wanted)


Unit = tuple[Choice, ...]
"""Choices that stand or fall together and count as one."""


def units_of(choices: Iterable[Choice], groups: Iterable[Iterable[Choice]]) -> tuple[Unit, ...]:
    """The groups, and every choice outside them on its own, in a fixed order."""
    together = [canonical(each) for each in groups]
    grouped = {each for unit in together for each in unit}
    units = {*(unit for unit in together if unit), *((each,) for each in choices if each not in grouped)}
    return tuple(sorted(units, key=lambda unit: [(c.variable, c.relation.value, str(c.value)) for c in unit]))


class Vocabulary:
    """Looks up literals by name and value; immutable once built, shared by every engine of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.decided_true, self.decided_false = _decided(model)
        self.positions: dict[str, dict[Value, int]] = {
            each.name: {value: at for at, value in enumerate(each.values)}
            for each in model.variables
            if each.kind is Kind.ENUMERATION
        }

    def literals(self, choice: Choice, bound: BoundLiteral) -> tuple[int, ...]:
        """The literals that together say the choice (two for an exact quantity).

        Raises ``KeyError`` for an unknown variable and ``ValueError`` for a value or relation it cannot have.
        """
        variable = self.model.variables[self.model.index[choice.variable]]
        if variable.kind is Kind.QUANTITY:
            return self._quantity(variable, choice, bound)
        if choice.relation not in (Relation.IS, Relation.IS_NOT):
            raise ValueError(f"`{variable.name}` is no quantity")
        literal = self.literal(variable, choice.value)
        return (literal if choice.relation is Relation.IS else -literal,)

    def takes(self, choice: Choice) -> bool:
        """Whether the variable of a choice can have its value, as far as names go."""
        values = self.positions.get(choice.variable)
        return values is None or choice.value in values

    def literal(self, variable: Variable, value: Value) -> int:
        """The literal "variable is value" of a boolean or an enumeration."""
        if variable.kind is Kind.BOOLEAN:
            if value not in (False, True):
                raise ValueError(f"`{value}` is no value of `{variable.name}`")
            return variable.first if value else -variable.first
        position = self.positions[variable.name].get(value)
        if position is None:
            raise ValueError(f"`{value}` is no value of `{variable.name}`")
        return variable.first + position

    def interval(self, variable: Variable, choice: Choice) -> tuple[int, int]:
        """The smallest and largest quantity that the choice leaves."""
        spans = {
            Relation.IS: (choice.value, choice.value),
            Relation.AT_LEAST: (choice.value, variable.maximum),
            Relation.AT_MOST: (variable.minimum, choice.value),
        }
        low, high = spans[choice.relation]
        return int(low), int(high)

    def _quantity(self, variable: Variable, choice: Choice, bound: BoundLiteral) -> tuple[int, ...]:
        value = choice.value
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"`{variable.name}` takes whole numbers")
        index = self.model.index[variable.name]
        match choice.relation:
            case Relation.IS:
                return (bound(index, value), -bound(index, value + 1))
            case Relation.AT_LEAST:
                return (bound(index, value),)
            case Relation.AT_MOST:
                return (-bound(index, value + 1),)
            case Relation.IS_NOT:
                raise ValueError(f"say `at least` or `at most` of `{variable.name}`")


def value_literal(variable: Variable, position: int) -> int:
    """The literal "variable has its value at this position" of a boolean or an enumeration."""
    if variable.kind is Kind.BOOLEAN:
        return variable.first if position else -variable.first
    return variable.first + position


def _decided(model: Model) -> tuple[int, int]:
    """Atoms whose truth, and atoms whose falsity, a full answer has to settle (an enumeration needs truth only)."""
    true: list[int] = []
    false: list[int] = []
    for variable in model.variables:
        if variable.decision and variable.kind is Kind.ENUMERATION:
            true.extend(range(variable.first, variable.first + len(variable.values)))
        elif variable.decision and variable.kind is Kind.BOOLEAN:
            true.append(variable.first)
            false.append(variable.first)
    return mask(true), mask(false)
