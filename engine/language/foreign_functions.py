"""Functions of spreadsheets and of other languages, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from engine.diagnostics import nearest_name
from engine.language.builtins import FUNCTIONS

_SAME: Mapping[str, str] = MappingProxyType(
    {
        "len": "string length",
        "length": "string length",
        "avg": "mean",
        "average": "mean",
        "round": "round half up",
        "upper": "upper case",
        "ucase": "upper case",
        "lower": "lower case",
        "lcase": "lower case",
        "substr": "substring",
        "mid": "substring",
        "str": "string",
        "text": "string",
        "int": "floor",
        "value": "number",
        "concat": "string join",
        "concatenate texts": "string join",
        "join": "string join",
        "unique": "distinct values",
        "mod": "modulo",
        "startswith": "starts with",
        "endswith": "ends with",
        "ceil": "ceiling",
        "total": "sum",
        "maximum": "max",
        "minimum": "min",
    }
)
_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "power": "write `x ** 2`",
        "pow": "write `x ** 2`",
        "iif": "write `if condition then value else value`",
        "if": "write `if condition then value else value`",
        "exists": "write `some x in list satisfies condition`",
        "sumif": "write `sum(list[condition].attribute)`",
        "countif": "write `count(list[condition])`",
        "vlookup": "use a table",
        "isblank": "write `... = null`",
        "isnull": "write `... = null`",
        "year": "write `.year` behind the date",
        "month": "write `.month` behind the date",
        "day": "write `.day` behind the date",
        "weekday": "write `.weekday` behind the date",
        "and": "write `condition and condition`",
        "or": "write `condition or condition`",
    }
)


def hint_for(name: str, tables: Iterable[str] = ()) -> str:
    """What to write instead of an unknown function; ``tables`` are decision tables that may be called."""
    folded = name.lower()
    if folded in _INSTEAD:
        return _INSTEAD[folded]
    near = _SAME.get(folded) or nearest_name(name, [*tables, *FUNCTIONS]) or _SAME.get(nearest_name(name, _SAME) or "")
    return f"did you mean `{near}`?" if near else "the reference page lists the functions"
