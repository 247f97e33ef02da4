"""A loaded rule book with its price plan as bytes, and back."""

from __future__ import annotations

from dataclasses import dataclass

from engine.pricing import PricePlan
from engine.rulebook.book import Loaded
from engine.rulebook.packing.kinds import PackError
from engine.rulebook.packing.made import Parts
from engine.rulebook.packing.pack import pack
from engine.rulebook.packing.unpack import unpack


@dataclass(frozen=True, slots=True)
class PackedBook:
    """What a load found, with every finding at its place, and the plan of its prices."""

    loaded: Loaded
    plan: PricePlan


def pack_book(book: PackedBook) -> bytes:
    """Return a book as bytes; raises ``PackError`` for a value that has no packed form."""
    return pack(book, Parts(book.plan))


def unpack_book(content: bytes) -> PackedBook:
    """Return the book that was packed; raises ``PackError`` for anything else.

    Equal to the book that was packed, but for its compiled formulas: each is compiled when it is first asked. The bytes
    are trusted to be what this engine wrote: values are not checked again.
    """
    found = unpack(content)
    if not isinstance(found, PackedBook):
        raise PackError("not a rule book")
    return found
