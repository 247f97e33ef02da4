"""The obvious twin of the COOM reader: every configuration written out, every rule read as the language states it."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from engine.configuration.formats.coom_rules import Statement
from engine.configuration.formats.coom_text import Call, Formula, Number, Operation, Path
from engine.configuration.formats.coom_tree import PRODUCT, CoomFile

NONE = "(none)"
TESTS: Mapping[str, Any] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass
class Thing:
    """A possible instance, there or not: its value, or the instances of its features."""

    type: str
    value: Any = None
    parts: dict[str, list[Thing]] = field(default_factory=dict)
    there: bool = True


def worlds(file: CoomFile) -> Iterator[Thing]:
    """Every product that keeps all rules."""
    for each in things(file, PRODUCT, None):
        if keeps(file, each, each):
            yield each


def things(file: CoomFile, kind: str, bounds: tuple[Fraction, Fraction] | None) -> list[Thing]:
    if kind == "Bool":
        return [Thing(kind, value) for value in ("False", "True")]
    if kind == "num":
        assert bounds is not None
        return [Thing(kind, Fraction(each)) for each in range(int(bounds[0]), int(bounds[1]) + 1)]
    if kind in file.enumerations:
        return [Thing(kind, name) for name in file.enumerations[kind].options]
    features = file.structures[kind]
    choices = []
    for each in features:
        low, high = each.cardinality
        assert high is not None
        inner = things(file, each.type, each.bounds)
        none = missing(file, each.type)
        counts = range(low, high + 1)
        choices.append([[*some, *[none] * (high - n)] for n in counts for some in itertools.product(inner, repeat=n)])
    return [
        Thing(kind, None, {each.name: some for each, some in zip(features, parts, strict=True)})
        for parts in itertools.product(*choices)
    ]


def missing(file: CoomFile, kind: str) -> Thing:
    features = file.structures.get(kind, ())
    return Thing(
        kind, None, {each.name: [missing(file, each.type)] * (each.cardinality[1] or 0) for each in features}, False
    )


def keeps(file: CoomFile, root: Thing, thing: Thing) -> bool:
    if not thing.there:
        return True
    for behavior in file.behaviors:
        if behavior.context == thing.type:
            asked = (each for each in behavior.statements if each.kind not in ("default", "prefer"))
            if not all(holds(file, root, thing, each) for each in asked):
                return False
    return all(keeps(file, root, each) for part in thing.parts.values() for each in part)


def holds(file: CoomFile, root: Thing, thing: Thing, statement: Statement) -> bool:
    """For every choice of instances: undefined, or a condition fails, or what is asked holds."""
    formulas = [*statement.conditions, *asked_by(statement)]
    paths = list(dict.fromkeys(path for each in formulas for path in paths_of(each)))
    paths = [each for each in paths if is_feature(file, thing, each)]
    for some in itertools.product(*(follow(file, root, thing, each) for each in paths)):
        seen = dict(zip(paths, some, strict=True))
        found = [value_of(file, root, thing, each, seen) for each in formulas]
        conditions, asked = found[: len(statement.conditions)], found[len(statement.conditions) :]
        if any(each is None for each in found) or not all(conditions):
            continue
        if statement.kind == "combinations":
            if not table_fits(file, root, thing, statement, asked):
                return False
        elif statement.kind == "alldiff":
            assert statement.path is not None
            values = [each for each in follow(file, root, thing, statement.path) if each is not None]
            if len(values) != len(set(values)):
                return False
        elif not asked[0]:
            return False
    return True


def asked_by(statement: Statement) -> list[Formula]:
    if statement.kind in ("combinations", "alldiff"):
        return list(statement.columns)
    assert statement.formula is not None
    if statement.path is not None:
        return [Operation("=", (statement.path, statement.formula), statement.span)]
    return [statement.formula]


def table_fits(file: CoomFile, root: Thing, thing: Thing, statement: Statement, values: list[Any]) -> bool:
    rows = [(allows, row_fits(file, root, thing, cells, values)) for allows, cells in statement.rows]
    if any(fits and not allows for allows, fits in rows):
        return False
    return not any(allows for allows, _ in rows) or any(fits and allows for allows, fits in rows)


def row_fits(file: CoomFile, root: Thing, thing: Thing, cells: Any, values: list[Any]) -> bool:
    for cell, value in zip(cells, values, strict=True):
        tests = [TESTS[op](value, value_of(file, root, thing, formula, {})) for op, formula in cell.tests]
        if tests and not any(tests):
            return False
    return True


def paths_of(formula: Formula) -> Iterator[Path]:
    if isinstance(formula, Path):
        yield formula
    if isinstance(formula, Operation):
        for each in formula.operands:
            yield from paths_of(each)


def is_feature(file: CoomFile, thing: Thing, path: Path) -> bool:
    first = path.steps[0].name
    attributes = file.enumerations[thing.type].attributes if thing.type in file.enumerations else []
    return first == "root" or first in thing.parts or first in attributes


def follow(file: CoomFile, root: Thing, thing: Thing, path: Path) -> list[Any]:
    """The values at the end of a path, None for what is not there; a structure stands for itself."""
    found: list[Any] = [thing]
    for step in path.steps:
        if step.name == "root":
            found = [root]
            continue
        after: list[Any] = []
        for each in found:
            if step.name in each.parts:
                some = each.parts[step.name]
                after += some if step.low is None else some[step.low : step.high + 1]
            else:
                declared = file.enumerations[each.type]
                if not each.there:
                    after.append(Thing("attribute", there=False))
                    continue
                constant = declared.options[each.value][declared.attributes.index(step.name)]
                after.append(Thing("attribute", constant))
        found = after
    return [None if not each.there else each if each.value is None else each.value for each in found]


def value_of(file: CoomFile, root: Thing, thing: Thing, formula: Formula, seen: Mapping[Path, Any]) -> Any:
    """None where something is not there."""
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Path):
        return seen[formula] if formula in seen else formula.steps[0].name
    if isinstance(formula, Call):
        some = [each for path in formula.arguments for each in follow(file, root, thing, path)]  # type: ignore[arg-type]
        some = [each for each in some if each is not None]
        if formula.function in ("count", "sum"):
            return Fraction(len(some)) if formula.function == "count" else sum(some, Fraction(0))
        return (min if formula.function == "min" else max)(some) if some else None
    values = [value_of(file, root, thing, each, seen) for each in formula.operands]
    if formula.operator in "+-" and len(values) == 2 and values != [None, None]:
        values = [Fraction(0) if each is None else each for each in values]
    return None if any(each is None for each in values) else calculated(formula.operator, values)


def calculated(sign: str, values: list[Any]) -> Any:
    if sign in TESTS:
        return TESTS[sign](*values)
    if sign in ("!", "&&", "||"):
        flags = [each is True or each == "True" for each in values]
        return {"!": not flags[0], "&&": all(flags), "||": any(flags)}[sign]
    if sign == "-":
        return -values[0] if len(values) == 1 else values[0] - values[1]
    return {"+": operator.add, "*": operator.mul, "/": operator.truediv}[sign](*values)


def flat(file: CoomFile, product: Thing) -> dict[str, Any]:
    """The product as the values of the variables that a reader makes."""
    found: dict[str, Any] = {}
    _flatten(file, PRODUCT, product, "", found)
    return found


def _flatten(file: CoomFile, kind: str, thing: Thing, prefix: str, into: dict[str, Any]) -> None:
    for feature in file.structures[kind]:
        low, high = feature.cardinality
        assert high is not None
        for at, each in enumerate(thing.parts[feature.name]):
            name = prefix + feature.name + (f"[{at}]" if high > 1 else "")
            if feature.type in file.structures:
                if at >= low:
                    into[name] = each.there
                _flatten(file, feature.type, each, f"{name}.", into)
            elif feature.type == "num":
                assert feature.bounds is not None
                if at >= low:
                    into[f"{name} (present)"] = each.there
                into[name] = int(each.value if each.there else feature.bounds[0])
            else:
                value = each.value if each.there else NONE
                into[name] = {"True": True, "False": False}.get(value, value) if feature.type == "Bool" else value
