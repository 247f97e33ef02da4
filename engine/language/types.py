"""The static types of the strict profile, also used to describe FEEL values by their standard names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class BasicType:
    """A type without parts, known by its FEEL name; each exists once and equals only itself."""

    name: str


@dataclass(frozen=True, slots=True)
class EnumType:
    """A text that is one of ``values``, in the author's order; ``name`` says which list it is.

    A text written in a formula has the nameless type of its own value.
    """

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyType:
    """An amount of one currency, held as a number; None is the rule book's own or an amount of the quote's currency."""

    currency: str | None = None


@dataclass(frozen=True, slots=True)
class OptionalType:
    """A value that may be missing (null)."""

    item: Type


@dataclass(frozen=True, slots=True)
class ListType:
    """A list whose items are all of one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class RangeType:
    """An interval between two values of one type."""

    item: Type


@dataclass(frozen=True, slots=True, eq=False)
class ContextType:
    """A record: entry names and their types. ``name`` is how messages speak of it (``line``, ``product``)."""

    fields: Mapping[str, Type]
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, ContextType) and self.name == other.name and dict(self.fields) == dict(other.fields)
        )

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.fields)))


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function with typed parameters and result."""

    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class TypeVariable:
    """Stands for one type in the signature of a built-in: ``N`` a number, ``O`` an ordered value, ``T`` anything."""

    name: str


Type: TypeAlias = (
    BasicType | EnumType | MoneyType | OptionalType | ListType | RangeType | ContextType | FunctionType | TypeVariable
)

NUMBER = BasicType("number")
PERCENT = BasicType("percent")
TEXT = BasicType("text")
BOOLEAN = BasicType("boolean")
DATE = BasicType("date")
TIME = BasicType("time")
DATE_TIME = BasicType("date and time")
DAYS_DURATION = BasicType("days and time duration")
MONTHS_DURATION = BasicType("years and months duration")
ANY = BasicType("Any")
NULL = BasicType("null")


def optional(item: Type) -> Type:
    """Return the type of an ``item`` that may be missing; idempotent."""
    return item if isinstance(item, OptionalType) or item is ANY or item is NULL else OptionalType(item)


def required(item: Type) -> Type:
    """Return the type of a value that is present."""
    return item.item if isinstance(item, OptionalType) else item


def describe(item: Type) -> str:
    """Say a type in the words of a message: ``list of number``."""
    match item:
        case BasicType(name):
            return name
        case OptionalType(inner):
            return f"optional {describe(inner)}"
        case ListType(inner):
            return f"list of {describe(inner)}"
        case RangeType(inner):
            return f"range of {describe(inner)}"
        case ContextType():
            return item.name or "context"
        case _:
            return _describe_special(item)


def _describe_special(item: EnumType | MoneyType | FunctionType | TypeVariable) -> str:
    match item:
        case EnumType(name):
            return f"one of {name}" if name else "text"
        case MoneyType(currency):
            return f"money in {currency}" if currency else "money"
        case FunctionType():
            return "function"
        case TypeVariable(name):
            return {"N": "number", "O": "number, text, date or duration"}.get(name, "value")
