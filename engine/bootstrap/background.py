"""What a server does beside its calls: billing runs, chunk by chunk, from where they stand when it starts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from engine.adapters.bell import ThreadBell
from engine.application.ports import StoreError

LOG = logging.getLogger("cpq.background")
LOOK_SECONDS = 20.0
"""How often to look for work that another process began: the bell is heard in this one only."""


def log_failure(failure: Exception) -> None:
    """Write down a failure of ours that a piece of work went on without."""
    LOG.error("a part of the work in the background failed", exc_info=failure)


class Background:
    """One thread that does a piece of work at a time for as long as there is any; a failure is logged and tried again.

    ``work`` does one piece and says whether there was one. Ending waits for the piece that is being done.
    """

    def __init__(self, work: Callable[[], bool], bell: ThreadBell, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._work = work
        self._bell = bell
        self._look_seconds = look_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Begin nothing more."""
        self._ending.set()
        self._bell.ring()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            if not self._is_done():
                self._bell.wait(self._look_seconds)

    def _is_done(self) -> bool:
        try:
            return self._work()
        except StoreError:
            LOG.exception("work in the background could not be saved")
        except Exception:  # a piece that cannot be done must not end the thread that does the others
            LOG.exception("work in the background failed")
        return False
