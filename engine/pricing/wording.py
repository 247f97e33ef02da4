"""Conditions in words: which part failed, what it read, what would make it hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.language import Checked
from engine.language.tree import BooleanLiteral, Expression
from engine.pricing.atoms import Atom, Interval, OneOf, atom_of, parts_of
from engine.pricing.index import value_at
from engine.pricing.request import Facts


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a conjunction that does not hold (or may not); ``atom`` is its plain form where it has one."""

    node: Expression
    text: str
    atom: Atom | None


def conditions_of(condition: Checked, records: Mapping[str, Facts]) -> list[Part]:
    """The parts of a condition that fail; a part that cannot be judged alone is named when no plain one fails."""
    plain, other = [], []
    for node in parts_of(condition):
        atom = atom_of(condition, node)
        text = condition.text[node.start : node.end] or condition.text
        if atom is None:
            other.append(Part(node, text, None))
        elif not holds(atom, records):
            plain.append(Part(node, text, atom))
    if plain:
        return plain
    return other or [Part(BooleanLiteral(0, len(condition.text), value=False), condition.text, None)]


def holds(atom: Atom, records: Mapping[str, Facts]) -> bool:
    """Whether a plain condition holds on these records."""
    value = value_at(records[atom.key[0]], atom.key)
    if value is None:
        return False
    if isinstance(atom, OneOf):
        return value in atom.values
    return _inside(atom, value)


def _inside(interval: Interval, value: object) -> bool:
    low, high = interval.low, interval.high
    if low is not None and not (value > low or (interval.low_included and value == low)):  # type: ignore[operator]
        return False
    return high is None or bool(value < high or (interval.high_included and value == high))  # type: ignore[operator]


def facts_read(condition: Checked, records: Mapping[str, Facts]) -> tuple[tuple[str, str], ...]:
    """The attributes a condition reads and their values."""
    found = []
    for path in condition.reads:
        key = tuple(path.split("."))
        if len(key) > 1 and key[0] in records:
            found.append((path, shown(value_at(records[key[0]], key))))
    return tuple(found)


def wish(part: Part) -> str:
    """What the attribute would have to be; "" for a part without a plain form."""
    atom = part.atom
    if atom is None:
        return ""
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
        return f"{value:f}"
    return str(value)
