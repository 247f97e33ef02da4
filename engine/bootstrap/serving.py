"""Running a server: until a signal comes, or for as long as a program needs one in its own process."""

from __future__ import annotations

import logging
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from engine.adapters.folder_watch import FolderWatch
from engine.api.register import bind_when_called
from engine.application.perform import DEFAULT_TENANT, Environment
from engine.application.run_due import run_due
from engine.bootstrap.background import log_failure
from engine.bootstrap.build import build_server
from engine.bootstrap.folders import publish_folders
from engine.bootstrap.running import Running
from engine.bootstrap.settings import Settings, SettingsError

LOG = logging.getLogger("cpq.due")
DUE_SECONDS = 20.0
LOOK_SECONDS = 0.5


def serve(settings: Settings) -> None:
    """Serve, and do what falls due, until SIGTERM or SIGINT; then drain: no new calls, those in flight end."""
    with _until_told(settings) as (running, asked):
        while not asked.wait(DUE_SECONDS):
            do_what_is_due(running.env)


def serve_folder(settings: Settings, root: Path, tell: Callable[[str], None]) -> None:
    """Serve a rule folder as its author works on it: each saved change is published, and a broken one told.

    A book is compiled aside and put in force in one step, so no call is dropped; one with errors or failing tests never
    takes the place of a good one, and quotes keep the book that they were made under.
    """
    watch = FolderWatch(root)
    with _until_told(replace(settings, rules=(root,))) as (running, asked):
        due = DUE_SECONDS / LOOK_SECONDS
        looks = 0
        while not asked.wait(LOOK_SECONDS):
            looks += 1
            if watch.has_changed():
                tell(_published(running.env, root))
            if looks % due == 0:
                do_what_is_due(running.env)


def _published(env: Environment, root: Path) -> str:
    try:
        return f"in force: {publish_folders(env, (root,))[-1][:12]}"
    except SettingsError as problem:
        return f"{problem}\n  the book before it stays in force"


@contextmanager
def _until_told(settings: Settings) -> Iterator[tuple[Running, threading.Event]]:
    """A server that drains at the end, with what a signal to stop sets."""
    asked = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        asked.set()

    running = build_server(settings)
    get_ready(running.env)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"serving on {running.address}", flush=True)
    yield running, asked
    running.drain()
    print("stopped", flush=True)


def get_ready(env: Environment) -> None:
    """Compile the book in force today and start its configurators, for which the first callers would wait."""
    book = env.books.in_force(DEFAULT_TENANT, env.clock.now(DEFAULT_TENANT).date())
    if book is not None:
        tuple(book.parts.configurators.values())


def do_what_is_due(env: Environment) -> int:
    """Expire, escalate, forget; a failure is logged and tried again the next time, and keeps nobody from being served.

    Every thing due is a unit of its own, so several servers that do this at once repeat nothing, and one that fails
    keeps none of the others waiting.
    """
    try:
        return run_due(env, env.clock.now(DEFAULT_TENANT), failed=log_failure).total()
    except Exception:  # whatever it is, those who call are to be answered
        LOG.exception("what is due could not be done")
        return 0


@contextmanager
def in_process(settings: Settings) -> Iterator[Running]:
    """A server on a Unix socket of its own, for a command that needs one; ``settings.listen`` is not used."""
    with tempfile.TemporaryDirectory(prefix="cpq-") as folder:
        inside = replace(settings, listen=f"unix:{Path(folder) / 'cpq.sock'}")
        with build_server(inside, bind=bind_when_called) as running:
            yield running
