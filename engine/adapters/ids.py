"""Ids that people can say on the phone: a prefix and a number, reserved from the store in blocks."""

from __future__ import annotations

import threading
import time

from engine.application.ports import Store

SMALLEST, LARGEST = 50, 1_600
"""A block is a save that all who want an id wait for; what is left of it is the gap that a crash leaves."""
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
                following = self._store.reserve(_series(prefix), block)
                end = following + block
            self._left[prefix] = following + 1, end
        return _id(prefix, following)

    def give_back(self, unused: str) -> None:
        """Let an id that nothing was saved under be given again; unless it is the last one given it stays a gap."""
        prefix = unused.rpartition("-")[0]
        with self._gate:
            following, end = self._left.get(prefix, (0, 0))
            if unused == _id(prefix, following - 1):
                self._left[prefix] = following - 1, end

    def close(self) -> None:
        """Return what is left of every block to the store, so that the next process goes on where this one ends."""
        with self._gate:
            for prefix, (following, end) in self._left.items():
                if following < end:
                    self._store.give_back(_series(prefix), following, end - 1)
            self._left.clear()

    def _block(self, prefix: str) -> int:
        """How many numbers to reserve: twice as many as before when those did not last a second."""
        now = time.monotonic()
        before, at = self._blocks.get(prefix, (0, 0.0))
        block = min(2 * before, LARGEST) if before and now - at < OFTEN_SECONDS else SMALLEST
        self._blocks[prefix] = block, now
        return block


def _series(prefix: str) -> str:
    return f"id:{prefix}"


def _id(prefix: str, number: int) -> str:
    return f"{prefix}-{number:06d}"
