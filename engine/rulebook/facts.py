"""Facts as callers and records give them, read by the types that a rule book declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import Value
from engine.diagnostics import did_you_mean
from engine.language.types import (
    BOOLEAN,
    DATE,
    TEXT,
    EnumType,
    ListType,
    OptionalType,
    Type,
    required,
)
from engine.rulebook import values
from engine.rulebook.values import Unreadable

MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Misfit:
    """A fact that is not declared, or whose value its declaration rules out; with what to do about it."""

    name: str
    message: str
    hint: str
    is_declared: bool


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """Every declared fact with its value: unknown, or an empty list, where nothing that fits was given."""

    values: Mapping[str, Value]
    misfits: tuple[Misfit, ...]


def read_facts(given: Mapping[str, Value], declared: Mapping[str, Type], record: str) -> ReadFacts:
    """Read what is given of ``record`` (``customer``, ``quote``); texts become what the declaration says."""
    found: dict[str, Value] = {}
    misfits: list[Misfit] = []
    for name, kind in declared.items():
        try:
            found[name] = _fitted(given.get(name), kind)
        except Unreadable as problem:
            found[name] = _blank(kind)
            misfits.append(Misfit(name, f"`{record}.{name}` {problem.message}", problem.hint, is_declared=True))
    if not given.keys() <= declared.keys():
        misfits += _undeclared(given, declared, record)
    return ReadFacts(MappingProxyType(found), tuple(misfits))


def _undeclared(given: Mapping[str, Value], declared: Mapping[str, Type], record: str) -> Iterator[Misfit]:
    for name in given:
        if name not in declared:
            known = ", ".join(f"`{each}`" for each in [*declared][:MOST_WORDS]) or "none"
            hint = did_you_mean(name, declared) or f"it declares {known}; add others under `facts` in book.yaml"
            yield Misfit(name, f"the rule book declares no fact `{record}.{name}`", hint, is_declared=False)


def _blank(kind: Type) -> Value:
    """What stands for a fact that nobody gave: rules that read a list find an empty one."""
    return () if isinstance(kind, ListType) and not isinstance(kind, OptionalType) else None


def _fitted(value: Value, kind: Type) -> Value:
    """The value as the declaration says it; raises ``Unreadable``."""
    if value is None:
        return _blank(kind)
    inner = required(kind)
    if isinstance(inner, ListType):
        return tuple(_single(each, inner.item) for each in (value if isinstance(value, tuple) else (value,)))
    return _single(value, inner)


def _single(value: Value, kind: Type) -> Value:
    if isinstance(kind, EnumType):
        return _word(value, kind)
    if kind is TEXT:
        if not isinstance(value, str):
            raise Unreadable("CAT004", f"takes a text, not {_shown(value)}", "give it as a text")
        return value
    if value == "":
        return None
    return _read(value, kind)


def _word(value: Value, kind: EnumType) -> Value:
    if value in kind.values:
        return value
    if value == "":
        return None
    known = ", ".join(f"`{each}`" for each in kind.values[:MOST_WORDS])
    more = f" and {len(kind.values) - MOST_WORDS} more" if len(kind.values) > MOST_WORDS else ""
    hint = (did_you_mean(value, kind.values) if isinstance(value, str) else "") or f"it is one of {known}{more}"
    raise Unreadable("CAT004", f"is never {_shown(value)}", hint)


def _read(value: Value, kind: Type) -> Value:
    """A number, date or truth value; also from its text, as records and forms hold it."""
    wanted, from_text, word = _KINDS.get(kind, _NUMBER)
    if type(value) is wanted:
        return value
    hint = f"give {word}"
    if isinstance(value, str):
        try:
            return from_text(value)
        except Unreadable as problem:
            hint = problem.hint or hint
    raise Unreadable("CAT004", f"takes {word}, not {_shown(value)}", hint)


_NUMBER: tuple[type, Callable[[str], Value], str] = (Decimal, values.number, "a number")
_KINDS: Mapping[Type, tuple[type, Callable[[str], Value], str]] = {
    BOOLEAN: (bool, values.flag, "true or false"),
    DATE: (date, values.day, "a date"),
}


def _shown(value: Value) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return "a list"
        case _:
            return f"`{str(value)[:60]}`"
