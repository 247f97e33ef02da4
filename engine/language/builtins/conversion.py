"""Conversion built-ins (DMN 10.3.4.1): ``number``, ``string``, ``range``."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.diagnostics import DiagnosticError
from engine.language import tree
from engine.language.builtins.arguments import text
from engine.language.builtins.signature import Builtin, builtin
from engine.language.builtins.temporal import date_from, duration_from, moment_from, time_from
from engine.language.parse import parse_expression
from engine.language.values.arithmetic import negate
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import RangeValue
from engine.language.values.number import read_number
from engine.language.values.reading import read_at_literal
from engine.language.values.relation import compare
from engine.language.values.show import text_of

_LONGEST_RANGE = 500
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_MAKERS = {"date": date_from, "time": time_from, "date and time": moment_from, "duration": duration_from}


def number_from(value: object, grouping_separator: object = None, decimal_separator: object = None) -> Decimal:
    """``number("1 000,0", " ", ",") = 1000.0``; grouping is blank, comma or dot, decimals follow a dot or comma."""
    written = text(value)
    point = "." if decimal_separator is None else text(decimal_separator)
    if point not in (".", ","):
        raise UndefinedError("the decimal separator is `.` or `,`")
    if grouping_separator is not None:
        group = text(grouping_separator)
        if group not in (" ", ",", ".") or group == point:
            raise UndefinedError("the grouping separator is a blank, `,` or `.`, and not the decimal separator")
        written = written.replace(group, "")
    if point == ",":
        if "." in written:
            raise UndefinedError(f"`{written[:60]}` is not a number")
        written = written.replace(",", ".")
    if not _NUMBER.fullmatch(written):
        raise UndefinedError(f"`{written[:60]}` is not a number")
    return read_number(written)


def string_from(value: object) -> str | None:
    """``string(1.1) = "1.1"``; null stays null."""
    return None if value is None else text_of(value)


def range_from(value: object) -> RangeValue:
    """``range("[18..21)") = [18..21)``: both ends are literals of one kind, in order."""
    written = text(value).strip()
    if len(written) > _LONGEST_RANGE:
        raise UndefinedError("the text is too long for a range")
    try:
        found = parse_expression(written)
    except DiagnosticError:
        found = tree.NullLiteral(0, 0)
    if not isinstance(found, tree.Range) or found.low is None or found.high is None:
        raise UndefinedError(f"`{written[:60]}` is not a range such as `[1..10)`")
    low, high = _constant(found.low), _constant(found.high)
    order = None if low is None or high is None else compare(low, high)
    if order is None or order > 0:
        raise UndefinedError(f"the ends of `{written[:60]}` are not in order")
    return RangeValue(low, high, found.low_included, found.high_included)


def _constant(node: tree.Expression) -> object:
    match node:
        case tree.NumberLiteral(value=value) | tree.TextLiteral(value=value) | tree.BooleanLiteral(value=value):
            return value
        case tree.AtLiteral(text=written):
            return read_at_literal(written)
        case tree.Negation(operand=tree.NumberLiteral(value=value)):
            return negate(value)
        case tree.Call(function=tree.Name(name=name), arguments=(tree.TextLiteral(value=written),)) if name in _MAKERS:
            return _MAKERS[name](written)
        case _:
            raise UndefinedError("the ends of a range are written as literals")


CONVERSIONS: tuple[Builtin, ...] = (
    builtin("number", ("from: text, grouping separator?: text, decimal separator?: text -> number?", number_from)),
    builtin("string", ("from: any -> text", string_from)),
    builtin("range", ("from: text -> any", range_from), strict=False),
)
