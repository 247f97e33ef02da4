"""Work that takes longer than two seconds says so on standard error; on a terminal with what goes on just now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.markup import escape

PROGRESS_AFTER = 2.0


@contextmanager
def progress(text: str) -> Iterator[Callable[[str], None]]:
    """Show ``text`` when the work inside takes long; what is given to the caller adds news to it."""
    console = Console(stderr=True, highlight=False)
    status = console.status(escape(text))
    timer = Timer(PROGRESS_AFTER, status.start if console.is_terminal else lambda: console.print(f"{text} ..."))
    timer.daemon = True
    timer.start()
    try:
        yield lambda news: status.update(escape(f"{text}: {news}"))
    finally:
        timer.cancel()
        status.stop()
