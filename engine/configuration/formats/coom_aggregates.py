"""``count``, ``sum``, ``min`` and ``max`` over the instances of COOM paths."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.coom_parts import Part
from engine.configuration.formats.coom_paths import Found, Paths, arguments_of
from engine.configuration.formats.coom_text import Call, Path
from engine.configuration.formats.coom_values import Amount, Reader, total
from engine.configuration.formats.logic import Formula, disjunction, literal_of
from engine.configuration.formats.reified import Comparer, Linear
from engine.configuration.model import Kind
from engine.diagnostics import Span


class Aggregates:
    """Aggregates as sums of terms; the smallest and largest of several numbers are numbers of their own."""

    def __init__(self, builder: ModelBuilder, compare: Comparer, values: Reader, paths: Paths) -> None:
        self._builder = builder
        self._compare = compare
        self._values = values
        self._paths = paths
        self._extremes: dict[tuple[str, tuple[Found, ...]], Amount] = {}

    def amount(self, call: Call, start: Part) -> Amount:
        """What the call comes to from that instance."""
        found = [(each, path) for path in arguments_of(call) for each in self._paths.instances(path, start)]
        if call.function == "count":
            return Amount(None, None, self._count([each for each, _ in found]))
        amounts = [self._values_at(each, path) for each, path in found]
        if call.function == "sum":
            return Amount(None, None, total(amounts, call.span))
        key = (call.function, tuple(each for each, _ in found))
        if key not in self._extremes:
            self._extremes[key] = self._extreme(call.function, amounts, call.span)
        return self._extremes[key]

    def _values_at(self, found: Found, path: Path) -> Amount:
        return self._paths.value(self._values, found, path)

    def _count(self, found: list[Found]) -> Linear:
        terms: dict[tuple[int, int | None], Fraction] = {}
        always = Fraction(0)
        for each in found:
            if each.part.present:
                key = (each.part.present, None)
                terms[key] = terms.get(key, Fraction(0)) + 1
            else:
                always += 1
        return Linear(terms, always)

    def _extreme(self, function: str, amounts: list[Amount], span: Span) -> Amount:
        """A number no larger (no smaller) than any of the values, and equal to one of them; undefined without any."""
        sign = Fraction(1 if function == "min" else -1)
        linear = [total([each], span) for each in amounts]
        ends = [self._ends(each) for each in linear] or [(Fraction(0), Fraction(0))]
        low, high = floor(min(low for low, _ in ends)), ceil(max(high for _, high in ends))
        name = f"({function} {span.line}:{span.column} {len(self._extremes)})"
        index = self._builder.quantity(name, low, high, decision=False)
        extreme = Linear({(0, index): Fraction(1)}, Fraction(0))
        reached: list[int] = []
        places: list[Formula] = []
        for amount, value in zip(amounts, linear, strict=True):
            here = self._builder.truth() if amount.defined is None else literal_of(self._builder, amount.defined)
            beyond = extreme.minus(value).times(sign)
            self._compare.require(beyond, "<=", when=(here,))
            reached.append(self._builder.both(here, self._compare.literal(beyond, ">=")))
            places.append(here)
        there = literal_of(self._builder, disjunction(*places)) if places else -self._builder.truth()
        self._builder.clause([-there, *reached])
        if high > low:
            self._builder.clause([there, -self._builder.at_least(index, low + 1)])
        return Amount(there, None, Linear({(there, index): Fraction(1)}, Fraction(0)))

    def _ends(self, linear: Linear) -> tuple[Fraction, Fraction]:
        """The least and the largest that a value of one instance can be: one of its terms, or nothing."""
        found = [linear.constant]
        for (_, quantity), factor in linear.terms.items():
            if quantity is None:
                found.append(linear.constant + factor)
                continue
            variable = self._builder.variable(quantity)
            assert variable.kind is Kind.QUANTITY, "terms multiply quantities"
            found += [linear.constant + factor * end for end in (variable.minimum, variable.maximum)]
        return min(found), max(found)
