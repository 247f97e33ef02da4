"""Reading all records of a kind, page by page, so that no limit of a page cuts a sum short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from engine.application.ports import Reader

PAGE = 1_000
FEW = 16


class Keyed(Protocol):
    """A record that the store keeps under its id."""

    @property
    def id(self) -> str:
        """The key of the record."""


class Numbered(Protocol):
    """A record that the store numbers."""

    @property
    def number(self) -> int:
        """Its place in the order of its kind."""


K = TypeVar("K", bound=Keyed)
N = TypeVar("N", bound=Numbered)


def every(reader: Reader, kind: type[K], **where: str) -> Iterator[K]:
    """All records in order of their keys; ``where`` names columns of the kind and the value wanted."""
    after = ""
    while rows := reader.page(kind, where=where, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].id


def chosen(reader: Reader, kind: type[K], keys: Sequence[str]) -> Iterator[K]:
    """The records of some keys, passing over those that are not there; without any keys all that there are."""
    if keys:
        yield from (each for key in keys if (each := reader.get(kind, key)) is not None)
    else:
        yield from every(reader, kind)


def newest_first(reader: Reader, kind: type[N]) -> Iterator[N]:
    """All records of a kind that is numbered, the highest number first; mostly only the first few are asked for."""
    below: int | None = None
    while page := reader.newest(kind, below=below, limit=FEW):
        yield from page
        below = page[-1].number
