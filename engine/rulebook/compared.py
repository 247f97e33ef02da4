"""Texts in conditions that are compared with something whose values are known: products of a line, slots, books."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from engine.diagnostics import Span
from engine.language import Checked
from engine.language.scope import MeaningKind
from engine.language.tree import (
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    Name,
    Node,
    OperatorTest,
    Path,
    Subject,
    TextLiteral,
    walk,
)
from engine.language.types import ContextType, ListType, Type, required

_EQUALITY = (ComparisonOp.EQUAL, ComparisonOp.UNEQUAL)

Known: TypeAlias = Mapping[str, Mapping[str, Collection[str]]]
"""The words that an attribute may be, by the record it is of (``line``, ``quote``, a slot; "" is no record)."""
Misnamed: TypeAlias = tuple[str, str, TextLiteral]
"""The record, the attribute, and the text that it never is."""


def misnamed(checked: Checked, known: Known) -> Iterator[Misnamed]:
    """The texts that an expression compares with an attribute that is never so."""
    wanted = {name for words in known.values() for name in words}
    if not any(read.rpartition(".")[2] in wanted for read in checked.reads):
        return
    for node in walk(checked.tree):
        match node:
            case Comparison(op=op, left=left, right=right) if op in _EQUALITY:
                for subject, other in ((left, right), (right, left)):
                    yield from _never(checked, subject, (other,), known)
            case In(value=value, tests=tests):
                yield from _never(checked, value, tests, known)
            case _:
                pass


def place_of(checked: Checked, node: Node) -> Span:
    """Where a part of an expression stands in its file."""
    return checked.origin.span(checked.text, node.start, node.end)


def _never(checked: Checked, subject: Expression, tests: tuple[Expression, ...], known: Known) -> Iterator[Misnamed]:
    record, name = _attribute(checked, subject)
    words = known.get(record, {}).get(name)
    if words is not None:
        yield from ((record, name, text) for text in _texts(tests) if text.value not in words)


def _attribute(checked: Checked, node: Expression) -> tuple[str, str]:
    """The record and the attribute that an expression reads, or nothing of both."""
    match node:
        case Subject() if checked.subject is not None and not isinstance(checked.subject, Subject):
            return _attribute(checked, checked.subject)
        case Path(source=source, name=name):
            return _record(checked.type_of(source)), name
        case Name(name=name):
            meaning = checked.meaning_of(node)
            if meaning is None or meaning.kind is MeaningKind.VARIABLE:
                return "", ""
            owner = meaning.path.rpartition(".")[0] if meaning.kind is MeaningKind.FIELD else ""
            return _record_at(checked, owner) if owner else "", name
        case _:
            return "", ""


def _record(kind: Type) -> str:
    kind = required(kind)
    inner = kind.item if isinstance(kind, ListType) else kind
    return inner.name if isinstance(inner, ContextType) else ""


def _record_at(checked: Checked, path: str) -> str:
    """The record that an item of a filtered list is: `lines` holds records of a `line`."""
    root, *names = path.split(".")
    kind = checked.scope.roots.get(root)
    for name in names:
        inner = kind.item if isinstance(kind, ListType) else kind
        kind = inner.fields.get(name) if isinstance(inner, ContextType) else None
    return "" if kind is None else _record(kind)


def _texts(tests: tuple[Expression, ...]) -> Iterator[TextLiteral]:
    for test in tests:
        match test:
            case TextLiteral():
                yield test
            case ListLiteral(items=items):
                yield from _texts(items)
            case OperatorTest(op=op, operand=operand) if op in _EQUALITY:
                yield from _texts((operand,))
