"""Values of COOM formulas: a few cases, each with the literal it holds under, or a sum of terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.coom_parts import NONE, Part
from engine.configuration.formats.coom_text import UNSUPPORTED, error
from engine.configuration.formats.coom_tree import Constant, Enumeration
from engine.configuration.formats.logic import Formula, conjunction, disjunction
from engine.configuration.formats.reified import Comparer, Linear
from engine.configuration.model import Kind
from engine.diagnostics import Span

PAIRS_MAX = 400
"""Comparisons of two values with at most so many pairs of cases are spelt out; larger ones become sums."""

FEW_NUMBERS = 32
"""Numbers with a range no wider are told apart case by case where that helps."""

_TESTS: dict[str, Callable[[Fraction, Fraction], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "!=": ne}

Case = tuple[Constant, int]
"""A constant and the literal it holds under (0: always)."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a formula comes to: ``cases`` when there are few, ``linear`` for numbers; undefined unless ``defined``."""

    defined: Formula | None
    cases: tuple[Case, ...] | None = None
    linear: Linear | None = None


def constant(value: Constant) -> Amount:
    """A constant, defined everywhere."""
    linear = Linear({}, value) if isinstance(value, Fraction) else None
    return Amount(None, ((value, 0),), linear)


def every(conditions: Iterable[Formula | None]) -> Formula | None:
    """All of the conditions; None stands for one that always holds."""
    left = [each for each in conditions if each is not None]
    return conjunction(*left) if left else None


def either(first: Formula | None, second: Formula | None) -> Formula | None:
    """One of two conditions; None stands for one that always holds."""
    return None if first is None or second is None else disjunction(first, second)


class Reader:
    """Reads values off instances and compares them."""

    def __init__(self, builder: ModelBuilder, compare: Comparer) -> None:
        self._builder = builder
        self._compare = compare

    def value_of(self, part: Part, enumeration: Enumeration | None, attribute: str = "") -> Amount:
        """The value of a leaf, or of an attribute of its value."""
        present = part.present or None
        variable = self._builder.variable(part.variable)
        if variable.kind is Kind.QUANTITY:
            few = variable.maximum - variable.minimum < FEW_NUMBERS
            numbers = range(variable.minimum, variable.maximum + 1) if few else ()
            cases = tuple((Fraction(each), self._builder.is_(part.variable, each)) for each in numbers)
            return Amount(present, cases or None, Linear({(part.present, part.variable): Fraction(1)}, Fraction(0)))
        column = enumeration.attributes.index(attribute) if enumeration is not None and attribute else -1
        found: list[Case] = []
        for value in variable.values:
            if value != NONE:
                said: Constant = str(value)
                if enumeration is not None and column >= 0:
                    said = enumeration.options[str(value)][column]
                found.append((said, self._builder.is_(part.variable, value)))
        return Amount(present, tuple(found), _as_linear(found))

    def holds(self, operator: str, left: Amount, right: Amount, span: Span) -> Formula:
        """The comparison, for the case that both sides are defined."""
        if left.cases is not None and right.cases is not None and len(left.cases) * len(right.cases) <= PAIRS_MAX:
            return self._by_cases(operator, left.cases, right.cases, span)
        return self._compare.literal(self.difference(left, right, span), "==" if operator == "=" else operator)

    def difference(self, left: Amount, right: Amount, span: Span) -> Linear:
        """Left minus right, for numbers."""
        if left.linear is None or right.linear is None:
            raise error(span, "a text stands where a number is needed")
        return left.linear.minus(right.linear)

    def _by_cases(self, operator: str, left: Sequence[Case], right: Sequence[Case], span: Span) -> Formula:
        test = _TESTS[operator]
        pairs: list[Formula] = []
        for first, literal in left:
            for second, other in right:
                if isinstance(first, Fraction) and isinstance(second, Fraction):
                    fits = test(first, second)
                elif operator in ("=", "!="):
                    fits = (first == second) == (operator == "=")
                else:
                    raise error(span, "texts are compared by `=` and `!=` only", UNSUPPORTED)
                if fits:
                    pairs.append(self._all_of(literal, other))
        return disjunction(*pairs) if pairs else -self._builder.truth()

    def _all_of(self, *literals: int) -> Formula:
        left = [each for each in literals if each]
        return conjunction(*left) if left else self._builder.truth()

    def product(self, left: Amount, right: Amount, span: Span) -> Amount:
        """One value times the other; of two unknown quantities it is no sum of terms."""
        if left.linear is None or right.linear is None:
            raise error(span, "a text stands where a number is needed")
        constant_part = left.linear.constant * right.linear.constant
        total = Linear({}, constant_part)
        for one, other in ((left.linear, right.linear), (right.linear, left.linear)):
            total = total.minus(Linear(one.terms, Fraction(0)).times(-other.constant))
        for (literal, quantity), factor in left.linear.terms.items():
            for (other_literal, other_quantity), other_factor in right.linear.terms.items():
                if quantity is not None and other_quantity is not None:
                    raise error(span, "the product of two unknown numbers is not supported", UNSUPPORTED)
                both = self._both(literal, other_literal)
                key = (both, other_quantity if quantity is None else quantity)
                total = total.minus(Linear({key: -factor * other_factor}, Fraction(0)))
        return Amount(every([left.defined, right.defined]), None, total)

    def _both(self, first: int, second: int) -> int:
        if not first or not second or first == second:
            return first or second
        return self._builder.both(first, second)


def total(amounts: Sequence[Amount], span: Span) -> Linear:
    """The amounts added up; one that is undefined counts as 0."""
    found = Linear({}, Fraction(0))
    for each in amounts:
        if each.linear is None:
            raise error(span, "a text stands where a number is needed")
        found = found.minus(each.linear.times(Fraction(-1)))
    return found


def _as_linear(cases: Sequence[Case]) -> Linear | None:
    terms: dict[tuple[int, int | None], Fraction] = {}
    for value, literal in cases:
        if not isinstance(value, Fraction):
            return None
        terms[(literal, None)] = value
    return Linear(terms, Fraction(0))
