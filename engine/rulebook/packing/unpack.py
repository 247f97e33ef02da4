"""Bytes back to frozen data. Nothing of the bytes is run: they name classes and constants of the core, no others."""

from __future__ import annotations

import json
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice, repeat, starmap
from types import MappingProxyType
from typing import Any

from engine.rulebook.packing.kinds import (
    FORMAT,
    Kind,
    PackError,
    class_named,
    constant_named,
    field_names,
    is_row,
)
from engine.rulebook.packing.made import MAKERS, signature_named

_WRONG = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, AssertionError, RecursionError)


def unpack(content: bytes) -> object:
    """Return the value that was packed; raises ``PackError`` for bytes that are not one."""
    try:
        size = int.from_bytes(content[:8], "little")
        head = json.loads(content[8 : 8 + size])
        if head["format"] != FORMAT:
            raise PackError("another format")
        stream = array("I")
        stream.frombytes(content[8 + size :])
        if sys.byteorder == "big":
            stream.byteswap()
        return _Unpacker(stream).run(head)
    except _WRONG as problem:
        raise PackError(f"not a packed book: {problem}") from problem


class _Unpacker:
    """Builds batch after batch; ``values`` holds everything by number."""

    def __init__(self, stream: array[int]) -> None:
        self.stream = stream
        self.at = 0
        self.values: list[Any] = []

    def run(self, head: Mapping[str, Any]) -> object:
        for kind, told in head["leaves"].items():
            self.values.extend(map(_LEAVES[kind], told))
        for kind, name, count, columns in head["batches"]:
            made = self._batch(Kind(kind), name, count, columns)
            self.values.extend(made)
        return self.values[head["root"]]

    def _batch(self, kind: Kind, name: str, count: int, told: Sequence[int | None]) -> Sequence[object]:
        if kind is Kind.OBJECT:
            return self._objects(class_named(name), count, told)
        if kind is Kind.MADE:
            return list(starmap(MAKERS[name], zip(*self._columns(count, told), strict=True)))
        lengths = self._lengths(count, told[0])
        if kind is Kind.DICT or kind is Kind.PROXY:
            keys, values = self._flat(told[1]), self._flat(told[2])
            made = [dict(zip(islice(keys, each), islice(values, each), strict=True)) for each in lengths]
            return made if kind is Kind.DICT else list(map(MappingProxyType, made))
        items = self._flat(told[1])
        return [_CONTAINERS[kind](islice(items, each)) for each in lengths]

    def _objects(self, kind: type, count: int, told: Sequence[int | None]) -> Sequence[object]:
        columns = self._columns(count, told)
        names = field_names(kind)
        if len(names) != len(columns):
            raise PackError(f"`{kind.__name__}` has other fields")
        if is_row(kind):
            rows = zip(*columns, strict=True) if columns else repeat((), count)
            return [tuple.__new__(kind, row) for row in rows]
        made: list[object] = [object.__new__(kind) for _ in range(count)]
        for name, column in zip(names, columns, strict=True):
            # The slot itself: a frozen class forbids its own way of setting a field.
            deque(map(getattr(kind, name).__set__, made, column), maxlen=0)
        return made

    def _columns(self, count: int, told: Sequence[int | None]) -> list[Iterator[Any]]:
        return [self._column(count, each) for each in told]

    def _column(self, count: int, told: int | None) -> Iterator[Any]:
        if told is not None:
            return repeat(self.values[told], count)
        return map(self.values.__getitem__, self._numbers(count))

    def _lengths(self, count: int, told: int | None) -> Sequence[int]:
        return [told] * count if told is not None else self._numbers(count)

    def _flat(self, count: int | None) -> Iterator[Any]:
        assert count is not None, "the head tells how many"
        return map(self.values.__getitem__, self._numbers(count))

    def _numbers(self, count: int) -> Sequence[int]:
        self.at += count
        if count < 0 or self.at > len(self.stream):
            raise PackError("the bytes end early")
        return self.stream[self.at - count : self.at]


def _member(name: str) -> Enum:
    kind, _, member = name.rpartition(".")
    found = class_named(kind)
    if not issubclass(found, Enum):
        raise PackError(f"`{kind}` has no members")
    return found[member]


def _spell(text: str) -> timedelta:
    return timedelta(*map(int, text.split()))


def _same(value: object) -> object:
    return value


_CONTAINERS: Mapping[Kind, Callable[[Iterator[Any]], object]] = MappingProxyType(
    {Kind.TUPLE: tuple, Kind.LIST: list, Kind.SET: set, Kind.FROZENSET: frozenset}
)
_LEAVES: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "words": _same,
        "texts": _same,
        "members": _member,
        "numbers": _same,
        "large": lambda text: int(text, 16),
        "decimals": Decimal,
        "moments": datetime.fromisoformat,
        "days": date.fromisoformat,
        "spells": _spell,
        "constant": constant_named,
        "signature": signature_named,
    }
)
