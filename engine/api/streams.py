"""Streams that last as long as their callers like: each holds a thread, so there is room for so many at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.api.refused import Refused
from engine.application.faults import STOPPING, TOO_MANY_STREAMS
from engine.diagnostics import Fault, Refusal


class Streams:
    """The places for callers who stream or wait for what is to come; all others find a thread beside them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._room = threading.BoundedSemaphore(most)
        self._ending = threading.Event()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for as long as the stream lasts; raises Refused when all are taken."""
        if not self._room.acquire(blocking=False):
            message = f"{self._most} streams are taken already"
            hint = "send more on fewer streams, or try later"
            raise Refused(Refusal((Fault(TOO_MANY_STREAMS, "", message, hint),)))
        try:
            yield
        finally:
            self._room.release()

    def end(self) -> None:
        """Let those who wait for what is to come go: nothing comes from a server that stops."""
        self._ending.set()

    def check(self) -> None:
        """Raise Refused when nothing comes any more."""
        if self._ending.is_set():
            raise Refused(Refusal((Fault(STOPPING, "", "the server stops", "go on from the last cursor"),)))
