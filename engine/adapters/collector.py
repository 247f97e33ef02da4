"""The garbage collector, set for processes that load rule books."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 50)


def calm_collector() -> None:
    """Look for garbage less often: books are hundreds of thousands of lasting objects without cycles among them.

    The usual thresholds look through all of them again and again while they are made, a third of the time of a load.
    """
    gc.set_threshold(*THRESHOLDS)
