"""The rules that match each line of a request, by number: masks for small books, lists of rules for large ones.

A mask is as long as the book has rules, so in a book of thousands a handful of rules is quicker asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from engine.language.tables.bitmaps import flags_of, rows_of
from engine.pricing.index import AttributeIndex, MatchIndex
from engine.pricing.masks import Getter, LineMasks, getter_of
from engine.pricing.request import RequestLine

HEADERS = 8
"""Of a large book how lines find their rules is kept for so many headers."""
NAMES, RESTS = 20_000, 1_000
"""For each of them the rules of so many names are kept, and of so many combinations of the rest."""
FLAG_BYTES = 2 * 2**20
"""And for each attribute that is asked, flags of so many bytes in all."""
K = TypeVar("K")
T = TypeVar("T")
ONE_BY_ONE = 32
"""The rules of one name are looked up at the cost of so many that are put under their names with all the others."""
NEVER = -1
_SHIFTED = 100
"""After so many questions it pays to turn a mask into bytes."""

Numbers: TypeAlias = tuple[int, ...]
Matches: TypeAlias = Callable[[RequestLine], Numbers]
"""Answers the numbers of the rules that header and line allow, in working order."""


def matches_of(index: MatchIndex, header: int, which: int | None = None) -> Matches:
    """How the lines of one request find their rules; ``which`` index of the plan it is, RULES or GUARDS."""
    if not index.is_large:
        return _SmallBook(index, header, which).of
    found = index.kept.get(header)
    if found is None:
        if not index.finding:
            index.finding[:] = (_LargeBook(index),)
        found = _keep(index.kept, header, index.finding[0].under(header), HEADERS)
    return found


def _keep(known: dict[K, T], key: K, found: T, most: int) -> T:
    """Keep an answer. A full memory is emptied, in one step: threads share it, and look up what is not there again."""
    if len(known) >= most:
        known.clear()
    known[key] = found
    return found


class _SmallBook:
    """Masks, and the rules of each mask that was met; products are told by what they allow, which they keep."""

    __slots__ = ("_found", "_header", "_masks", "_products", "_which")

    def __init__(self, index: MatchIndex, header: int, which: int | None) -> None:
        self._masks = LineMasks(index, header, which)
        self._header = header
        self._which = which
        self._found: dict[int, Numbers] = {0: ()}
        self._products: dict[int, tuple[int, Numbers | None]] = {}

    def of(self, line: RequestLine) -> Numbers:
        allowed = line.allowed
        if allowed is None or self._which is None:
            return self._rows(self._masks.of(line))
        known = self._products.get(id(allowed))
        if known is None:
            known = self._products[id(allowed)] = self._of_product(self._header & allowed[self._which])
        mask, found = known
        return self._rows(self._masks.with_request(mask, line)) if found is None else found

    def _of_product(self, mask: int) -> tuple[int, Numbers | None]:
        """The rules that header and product allow, by number too where its lines have no say in them."""
        return mask, None if mask & self._masks.asked else self._rows(mask)

    def _rows(self, mask: int) -> Numbers:
        found = self._found.get(mask)
        if found is None:
            found = self._found[mask] = tuple(rows_of(mask))
        return found


class _LargeBook:
    """What all headers of a book have in common: rules by what they name, and what else they are asked."""

    __slots__ = ("_names", "index", "name", "naming", "rest", "rest_name", "rules")

    def __init__(self, index: MatchIndex) -> None:
        self.index = index
        self.rules = index.everything.bit_length()
        self.naming = [_Naming(each, each.rows, self.rules) for each in index.line if each.rows is not None]
        self.rest = [_Asked(each, self.rules) for each in index.line if each.rows is None]
        self.name = _together([each.getter for each in self.naming])
        self.rest_name = _together([each.getter for each in self.rest])
        self._names: Sequence[Sequence[object]] = ()

    def under(self, header: int) -> Matches:
        """How lines find their rules under a header."""
        return _UnderHeader(self, header).of

    def names(self) -> Sequence[Sequence[object]]:
        """All that each rule names, where one attribute is named: a list of products is several names."""
        if not self._names:
            names: list[tuple[object, ...]] = [()] * self.rules
            for value, numbers in self.naming[0].rows.items():
                for number in numbers:
                    names[number] = (*names[number], value)
            self._names = names
        return self._names


class _UnderHeader:
    """Rules found by what they name (a product, a family), and then asked what else they want.

    Rules that name nothing are found once for all lines that agree in the rest, such as the quantity. What it remembers
    follows from index and header, so that it serves every quote of that header. The rules of a name are looked up one
    by one at first: they are spread over the memory of the whole book. Once that goes on, all rules that the header
    allows are put under their names at once.
    """

    __slots__ = (
        "_all_named",
        "_by_name",
        "_by_rest",
        "_flags",
        "_header",
        "_left",
        "_name",
        "_naming",
        "_of",
        "_rest",
        "_unnamed",
    )

    def __init__(self, of: _LargeBook, header: int) -> None:
        self._of = of
        self._header = header
        self._flags = _Flags(header, of.rules)
        self._name, self._naming, self._rest = of.name, of.naming, of.rest
        self._unnamed = header
        for each in self._naming:
            self._unnamed &= each.other
        self._by_name: dict[object, Numbers] = {}
        self._by_rest: dict[object, Numbers] = {}
        self._all_named: dict[object, Numbers] | None = None
        allowed = header.bit_count()
        self._left = allowed // ONE_BY_ONE if len(self._naming) == 1 and allowed <= NAMES else NEVER

    def of(self, line: RequestLine) -> Numbers:
        name, known = self._name(line), self._all_named
        found = self._by_name.get(name) if known is None else known.get(name, ())
        if found is None:
            found = self._met(name)
        if found:
            for each in self._rest:
                found = each.keep(found, line)
        return self._with_unnamed(found, line) if self._unnamed else found

    def _met(self, name: object) -> Numbers:
        """The rules that want a name that is met for the first time."""
        self._left -= 1
        if self._left:
            return _keep(self._by_name, name, self._named(name), NAMES)
        names = self._of.names()
        found: dict[object, Numbers] = {}
        for number in rows_of(self._header & ~self._naming[0].other):
            for wanted in names[number]:
                before = found.get(wanted)
                found[wanted] = (number,) if before is None else (*before, number)
        self._all_named = found
        return found.get(name, ())

    def _named(self, name: object) -> Numbers:
        """The rules that want what a line is named, and nothing else of the kind."""
        naming = self._naming
        if len(naming) == 1:
            found = naming[0].rows.get(name, ())
            flags = self._flags.flags
            return tuple([each for each in found if flags[each]]) if flags else self._flags.keep(found)
        assert isinstance(name, tuple), "several attributes are looked up together"
        wanting = [each.rows.get(value, ()) for each, value in zip(naming, name, strict=True)]
        found = self._flags.keep(sorted({number for numbers in wanting for number in numbers}))
        for each, numbers in zip(naming, wanting, strict=True):
            found = each.keep(found, numbers)
        return found

    def _with_unnamed(self, found: Numbers, line: RequestLine) -> Numbers:
        rest = self._of.rest_name(line)
        others = self._by_rest.get(rest)
        if others is None:
            mask = self._unnamed
            for each in self._rest:
                mask &= each.index.lookup(each.getter(line))
            others = _keep(self._by_rest, rest, tuple(rows_of(mask)), RESTS)
        return tuple(sorted((*found, *others))) if found and others else found or others


class _Flags:
    """A mask whose single bits are asked: by shifting it at first, and from a byte for each bit when that goes on."""

    __slots__ = ("_asked", "_mask", "_rules", "flags")

    def __init__(self, mask: int, rules: int) -> None:
        self._mask = mask
        self._rules = rules
        self._asked = 0
        self.flags = b""

    def keep(self, numbers: Sequence[int]) -> Numbers:
        """Those whose bit is set."""
        flags = self.flags
        if flags:
            return tuple([each for each in numbers if flags[each]])
        self._asked += len(numbers)
        mask = self._mask
        if self._asked > _SHIFTED:
            self.flags = flags_of(mask, self._rules)
        return tuple([each for each in numbers if mask >> each & 1])


class _Naming:
    """An attribute whose every value is wanted by few rules."""

    __slots__ = ("_others", "getter", "other", "rows")

    def __init__(self, index: AttributeIndex, rows: Mapping[object, Sequence[int]], rules: int) -> None:
        self.rows = rows
        self.getter = getter_of(index)
        self.other = index.bitmaps.mask(None)
        self._others = _Flags(self.other, rules)

    def keep(self, numbers: Numbers, wanting: Sequence[int]) -> Numbers:
        """Those of some rules that want the line's value or none."""
        return tuple(sorted({*self._others.keep(numbers), *set(wanting).intersection(numbers)}))


class _Asked:
    """An attribute that is asked about the rules found; looked up once for each value: quantities repeat."""

    __slots__ = ("_most", "_rules", "_seen", "getter", "index")

    def __init__(self, index: AttributeIndex, rules: int) -> None:
        self.index = index
        self.getter = getter_of(index)
        self._rules = rules
        self._most = FLAG_BYTES // rules + 1
        self._seen: dict[object, _Flags] = {}

    def keep(self, numbers: Numbers, line: RequestLine) -> Numbers:
        """Those of some rules that the line's value allows."""
        value = self.getter(line)
        flags = self._seen.get(value)
        if flags is None:
            flags = _keep(self._seen, value, _Flags(self.index.lookup(value), self._rules), self._most)
        return flags.keep(numbers)


def _together(getters: Sequence[Getter]) -> Getter:
    """Several attributes as one value."""
    if len(getters) == 1:
        return getters[0]
    return lambda line: tuple([getter(line) for getter in getters])
