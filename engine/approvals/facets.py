"""What a condition looks at: its values, and which change of each would be worse for us.

A comparison with a constant gives a value with a direction and a threshold; anything less clear gives a value of which
any change counts. Re-approval and advice rest on these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.approvals.routed import Sense
from engine.language.scope import Checked, MeaningKind
from engine.language.tree import (
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    Logic,
    Name,
    Negation,
    NumberLiteral,
    OperatorTest,
    Path,
    Range,
    Subject,
    walk,
)

_FLIPPED = {
    ComparisonOp.LESS: ComparisonOp.AT_LEAST,
    ComparisonOp.AT_MOST: ComparisonOp.MORE,
    ComparisonOp.MORE: ComparisonOp.AT_MOST,
    ComparisonOp.AT_LEAST: ComparisonOp.LESS,
    ComparisonOp.EQUAL: ComparisonOp.UNEQUAL,
    ComparisonOp.UNEQUAL: ComparisonOp.EQUAL,
}
_MIRRORED = {
    ComparisonOp.LESS: ComparisonOp.MORE,
    ComparisonOp.AT_MOST: ComparisonOp.AT_LEAST,
    ComparisonOp.MORE: ComparisonOp.LESS,
    ComparisonOp.AT_LEAST: ComparisonOp.AT_MOST,
    ComparisonOp.EQUAL: ComparisonOp.EQUAL,
    ComparisonOp.UNEQUAL: ComparisonOp.UNEQUAL,
}
_SENSES = {
    ComparisonOp.MORE: Sense.MORE_IS_WORSE,
    ComparisonOp.AT_LEAST: Sense.MORE_IS_WORSE,
    ComparisonOp.LESS: Sense.LESS_IS_WORSE,
    ComparisonOp.AT_MOST: Sense.LESS_IS_WORSE,
    ComparisonOp.EQUAL: Sense.ANY_CHANGE,
    ComparisonOp.UNEQUAL: Sense.ANY_CHANGE,
}


@dataclass(frozen=True, slots=True)
class Look:
    """A value that a condition looks at: a dotted path or a formula of its scope."""

    expression: str
    sense: Sense
    threshold: Decimal | None = None
    inclusive: bool = False


def looks_of(checked: Checked) -> tuple[Look, ...]:
    """What a condition looks at, in the order of its text; a value seen from two sides counts as any change."""
    found = list(_walk(checked, checked.tree, positive=True))
    covered = {each.expression for each in found}
    # A list that is read item by item counts by what is read of its items, not by all that they hold.
    whole = {path for path in checked.reads if any(other.startswith(f"{path}.") for other in checked.reads)}
    read = [path for path in checked.reads if path not in whole]
    found += [Look(path, Sense.ANY_CHANGE) for path in read if not _covers(covered, path)]
    senses: dict[str, set[Sense]] = {}
    for each in found:
        senses.setdefault(each.expression, set()).add(each.sense)
    merged = [each if len(senses[each.expression]) == 1 else Look(each.expression, Sense.ANY_CHANGE) for each in found]
    return tuple(dict.fromkeys(merged))


def dotted(node: Expression) -> str:
    """The dotted path a node spells, or an empty text when it is no path."""
    match node:
        case Name():
            return node.name
        case Path():
            source = dotted(node.source)
            return f"{source}.{node.name}" if source else ""
        case _:
            return ""


def value_at(path: str, roots: Mapping[str, object]) -> object:
    """The value at a dotted path; a list on the way gives the tuple of the values of its items."""
    first, *rest = path.split(".")
    value: object = roots.get(first)
    for name in rest:
        value = _step(value, name)
    return value


def _step(value: object, name: str) -> object:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, tuple | list):
        return tuple(_step(each, name) for each in value)
    return None


def _walk(checked: Checked, node: Expression, *, positive: bool) -> Iterator[Look]:
    match node:
        case Logic():
            for each in node.operands:
                yield from _walk(checked, each, positive=positive)
        case Call() if isinstance(node.function, Name) and node.function.name == "not":
            for each in node.arguments:
                yield from _walk(checked, each, positive=not positive)
        case Comparison():
            yield from _compared(checked, node.left, node.op, node.right, positive=positive)
        case In():
            for test in node.tests:
                yield from _tested(checked, node.value, test, positive=positive)
        case _:
            return


def _tested(checked: Checked, value: Expression, test: Expression, *, positive: bool) -> Iterator[Look]:
    match test:
        case OperatorTest():
            yield from _compared(checked, value, test.op, test.operand, positive=positive)
        case Range(low=None, high=high) if high is not None:
            op = ComparisonOp.AT_MOST if test.high_included else ComparisonOp.LESS
            yield from _compared(checked, value, op, high, positive=positive)
        case Range(low=low, high=None) if low is not None:
            op = ComparisonOp.AT_LEAST if test.low_included else ComparisonOp.MORE
            yield from _compared(checked, value, op, low, positive=positive)
        case _:
            yield from _looks(checked, value, Sense.ANY_CHANGE)


def _compared(
    checked: Checked, left: Expression, op: ComparisonOp, right: Expression, *, positive: bool
) -> Iterator[Look]:
    op = op if positive else _FLIPPED[op]
    for one, its_op, other in ((left, op, right), (right, _MIRRORED[op], left)):
        if _constant(one) is not None:
            continue
        sense = _SENSES[its_op]
        threshold = _constant(other) if sense is not Sense.ANY_CHANGE else None
        inclusive = its_op in (ComparisonOp.AT_LEAST, ComparisonOp.AT_MOST)
        yield from _looks(checked, one, sense, threshold=threshold, inclusive=inclusive and threshold is not None)


def _looks(
    checked: Checked, node: Expression, sense: Sense, *, threshold: Decimal | None = None, inclusive: bool = False
) -> Iterable[Look]:
    if isinstance(node, Subject):
        source = dotted(checked.subject) if checked.subject is not None else ""
    else:
        source = dotted(node) or checked.text[node.start : node.end]
    if source and not _has_variables(checked, node):
        yield Look(source, sense, threshold, inclusive)


def _has_variables(checked: Checked, node: Expression) -> bool:
    """Whether a part speaks of a variable of its condition, so that it means nothing outside it."""
    if isinstance(node, Subject):
        return False
    meanings = (checked.meaning_of(each) for each in walk(node) if isinstance(each, Name))
    return any(each is not None and each.kind is not MeaningKind.ROOT for each in meanings)


def _constant(node: Expression) -> Decimal | None:
    match node:
        case NumberLiteral():
            return node.value
        case Negation(operand=NumberLiteral(value=value)):
            return -value
        case _:
            return None


def _covers(expressions: set[str], path: str) -> bool:
    """Whether a path that the condition reads is part of an expression that is looked at already."""
    whole = re.compile(rf"(?<![\w.]){re.escape(path)}(?![\w.])")
    return any(whole.search(each) for each in expressions)
