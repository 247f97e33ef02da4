"""The attributes that callers state of a line, read by the types that the category of its product declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from engine.catalog import AttributeDef, Catalog, LineId, Product, Value
from engine.diagnostics import Code, Fault, did_you_mean
from engine.language.types import EnumType, Type, required
from engine.quotes.request import RequestedLine
from engine.rulebook.facts import MOST_WORDS, read_facts

UNKNOWN_ATTRIBUTE = Code("QUO120")


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Lines with the attributes that could be read, and what is wrong with those that are left out."""

    lines: tuple[RequestedLine, ...]
    faults: tuple[Fault, ...]


def read_attributes(
    lines: Sequence[RequestedLine], catalog: Catalog, *, before: Sequence[RequestedLine] = ()
) -> ReadLines:
    """Read the attributes of lines; texts become what the declaration says.

    This belongs to the reading of a request, not to its evaluation: an offer that was made before a check was there
    must evaluate to what it did. For the same reason a line that is as it was ``before`` keeps what the rule book in
    force does not declare.
    """
    if not any([line.attributes for line in lines]):
        return ReadLines(tuple(lines), ())
    stored: Mapping[LineId, RequestedLine] = {each.id: each for each in before if each.attributes}
    found: list[RequestedLine] = []
    faults: list[Fault] = []
    for place, line in enumerate(lines):
        product = catalog.product(line.sku) if line.attributes else None
        if product is None:
            found.append(line)
            continue
        read = _Reader(line, product, catalog, is_kept=stored.get(line.id) == line)
        faults += read.faults(f"lines[{place}].attributes")
        found.append(read.line())
    return ReadLines(tuple(found), tuple(faults))


class _Reader:
    """Reads one line. The words of a configured product are choices, which its configuration judges."""

    def __init__(self, line: RequestedLine, product: Product, catalog: Catalog, *, is_kept: bool) -> None:
        self._line = line
        self._declared: Mapping[str, AttributeDef] = catalog.attributes.get(product.category, {})
        self._is_chosen = line.parent is not None or catalog.bundle(line.sku) is not None
        self._takes_unknown = is_kept or self._is_chosen
        types = {name: each for name in line.attributes if (each := self._type(name)) is not None}
        given = {name: line.attributes[name] for name in types}
        self._read = read_facts(given, types, "line.item")

    def _type(self, name: str) -> Type | None:
        found = self._declared.get(name)
        if found is None or (self._is_chosen and isinstance(required(found.type), EnumType)):
            return None
        return found.type

    def faults(self, place: str) -> Iterator[Fault]:
        """What the product does not have, and values that its attributes never are."""
        for name in self._line.attributes:
            if name not in self._declared and not self._takes_unknown:
                names = ", ".join(f"`{each}`" for each in islice(self._declared, MOST_WORDS))
                hint = did_you_mean(name, self._declared) or (f"it has {names}" if names else "it has none")
                message = f"`{self._line.sku}` has no attribute `{name}`"
                yield Fault(UNKNOWN_ATTRIBUTE, f"{place}.{name}", message, hint)
        for each in self._read.misfits:
            yield Fault(UNKNOWN_ATTRIBUTE, f"{place}.{each.name}", each.message, each.hint)

    def line(self) -> RequestedLine:
        """The line without what cannot be read."""
        stated, wrong = self._line.attributes, {each.name for each in self._read.misfits}
        read: dict[str, Value] = {
            name: self._read.values.get(name, value) for name, value in stated.items() if name not in wrong
        }
        if read == stated and all(type(read[name]) is type(stated[name]) for name in read):
            return self._line
        return self._line._replace(attributes=MappingProxyType(read))
