"""The match index: which rules can hold for a line, by ANDing one bitmap an attribute.

Rules are bits, numbered in working order, so the lowest set bit comes first. What the header decides is looked up once
a quote. A rule whose condition an index cannot hold in full stays a candidate and is asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from engine.pricing.atoms import Atom, Constant, Interval, Key, OneOf
from engine.pricing.request import Facts

Ordered: TypeAlias = Decimal | date

FEW = 8


@dataclass(frozen=True, slots=True)
class AttributeIndex:
    """The bitmaps of one attribute: by value, and by elementary interval between the bounds that rules name.

    ``free`` are the rules that name no value, ``bounds`` and ``slots`` are empty when no rule names an interval.
    """

    key: Key
    values: Mapping[Constant, int]
    free: int
    bounds: tuple[Ordered, ...]
    slots: tuple[int, ...]
    unbounded: int

    def lookup(self, value: object) -> int:
        """The rules that this value of the attribute allows; an unknown value allows those that do not ask."""
        if value is None:
            return self.free & self.unbounded
        mask = self.values.get(value, self.free) if self.values else self.free  # type: ignore[call-overload]
        if not self.slots:
            return int(mask)
        if not isinstance(value, Decimal | date):
            return int(mask) & self.unbounded
        position = bisect_left(self.bounds, value)
        if position < len(self.bounds) and self.bounds[position] == value:
            return int(mask) & self.slots[2 * position + 1]
        return int(mask) & self.slots[2 * position]


@dataclass(frozen=True, slots=True)
class MatchIndex:
    """All attributes' bitmaps: ``header`` for what is the same on every line, ``line`` for the rest."""

    everything: int
    header: tuple[AttributeIndex, ...]
    line: tuple[AttributeIndex, ...]

    def header_mask(self, quote: Facts, customer: Facts, usable: int) -> int:
        """The rules that the header allows, among those that may act at all."""
        mask = self.everything & usable
        roots = {"quote": quote, "customer": customer}
        for index in self.header:
            mask &= index.lookup(value_at(roots[index.key[0]], index.key))
        return mask

    def line_mask(self, header: int, record: Facts) -> int:
        """The rules that header and line allow."""
        for index in self.line:
            header &= index.lookup(value_at(record, index.key))
            if not header:
                return 0
        return header


def value_at(record: Facts, key: Key) -> object:
    """The value of an attribute, None when any part of the way is unknown."""
    if len(key) == 2:
        return record.get(key[1])
    value: object = record
    for name in key[1:]:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def numbers(mask: int) -> list[int]:
    """The set bits, lowest first. A long bitmap with many bits is read as text: clearing bits one by one copies it."""
    found: list[int] = []
    while mask and len(found) < FEW:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    if mask:
        digits = f"{mask:b}"[::-1]
        position = digits.find("1")
        while position >= 0:
            found.append(position)
            position = digits.find("1", position + 1)
    return found


def build_index(atoms: Sequence[Sequence[Atom]]) -> MatchIndex:
    """The index of rules, each with the atoms of its conditions; the position is the rule's number."""
    merged = [_merge(each) for each in atoms]
    keys = list(dict.fromkeys(key for rule in merged for key in rule))
    everything = (1 << len(atoms)) - 1
    indexes = [_attribute(key, merged, everything) for key in keys]
    header = tuple(each for each in indexes if each.key[0] != "line")
    line = tuple(each for each in indexes if each.key[0] == "line")
    return MatchIndex(everything, header, line)


@dataclass(slots=True)
class _Wanted:
    """What one rule wants of one attribute, all its atoms together; ``values`` None: any."""

    values: frozenset[Constant] | None = None
    interval: Interval | None = None


def _merge(atoms: Iterable[Atom]) -> dict[Key, _Wanted]:
    wanted: dict[Key, _Wanted] = {}
    for atom in atoms:
        found = wanted.setdefault(atom.key, _Wanted())
        if isinstance(atom, OneOf):
            found.values = atom.values if found.values is None else found.values & atom.values
        else:
            found.interval = atom if found.interval is None else _narrower(found.interval, atom)
    return wanted


def _narrower(one: Interval, other: Interval) -> Interval:
    """The part that two intervals share."""
    low, low_included = one.low, one.low_included
    if other.low is not None and (low is None or (other.low, not other.low_included) > (low, not low_included)):
        low, low_included = other.low, other.low_included
    high, high_included = one.high, one.high_included
    if other.high is not None and (high is None or (other.high, other.high_included) < (high, high_included)):
        high, high_included = other.high, other.high_included
    return Interval(one.key, low, low_included, high, high_included)


def _attribute(key: Key, rules: Sequence[Mapping[Key, _Wanted]], everything: int) -> AttributeIndex:
    by_value: dict[Constant, list[int]] = {}
    valued: list[int] = []
    intervals: list[tuple[int, Interval]] = []
    for no, rule in enumerate(rules):
        wanted = rule.get(key)
        if wanted is None:
            continue
        if wanted.values is not None:
            valued.append(no)
            for value in wanted.values:
                by_value.setdefault(value, []).append(no)
        if wanted.interval is not None:
            intervals.append((no, wanted.interval))
    free = everything & ~bits(valued)
    values = {value: free | bits(members) for value, members in by_value.items()}
    bounded = everything & ~bits([no for no, _ in intervals])
    bounds, slots = _slots(intervals, bounded)
    return AttributeIndex(key, values, free, bounds, slots, bounded)


def bits(members: Sequence[int]) -> int:
    """A bitmap with these bits set."""
    if not members:
        return 0
    filled = bytearray(max(members) // 8 + 1)
    for each in members:
        filled[each >> 3] |= 1 << (each & 7)
    return int.from_bytes(filled, "little")


def _slots(intervals: Sequence[tuple[int, Interval]], unbounded: int) -> tuple[tuple[Ordered, ...], tuple[int, ...]]:
    """The bounds in order, and for each place before, on and after them the rules that hold there."""
    if not intervals:
        return (), ()
    ends = {end for _, each in intervals for end in (each.low, each.high) if end is not None}
    bounds: tuple[Ordered, ...] = tuple(sorted(ends))
    place = {bound: index for index, bound in enumerate(bounds)}
    changes: dict[int, list[int]] = {}
    last = 2 * len(bounds)
    for no, each in intervals:
        first = 0 if each.low is None else 2 * place[each.low] + (1 if each.low_included else 2)
        end = last if each.high is None else 2 * place[each.high] + (1 if each.high_included else 0)
        if first <= end:
            changes.setdefault(first, []).append(no)
            changes.setdefault(end + 1, []).append(no)
    slots = []
    mask = unbounded
    for slot in range(last + 1):
        if slot in changes:
            mask ^= bits(changes[slot])
        slots.append(mask)
    return bounds, tuple(slots)
