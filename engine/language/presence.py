"""What a condition that holds (or fails) proves about values that may be missing."""

from __future__ import annotations

from engine.language.checker import Checker
from engine.language.tree import (
    Between,
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    Logic,
    LogicOp,
    Name,
    NullLiteral,
)
from engine.language.types import OptionalType, Type

NOTHING: frozenset[str] = frozenset()


def proves(checker: Checker, node: Expression, *, outcome: bool) -> frozenset[str]:
    """Return the keys of names and paths known to be present when ``node`` turned out true (or false)."""
    match node:
        case Comparison():
            return _comparison(checker, node, outcome=outcome)
        case Logic(op=op, operands=operands) if outcome is (op is LogicOp.AND):
            return frozenset().union(*(proves(checker, each, outcome=outcome) for each in operands))
        case Call(function=Name(name="not"), arguments=(inner,)):
            return proves(checker, inner, outcome=not outcome)
        case In(value=value, tests=tests) if outcome and not any(isinstance(each, NullLiteral) for each in tests):
            return _keys(checker, value)
        case Between(value=value) if outcome:
            return _keys(checker, value)
        case _:
            return NOTHING


def _comparison(checker: Checker, node: Comparison, *, outcome: bool) -> frozenset[str]:
    nulls = isinstance(node.left, NullLiteral), isinstance(node.right, NullLiteral)
    if any(nulls):
        absent = node.op is ComparisonOp.EQUAL
        return NOTHING if outcome is absent else _keys(checker, node.right if nulls[0] else node.left)
    if outcome is (node.op is not ComparisonOp.UNEQUAL):
        return _keys(checker, node.left, node.right) if node.op not in _EQUALITY else _equal_keys(checker, node)
    return NOTHING


_EQUALITY = (ComparisonOp.EQUAL, ComparisonOp.UNEQUAL)


def _equal_keys(checker: Checker, node: Comparison) -> frozenset[str]:
    """Two equal values may both be missing unless one of them never is."""
    types = checker.analysis.types
    sides = [each for each in (node.left, node.right) if not _optional(types.get(id(each)))]
    return _keys(checker, node.left, node.right) if sides else NOTHING


def _optional(kind: Type | None) -> bool:
    return kind is None or isinstance(kind, OptionalType)


def _keys(checker: Checker, *nodes: Expression) -> frozenset[str]:
    return frozenset(key for key in map(checker.key, nodes) if key is not None)
