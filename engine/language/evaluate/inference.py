"""The type of a function's result, where its body shows it (DMN 10.3.2.9.2: a function's type has a result type)."""

from __future__ import annotations

from engine.language import tree
from engine.language.types import BOOLEAN, NUMBER, TEXT, ContextType, ListType, Type


def result_type(node: tree.Expression) -> Type | None:
    """Return the type of an expression made of literals and logic, or None when it takes a run to know."""
    match node:
        case tree.NumberLiteral():
            return NUMBER
        case tree.TextLiteral():
            return TEXT
        case tree.BooleanLiteral() | tree.Comparison() | tree.Logic() | tree.Between() | tree.In() | tree.InstanceOf():
            return BOOLEAN
        case tree.ListLiteral(items=items):
            kinds = {result_type(each) for each in items}
            kind = kinds.pop() if len(kinds) == 1 else None
            return ListType(kind) if kind is not None else None
        case tree.ContextLiteral(entries=entries):
            fields = {each.name: result_type(each.value) for each in entries}
            known = {name: kind for name, kind in fields.items() if kind is not None}
            return ContextType(known) if len(known) == len(fields) else None
        case _:
            return None
