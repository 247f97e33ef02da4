"""Reading all records of a kind, page by page, so that no limit of a page cuts a sum short."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from engine.application.ports import Reader

PAGE = 1_000


class Keyed(Protocol):
    """A record that the store keeps under its id."""

    @property
    def id(self) -> str:
        """The key of the record."""


K = TypeVar("K", bound=Keyed)


def every(reader: Reader, kind: type[K], **where: str) -> Iterator[K]:
    """All records in order of their keys; ``where`` names columns of the kind and the value wanted."""
    after = ""
    while rows := reader.page(kind, where=where, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].id
