"""How large a value is when everything in it is counted, shared parts as often as they occur."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from engine.language.values.fault import LimitError

MOST_PARTS = 1_000_000
_CONTAINERS = frozenset({tuple, list, dict})


def weight(value: object, most: int = MOST_PARTS) -> int:
    """Return the number of items and entries in a value; 32 characters of a text count as one.

    Stops counting above ``most``.
    """
    if type(value) is str:
        return len(value) >> 5
    if type(value) not in _CONTAINERS:
        return 1
    count = 1
    waiting = [value]
    while waiting and count <= most:
        inner = waiting.pop()
        items = cast(Collection[object], inner.values() if isinstance(inner, dict) else inner)
        count += len(items)
        waiting += [each for each in items if type(each) in _CONTAINERS]
    return count


def check_weight(value: object) -> None:
    """Raise ``LimitError`` for a value too large to be written out: shared parts would be written again and again."""
    if weight(value) > MOST_PARTS:
        raise LimitError(f"the value holds more than {MOST_PARTS} parts")
