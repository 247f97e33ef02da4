"""Frozen data to bytes: values of one shape in batches, each batch after those it refers to, columns of numbers.

Restoring a batch is a handful of calls that run in C, whatever its length.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import MappingProxyType

from engine.rulebook.packing.kinds import FORMAT, Kind, PackError, class_name, constants, field_names
from engine.rulebook.packing.made import Parts, signatures

SMALL = 1 << 53
_SEQUENCES: Mapping[type, Kind] = MappingProxyType(
    {tuple: Kind.TUPLE, list: Kind.LIST, set: Kind.SET, frozenset: Kind.FROZENSET}
)
_MAPPINGS: Mapping[type, Kind] = MappingProxyType({dict: Kind.DICT, MappingProxyType: Kind.PROXY})

Shape = tuple[Kind, str]
"""What a batch is of: its kind, and the class or the way of making where the kind has several."""


class Packer:
    """Numbers every value of a graph once; a value is found again by identity, a leaf by what it says."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.leaves: dict[str, dict[object, int]] = {}
        self._known: dict[int, int] = {}
        self._leaf_numbers: dict[tuple[str, object], int] = {}
        self._shared = {**{key: ("constant", name) for key, name in constants().items()}}
        self._shared |= {key: ("signature", name) for key, name in signatures().items()}
        self._kept: list[object] = []
        self._classes: dict[type, tuple[Shape, Callable[[object], tuple[object, ...]]]] = {}
        self.levels: list[int] = []
        self.shapes: list[Shape | None] = []
        self.below: list[tuple[int, ...]] = []

    def number(self, value: object) -> int:
        """The number of a value, after those of all that it refers to."""
        found = self._known.get(id(value))
        if found is not None:
            return found
        shared = self._shared.get(id(value))
        leaf = shared or _leaf(value)
        made = self._leaf(leaf) if leaf is not None else self._branch(value)
        self._known[id(value)] = made
        self._kept.append(value)  # an identity counts only while the value lives
        return made

    def _leaf(self, leaf: tuple[str, object]) -> int:
        found = self._leaf_numbers.get(leaf)
        if found is None:
            found = self._leaf_numbers[leaf] = self._add(0, None, ())
            self.leaves.setdefault(leaf[0], {})[leaf[1]] = found
        return found

    def _branch(self, value: object) -> int:
        shape, below = self._apart(value)
        known, number, levels = self._known, self.number, self.levels
        numbers = tuple([known[id(each)] if id(each) in known else number(each) for each in below])
        level = 1 + max([levels[each] for each in numbers], default=0)
        return self._add(level, shape, numbers)

    def _apart(self, value: object) -> tuple[Shape, Sequence[object]]:
        kind: type = type(value)
        made = self.parts.of(value)
        if made is not None:
            return (Kind.MADE, made[0]), made[1]
        if kind in _SEQUENCES:
            return (_SEQUENCES[kind], ""), tuple(value)  # type: ignore[arg-type]
        if kind in _MAPPINGS:
            assert isinstance(value, Mapping)
            return (_MAPPINGS[kind], ""), (*value.keys(), *value.values())
        known = self._classes.get(kind)
        if known is None:
            known = self._classes[kind] = (Kind.OBJECT, class_name(kind)), _reader(kind)
        return known[0], known[1](value)

    def _add(self, level: int, shape: Shape | None, below: tuple[int, ...]) -> int:
        self.levels.append(level)
        self.shapes.append(shape)
        self.below.append(below)
        return len(self.levels) - 1


def _reader(kind: type) -> Callable[[object], tuple[object, ...]]:
    """How all fields of a class are read at once."""
    names = field_names(kind)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple([getattr(value, name) for name in names])


def _leaf(value: object) -> tuple[str, object] | None:
    """The kind and the text of a value that refers to nothing."""
    match value:
        case None | True | False:
            return "words", value
        case str():
            return ("texts", value) if type(value) is str else None
        case Enum():
            return "members", f"{class_name(type(value))}.{value.name}"
        case int():
            return ("numbers", value) if -SMALL < value < SMALL else ("large", f"{value:x}")
        case Decimal():
            return "decimals", str(value)
        case datetime():
            return "moments", value.isoformat()
        case date():
            return "days", value.isoformat()
        case timedelta():
            return "spells", f"{value.days} {value.seconds} {value.microseconds}"
        case float() | bytes():
            raise PackError(f"`{value!r}` cannot be packed")
        case _:
            return None


def pack(root: object, parts: Parts) -> bytes:
    """Pack a value with all that it refers to."""
    packer = Packer(parts)
    top = packer.number(root)
    places: dict[int, int] = {}
    for numbers in packer.leaves.values():
        for each in numbers.values():
            places[each] = len(places)
    batches: dict[tuple[int, Shape], list[int]] = {}
    for each, shape in enumerate(packer.shapes):
        if shape is not None:
            batches.setdefault((packer.levels[each], shape), []).append(each)
    stream = array("I")
    told: list[list[object]] = []
    for (_, (kind, name)), members in sorted(batches.items(), key=lambda item: _order(item[0])):
        for each in members:
            places[each] = len(places)
        rows = [[places[number] for number in packer.below[each]] for each in members]
        told.append([kind.value, name, len(members), _columns(kind, rows, stream)])
    head = {
        "format": FORMAT,
        "leaves": {kind: list(values) for kind, values in packer.leaves.items()},
        "batches": told,
        "root": places[top],
    }
    if sys.byteorder == "big":
        stream.byteswap()
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=True).encode()
    return len(text).to_bytes(8, "little") + text + stream.tobytes()


def _order(batch: tuple[int, Shape]) -> tuple[int, str, str]:
    level, (kind, name) = batch
    return level, kind.value, name


def _columns(kind: Kind, rows: Sequence[Sequence[int]], stream: array[int]) -> list[int | None]:
    """Write the columns of a batch; a column that is one number all the way is told in the head instead."""
    if kind in (Kind.OBJECT, Kind.MADE):
        return [_column(each, stream) for each in zip(*rows, strict=True)]
    pairs = kind in (Kind.DICT, Kind.PROXY)
    lengths = _column([len(each) // 2 if pairs else len(each) for each in rows], stream)
    if not pairs:
        return [lengths, _flat(rows, stream)]
    halves = [len(each) // 2 for each in rows]
    keys = [row[:half] for row, half in zip(rows, halves, strict=True)]
    values = [row[half:] for row, half in zip(rows, halves, strict=True)]
    return [lengths, _flat(keys, stream), _flat(values, stream)]


def _flat(rows: Sequence[Sequence[int]], stream: array[int]) -> int:
    """Write rows one after the other; the head tells how many numbers that are."""
    before = len(stream)
    for row in rows:
        stream.extend(row)
    return len(stream) - before


def _column(column: Sequence[int], stream: array[int]) -> int | None:
    if column and column.count(column[0]) == len(column):
        return column[0]
    stream.extend(column)
    return None
