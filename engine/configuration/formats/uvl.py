"""UVL: feature trees with groups, cardinalities, attributes and typed features, and constraints with arithmetic.

Attributes of a feature that is not chosen count as 0, as in ``sum``, and so do attributes that are stated nowhere.
A typed feature has no declared range in UVL: it gets just enough values to tell its constraints apart, and a note says
which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.faults import Faults
from engine.configuration.formats.feature_tree import FeatureTree
from engine.configuration.formats.logic import (
    Connective,
    Formula,
    Join,
    Not,
    conjunction,
    disjunction,
    implies,
    literal_of,
    state,
)
from engine.configuration.formats.reified import Comparer, Key, Linear
from engine.configuration.formats.uvl_ranges import (
    COMPARISONS,
    OPEN_MAX,
    comparisons,
    guessed_range,
    parts_of,
    stated_range,
    told_apart,
)
from engine.configuration.formats.uvl_text import Call, Expression, Name, Number, Operation, Text, error
from engine.configuration.formats.uvl_tree import HELPER, UNSUPPORTED, Feature, UvlFile, parse
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Severity, Span, counted, did_you_mean

UNKNOWN_FEATURE = Code("MDL052")
RANGE_NOTE = Code("MDL053")
MISSING_ATTRIBUTE = Code("MDL054")
OTHER = "(any other)"
GROUP_LIMITS: dict[str, tuple[int, int | None]] = {"or": (1, None), "alternative": (1, 1)}


def read_uvl(data: bytes, path: str) -> Model:
    """One rule a tree edge and one a constraint. Raises ``DiagnosticError`` with the place of anything unknown."""
    return _Reader(parse(data.decode("utf-8-sig", errors="replace"), path), path).read()


class _Reader:
    def __init__(self, file: UvlFile, path: str) -> None:
        self.file = file
        self.builder = ModelBuilder(path.rsplit("/", 1)[-1])
        self.tree = FeatureTree(self.builder)
        self.compare = Comparer(self.builder)
        self.features: dict[str, Feature] = {}
        self.literal: dict[str, int] = {}
        self.quantity: dict[str, int] = {}
        self.text: dict[str, int] = {}
        self.real: dict[str, Linear] = {}
        self.unread: set[str] = set()
        self.place = file.root.span
        """Of the constraint that is read: numbers and texts have none."""

    def read(self) -> Model:
        faults = Faults()
        faults.found += self.file.faults
        for feature in walk(self.file.root):
            if feature.name in self.features:
                faults.found += error(feature.span, f"feature `{feature.name}` is there twice").diagnostics
                continue
            self.features[feature.name] = feature
            made = self.builder.boolean(feature.name, decision=_decides(feature), span=feature.span)
            self.literal[feature.name] = self.builder.variable(made).first
        self.tree.root(self.literal[self.file.root.name], self.file.root.name, self.file.root.span)
        for name in sorted(self.file.hidden - self.features.keys()):  # to read on; there will be no model
            self.literal[name] = self.builder.variable(self.builder.boolean(name)).first
        for feature in self.features.values():
            self._below(feature)
        self.unread.update(self.file.hidden)
        for feature in self.features.values():
            with faults.noted():
                self.unread.add(feature.name)
                self._typed(feature)
                self.unread.remove(feature.name)
        for number, (expression, span) in enumerate(self.file.constraints, start=1):
            with faults.noted():
                self.place = span
                formula = self._formula(expression)
                state(self.builder, formula, self.builder.rule(f"constraint {number}", span=span))
        faults.settle()
        return self.builder.build()

    def _below(self, parent: Feature) -> None:
        above = self.literal[parent.name]
        for group in parent.groups:
            literals = [self.literal[each.name] for each in group.features]
            for each in group.features:
                self.tree.child(above, self.literal[each.name], each.name, each.span)
                if group.kind == "mandatory":
                    self.tree.mandatory(above, self.literal[each.name], each.name, each.span)
            limits = group.limits or GROUP_LIMITS.get(group.kind)
            if limits is not None:
                self.tree.group(above, literals, limits, (parent.name, group.span))

    def _typed(self, feature: Feature) -> None:
        chosen = self.literal[feature.name]
        if feature.clones is not None:
            low, high = feature.clones
            count = self.builder.quantity(f"number of {feature.name}", 0, high, span=feature.span)
            self.quantity[feature.name] = count
            rule = self.builder.rule(f"cardinality of {feature.name}", span=feature.span)
            self.builder.clause([-chosen, self.builder.at_least(count, max(low, 1))], rule)
            self.builder.clause([chosen, -self.builder.at_least(count, 1)], rule)
        elif feature.type == "Integer":
            self._integer(feature, chosen)
        elif feature.type == "String":
            texts = sorted(self._texts(feature.name))
            self.text[feature.name] = self.builder.enumeration(f"{feature.name} (text)", [*texts, OTHER])
            self.builder.clause([chosen, self.builder.is_(self.text[feature.name], OTHER)])
        elif feature.type == "Real":
            self._real(feature, chosen)

    def _integer(self, feature: Feature, chosen: int) -> None:
        """A range that the constraints state, else one that tells them all apart."""
        stated = stated_range(self.file, feature.name)
        low, high = stated or guessed_range(self.file, feature.name)
        value = self.builder.quantity(
            f"{feature.name} (value)", low, high, decision=_decides(feature), span=feature.span
        )
        self.quantity[feature.name] = value
        if low < high:
            self.builder.clause([chosen, -self.builder.at_least(value, low + 1)])
        if stated is None:
            note = f"`{feature.name}` has no declared range; {low} to {high} "
            note += "tells all constraints apart" if high < OPEN_MAX else "is read, as far as quantities go"
            self.builder.notes.append(Diagnostic(RANGE_NOTE, note, feature.span, severity=Severity.NOTE))

    def _real(self, feature: Feature, chosen: int) -> None:
        """A decimal gets the constants it is compared with, one value between each two and one beyond either end."""
        values = told_apart(self.file, feature.name)
        if values is None:
            message = f"`{feature.name}`: a feature of type Real is compared with numbers only"
            raise error(feature.span, message, UNSUPPORTED)
        index = self.builder.enumeration(f"{feature.name} (value)", values, span=feature.span)
        self.builder.clause([chosen, self.builder.is_(index, values[0])])
        terms: dict[Key, Fraction] = {
            (self.builder.both(chosen, self.builder.is_(index, each)), None): Fraction(each) for each in values
        }
        self.real[feature.name] = Linear(terms, Fraction(0))
        note = f"`{feature.name}` has no declared range; {counted(len(values), 'value')} tell all constraints apart"
        self.builder.notes.append(Diagnostic(RANGE_NOTE, note, feature.span, severity=Severity.NOTE))

    def _texts(self, name: str) -> set[str]:
        """Every text that a comparison sets against the feature, attributes of others included."""
        found: set[str] = set()
        for comparison in comparisons(self.file, name):
            for each in parts_of(comparison):
                if isinstance(each, Text):
                    found.add(each.value)
                elif isinstance(each, Name) and (value := self._attribute(each)) is not None and isinstance(value, str):
                    found.add(value)
        return found

    def _formula(self, expression: Expression) -> Formula:
        if isinstance(expression, Name):
            return self._feature(expression)
        if not isinstance(expression, Operation):
            raise error(self.place, "a constraint is made of features and comparisons", UNSUPPORTED)
        if expression.operator in COMPARISONS:
            return self._comparison(expression)
        parts = [self._formula(each) for each in expression.operands]
        match expression.operator, parts:
            case "!", [only]:
                return Not(only)
            case "&", _:
                return conjunction(*parts)
            case "|", _:
                return disjunction(*parts)
            case "=>", [first, second]:
                return implies(first, second)
            case "<=>", [first, second]:
                return Join(Connective.IFF, (first, second))
            case _:
                raise error(expression.span, f"`{expression.operator}` gives a number where a condition is needed")

    def _comparison(self, expression: Operation) -> int:
        left, right = expression.operands
        if isinstance(left, Call) and left.function == "len" and isinstance(right, Number):
            return self._length(left, expression.operator, right.value)
        if isinstance(left, Call) and left.function == "avg":
            return self._average(left, expression.operator, self._number(right))
        texts = [self._text_side(each) for each in (left, right)]
        if any(each is not None for each in texts):
            return self._same_text(expression, left, right)
        return self.compare.literal(self._number(left).minus(self._number(right)), expression.operator)

    def _length(self, call: Call, operator: str, limit: Fraction) -> int:
        """The text is chosen and one that is as long as asked; any other text may have any length."""
        name = call.arguments[0].parts[-1] if isinstance(call.arguments[0], Name) else ""
        if name in self.unread:
            raise DiagnosticError  # it is told already why
        if name not in self.text:
            raise error(call.span, "`len` takes a String feature", UNSUPPORTED)
        texts = [each for each in self.builder.variable(self.text[name]).values if isinstance(each, str)]
        tests = {"==": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
        fitting = [each for each in texts if each == OTHER or tests[operator](len(each), limit)]
        return literal_of(self.builder, disjunction(*(self.builder.is_(self.text[name], each) for each in fitting)))

    def _average(self, call: Call, operator: str, limit: Linear) -> int:
        """An average against a number: as much above it as below it; the average of nothing counts as 0."""
        if limit.terms:
            raise error(call.span, "`avg` is compared with numbers only", UNSUPPORTED)
        summed = self._sum(replace(call, function="sum"))
        if not summed.terms and self.file.hidden:
            raise DiagnosticError  # the attribute may stand where nothing could be read
        if not summed.terms or any(quantity is not None for _, quantity in summed.terms):
            raise error(call.span, "`avg` takes an attribute of features without cardinality", UNSUPPORTED)
        terms = {key: value - limit.constant for key, value in summed.terms.items()}
        some = literal_of(self.builder, disjunction(*(literal for literal, _ in terms)))
        nothing = self.compare.literal(Linear({}, -limit.constant), operator)
        average = self.compare.literal(Linear(terms, Fraction(0)), operator)
        return literal_of(self.builder, disjunction(conjunction(some, average), conjunction(-some, nothing)))

    def _text_side(self, expression: Expression) -> str | None:
        """The text or the text feature's name that stands on one side, or None for a number."""
        if isinstance(expression, Text):
            return expression.value
        if isinstance(expression, Name):
            if expression.parts[0] in self.text and len(expression.parts) == 1:
                return expression.parts[0]
            value = self._attribute(expression)
            return value if isinstance(value, str) else None
        return None

    def _same_text(self, expression: Operation, left: Expression, right: Expression) -> int:
        if expression.operator not in ("==", "!="):
            raise error(expression.span, "texts are compared by `==` and `!=` only", UNSUPPORTED)
        if isinstance(right, Name) and right.parts[0] in self.text:
            left, right = right, left
        if any(isinstance(each, Name) and each.parts[0] in self.unread for each in (left, right)):
            raise DiagnosticError  # it is told already why
        if not (isinstance(left, Name) and left.parts[0] in self.text):
            raise error(expression.span, "one side of a comparison of texts is a String feature", UNSUPPORTED)
        name = left.parts[0]
        value = self._text_side(right)
        if value is None:
            raise error(expression.span, f"`{name}` is compared with something that is no text", UNSUPPORTED)
        same = self.builder.both(self.literal[name], self.builder.is_(self.text[name], value))
        return same if expression.operator == "==" else -same

    def _number(self, expression: Expression) -> Linear:
        """The expression as a sum of terms."""
        if isinstance(expression, Number):
            return Linear({}, expression.value)
        if isinstance(expression, Name):
            return self._value(expression)
        if isinstance(expression, Call):
            return self._sum(expression)
        if isinstance(expression, Text):
            raise error(self.place, f"the text `{expression.value}` stands where a number is needed")
        return _calculated(expression, [self._number(each) for each in expression.operands])

    def _value(self, name: Name) -> Linear:
        if len(name.parts) == 1:
            self._feature(name)
            if name.parts[0] in self.quantity:
                return Linear({(self.literal[name.parts[0]], self.quantity[name.parts[0]]): Fraction(1)}, Fraction(0))
            if name.parts[0] in self.real:
                return self.real[name.parts[0]]
            if name.parts[0] in self.unread:
                raise DiagnosticError  # it is told already why
            raise error(name.span, f"feature `{name.parts[0]}` has no number", UNSUPPORTED)
        value = self._attribute(name)
        if isinstance(value, Fraction):
            return Linear({(self.literal[name.parts[0]], None): value}, Fraction(0))
        if value is not None:
            raise error(name.span, f"`{'.'.join(name.parts)}` is no number")
        note = f"`{'.'.join(name.parts)}` is stated nowhere and counts as 0"
        self.builder.notes.append(Diagnostic(MISSING_ATTRIBUTE, note, name.span, severity=Severity.WARNING))
        return Linear({}, Fraction(0))

    def _sum(self, call: Call) -> Linear:
        names = [each for each in call.arguments if isinstance(each, Name)]
        if call.function != "sum" or len(names) != len(call.arguments) or len(names) > 2:
            raise error(call.span, f"`{call.function}` is not supported", UNSUPPORTED, "`sum(attribute)` is")
        top = self.file.root
        if len(names) == 2:
            self._feature(names[0])
            top = self.features[names[0].parts[-1]]
        terms: dict[Key, Fraction] = {}
        for feature in walk(top):
            value = feature.attributes.get(".".join(names[-1].parts))
            if isinstance(value, Fraction):
                count = self.quantity[feature.name] if feature.clones else None
                terms[(self.literal[feature.name], count)] = value
        return Linear(terms, Fraction(0))

    def _attribute(self, name: Name) -> Fraction | str | bool | None:
        feature = self.features.get(name.parts[0])
        return feature.attributes.get(".".join(name.parts[1:])) if feature and len(name.parts) > 1 else None

    def _feature(self, name: Name) -> int:
        known = self.literal.get(name.parts[-1])
        if known is None:
            hint = did_you_mean(name.parts[-1], self.literal)
            raise error(name.span, f"unknown feature `{'.'.join(name.parts)}`", UNKNOWN_FEATURE, hint)
        return known


def _decides(feature: Feature) -> bool:
    """Whether configurations differ in the feature; one that was written only to state a rule is none."""
    return feature.attributes.get(HELPER) is not True


def walk(top: Feature) -> Iterator[Feature]:
    """The feature and everything below it, in file order."""
    stack = [top]
    while stack:
        feature = stack.pop()
        yield feature
        stack.extend(reversed([each for group in feature.groups for each in group.features]))


def _calculated(expression: Operation, parts: list[Linear]) -> Linear:
    span: Span = expression.span
    match expression.operator, parts:
        case "-", [only]:
            return only.times(Fraction(-1))
        case "+", [first, *others]:
            for each in others:
                first = first.minus(each.times(Fraction(-1)))
            return first
        case "-", [first, second]:
            return first.minus(second)
        case "*", [first, second] if not first.terms or not second.terms:
            return first.times(second.constant) if not second.terms else second.times(first.constant)
        case "/", [first, second] if not second.terms and second.constant:
            return first.times(1 / second.constant)
    raise error(span, f"`{expression.operator}` of two unknowns (or by zero) is not supported", UNSUPPORTED)
