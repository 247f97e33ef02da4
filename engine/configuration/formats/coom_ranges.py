"""How large the numbers of a COOM product can get: ranges of formulas from the ranges of what they read."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

from engine.configuration.formats.coom_rules import Statement
from engine.configuration.formats.coom_text import Call, Formula, Number, Operation, Path
from engine.configuration.formats.coom_tree import PRODUCT, CoomFile, Feature

Range: TypeAlias = tuple[Fraction, Fraction]
OPEN: Range = (Fraction(0), Fraction(10_000))
"""The range of a number that declares none and that no equation bounds: as far as quantities go."""

_OPEN_COUNT = 5


class Ranges:
    """Looks through the rules for equations that bound a number without a declared range."""

    def __init__(self, file: CoomFile) -> None:
        self._file = file
        self._known: dict[Feature, Range] = {}

    def of_number(self, feature: Feature) -> Range:
        """The declared range, else one that an equation gives, else 0 to 10 000."""
        if feature.bounds is not None:
            return feature.bounds
        if feature not in self._known:
            self._known[feature] = OPEN  # what an equation that leads back here sees
            found = [each for each in map(self._of_formula_in, *self._equations(feature)) if each is not None]
            if found:
                low, high = min(low for low, _ in found), max(high for _, high in found)
                self._known[feature] = Fraction(floor(low)), Fraction(ceil(high))
        return self._known[feature]

    def _equations(self, feature: Feature) -> tuple[list[str], list[Formula]]:
        """What the feature always equals, each with the type whose names it uses."""
        owners = [name for name, features in self._file.structures.items() if feature in features]
        contexts: list[str] = []
        formulas: list[Formula] = []
        for behavior in self._file.behaviors:
            for statement in behavior.statements if behavior.context in owners else ():
                found = _equal_to(statement, feature.name)
                if found is not None and not statement.conditions:
                    contexts.append(behavior.context)
                    formulas.append(found)
        return contexts, formulas

    def _of_formula_in(self, context: str, formula: Formula) -> Range | None:
        """The range of a formula, or None when it reads something that is no number."""
        match formula:
            case Number(value=value):
                return value, value
            case Path():
                return self._of_path(context, formula)
            case Call(function=function, arguments=arguments):
                return self._of_call(context, function, arguments)
            case Operation(operator=operator, operands=operands):
                parts = [self._of_formula_in(context, each) for each in operands]
                known = [each for each in parts if each is not None]
                return _calculated(operator, known) if len(known) == len(parts) else None

    def _of_path(self, context: str, path: Path) -> Range | None:
        found = self._walk(context, path)
        return None if found is None else found[0]

    def _of_call(self, context: str, function: str, arguments: tuple[Formula, ...]) -> Range | None:
        total: list[Range] = []
        for each in arguments:
            found = self._walk(context, each) if isinstance(each, Path) else None
            if found is None:
                return None
            (low, high), count = found
            if function == "count":
                low = high = Fraction(1)
            many = function in ("count", "sum")
            total.append((min(low * count, Fraction(0)), max(high * count, Fraction(0))) if many else (low, high))
        if function in ("count", "sum"):
            return sum((low for low, _ in total), Fraction(0)), sum((high for _, high in total), Fraction(0))
        return min(low for low, _ in total), max(high for _, high in total)

    def _walk(self, context: str, path: Path) -> tuple[Range, int] | None:
        """The range of what the path leads to (0 when it is no number), and how many instances it can have."""
        at, count = context, 1
        ends: Range = (Fraction(0), Fraction(0))
        for step in path.steps:
            if step.name == "root":
                at = PRODUCT
                continue
            if at in self._file.enumerations:
                values = self._attribute(at, step.name)
                return None if values is None else (values, count)
            feature = next((each for each in self._file.structures.get(at, ()) if each.name == step.name), None)
            if feature is None:
                return None
            high = feature.cardinality[1]
            count *= max(feature.cardinality[0], _OPEN_COUNT) if high is None else high
            at = feature.type
            ends = self.of_number(feature) if at == "num" else ends
        return ends, count

    def _attribute(self, enumeration: str, name: str) -> Range | None:
        declared = self._file.enumerations[enumeration]
        if name not in declared.attributes:
            return None
        column = declared.attributes.index(name)
        cells = (row[column] for row in declared.options.values())
        numbers = [each for each in cells if isinstance(each, Fraction)]
        return (min(numbers), max(numbers)) if numbers else None


def _equal_to(statement: Statement, name: str) -> Formula | None:
    """What a statement says the feature of its own type equals."""

    def is_feature(formula: Formula | None) -> bool:
        return isinstance(formula, Path) and [each.name for each in formula.steps] == [name]

    if statement.kind == "imply" and is_feature(statement.path):
        return statement.formula
    formula = statement.formula
    if statement.kind == "require" and isinstance(formula, Operation) and formula.operator == "=":
        left, right = formula.operands
        return right if is_feature(left) else left if is_feature(right) else None
    return None


def _calculated(operator: str, parts: list[Range]) -> Range | None:
    """The range of an operation; an operand that is missing counts as 0, so 0 is always within a sum's reach."""
    match operator, parts:
        case "-", [(low, high)]:
            return -high, -low
        case "+", [(a, b), (c, d)]:
            return min(a + c, a, c), max(b + d, b, d)
        case "-", [(a, b), (c, d)]:
            return min(a - d, a, -d), max(b - c, b, -c)
        case "*", [(a, b), (c, d)]:
            ends = (a * c, a * d, b * c, b * d)
            return min(ends), max(ends)
        case _:
            return None
