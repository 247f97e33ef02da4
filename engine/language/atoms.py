"""Splits a condition into atoms that an index can answer, and the rest that must be run.

An atom is about one attribute and constants: ``line.sku = "A"``, ``customer.region in ("DE", "AT")``,
``line.qty in [5..100)``, ``quote.date >= @"2026-01-01"``. The condition holds when all atoms hold and the rest holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from engine.language.constants import NotConstant, constant
from engine.language.relations import is_numeric, is_text
from engine.language.scope import Checked, MeaningKind
from engine.language.tree import (
    Between,
    BooleanLiteral,
    Call,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    OperatorTest,
    Path,
    Range,
    Subject,
)
from engine.language.types import (
    BOOLEAN,
    DATE,
    DAYS_DURATION,
    MONTHS_DURATION,
    ContextType,
    EnumType,
    OptionalType,
    Type,
    optional,
    required,
)


class AtomKind(Enum):
    """How an atom tests its attribute."""

    IN_SET = "in"
    NOT_IN_SET = "not in"
    IN_RANGE = "within"


@dataclass(frozen=True, slots=True)
class Atom:
    """A test of the attribute ``path`` (dotted, from a root of the scope).

    IN_SET and NOT_IN_SET test membership in ``values`` (None among them is the missing value; a missing value is never
    in other values). IN_RANGE tests ``low``..``high``, an end of None being open; a missing value is never within.
    ``type`` is the attribute's type without ``optional``.
    """

    path: str
    kind: AtomKind
    type: Type
    values: tuple[object, ...] = ()
    low: object = None
    high: object = None
    low_included: bool = False
    high_included: bool = False


def split(checked: Checked) -> tuple[tuple[Atom, ...], Checked | None]:
    """Return the atoms of a condition and the rest, or None when the atoms say it all."""
    atoms: list[Atom] = []
    rest: list[Expression] = []
    for each in _conjuncts(checked.tree):
        if isinstance(each, BooleanLiteral) and each.value:
            continue
        atom = _atom(checked, each)
        if atom is None:
            rest.append(each)
        else:
            atoms.append(atom)
    return tuple(atoms), _rest(checked, rest)


def _rest(checked: Checked, parts: list[Expression]) -> Checked | None:
    if not parts:
        return None
    if len(parts) == 1:
        return replace(checked, tree=parts[0], type=checked.type_of(parts[0]), expected=BOOLEAN)
    tree = Logic(parts[0].start, parts[-1].end, LogicOp.AND, tuple(parts))
    maybe = any(isinstance(checked.type_of(each), OptionalType) for each in parts)
    kind = optional(BOOLEAN) if maybe else BOOLEAN
    checked.analysis.types[id(tree)] = kind
    return replace(checked, tree=tree, type=kind, expected=BOOLEAN)


def _conjuncts(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Logic) and node.op is LogicOp.AND:
        for each in node.operands:
            yield from _conjuncts(each)
    else:
        yield node


def _atom(checked: Checked, node: Expression) -> Atom | None:
    try:
        return _read(checked, node)
    except NotConstant:
        return None


def _read(checked: Checked, node: Expression) -> Atom | None:
    match node:
        case Comparison():
            return _comparison(checked, node)
        case In(value=value, tests=tests):
            return _membership(checked, value, tests)
        case Between(value=value, low=low, high=high):
            return _range(checked, value, (low, high), (True, True))
        case Call(function=Name(name="not"), arguments=(inner,)):
            return _opposite(_atom(checked, inner))
        case Logic(op=LogicOp.OR, operands=operands):
            return _union(checked, operands)
        case Name() | Path() | Subject() if required(checked.type_of(node)) is BOOLEAN:
            return _set(checked, node, [True])
        case _:
            return None


_MIRRORED = {
    ComparisonOp.LESS: ComparisonOp.MORE,
    ComparisonOp.AT_MOST: ComparisonOp.AT_LEAST,
    ComparisonOp.MORE: ComparisonOp.LESS,
    ComparisonOp.AT_LEAST: ComparisonOp.AT_MOST,
}


def _comparison(checked: Checked, node: Comparison) -> Atom | None:
    if path_of(checked, node.left):
        return _operator(checked, node.left, node.op, node.right)
    return _operator(checked, node.right, _MIRRORED.get(node.op, node.op), node.left)


def _operator(checked: Checked, subject: Expression, op: ComparisonOp, other: Expression) -> Atom | None:
    match op:
        case ComparisonOp.EQUAL:
            return _set(checked, subject, [_constant(checked, other)])
        case ComparisonOp.UNEQUAL:
            return _opposite(_set(checked, subject, [_constant(checked, other)]))
        case ComparisonOp.LESS | ComparisonOp.AT_MOST:
            return _range(checked, subject, (None, other), (False, op is ComparisonOp.AT_MOST))
        case ComparisonOp.MORE | ComparisonOp.AT_LEAST:
            return _range(checked, subject, (other, None), (op is ComparisonOp.AT_LEAST, False))


def _constant(checked: Checked, node: Expression) -> object:
    return constant(node, checked.analysis.constants)


def _membership(checked: Checked, value: Expression, tests: tuple[Expression, ...]) -> Atom | None:
    if len(tests) == 1:
        match tests[0]:
            case Range(low=low, high=high, low_included=low_included, high_included=high_included):
                return _range(checked, value, (low, high), (low_included, high_included))
            case OperatorTest(op=op, operand=operand):
                return _operator(checked, value, op, operand)
            case ListLiteral(items=items):
                return _set(checked, value, [_constant(checked, each) for each in items])
            case _:
                pass
    return _set(checked, value, [_constant(checked, each) for each in tests])


def _set(checked: Checked, subject: Expression, values: list[object]) -> Atom | None:
    path, kind = path_of(checked, subject), required(checked.type_of(subject))
    if not path or not _indexable(kind):
        return None
    return Atom(path, AtomKind.IN_SET, kind, tuple(dict.fromkeys(values)))


def _range(
    checked: Checked,
    subject: Expression,
    ends: tuple[Expression | None, Expression | None],
    included: tuple[bool, bool],
) -> Atom | None:
    path, kind = path_of(checked, subject), required(checked.type_of(subject))
    if not path or not _indexable(kind) or kind is BOOLEAN:
        return None
    low, high = (None if end is None else _constant(checked, end) for end in ends)
    if (low is None) is not (ends[0] is None) or (high is None) is not (ends[1] is None):
        return None
    return Atom(path, AtomKind.IN_RANGE, kind, (), low, high, *included)


def _indexable(kind: Type) -> bool:
    return is_numeric(kind) or is_text(kind) or kind in (BOOLEAN, DATE, DAYS_DURATION, MONTHS_DURATION)


def _opposite(atom: Atom | None) -> Atom | None:
    """The opposite of a set; the opposite of a range is left to the rest, since a missing value is in neither."""
    if atom is None or atom.kind is AtomKind.IN_RANGE:
        return None
    if atom.kind is AtomKind.NOT_IN_SET:
        return replace(atom, kind=AtomKind.IN_SET)
    return replace(atom, kind=AtomKind.NOT_IN_SET)


def _union(checked: Checked, operands: tuple[Expression, ...]) -> Atom | None:
    """``a = 1 or a = 2``: one set when all operands are sets of the same attribute."""
    found = [_atom(checked, each) for each in operands]
    first = found[0]
    values: list[object] = []
    for each in found:
        if first is None or each is None or each.kind is not AtomKind.IN_SET or each.path != first.path:
            return None
        values.extend(each.values)
    return None if first is None else replace(first, values=tuple(dict.fromkeys(values)))


def path_of(checked: Checked, node: Expression) -> str:
    """The dotted path of an attribute read straight from a root; empty for anything else, projections included."""
    match node:
        case Subject():
            return "" if checked.subject is None else path_of(checked, checked.subject)
        case Name():
            meaning = checked.meaning_of(node)
            return meaning.name if meaning is not None and meaning.kind is MeaningKind.ROOT else ""
        case Path(source=source, name=name):
            inner = path_of(checked, source)
            return f"{inner}.{name}" if inner and isinstance(required(checked.type_of(source)), ContextType) else ""
        case _:
            return ""


def complement(atom: Atom) -> Atom:
    """A NOT_IN_SET about a named list of values as the IN_SET of its other values; other atoms as they are.

    Only for attributes that are never missing: a missing value is outside every list.
    """
    if atom.kind is not AtomKind.NOT_IN_SET or not isinstance(atom.type, EnumType) or not atom.type.name:
        return atom
    others = tuple(each for each in atom.type.values if each not in atom.values)
    return replace(atom, kind=AtomKind.IN_SET, values=others)
