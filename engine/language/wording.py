"""How messages speak of types and of parts of an expression."""

from __future__ import annotations

from engine.language.types import (
    BasicType,
    ContextType,
    EnumType,
    FunctionType,
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
    TypeVariable,
)

LONGEST_SHOWN = 40
MOST_VALUES_SHOWN = 6

_ONE = {
    "number": "a number",
    "percent": "a percent",
    "text": "a text",
    "boolean": "true or false",
    "date": "a date",
    "time": "a time",
    "date and time": "a date and time",
    "days and time duration": "a duration in days",
    "years and months duration": "a duration in months",
    "null": "missing (`null`)",
    "Any": "of an unknown kind",
}
_MANY = {
    "number": "numbers",
    "percent": "percents",
    "text": "texts",
    "boolean": "true or false values",
    "date": "dates",
    "time": "times",
    "date and time": "dates and times",
    "days and time duration": "durations in days",
    "years and months duration": "durations in months",
}
_VARIABLES = {"N": "a number", "O": "a number, text, date or duration", "T": "a value"}
_MANY_VARIABLES = {"N": "numbers", "O": "numbers, texts, dates or durations", "T": "values"}


def a(item: Type) -> str:
    """Say one value of a type: ``a number``, ``money in EUR``, ``a list of dates``."""
    match item:
        case BasicType(name):
            return _ONE.get(name, name)
        case EnumType(name):
            return f"a value of `{name}`" if name else "a text"
        case MoneyType(currency):
            return f"money in {currency}" if currency else "money"
        case OptionalType(inner):
            return f"{a(inner)} that may be missing"
        case ListType(inner):
            return f"a list of {many(inner)}"
        case RangeType(inner):
            return f"a range of {many(inner)}"
        case _:
            return _a_structure(item)


def _a_structure(item: ContextType | FunctionType | TypeVariable) -> str:
    match item:
        case ContextType():
            return f"a whole `{item.name}`" if item.name else "a group of attributes"
        case FunctionType():
            return "a function"
        case TypeVariable(name):
            return _VARIABLES[name]


def many(item: Type) -> str:
    """Say several values of a type: ``numbers``, ``texts``."""
    match item:
        case BasicType(name):
            return _MANY.get(name, "values")
        case EnumType(name):
            return f"values of `{name}`" if name else "texts"
        case MoneyType(currency):
            return f"amounts in {currency}" if currency else "amounts"
        case OptionalType(inner):
            return f"{many(inner)} that may be missing"
        case ListType(inner):
            return f"lists of {many(inner)}"
        case RangeType(inner):
            return f"ranges of {many(inner)}"
        case ContextType():
            return f"`{item.name}` entries" if item.name else "groups of attributes"
        case FunctionType():
            return "functions"
        case TypeVariable(name):
            return _MANY_VARIABLES[name]


def shown(text: str) -> str:
    """A stretch of the author's text in back-ticks, on one line and shortened."""
    flat = " ".join(text.split())
    return f"`{flat if len(flat) <= LONGEST_SHOWN else flat[: LONGEST_SHOWN - 3] + '...'}`"


def values_shown(values: tuple[str, ...]) -> str:
    """The values of an enumeration as a hint shows them."""
    head = ", ".join(f'"{each}"' for each in values[:MOST_VALUES_SHOWN])
    return head + (", ..." if len(values) > MOST_VALUES_SHOWN else "")
