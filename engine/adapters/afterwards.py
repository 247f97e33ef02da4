"""Work that nobody waits for: done by one thread once those who do were answered, and left undone where it piles up."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

PAUSE_SECONDS: Final = 1.0
"""How long work waits before it takes time from the call that gave rise to it, and from those right after it."""

MOST_WAITING: Final = 4
CLOSING_SECONDS: Final = 15.0
LOG = logging.getLogger("cpq.afterwards")


class Afterwards:
    """Does small jobs one after the other in the background. It is for what may be lost: a job too many is dropped, one
    that fails is logged, and one that a crash or a slow close cuts short is never heard of again.
    """

    def __init__(self, *, pause_seconds: float = PAUSE_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self._pause_seconds = pause_seconds
        self._most_waiting = most_waiting
        self._jobs: deque[Callable[[], None]] = deque()
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def do(self, job: Callable[[], None]) -> bool:
        """Do a job later; False when too much waits already, or all is closed."""
        with self._news:
            if self._closing.is_set() or len(self._jobs) >= self._most_waiting:
                return False
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="afterwards", daemon=True)
                self._thread.start()
            self._news.notify()
            return True

    def close(self, *, within_seconds: float = CLOSING_SECONDS) -> None:
        """Take no more, and do at once what waits, as far as the time allows."""
        with self._news:
            self._closing.set()
            self._news.notify()
        if self._thread is not None:
            self._thread.join(within_seconds)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._closing.wait(self._pause_seconds)
            try:
                job()
            except Exception:  # whatever it was, nobody waits for it, and the next job is as good as before
                LOG.exception("what was to be done afterwards failed")

    def _next(self) -> Callable[[], None] | None:
        with self._news:
            self._news.wait_for(lambda: self._jobs or self._closing.is_set())
            return self._jobs.popleft() if self._jobs else None
