"""Arguments that do not fit a function: what is said about them and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.diagnostics import nearest_name
from engine.language.checker import Checker
from engine.language.problems import ARGUMENT_TYPE, TWO_CURRENCIES
from engine.language.relations import is_numeric, is_text
from engine.language.tree import Expression, NumberLiteral
from engine.language.types import (
    ANY,
    NUMBER,
    TEXT,
    ContextType,
    EnumType,
    ListType,
    Type,
    TypeVariable,
    required,
)
from engine.language.wording import a, many, shown, values_shown


@dataclass(slots=True)
class Fit:
    """How arguments fit one signature: the types bound to its variables, and the first misfit."""

    bound: dict[str, Type] = field(default_factory=dict)
    misfit: tuple[Expression, str, Type] | None = None
    currencies: tuple[Expression, Type, Type] | None = None


def misfit(
    checker: Checker,
    arguments: tuple[Expression | None, ...],
    node: Expression,
    wanted: Type,
    found: Type,
    fit: Fit,
) -> str:
    """Why an argument does not fit: of the wrong kind, or of another kind than an argument before it."""
    given = f"{shown(checker.source(node))} is {a(found)}"
    first = arguments[0]
    if isinstance(wanted, TypeVariable) and wanted.name in fit.bound and first is not None and first is not node:
        kind = checker.analysis.types.get(id(first), ANY)
        return f"needs values of one kind, but {shown(checker.source(first))} is {a(kind)} and {given}"
    taken, kind = required(wanted), required(found)
    if isinstance(taken, EnumType) and isinstance(kind, EnumType):
        strange = tuple(each for each in kind.values if each not in taken.values)
        told = f" may be {values_shown(strange)}" if kind.name else ""
        return f"knows {values_shown(taken.values)}, but {'' if told else 'not '}{shown(checker.source(node))}{told}"
    return f"needs {a(wanted)}, but {given}"


def report(checker: Checker, name: str, fit: Fit) -> None:
    """Report the first misfit of the best way to call a function."""
    if fit.misfit is not None:
        place, reason, wanted = fit.misfit
        hint = _hint(checker, name, place, wanted) or _one_kind_hint(checker, fit, place, wanted)
        checker.findings.error(ARGUMENT_TYPE, f"`{name}` {reason}", place.start, place.end, hint=hint)
    elif fit.currencies is not None:
        place, before, found = fit.currencies
        message = f"`{name}` mixes {a(before)} and {a(found)}"
        hint = "amounts of two currencies cannot be calculated together"
        checker.findings.error(TWO_CURRENCIES, message, place.start, place.end, hint=hint)


def _one_kind_hint(checker: Checker, fit: Fit, place: Expression, wanted: Type) -> str:
    """What to do about a value of another kind than is taken, or than those before it are."""
    kind = required(fit.bound.get(wanted.name, wanted) if isinstance(wanted, TypeVariable) else wanted)
    if is_text(kind) and isinstance(place, NumberLiteral):
        return f'write `"{checker.source(place)}"` in quotes'
    return f"give {a(kind)}"


def _hint(checker: Checker, name: str, place: Expression, wanted: Type) -> str:
    found = required(checker.analysis.types.get(id(place), ANY))
    source = checker.source(place)
    if name in ("not", "all", "any"):
        return "write a comparison such as `... = ...`"
    if isinstance(required(wanted), EnumType):
        return _enumeration_hint(required(wanted), found)
    if isinstance(found, ListType):
        inner = required(found.item)
        if isinstance(inner, ContextType):
            fields = [each for each, kind in inner.fields.items() if is_numeric(required(kind))]
            return f"name an attribute: `{name}({source}.{fields[0] if fields else 'attribute'})`"
        return (
            "give one list or single values"
            if not isinstance(wanted, ListType)
            else f"use a list of {many(wanted.item)}"
        )
    if isinstance(wanted, ListType):
        return "name a list or an option group"
    if is_numeric(found) and wanted is TEXT:
        return f"write `string({source})` to make it a text"
    if is_text(found) and (wanted is NUMBER or isinstance(wanted, TypeVariable) and wanted.name == "N"):
        return f"write `number({source})` when the text holds a number"
    return ""


def _enumeration_hint(wanted: Type, found: Type) -> str:
    """What to do about a value that a table's list of words does not hold."""
    assert isinstance(wanted, EnumType)
    if isinstance(found, EnumType) and not found.name:
        near = nearest_name(found.values[0], wanted.values)
        return f'did you mean `"{near}"`?' if near else "write one of these words"
    return "add the words to the `values` of the table's input, or declare it as a text"
