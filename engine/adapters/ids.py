"""Ids that people can say on the phone: a prefix and a number, reserved from the store in blocks."""

from __future__ import annotations

import threading
import time

from engine.application.ports import Store

SMALLEST, LARGEST = 50, 1_600
"""A block is a save that all who want an id wait for; it is also the gap that a restart leaves."""
OFTEN_SECONDS = 1.0


class SequenceIds:
    """Mints ``q-000123``: never the same twice, also after a restart; numbers that a crash left over are gaps."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._gate = threading.Lock()
        self._left: dict[str, tuple[int, int]] = {}
        self._blocks: dict[str, tuple[int, float]] = {}

    def new(self, prefix: str) -> str:
        """A new id."""
        with self._gate:
            following, end = self._left.get(prefix, (0, 0))
            if following == end:
                block = self._block(prefix)
                following = self._store.reserve(f"id:{prefix}", block)
                end = following + block
            self._left[prefix] = following + 1, end
        return f"{prefix}-{following:06d}"

    def _block(self, prefix: str) -> int:
        """How many numbers to reserve: twice as many as before when those did not last a second."""
        now = time.monotonic()
        before, at = self._blocks.get(prefix, (0, 0.0))
        block = min(2 * before, LARGEST) if before and now - at < OFTEN_SECONDS else SMALLEST
        self._blocks[prefix] = block, now
        return block
