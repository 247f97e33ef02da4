"""The garbage collector, set for processes that load rule books."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 50)


def calm_collector() -> None:
    """Look for garbage less often: books are hundreds of thousands of lasting objects without cycles among them.

    The usual thresholds look through all of them again and again while they are made, a third of the time of a load.
    """
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: for work that makes a book in one go and leaves nothing behind."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
