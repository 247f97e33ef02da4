"""Conditions in words: which parts failed, and what would make each of them hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from engine.diagnostics import DiagnosticError
from engine.language import Checked, EvaluationFault, check_expression, compile_one
from engine.language.tree import Comparison, ComparisonOp, Expression, Logic, LogicOp
from engine.money import EXACT
from engine.pricing.atoms import Interval, OneOf, atom_of, parts_of
from engine.pricing.changes import Wish, change_of
from engine.pricing.sight import holds

WORDS = {
    ComparisonOp.LESS: "less than",
    ComparisonOp.AT_MOST: "at most",
    ComparisonOp.MORE: "more than",
    ComparisonOp.AT_LEAST: "at least",
    ComparisonOp.EQUAL: "",
    ComparisonOp.UNEQUAL: "other than",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a conjunction that does not hold; ``wish`` says what would make it hold, None: nobody can tell."""

    node: Expression
    text: str
    checked: Checked | None
    wish: Wish | None


def failing_parts(condition: Checked, roots: tuple[object, ...]) -> list[Part]:
    """The parts of a condition that fail on these roots, each judged by itself, in the order they are written."""
    found = []
    if condition.subject is not None:  # a cell of a table: its column is what it is about
        column = ", ".join(sorted(condition.reads))
        wishes = [wish_of(condition, node, roots) for node in parts_of(condition)]
        return [Part(condition.tree, f"{column} {condition.text}", None, wishes[0] if len(wishes) == 1 else None)]
    for node in parts_of(condition):
        text = condition.text[node.start : node.end]
        checked = _checked(text, condition)
        if checked is None or not holds(checked, roots):
            found.append(Part(node, text, checked, wish_of(condition, node, roots)))
    return found or [Part(condition.tree, condition.text, None, None)]


def wish_of(condition: Checked, node: Expression, roots: tuple[object, ...]) -> Wish | None:
    """What would make a part hold: a bound or a value, one of several ways, or None when nobody can tell."""
    atom = atom_of(condition, node)
    if isinstance(atom, OneOf | Interval):
        return Wish(wish(atom), (change_of(atom),))
    if isinstance(node, Logic) and node.op is LogicOp.OR:
        ways = [_all_of(condition, operand, roots) for operand in node.operands]
        known = [each for each in ways if each is not None]
        if len(known) < len(ways):
            return None
        changes = next((each.changes for each in known if each.changes is not None), None)
        return Wish(", or ".join(each.text for each in known), changes)
    if isinstance(node, Comparison):
        return _compared(condition, node, roots)
    return None


def _all_of(condition: Checked, node: Expression, roots: tuple[object, ...]) -> Wish | None:
    """What would make all parts of one way hold that do not."""
    parts = node.operands if isinstance(node, Logic) and node.op is LogicOp.AND else (node,)
    return together([wish_of(condition, part, roots) for part in _open(condition, parts, roots)])


def together(wishes: Sequence[Wish | None]) -> Wish | None:
    """Several wishes as one; None when one of them is not known."""
    known = [each for each in wishes if each is not None]
    if len(known) < len(wishes):
        return None
    found = [each.changes for each in known if each.changes is not None]
    changes = tuple(chain.from_iterable(found)) if len(found) == len(known) else None
    return Wish(" and ".join(each.text for each in known), changes)


def _open(condition: Checked, parts: tuple[Expression, ...], roots: tuple[object, ...]) -> Iterator[Expression]:
    for part in parts:
        checked = _checked(condition.text[part.start : part.end], condition)
        if checked is None or not holds(checked, roots):
            yield part


def _compared(condition: Checked, node: Comparison, roots: tuple[object, ...]) -> Wish | None:
    """``sum(lines.qty)`` is at least 5 (it is 3): both sides as they are now."""
    left, right = (condition.text[side.start : side.end] for side in (node.left, node.right))
    values = [_value(text, condition, roots) for text in (left, right)]
    if any(value is None for value in values):
        return None
    word = WORDS[node.op]
    return Wish(f"{left} is {word}{' ' if word else ''}{shown(values[1])} (it is {shown(values[0])})")


def _checked(text: str, condition: Checked) -> Checked | None:
    """A part of a condition by itself; None when it means nothing alone."""
    try:
        return check_expression(text, scope=condition.scope)
    except DiagnosticError:
        return None


def _value(text: str, condition: Checked, roots: tuple[object, ...]) -> object:
    checked = _checked(text, condition)
    if checked is None:
        return None
    try:
        return compile_one(checked)(*roots)
    except EvaluationFault:
        return None


def wish(atom: OneOf | Interval) -> str:
    """What an attribute would have to be."""
    name = ".".join(atom.key)
    if isinstance(atom, OneOf):
        values = ", ".join(sorted(shown(value) for value in atom.values))
        return f"{name} is {values}" if len(atom.values) == 1 else f"{name} is one of {values}"
    ends = []
    if atom.low is not None:
        ends.append(f"{'at least' if atom.low_included else 'more than'} {shown(atom.low)}")
    if atom.high is not None:
        ends.append(f"{'at most' if atom.high_included else 'less than'} {shown(atom.high)}")
    return f"{name} is {' and '.join(ends)}"


def shown(value: object) -> str:
    """A value as an author writes it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Decimal):
        return f"{value.normalize(EXACT):f}"
    return str(value)
