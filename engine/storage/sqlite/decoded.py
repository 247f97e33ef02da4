"""Large records beside the text that they are stored as: while that is what is stored, nobody decodes it again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from cachetools import LRUCache

from engine.storage.tables import Cell, Place

MOST_LETTERS: Final = 8 * 1024 * 1024
"""So much text is kept with its records: some fifty quotes of a thousand lines, which take five times that."""
NO_VERSION: Final = 0

ChildRows: TypeAlias = Mapping[str, Sequence[tuple[Cell, ...]]]
"""The rows of a record that lie beside it, by table."""
NO_ROWS: ChildRows = MappingProxyType({})


class Decoded(NamedTuple):
    """A record with its text. What this program wrote has the version that it got, and its rows in other tables."""

    text: str
    record: Any
    version: int = NO_VERSION
    rows: ChildRows = NO_ROWS


class DecodedRecords:
    """The latest large records by place. A record is a frozen value and follows from its text, so that it is right to
    give it again for an equal text, whoever wrote that; the text itself is read from the store every time.
    """

    def __init__(self, *, most: int = MOST_LETTERS) -> None:
        self._gate = threading.Lock()
        self._most = most
        self._kept: LRUCache[Place, Decoded] = LRUCache(most, getsizeof=lambda each: len(each.text))

    def record(self, place: Place, text: str, decode: Callable[[str], Any]) -> Any:
        """The record that a text stands for."""
        with self._gate:
            found = self._kept.get(place)
        if found is None or found.text != text:
            found = Decoded(text, decode(text))
            self.keep(place, found)
        return found.record

    def keep(self, place: Place, decoded: Decoded) -> None:
        """Keep what was decoded, or was saved."""
        if len(decoded.text) <= self._most:
            with self._gate:
                self._kept[place] = decoded

    def rows(self, place: Place, version: int) -> ChildRows:
        """The rows that this program wrote beside a version of a record, where it knows them still."""
        with self._gate:
            found = self._kept.get(place)
        return found.rows if found is not None and found.version == version else NO_ROWS

    def forget(self, place: Place) -> None:
        """The record is deleted."""
        with self._gate:
            self._kept.pop(place, None)
