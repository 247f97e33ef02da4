"""Running a server: until a signal comes, or for as long as a program needs one in its own process."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from engine.bootstrap.build import build_server
from engine.bootstrap.running import Running
from engine.bootstrap.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then drain: say NOT_SERVING, take no more calls, let those in flight end."""
    asked = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        asked.set()

    running = build_server(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"serving on {running.address}", flush=True)
    asked.wait()
    running.drain()
    print("stopped", flush=True)


@contextmanager
def in_process(settings: Settings) -> Iterator[Running]:
    """A server on a Unix socket of its own, for a command that needs one; ``settings.listen`` is not used."""
    with tempfile.TemporaryDirectory(prefix="cpq-") as folder:
        with build_server(replace(settings, listen=f"unix:{Path(folder) / 'cpq.sock'}")) as running:
            yield running
