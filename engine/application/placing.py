"""Which of several rule books already stand as if they had just been published in their order, and which do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.application.ports import Reader
from engine.application.rule_books import PublishedBook, RuleBooks

MOST_OPENED = 16
"""How many publications are opened to find sources in them; what is older is compiled to learn its name."""


class Named(NamedTuple):
    """A rule book by the hash of its sources and by the name it gives itself."""

    hash: str
    book: str


def in_place(wanted: Sequence[Named], newest: Iterable[PublishedBook]) -> int:
    """How many books, from the first on, need no publication for ``wanted`` to stand in its order above all others.

    A book stands where it is as long as only books wanted after it, and older versions of those, were published since.
    ``newest`` is every publication, the last one first; it is read no further than it says something.
    """
    later = [{each.book for each in wanted[place + 1 :]} for place in range(len(wanted))]
    names = {each.book for each in wanted}
    numbers: dict[str, int] = {}
    above: set[str] = set()
    standing: set[str] = set()
    for published in newest:
        numbers[published.id] = published.number
        standing |= {
            each.hash for each, free in zip(wanted, later, strict=True) if each.hash == published.id and above <= free
        }
        above.add(published.book)
        if not above <= names or len(standing) == len(wanted):
            break
    before = 0
    for place, each in enumerate(wanted):
        if each.hash not in standing or numbers[each.hash] < before:
            return place
        before = numbers[each.hash]
    return len(wanted)


def known_names(reader: Reader, books: RuleBooks, sources: Sequence[Mapping[str, bytes]]) -> list[Named | None]:
    """The names of sources that were published lately, found without compiling any; None for the others."""
    names: list[Named | None] = [None] * len(sources)
    for published in reader.newest(PublishedBook, limit=MOST_OPENED):
        document = reader.blob(f"ruleBooks/{published.id}")
        if None not in names or document is None:
            break
        files = books.unpack(document)
        names = [
            Named(published.id, published.book) if each == files else name
            for each, name in zip(sources, names, strict=True)
        ]
    return names
