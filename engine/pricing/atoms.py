"""Splitting a condition into parts that an index can look up, and the rest that must be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.language.scope import Checked, MeaningKind
from engine.language.tree import (
    AtLiteral,
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
    Negation,
    NumberLiteral,
    OperatorTest,
    Path,
    Range,
    Subject,
    TextLiteral,
)

Constant: TypeAlias = Decimal | str | bool | date
Key: TypeAlias = tuple[str, ...]
"""The names from a root to an attribute: ``("line", "item", "watts")``."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The attribute is one of these values."""

    key: Key
    values: frozenset[Constant]


@dataclass(frozen=True, slots=True)
class Interval:
    """The attribute lies between two bounds; None is open."""

    key: Key
    low: Decimal | date | None = None
    low_included: bool = False
    high: Decimal | date | None = None
    high_included: bool = False


@dataclass(frozen=True, slots=True)
class Unlike:
    """The attribute is anything but this value; nothing, too."""

    key: Key
    value: Constant


Atom: TypeAlias = OneOf | Interval | Unlike

PRICES = ("list", "list_amount", "net", "unit", "running", "discounted")
"""Names of a line that a request does not know: they are found while the line is worked on."""

_MIRRORED = {
    ComparisonOp.LESS: ComparisonOp.MORE,
    ComparisonOp.AT_MOST: ComparisonOp.AT_LEAST,
    ComparisonOp.MORE: ComparisonOp.LESS,
    ComparisonOp.AT_LEAST: ComparisonOp.AT_MOST,
    ComparisonOp.EQUAL: ComparisonOp.EQUAL,
    ComparisonOp.UNEQUAL: ComparisonOp.UNEQUAL,
}


@dataclass(frozen=True, slots=True)
class Split:
    """A condition as atoms that all hold, and how many parts were left over."""

    atoms: tuple[Atom, ...]
    residual: int

    @property
    def whole(self) -> bool:
        """Whether the atoms say everything."""
        return self.residual == 0


def split(checked: Checked) -> Split:
    """The atoms of a condition that is a conjunction; anything else is residual."""
    atoms: list[Atom] = []
    residual = 0
    for part in _conjuncts(checked.tree):
        found = _atom(checked, part)
        if found is None:
            residual += 1
        else:
            atoms.append(found)
    return Split(tuple(atoms), residual)


def conjuncts(checked: Checked) -> int:
    """How many parts a condition joins by ``and``; its specificity."""
    if isinstance(checked.tree, BooleanLiteral) and checked.tree.value:
        return 0
    return sum(1 for _ in _conjuncts(checked.tree))


def is_known(atom: Atom) -> bool:
    """Whether a request knows the attribute."""
    return not (atom.key[0] == "line" and atom.key[1] in PRICES)


def admits(atom: Atom, value: Constant) -> bool:
    """Whether an attribute of this value meets the atom."""
    match atom:
        case OneOf(_, values):
            return value in values
        case Unlike(_, other):
            return value != other
        case Interval(_, low, low_included, high, high_included):
            above = low is None or value > low or (low_included and value == low)  # type: ignore[operator]
            below = high is None or value < high or (high_included and value == high)  # type: ignore[operator]
            return above and below


def implies(atom: Atom, other: Atom) -> bool:
    """Whether every attribute that meets the atom meets the other one."""
    if atom.key != other.key or atom == other:
        return atom == other
    match atom, other:
        case OneOf(_, values), _:
            return all(admits(other, value) for value in values)
        case Interval(), Unlike(_, value):
            return not admits(atom, value)
        case Interval(), Interval():
            return _begins_within(atom, other) and _ends_within(atom, other)
        case _:
            return False


def _begins_within(inner: Interval, outer: Interval) -> bool:
    if outer.low is None or inner.low is None:
        return outer.low is None
    above: bool = inner.low > outer.low  # type: ignore[operator]
    return above or (inner.low == outer.low and (outer.low_included or not inner.low_included))


def _ends_within(inner: Interval, outer: Interval) -> bool:
    if outer.high is None or inner.high is None:
        return outer.high is None
    below: bool = inner.high < outer.high  # type: ignore[operator]
    return below or (inner.high == outer.high and (outer.high_included or not inner.high_included))


def ends_of(atom: Atom) -> Iterable[object]:
    """The values at which an atom begins or ends to hold; None where it is open."""
    match atom:
        case OneOf():
            return atom.values
        case Unlike():
            return (atom.value,)
        case _:
            return (atom.low, atom.high)


def parts_of(checked: Checked) -> tuple[Expression, ...]:
    """The parts that a condition joins by ``and``."""
    return tuple(_conjuncts(checked.tree))


def atom_of(checked: Checked, node: Expression) -> Atom | None:
    """The plain form of one part, or None."""
    return _atom(checked, node)


def _conjuncts(tree: Expression) -> Iterable[Expression]:
    if isinstance(tree, Logic) and tree.op is LogicOp.AND:
        for operand in tree.operands:
            yield from _conjuncts(operand)
    elif not (isinstance(tree, BooleanLiteral) and tree.value):
        yield tree


def _atom(checked: Checked, node: Expression) -> Atom | None:
    match node:
        case Comparison():
            return _comparison(checked, node)
        case Between():
            return _between(checked, node)
        case In():
            return _in(checked, node)
        case Logic(op=LogicOp.OR):
            return _union([_atom(checked, operand) for operand in node.operands])
        case Name() | Path():
            key = key_of(checked, node)
            return None if key is None else OneOf(key, frozenset({True}))
        case _:
            return None


def _comparison(checked: Checked, node: Comparison) -> Atom | None:
    key, constant, op = key_of(checked, node.left), constant_of(checked, node.right), node.op
    if key is None or constant is None:
        key, constant, op = key_of(checked, node.right), constant_of(checked, node.left), _MIRRORED[node.op]
    if key is None or constant is None:
        return None
    return _test(key, op, constant)


def _test(key: Key, op: ComparisonOp, constant: Constant) -> Atom | None:
    if op is ComparisonOp.EQUAL:
        return OneOf(key, frozenset({constant}))
    if op is ComparisonOp.UNEQUAL:
        return Unlike(key, constant)
    if not _ordered(constant):
        return None
    assert isinstance(constant, Decimal | date)
    if op in (ComparisonOp.MORE, ComparisonOp.AT_LEAST):
        return Interval(key, low=constant, low_included=op is ComparisonOp.AT_LEAST)
    return Interval(key, high=constant, high_included=op is ComparisonOp.AT_MOST)


def _between(checked: Checked, node: Between) -> Atom | None:
    key = key_of(checked, node.value)
    low, high = constant_of(checked, node.low), constant_of(checked, node.high)
    if key is None or not (isinstance(low, Decimal | date) and isinstance(high, Decimal | date)):
        return None
    return Interval(key, low=low, low_included=True, high=high, high_included=True)


def _in(checked: Checked, node: In) -> Atom | None:
    key = key_of(checked, node.value)
    if key is None:
        return None
    return _union([_in_test(checked, key, test) for test in node.tests])


def _in_test(checked: Checked, key: Key, test: Expression) -> Atom | None:
    match test:
        case Range():
            return _range(checked, key, test)
        case OperatorTest():
            constant = constant_of(checked, test.operand)
            return None if constant is None else _test(key, test.op, constant)
        case ListLiteral():
            values = [constant_of(checked, item) for item in test.items]
            if any(value is None for value in values):
                return None
            return OneOf(key, frozenset(value for value in values if value is not None))
        case Comparison() | In() | Between() | Logic():
            return _atom(checked, test)
        case _:
            constant = constant_of(checked, test)
            return None if constant is None else OneOf(key, frozenset({constant}))


def _range(checked: Checked, key: Key, node: Range) -> Atom | None:
    low = None if node.low is None else constant_of(checked, node.low)
    high = None if node.high is None else constant_of(checked, node.high)
    if (node.low is not None and not _ordered(low)) or (node.high is not None and not _ordered(high)):
        return None
    assert isinstance(low, Decimal | date | None) and isinstance(high, Decimal | date | None)
    return Interval(key, low, node.low_included, high, node.high_included)


def _union(found: list[Atom | None]) -> Atom | None:
    """One atom for alternatives on the same attribute; only values can be joined."""
    if len(found) == 1:
        return found[0]
    values: set[Constant] = set()
    keys = set()
    for atom in found:
        if not isinstance(atom, OneOf):
            return None
        keys.add(atom.key)
        values |= atom.values
    return OneOf(keys.pop(), frozenset(values)) if len(keys) == 1 else None


def _ordered(constant: object) -> bool:
    return isinstance(constant, Decimal) or type(constant) is date


def key_of(checked: Checked, node: Expression) -> Key | None:
    """The path of an attribute below a root that is a record, or None for anything else."""
    names: list[str] = []
    if isinstance(node, Subject):
        if checked.subject is None:
            return None
        node = checked.subject
    while isinstance(node, Path):
        names.append(node.name)
        node = node.source
    if not isinstance(node, Name) or not names:
        return None
    meaning = checked.meaning_of(node)
    if meaning is None or meaning.kind is not MeaningKind.ROOT or node.name == "lines":
        return None
    return (node.name, *reversed(names))


def constant_of(checked: Checked, node: Expression) -> Constant | None:
    """The value of a literal that an index can hold."""
    match node:
        case NumberLiteral() | TextLiteral() | BooleanLiteral():
            return node.value
        case Negation(operand=NumberLiteral(value=value)):
            return -value
        case AtLiteral() | Call():
            known = checked.constant_of(node)
            return known if isinstance(known, date) and type(known) is date else None
        case _:
            return None
