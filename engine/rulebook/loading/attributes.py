"""Declared attributes into types, and texts of the catalog into values of those types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.catalog import AttributeDef, Value
from engine.diagnostics import did_you_mean
from engine.language.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    PERCENT,
    TEXT,
    EnumType,
    ListType,
    MoneyType,
    OptionalType,
    Type,
    optional,
    required,
)
from engine.rulebook import values
from engine.rulebook.codes import finding
from engine.rulebook.formats.book import ATTRIBUTE
from engine.rulebook.nodes import ListNode, Node, Report, Scalar
from engine.rulebook.reader import Read, view
from engine.rulebook.values import Unreadable

BASIC: Mapping[str, Type] = {
    "text": TEXT,
    "number": NUMBER,
    "percent": PERCENT,
    "money": MoneyType(),
    "boolean": BOOLEAN,
    "date": DATE,
}


@dataclass(slots=True)
class Words:
    """Named types of a book. A type without listed words is open: it takes the words that products use."""

    closed: dict[str, EnumType] = field(default_factory=dict)
    open: dict[str, dict[str, None]] = field(default_factory=dict)

    def find(self, name: str) -> Type | None:
        """The type of that name; an open one is a text until the products were read."""
        if name in BASIC:
            return BASIC[name]
        if name in self.closed:
            return self.closed[name]
        return EnumType(name, ()) if name in self.open else None

    def known(self) -> list[str]:
        """All type names."""
        return [*BASIC, *self.closed, *self.open]

    def settle(self, item: Type) -> Type:
        """The type with the words of open types filled in, once the products were read."""
        match item:
            case EnumType(name, ()) if name in self.open:
                return EnumType(name, tuple(sorted(self.open[name])))
            case OptionalType(inner):
                return optional(self.settle(inner))
            case ListType(inner):
                return ListType(self.settle(inner))
            case _:
                return item


def declared(name: Scalar, node: Node, words: Words, report: Report) -> AttributeDef | None:
    """Read one attribute; None after reporting an unknown type."""
    read = view(node, ATTRIBUTE)
    if read is None:
        return None
    item = _type_of(name.text, read, words, report)
    if item is None:
        return None
    if read.flag("list", default=False):
        item = ListType(item)
    if read.flag("optional", default=False):
        item = optional(item)
    low, high = (read.integer(key, 0) if read.has(key) else None for key in ("minimum", "maximum"))
    return AttributeDef(name.text, item, read.text("title", name.text), read.text("unit"), name.span, low, high)


def declared_all(pairs: tuple[tuple[Scalar, Node], ...], words: Words, report: Report) -> dict[str, AttributeDef]:
    """Read a map of attributes, in the author's order."""
    found = (declared(name, node, words, report) for name, node in pairs)
    return {each.name: each for each in found if each is not None}


def _type_of(name: str, read: Read, words: Words, report: Report) -> Type | None:
    if read.has("values"):
        return EnumType(name, read.texts("values"))
    wanted = read.text("type", "text")
    found = words.find(wanted)
    if found is None:
        hint = did_you_mean(wanted, words.known()) or f"known types are {', '.join(words.known())}"
        report.add(finding("CAT007", f"the type `{wanted}` is not known", read.place("type"), hint))
    return found


def value_of(node: Node, item: Type, words: Words, *, separator: str = "|") -> Value:
    """Read a text (or a list of texts) as a value of the type; raises ``Unreadable``.

    A list may be written as a YAML list or as one text with separators. A blank is None where the type is optional.
    """
    if isinstance(node, Scalar) and not node.text:
        if isinstance(item, OptionalType):
            return None
        raise Unreadable("CAT004", "the value is missing", "fill it in, or declare the attribute `optional: true`")
    inner = required(item)
    if isinstance(inner, ListType):
        pieces = node.items if isinstance(node, ListNode) else ()
        texts = [each.text for each in pieces if isinstance(each, Scalar)]
        if isinstance(node, Scalar):
            texts = [each.strip() for each in node.text.split(separator)]
        return tuple(_single(each, inner.item, words) for each in texts)
    if not isinstance(node, Scalar):
        raise Unreadable("CAT004", "one value was expected, not a list", "declare the attribute `list: true`")
    return _single(node.text, inner, words)


def _single(text: str, item: Type, words: Words) -> Value:
    if isinstance(item, EnumType):
        if item.name in words.open:
            words.open[item.name].setdefault(text)
        elif text not in item.values:
            hint = did_you_mean(text, item.values) or f"write one of {', '.join(item.values[:12])}"
            raise Unreadable("CAT004", f"`{text}` is not one of the words of `{item.name}`", hint)
        return text
    if item is BOOLEAN:
        return values.flag(text)
    if item is DATE:
        return values.day(text)
    if item is NUMBER or item is PERCENT or isinstance(item, MoneyType):
        return values.number(text)
    return text
