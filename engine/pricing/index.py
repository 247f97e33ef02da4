"""The match index: which rules can hold for a line, by ANDing one bitmap an attribute.

Rules are bits, numbered in working order, so the lowest set bit comes first. What the header decides is looked up once
a quote. A rule whose condition an index cannot hold in full stays a candidate and is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from engine.language.tables.bitmaps import Bitmaps, Keyed, KeyedRows, bitmaps_of, bits
from engine.language.tables.intervals import Interval, Region, intersection, union
from engine.pricing.atoms import Atom, Constant, Key, OneOf, Unlike
from engine.pricing.request import Facts, RequestLine

LARGE = 1_000
"""From so many rules on a book is large."""
FEW = 64
"""The most rules that may want one value for an attribute to lead to its rules."""
ANOTHER_KIND = object()
"""Stands for every value that is not of the kind that rules ask for."""


@dataclass(frozen=True, slots=True)
class AttributeIndex:
    """The bitmaps of one attribute, those of decision tables: rules that do not ask for it hold for every value.

    ``rows`` are the rules that want a value, where each value is wanted by a few: a SKU, a family; else None.
    ``example`` is one of the values that rules name, all of one kind, None when they name none; ``apart`` are the rules
    that hold for values of another kind: those that do not ask.
    """

    key: Key
    bitmaps: Bitmaps
    rows: Mapping[object, tuple[int, ...]] | None = None
    example: Constant | None = None
    apart: int = 0

    @property
    def indifferent(self) -> int:
        """The rules that do not ask for the attribute."""
        return self.apart & self.bitmaps.mask(None)

    def lookup(self, value: object) -> int:
        """The rules that this value of the attribute allows; an unknown value allows those that do not ask."""
        known = self.known(value)
        return self.apart if known is ANOTHER_KIND else self.bitmaps.mask(known)

    def known(self, value: object) -> object:
        """The value as the index knows it: one of another kind than rules ask for is like any other such.

        Rules that compare two kinds get null and do not hold, not even those with ``!=``. Looked up as it is, a text
        among numbers would have no place in their order, and ``true`` would be the number 1.
        """
        return value if value is None or type(value) is type(self.example) else ANOTHER_KIND


class Finding(Protocol):
    """How lines find their rules under any header of a large book; see ``engine.pricing.matches``."""

    def under(self, header: int) -> Callable[[RequestLine], tuple[int, ...]]:
        """How they do under one."""
        ...


@dataclass(frozen=True, slots=True)
class MatchIndex:
    """All attributes' bitmaps: ``header`` for what is the same on every line, ``line`` for the rest.

    ``kept`` is how lines find their rules under the headers met last, by header mask (see ``engine.pricing.matches``),
    and ``finding`` (one, or none yet) what they have in common; both hold what follows from index and header alone, so
    that nobody can tell whether it was there.
    """

    everything: int
    header: tuple[AttributeIndex, ...]
    line: tuple[AttributeIndex, ...]
    kept: dict[int, Callable[[RequestLine], tuple[int, ...]]] = field(default_factory=dict, repr=False, compare=False)
    finding: list[Finding] = field(default_factory=list, repr=False, compare=False)

    @property
    def is_large(self) -> bool:
        """Whether a handful of its rules are quicker asked one by one than a mask as long as the book is read."""
        return self.everything.bit_length() >= LARGE

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


def build_index(atoms: Sequence[Sequence[Atom]]) -> MatchIndex:
    """The index of rules, each with the atoms of its conditions; the position is the rule's number."""
    merged = [_merge(each) for each in atoms]
    keys = list(dict.fromkeys(key for rule in merged for key in rule))
    everything = (1 << len(atoms)) - 1
    indexes = [_attribute(key, merged, everything) for key in keys]
    header = tuple(each for each in indexes if each.key[0] != "line")
    line = tuple(each for each in indexes if each.key[0] == "line")
    return MatchIndex(everything, header, line)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The values of an attribute that one rule admits, and whether it does without one."""

    region: Region
    takes_none: bool


def _merge(atoms: Iterable[Atom]) -> dict[Key, _Wanted]:
    """What one rule wants of each attribute, all its atoms together."""
    wanted: dict[Key, _Wanted] = {}
    for atom in atoms:
        region, takes_none = _region(atom), isinstance(atom, Unlike)
        before = wanted.get(atom.key)
        if before is not None:
            region, takes_none = intersection(before.region, region), before.takes_none and takes_none
        wanted[atom.key] = _Wanted(region, takes_none)
    return wanted


def _region(atom: Atom) -> Region:
    match atom:
        case OneOf():
            return union(Interval(each, each, low_included=True, high_included=True) for each in atom.values)
        case Unlike():
            ends = ((None, atom.value), (atom.value, None))
            return union(Interval(low, high, low_included=False, high_included=False) for low, high in ends)
        case _:
            return union([Interval(atom.low, atom.high, atom.low_included, atom.high_included)])


def _attribute(key: Key, rules: Sequence[Mapping[Key, _Wanted]], everything: int) -> AttributeIndex:
    asking = [no for no, rule in enumerate(rules) if key in rule]
    intervals = [(no, each) for no in asking for each in rules[no][key].region]
    others = everything & ~bits(asking)
    missing = others | bits([no for no in asking if rules[no][key].takes_none])
    bitmaps = bitmaps_of(intervals, always=others, missing=missing)
    ends = (end for _, each in intervals for end in (each.low, each.high) if end is not None)
    example = cast("Constant | None", next(ends, None))
    # Where no rule names a value, all values are alike.
    apart = bitmaps.mask(ANOTHER_KIND) if example is None else others
    return AttributeIndex(key, bitmaps, _few_rows(bitmaps, others), example, apart)


def _few_rows(bitmaps: Bitmaps, others: int) -> Mapping[object, tuple[int, ...]] | None:
    """The rows of each key, when all others hold for every key and for none."""
    if not isinstance(bitmaps, Keyed | KeyedRows) or bitmaps.other != others or bitmaps.mask(None) != others:
        return None
    return bitmaps.rows if max(map(len, bitmaps.rows.values()), default=0) <= FEW else None
