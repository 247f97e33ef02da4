"""Which rules each line of a request allows, read straight from the request without a record of the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from engine.language.tables.bitmaps import Keyed
from engine.pricing.atoms import Key
from engine.pricing.index import AttributeIndex, value_at
from engine.pricing.request import Facts, RequestLine

Getter = Callable[[RequestLine], object]

PRICES = ("list", "list_amount", "net", "unit", "running", "discounted")
"""Names of a line that the request does not know."""


class LineMasks:
    """The bitmaps of lines under one header; what follows from the facts of a product is ANDed once for its lines."""

    __slots__ = ("_by_facts", "_by_line", "_header", "_seen")

    def __init__(self, indexes: Sequence[AttributeIndex], header: int) -> None:
        self._header = header
        self._by_facts = [index for index in indexes if not _is_own(index.key)]
        self._by_line = [mask_of(index) for index in indexes if _is_own(index.key)]
        self._seen: dict[int, int] = {}

    def of(self, line: RequestLine) -> int:
        """The rules that header and line allow."""
        facts = line.facts
        mask = self._seen.get(id(facts))
        if mask is None:
            mask = self._seen[id(facts)] = self._of_facts(facts)
        for allowed in self._by_line:
            if not mask:
                return 0
            mask &= allowed(line)
        return mask

    def _of_facts(self, facts: Facts) -> int:
        mask = self._header
        for index in self._by_facts:
            if not mask:
                return 0
            mask &= index.lookup(value_at(facts, index.key))
        return mask


def mask_of(index: AttributeIndex) -> Callable[[RequestLine], int]:
    """How the rules that an attribute of a line allows are found, with one call a line.

    Intervals are looked up once for each value of a request: quantities repeat.
    """
    getter = getter_of(index.key)
    if isinstance(index.bitmaps, Keyed):
        masks, other = index.bitmaps.masks, index.bitmaps.other
        return lambda line: masks.get(getter(line), other)
    seen: dict[object, int] = {}

    def by_interval(line: RequestLine) -> int:
        value = getter(line)
        found = seen.get(value)
        if found is None:
            found = seen[value] = index.lookup(value)
        return found

    return by_interval


def getter_of(key: Key) -> Getter:
    """How an attribute of a line is read straight from the request."""
    if _is_own(key):
        return _FIELDS[key[1]]
    return lambda line: value_at(line.facts, key)


def _is_own(key: Key) -> bool:
    """Whether the line itself states the attribute, and not the facts of its product."""
    return len(key) == 2 and key[1] in _FIELDS


_FIELDS: dict[str, Getter] = {
    "sku": lambda line: line.sku,
    "qty": lambda line: line.quantity,
    "id": lambda line: line.id,
    "group": lambda line: line.group,
    "bundle": lambda line: line.bundle,
    "segment": lambda line: Decimal(line.segment),
    "charge": lambda line: line.charge.kind.value,
    "term_months": lambda line: line.term_months,
    "cost": lambda line: line.cost,
    "floor": lambda line: line.floor,
    "discountable": lambda line: line.discountable,
}
