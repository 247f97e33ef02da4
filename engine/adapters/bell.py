"""The bell between those who start work in the background and the thread that does it."""

from __future__ import annotations

import threading


class ThreadBell:
    """Implements the port; ringing it twice before it is heard is ringing it once."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """There is something to do."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Wait until it rings, or for so long."""
        self._rung.wait(seconds)
        self._rung.clear()
