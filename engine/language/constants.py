"""Values that stand in the text itself: numbers, texts, truth values, dates and durations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.language.tree import BooleanLiteral, Expression, Negation, NullLiteral, NumberLiteral, TextLiteral
from engine.language.values.duration import DaysDuration, MonthsDuration


class NotConstant(Exception):
    """The node has no value of its own."""


def constant(node: Expression, known: Mapping[int, object]) -> object:
    """Return the value a node always has; ``known`` holds the dates and durations. Raises ``NotConstant``."""
    match node:
        case NumberLiteral(value=number):
            return number
        case TextLiteral(value=text):
            return text
        case BooleanLiteral(value=truth):
            return truth
        case NullLiteral():
            return None
        case Negation(operand=operand):
            inner = constant(operand, known)
            if isinstance(inner, Decimal):
                return inner.copy_negate() if inner else inner
        case _:
            if id(node) in known:
                return known[id(node)]
    raise NotConstant


def is_constant(node: Expression, known: Mapping[int, object]) -> bool:
    """Whether a node always has the same value."""
    try:
        constant(node, known)
    except NotConstant:
        return False
    return True


def in_order(low: object, high: object) -> bool | None:
    """Whether ``low`` is below ``high``, None when equal; raises ``NotConstant`` for values without a simple order."""
    for kind in (Decimal, str, date, DaysDuration, MonthsDuration):
        if isinstance(low, kind) and isinstance(high, kind):
            if low == high:
                return None
            return bool(low < high)  # type: ignore[operator]
    raise NotConstant
