"""The obvious twin of the UVL reader: every choice of features and values written out, every constraint as it reads."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from engine.configuration import Kind, Model
from engine.configuration.formats.uvl import OTHER
from engine.configuration.formats.uvl_text import Call, Expression, Name, Number, Text
from engine.configuration.formats.uvl_tree import Feature, UvlFile

TESTS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
LIMITS: dict[str, tuple[int, int | None]] = {"or": (1, None), "alternative": (1, 1), "optional": (0, None)}

World = dict[str, Any]
"""The features chosen, each with its value: True, a number, a text, or how many there are of it."""


def worlds(file: UvlFile, model: Model) -> list[World]:
    """Every valid choice; the model only says which values a typed feature has."""
    features = {each.name: each for each in everything(file.root)}
    found = []
    for chosen in trees(file.root):
        some = [values_of(features[name], model) for name in chosen]
        for values in itertools.product(*some):
            world = dict(zip(chosen, values, strict=True))
            if all(value(expression, world, features) for expression, _ in file.constraints):
                found.append(world)
    return found


def everything(feature: Feature) -> Iterator[Feature]:
    yield feature
    for group in feature.groups:
        for each in group.features:
            yield from everything(each)


def trees(feature: Feature) -> list[tuple[str, ...]]:
    """Every choice of features at and below one that is chosen."""
    below = [group_choices(group) for group in feature.groups]
    return [(feature.name, *itertools.chain(*some)) for some in itertools.product(*below)]


def group_choices(group: Any) -> list[tuple[str, ...]]:
    count = len(group.features)
    low, high = group.limits or ((count, count) if group.kind == "mandatory" else LIMITS[group.kind])
    found = []
    for size in range(low, min(count, count if high is None else high) + 1):
        for some in itertools.combinations(group.features, size):
            for parts in itertools.product(*map(trees, some)):
                found.append(tuple(itertools.chain(*parts)))
    return found


def values_of(feature: Feature, model: Model) -> list[Any]:
    if feature.clones is not None:
        return list(range(max(feature.clones[0], 1), feature.clones[1] + 1))
    variable = model.variable(f"{feature.name} (value)") or model.variable(f"{feature.name} (text)")
    if variable is None:
        return [True]
    if variable.kind is Kind.QUANTITY:
        return list(range(variable.minimum, variable.maximum + 1))
    return [Fraction(each) if feature.type == "Real" else each for each in variable.values]


def value(expression: Expression, world: World, features: dict[str, Feature]) -> Any:
    match expression:
        case Number(value=number):
            return number
        case Text(value=text):
            return text
        case Call():
            return called(expression, world, features)
        case Name(parts=(only,)):
            return world[only] if only in world else None
        case Name(parts=(first, *rest)):
            return attribute(features[first], ".".join(rest), world)
    parts = [value(each, world, features) for each in expression.operands]
    sign = expression.operator
    if sign in TESTS:
        return compared(sign, parts)
    flags = [each is not None and each is not False for each in parts]
    numbers = [Fraction(0) if each is None else each for each in parts]
    if sign in ("+", "*", "/") or (sign == "-" and len(parts) == 2):
        act = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign]
        result = numbers[0]
        for each in numbers[1:]:
            result = act(result, each)
        return result
    answers = {"-": lambda: -numbers[0], "!": lambda: not flags[0], "&": lambda: all(flags), "|": lambda: any(flags)}
    if sign in answers:
        return answers[sign]()
    return flags[0] == flags[1] if sign == "<=>" else not flags[0] or flags[1]


def compared(sign: str, parts: list[Any]) -> bool:
    if any(isinstance(each, str) for each in parts):
        return (parts[0] == parts[1]) == (sign == "==")
    return TESTS[sign](*(Fraction(0) if each is None else each for each in parts))


def attribute(feature: Feature, name: str, world: World) -> Any:
    """A text stands wherever it is stated; a number counts only where its feature is chosen."""
    found = feature.attributes.get(name)
    return found if isinstance(found, str) else found if feature.name in world else None


def called(call: Call, world: World, features: dict[str, Feature]) -> Any:
    name = call.arguments[-1]
    assert isinstance(name, Name)
    if call.function == "len":
        text = world.get(name.parts[-1])
        return ANY_LENGTH if text == OTHER else len(text) if text is not None else NO_LENGTH
    key = ".".join(name.parts)
    stated = [
        each for each in features.values() if isinstance(each.attributes.get(key), Fraction) and each.name in world
    ]
    numbers = [each.attributes[key] * (world[each.name] if each.clones else 1) for each in stated]
    total = sum(numbers, Fraction(0))
    return total / (len(numbers) or 1) if call.function == "avg" else total


class _Length:
    """The length of any other text (every comparison holds), or of a text that is not chosen (none does)."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer

    def _said(self, _: object) -> bool:
        return self.answer

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _said  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


ANY_LENGTH, NO_LENGTH = _Length(True), _Length(False)
