"""COOM formulas for one instance of a rule: conditions as formulas of literals, numbers as sums of terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.coom_aggregates import Aggregates
from engine.configuration.formats.coom_parts import Part
from engine.configuration.formats.coom_paths import Found, Paths
from engine.configuration.formats.coom_text import (
    COMPARISONS,
    UNSUPPORTED,
    Call,
    Formula,
    Number,
    Operation,
    Path,
    error,
)
from engine.configuration.formats.coom_values import Amount, Reader, constant, either, every, total
from engine.configuration.formats.logic import Formula as Condition
from engine.configuration.formats.logic import Not, conjunction, disjunction
from engine.configuration.formats.reified import Linear


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of a sum with 0, to be stated as it is."""

    difference: Linear
    operator: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a formula is read: the instance its paths start from, and the instance each of them means this time."""

    start: Part
    chosen: Mapping[Path, Found]


class Formulas:
    """Reads formulas at a place. A condition comes with when it is defined (None: always)."""

    def __init__(self, builder: ModelBuilder, values: Reader, paths: Paths, aggregates: Aggregates) -> None:
        self._builder = builder
        self._values = values
        self._paths = paths
        self._aggregates = aggregates

    def condition(self, formula: Formula, at: Place) -> tuple[Condition, Condition | None]:
        """A condition, and when it is defined: when all values that it compares are there."""
        if isinstance(formula, Path):
            return self._flag(formula, at)
        if not isinstance(formula, Operation) or formula.operator not in (*COMPARISONS, "!", "&&", "||"):
            raise error(formula.span, "a condition is needed here")
        if formula.operator in COMPARISONS:
            left, right = (self.amount(each, at) for each in formula.operands)
            holds = self._values.holds(formula.operator, left, right, formula.span)
            return holds, every([left.defined, right.defined])
        parts = [self.condition(each, at) for each in formula.operands]
        defined = every(each for _, each in parts)
        if formula.operator == "!":
            return Not(parts[0][0]), defined
        joined = conjunction if formula.operator == "&&" else disjunction
        return joined(*(each for each, _ in parts)), defined

    def stated(self, formula: Formula, at: Place) -> tuple[Condition | Compared, Condition | None]:
        """The same for a rule that always asks for it: a comparison of sums then needs no literal of its own."""
        if isinstance(formula, Operation) and formula.operator in COMPARISONS and formula.operator != "!=":
            left, right = (self.amount(each, at) for each in formula.operands)
            if left.cases is None or right.cases is None:
                difference = self._values.difference(left, right, formula.span)
                return Compared(difference, formula.operator), every([left.defined, right.defined])
        return self.condition(formula, at)

    def amount(self, formula: Formula, at: Place) -> Amount:
        """A value: of a feature or an attribute, a constant, or something calculated."""
        match formula:
            case Number(value=value):
                return constant(value)
            case Path():
                found = at.chosen.get(formula)
                return self._paths.value(self._values, found, formula) if found else self._paths.constant(formula)
            case Call():
                return self._aggregates.amount(formula, at.start)
            case Operation():
                return self._calculated(formula, [self.amount(each, at) for each in formula.operands])

    def _flag(self, path: Path, at: Place) -> tuple[Condition, Condition | None]:
        """A yes-or-no feature that stands for itself."""
        amount = self.amount(path, at)
        true = [literal for value, literal in amount.cases or () if value == "True"]
        if not true:
            raise error(path.span, f"`{path}` is no condition")
        return true[0] or self._builder.truth(), amount.defined

    def _calculated(self, formula: Operation, parts: list[Amount]) -> Amount:
        """In sums and differences a side that is not there counts as 0."""
        span = formula.span
        match formula.operator, parts:
            case "-", [only]:
                return Amount(only.defined, None, total([], span).minus(total([only], span)))
            case "+", [first, second]:
                return Amount(either(first.defined, second.defined), None, total(parts, span))
            case "-", [first, second]:
                difference = total([first], span).minus(total([second], span))
                return Amount(either(first.defined, second.defined), None, difference)
            case "*", [first, second]:
                return self._values.product(first, second, span)
            case "/", [first, Amount(linear=Linear() as divisor)] if not divisor.terms and divisor.constant:
                return Amount(first.defined, None, total([first], span).times(1 / divisor.constant))
        raise error(span, f"`{formula.operator}` is not supported here", UNSUPPORTED)
