"""Whether a value belongs to a type (DMN 10.3.2.9), and the implicit conversions to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.language import tree
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    BasicType,
    ContextType,
    EnumType,
    FunctionType,
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
)
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import Kind, kind_of
from engine.language.values.temporal import midnight

STANDARD_TYPES: Mapping[str, Type] = {
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "number": NUMBER,
    "string": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "days and time duration": DAYS_DURATION,
    "day time duration": DAYS_DURATION,
    "dayTimeDuration": DAYS_DURATION,
    "years and months duration": MONTHS_DURATION,
    "yearMonthDuration": MONTHS_DURATION,
    "list": ListType(ANY),
    "context": ContextType({}),
}
"""The types of the standard by the names FEEL and DMN files give them."""

_KINDS: dict[BasicType, Kind] = {
    NUMBER: Kind.NUMBER,
    PERCENT: Kind.NUMBER,
    TEXT: Kind.TEXT,
    BOOLEAN: Kind.BOOLEAN,
    DATE: Kind.DATE,
    TIME: Kind.TIME,
    DATE_TIME: Kind.DATE_TIME,
    DAYS_DURATION: Kind.DAYS,
    MONTHS_DURATION: Kind.MONTHS,
    NULL: Kind.NULL,
}


def conforms(value: object, wanted: Type) -> bool:
    """Whether a value is of a type; null belongs to every type here (``instance of`` treats it apart)."""
    if value is None or wanted == ANY:
        return True
    match wanted:
        case BasicType():
            return kind_of(value) is _KINDS.get(wanted)
        case EnumType() | MoneyType():
            return kind_of(value) is (Kind.TEXT if isinstance(wanted, EnumType) else Kind.NUMBER)
        case OptionalType(item):
            return conforms(value, item)
        case ListType(item):
            return isinstance(value, (tuple, list)) and all(conforms(each, item) for each in value)
        case RangeType(item):
            return isinstance(value, RangeValue) and conforms(value.low, item) and conforms(value.high, item)
        case ContextType():
            return isinstance(value, Mapping) and all(
                name in value and conforms(value[name], kind) for name, kind in wanted.fields.items()
            )
        case FunctionType():
            return isinstance(value, FunctionValue) and _function_conforms(value, wanted)
        case _:
            return False


def _function_conforms(value: FunctionValue, wanted: FunctionType) -> bool:
    if value.signature is None:
        return len(value.parameters) == len(wanted.parameters) or value.variadic
    given = value.signature
    if len(given.parameters) != len(wanted.parameters):
        return False
    return type_fits(given.result, wanted.result) and all(
        type_fits(offered, taken) for offered, taken in zip(wanted.parameters, given.parameters, strict=True)
    )


def type_fits(given: Type, wanted: Type) -> bool:
    """Whether every value of ``given`` is also one of ``wanted``."""
    if wanted == ANY or given in (wanted, NULL):
        return True
    match given, wanted:
        case (ListType(left), ListType(right)) | (RangeType(left), RangeType(right)):
            return type_fits(left, right)
        case ContextType(), ContextType():
            return all(
                name in given.fields and type_fits(given.fields[name], kind) for name, kind in wanted.fields.items()
            )
        case FunctionType(), FunctionType():
            return (
                len(given.parameters) == len(wanted.parameters)
                and type_fits(given.result, wanted.result)
                and all(type_fits(b, a) for a, b in zip(given.parameters, wanted.parameters, strict=True))
            )
        case _:
            return False


def coerce(value: object, wanted: Type) -> object:
    """Return the value as ``wanted`` after the implicit conversions, or None where it does not conform.

    The conversions: a list of one item is that item, a single value is the list of it, a date is its midnight UTC.
    """
    if value is None or wanted == ANY:
        return value
    if conforms(value, wanted):
        return value
    if isinstance(wanted, ListType):
        return (value,) if not isinstance(value, (tuple, list)) and conforms(value, wanted.item) else None
    if isinstance(value, (tuple, list)) and len(value) == 1:
        return coerce(value[0], wanted) if not isinstance(value[0], (tuple, list)) else None
    if wanted == DATE_TIME and kind_of(value) is Kind.DATE:
        return midnight(value, 0)  # type: ignore[arg-type]  # its kind says that it is a date
    return None


def resolve(node: tree.TypeExpression, named: Callable[[str], Type | None]) -> Type | None:
    """Return the type a type expression means, or None when it names an unknown one."""
    match node:
        case tree.TypeName(name=name):
            return named(name) or STANDARD_TYPES.get(name)
        case tree.TypeList(item=item):
            inner = resolve(item, named)
            return ListType(inner) if inner else None
        case tree.TypeRange(item=item):
            inner = resolve(item, named)
            return RangeType(inner) if inner else None
        case tree.TypeContext(fields=fields):
            kinds = {each.name: resolve(each.type, named) for each in fields}
            return ContextType({name: kind for name, kind in kinds.items() if kind}) if all(kinds.values()) else None
        case tree.TypeFunction(parameters=parameters, result=result):
            taken = [resolve(each, named) for each in parameters]
            given = resolve(result, named)
            known = tuple(each for each in taken if each)
            return FunctionType(known, given) if given and len(known) == len(taken) else None
