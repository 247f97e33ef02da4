"""What a built-in function is: its FEEL name, how it may be called, and what it does.

A signature is written ``string: text, start position: number, length?: number -> text``. Type variables: ``N`` any kind
of number (money stays money), ``O`` anything with an order, ``T`` anything. ``?`` behind a parameter name makes it
optional, behind a type says that the value may be missing; ``...`` behind a type takes one or more arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    TEXT,
    TIME,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Type,
    TypeVariable,
    optional,
)

Implementation: TypeAlias = Callable[..., object]
"""Called with positional arguments; raises ``UndefinedError`` when there is no value."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its FEEL name, its strict type, and whether it may be left out (from the end)."""

    name: str
    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in; with ``variadic`` the last parameter takes one or more arguments."""

    parameters: tuple[Parameter, ...]
    result: Type
    run: Implementation = field(compare=False)
    variadic: bool = False

    def accepts(self, count: int) -> bool:
        """Whether so many positional arguments fit."""
        needed = sum(each.required for each in self.parameters)
        return count >= needed and (self.variadic or count <= len(self.parameters))

    def arrange(self, names: Sequence[str]) -> tuple[int | None, ...] | None:
        """For each parameter up to the last one given, the place of its argument in ``names`` or None when left out.

        Returns None when a name is unknown, repeated, or a required parameter is missing.
        """
        known = [each.name for each in self.parameters]
        if len(set(names)) != len(names) or not set(names) <= set(known):
            return None
        if any(each.required and each.name not in names for each in self.parameters):
            return None
        last = max((known.index(name) for name in names), default=-1)
        return tuple(names.index(name) if name in names else None for name in known[: last + 1])


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function. ``strict`` is false for what rule books may not use: clock, results without a type."""

    name: str
    signatures: tuple[Signature, ...]
    strict: bool = True


_BASIC: Mapping[str, Type] = {
    "number": NUMBER,
    "text": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "datetime": DATE_TIME,
    "days": DAYS_DURATION,
    "months": MONTHS_DURATION,
    "any": ANY,
    "context": ContextType({}),
    "N": TypeVariable("N"),
    "O": TypeVariable("O"),
    "T": TypeVariable("T"),
    "precedes": FunctionType((TypeVariable("T"), TypeVariable("T")), BOOLEAN),
}


def read_type(text: str) -> Type:
    """Return the type a word of a signature stands for (``list<T>?`` is an optional list)."""
    if text.endswith("?"):
        return optional(read_type(text[:-1]))
    if text.startswith("list<"):
        return ListType(read_type(text[5:-1]))
    if text.startswith("range<"):
        return RangeType(read_type(text[6:-1]))
    return _BASIC[text]


def signature(text: str, run: Implementation) -> Signature:
    """Read the text of a signature and join it to its implementation."""
    left, _, result = text.rpartition("->")
    parameters = []
    variadic = False
    for part in filter(None, (each.strip() for each in left.split(","))):
        name, _, kind = (each.strip() for each in part.partition(":"))
        variadic = kind.endswith("...")
        required = not name.endswith("?")
        parameters.append(Parameter(name.removesuffix("?"), read_type(kind.removesuffix("...")), required))
    return Signature(tuple(parameters), read_type(result.strip()), run, variadic)


def builtin(name: str, *forms: tuple[str, Implementation], strict: bool = True) -> Builtin:
    """Describe a built-in by its forms, each a signature text and its implementation."""
    return Builtin(name, tuple(signature(text, run) for text, run in forms), strict)
