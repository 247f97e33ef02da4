"""Runs a fuzzer: one input after another, each within its time; what the code under test says is an answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import atheris  # type: ignore[import-not-found]


def within(seconds: float, use: Callable[[], object], said: tuple[type[Exception], ...], shown: object) -> None:
    """Use an input; the answers that the code may give are no failures, taking too long is one."""
    start = time.monotonic()
    try:
        use()
    except said:
        pass
    assert time.monotonic() - start < seconds, shown


def fuzz(one_input: Callable[[bytes], object], longest: int) -> None:
    """Fuzz for the seconds given on the command line, a minute by default."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", f"-max_len={longest}", "-timeout=20"], one_input)
    atheris.Fuzz()
