"""Which rules each line of a request allows, read straight from the request without a record of the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter

from engine.language.tables.bitmaps import Keyed
from engine.pricing.atoms import Key
from engine.pricing.compiled import PricePlan
from engine.pricing.index import ANOTHER_KIND, AttributeIndex, MatchIndex, value_at
from engine.pricing.request import Allowed, Facts, RequestLine

Getter = Callable[[RequestLine], object]


RULES, GUARDS = range(2)
"""The match indexes of a plan, as ``allowed_by`` answers for them."""
OF_PRODUCT = frozenset({"sku", "charge", "discountable"})
"""What a line states of its own and all lines of its product state alike."""


def allowed_by(plan: PricePlan, line: RequestLine) -> Allowed:
    """What a product allows of the line rules and the guards of a plan, whatever the header and its lines say.

    ``line`` is any line of the product: its facts and ``OF_PRODUCT`` are read. Of a large index nothing is: it leads
    from what a line names to a few rules, and masks as long as the book would only take memory.
    """
    return tuple(0 if index.is_large else _of_product(index, line) for index in (plan.index, plan.guard_index))


def decided_by_product(index: MatchIndex, header: int, line: RequestLine) -> int | None:
    """The rules that header and product allow; None when a line says more that has a say in them: its quantity."""
    mask = header & _of_product(index, line)
    for each in index.line:
        if _is_own(each.key) and each.key[1] not in OF_PRODUCT and mask & ~each.indifferent:
            return None
    return mask


class LineMasks:
    """The bitmaps of lines under one header; what follows from a product is ANDed once for its lines.

    ``which`` index of the plan it is, RULES or GUARDS, says where a line that knows what its product allows has it.
    """

    __slots__ = ("_by_line", "_by_request", "_header", "_index", "_reads_facts", "_seen", "asked", "which")

    def __init__(self, index: MatchIndex, header: int, which: int | None = None) -> None:
        own = [each for each in index.line if _is_own(each.key)]
        of_request = [each for each in own if each.key[1] not in OF_PRODUCT]
        self._header = header
        self._index = index
        self.which = which
        self._by_line = [mask_of(each) for each in own]
        self._by_request = [mask_of(each) for each in of_request]
        self._reads_facts = len(own) < len(index.line)
        self._seen: dict[int, int] = {}
        self.asked = 0
        """The rules that a line of a known product has a say in: by its quantity, its group."""
        for each in of_request:
            self.asked |= index.everything & ~each.indifferent

    def of(self, line: RequestLine) -> int:
        """The rules that header and line allow."""
        allowed = line.allowed
        if allowed is not None and self.which is not None:
            return self.with_request(self._header & allowed[self.which], line)
        mask = self._looked_up(line.facts) if self._reads_facts else self._header
        return _narrowed(mask, self._by_line, line)

    def with_request(self, mask: int, line: RequestLine) -> int:
        """Those of some rules that what a line says beside its product allows, too."""
        return _narrowed(mask, self._by_request, line)

    def _looked_up(self, facts: Facts) -> int:
        mask = self._seen.get(id(facts))
        if mask is None:
            mask = self._seen[id(facts)] = self._header & _of_facts(self._index, facts)
        return mask


def _narrowed(mask: int, by_line: Sequence[Callable[[RequestLine], int]], line: RequestLine) -> int:
    for each in by_line:
        if not mask:
            return 0
        mask &= each(line)
    return mask


def _of_product(index: MatchIndex, line: RequestLine) -> int:
    mask = _of_facts(index, line.facts)
    for each in index.line:
        if _is_own(each.key) and each.key[1] in OF_PRODUCT:
            mask &= each.lookup(_FIELDS[each.key[1]](line))
    return mask


def _of_facts(index: MatchIndex, facts: Facts) -> int:
    mask = index.everything
    for each in index.line:
        if not _is_own(each.key):
            mask &= each.lookup(value_at(facts, each.key))
    return mask


def mask_of(index: AttributeIndex) -> Callable[[RequestLine], int]:
    """How the rules that an attribute of a line allows are found, with one call a line.

    Intervals are looked up once for each value of a request: quantities repeat.
    """
    getter = getter_of(index)
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


def getter_of(index: AttributeIndex) -> Getter:
    """How an attribute of a line is read straight from the request; what a product or caller says is read by kind."""
    key, known = index.key, index.known
    if _is_own(key):
        return _FIELDS[key[1]]
    if len(key) > 2:
        return lambda line: known(value_at(line.facts, key))
    name, kind = key[1], type(index.example)

    def stated(line: RequestLine) -> object:
        value = line.facts.get(name)
        return value if value is None or type(value) is kind else ANOTHER_KIND

    return stated


def _is_own(key: Key) -> bool:
    """Whether the line itself states the attribute, and not the facts of its product."""
    return len(key) == 2 and key[1] in _FIELDS


_FIELDS: dict[str, Getter] = {
    "sku": attrgetter("sku"),
    "qty": attrgetter("quantity"),
    "id": attrgetter("id"),
    "group": attrgetter("group"),
    "bundle": attrgetter("bundle"),
    "segment": lambda line: Decimal(line.segment),
    "charge": lambda line: line.charge.kind.value,
    "term_months": attrgetter("term_months"),
    "cost": attrgetter("cost"),
    "floor": attrgetter("floor"),
    "discountable": attrgetter("discountable"),
}
