"""Ids that people can say on the phone: a prefix and a number, reserved from the store in blocks."""

from __future__ import annotations

import threading

from engine.application.ports import Store

BLOCK = 50


class SequenceIds:
    """Mints ``q-000123``: never the same twice, also after a restart; numbers that a crash left over are gaps."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gate = threading.Lock()
        self._left: dict[str, tuple[int, int]] = {}

    def new(self, prefix: str) -> str:
        """A new id."""
        with self._gate:
            following, end = self._left.get(prefix, (0, 0))
            if following == end:
                following = self._store.reserve(f"id:{prefix}", BLOCK)
                end = following + BLOCK
            self._left[prefix] = following + 1, end
        return f"{prefix}-{following:06d}"
