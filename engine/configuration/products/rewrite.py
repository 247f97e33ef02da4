"""Rewriting conditions to fewer kinds of nodes: tests become comparisons, a cell's ``?`` becomes what it is about."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from engine.language.tree import (
    Between,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    Logic,
    LogicOp,
    Node,
    OperatorTest,
    Range,
    Subject,
)

N = TypeVar("N", bound=Node)


def as_comparisons(node: In | Between) -> Expression | None:
    """``x in [a..b)``, ``x in (…)`` and ``between`` as comparisons joined by and/or; None for tests of other forms."""
    if isinstance(node, Between):
        return _bounded(
            node, node.value, Range(node.start, node.end, node.low, node.high, low_included=True, high_included=True)
        )
    parts = [_test(node.value, each) for each in node.tests]
    if any(each is None for each in parts):
        return None
    found = tuple(each for each in parts if each is not None)
    return found[0] if len(found) == 1 else Logic(node.start, node.end, LogicOp.OR, found)


def with_subject(node: N, subject: Expression | None) -> N:
    """The node with every ``?`` replaced by the expression it stands for."""
    if subject is None:
        return node
    if isinstance(node, Subject):
        return subject  # type: ignore[return-value]
    changes: dict[str, object] = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changes[each.name] = with_subject(value, subject)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changes[each.name] = tuple(
                with_subject(item, subject) if isinstance(item, Node) else item for item in value
            )
    return replace(node, **changes) if changes else node  # type: ignore[arg-type]


def _test(value: Expression, test: Expression) -> Expression | None:
    match test:
        case Range():
            return _bounded(test, value, test)
        case OperatorTest(op=op, operand=operand):
            return Comparison(test.start, test.end, op, value, operand)
        case ListLiteral(items=items):
            parts = tuple(Comparison(each.start, each.end, ComparisonOp.EQUAL, value, each) for each in items)
            return Logic(test.start, test.end, LogicOp.OR, parts)
        case Subject():
            return None
        case _:
            pass
    return Comparison(test.start, test.end, ComparisonOp.EQUAL, value, test)


def _bounded(place: Node, value: Expression, bounds: Range) -> Expression:
    parts: list[Expression] = []
    if bounds.low is not None:
        low = ComparisonOp.AT_LEAST if bounds.low_included else ComparisonOp.MORE
        parts.append(Comparison(place.start, place.end, low, value, bounds.low))
    if bounds.high is not None:
        high = ComparisonOp.AT_MOST if bounds.high_included else ComparisonOp.LESS
        parts.append(Comparison(place.start, place.end, high, value, bounds.high))
    return parts[0] if len(parts) == 1 else Logic(place.start, place.end, LogicOp.AND, tuple(parts))
