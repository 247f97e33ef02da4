"""How types relate: what may stand for what, what two branches have in common, what can be compared and ordered."""

from __future__ import annotations

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
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
    optional,
    required,
)

MOST_UNITED = 64
ORDERED = frozenset({DATE, TIME, DATE_TIME, DAYS_DURATION, MONTHS_DURATION})


def is_numeric(item: Type) -> bool:
    """Whether a value of the type is a number: plain, a percent or money."""
    return item is NUMBER or item is PERCENT or isinstance(item, MoneyType)


def is_text(item: Type) -> bool:
    """Whether a value of the type is a text, free or from a list of values."""
    return item is TEXT or isinstance(item, EnumType)


def is_ordered(item: Type) -> bool:
    """Whether `<` means something: numbers, free texts, dates, times and durations."""
    return is_numeric(item) or item is TEXT or item in ORDERED or isinstance(item, EnumType) and not item.name


def currencies_clash(left: Type, right: Type) -> bool:
    """Whether both are money of different known currencies."""
    return (
        isinstance(left, MoneyType)
        and isinstance(right, MoneyType)
        and None not in (left.currency, right.currency)
        and left.currency != right.currency
    )


def unite(left: Type, right: Type) -> Type | None:
    """Return the narrowest type that holds the values of both, or None when they have nothing in common."""
    if left is right or left == right:
        return left
    if left is ANY or right is ANY:
        return left if right is ANY else right
    if left is NULL or right is NULL:
        return optional(left if right is NULL else right)
    if isinstance(left, OptionalType) or isinstance(right, OptionalType):
        inner = unite(required(left), required(right))
        return None if inner is None else optional(inner)
    if is_numeric(left) and is_numeric(right):
        return _unite_numbers(left, right)
    if is_text(left) and is_text(right):
        return _unite_texts(left, right)
    if isinstance(left, ListType) and isinstance(right, ListType):
        inner = unite(left.item, right.item)
        return None if inner is None else ListType(inner)
    if isinstance(left, RangeType) and isinstance(right, RangeType):
        inner = unite(left.item, right.item)
        return None if inner is None else RangeType(inner)
    if isinstance(left, ContextType) and isinstance(right, ContextType):
        return _unite_contexts(left, right)
    return None


def _unite_numbers(left: Type, right: Type) -> Type | None:
    if isinstance(left, MoneyType) and isinstance(right, MoneyType):
        if currencies_clash(left, right):
            return None
        return MoneyType(left.currency or right.currency)
    if isinstance(left, MoneyType):
        return left
    return right if isinstance(right, MoneyType) else NUMBER


def _unite_texts(left: Type, right: Type) -> Type:
    if not isinstance(left, EnumType) or not isinstance(right, EnumType):
        return TEXT
    values = tuple(dict.fromkeys(left.values + right.values))
    if len(values) > MOST_UNITED:
        return TEXT
    if left.name and set(values) == set(left.values):
        return left
    return right if right.name and set(values) == set(right.values) else EnumType("", values)


def _unite_contexts(left: ContextType, right: ContextType) -> Type | None:
    if left.fields.keys() != right.fields.keys():
        return None
    fields: dict[str, Type] = {}
    for name, kind in left.fields.items():
        united = unite(kind, right.fields[name])
        if united is None:
            return None
        fields[name] = united
    return ContextType(fields, left.name if left.name == right.name else "")


def fits(actual: Type, wanted: Type) -> bool:
    """Whether a value of type ``actual`` may stand where ``wanted`` is expected.

    A bare number may stand for money or a percent; money never for a plain number. A missing value fits only where it
    may be missing; the checker warns about that apart, so optional and required are treated alike here.
    """
    actual, wanted = required(actual), required(wanted)
    if actual is wanted or actual is ANY or wanted is ANY or actual is NULL or actual == wanted:
        return True
    match wanted:
        case BasicType("number") | BasicType("percent"):
            return actual in (NUMBER, PERCENT)
        case MoneyType():
            return is_numeric(actual) and actual != PERCENT and not currencies_clash(actual, wanted)
        case BasicType("text"):
            return is_text(actual)
        case EnumType():
            return isinstance(actual, EnumType) and set(actual.values) <= set(wanted.values)
        case ListType(item):
            return fits(actual.item, item) if isinstance(actual, ListType) else False
        case RangeType(item):
            return fits(actual.item, item) if isinstance(actual, RangeType) else False
        case ContextType():
            return isinstance(actual, ContextType) and _holds(actual, wanted)
        case _:
            return False


def _holds(actual: ContextType, wanted: ContextType) -> bool:
    return all(name in actual.fields and fits(actual.fields[name], kind) for name, kind in wanted.fields.items())


def comparable(left: Type, right: Type) -> bool:
    """Whether `=` between the two can ever be true, as far as their kinds go (values and currencies apart)."""
    left, right = required(left), required(right)
    if left is right or left is ANY or right is ANY or left is NULL or right is NULL:
        return True
    if is_numeric(left):
        return is_numeric(right)
    if is_text(left):
        return is_text(right)
    if isinstance(left, ListType) and isinstance(right, ListType):
        return comparable(left.item, right.item)
    if isinstance(left, RangeType) and isinstance(right, RangeType):
        return comparable(left.item, right.item)
    return isinstance(left, ContextType) and isinstance(right, ContextType)


def is_condition(item: Type) -> bool:
    """Whether the type is true or false (or unknown)."""
    return item is BOOLEAN or required(item) in (BOOLEAN, ANY)
