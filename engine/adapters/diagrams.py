"""Diagrams of models: from the cache, or compiled in a process of its own that ends when its time is up."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

import engine
from engine.adapters.compile_worker import Frame, frames
from engine.adapters.disk_cache import DiskCache, user_cache
from engine.adapters.made_with import made_with
from engine.configuration.model import Model
from engine.configuration.solver.build import CompileBudget, CompileStatus, available
from engine.configuration.solver.flat import Diagram, compilable, fingerprint

PARTS = frozenset({"adapters", "configuration"})
"""The packages that take part in compiling a model."""

KILOBYTES = 1024 if sys.platform != "darwin" else 1024 * 1024
"""What the system counts memory in, as parts of a megabyte."""

COMMAND = (sys.executable, "-m", "engine.adapters.compile_worker")
Heard = tuple[Frame, bytes] | None
"""A frame of the worker, or None when it sends no more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a compilation gave; ``cached`` when it was read from disk."""

    status: CompileStatus
    diagram: Diagram | None
    seconds: float
    cached: bool = False
    attempts: tuple[str, ...] = ()
    peak_megabytes: int = 0


def diagram_cache() -> DiskCache:
    """Where diagrams are kept: below ``CPQ_CACHE``, else below the user's cache folder."""
    return DiskCache(user_cache(os.environ) / "diagrams", ending=".mdd")


def key_of(model: str) -> str:
    """What the diagram of the model of a fingerprint depends on, as one name: the model and all that compiles it."""
    return hashlib.sha256(f"{made_with(PARTS)} {model}".encode()).hexdigest()


def diagram_for(
    model: Model, budget: CompileBudget, kept: DiskCache, *, tell: Callable[[str], None] = lambda _: None
) -> Outcome:
    """The model's diagram from the cache, or the best that a worker finds in its time; ``tell`` hears the attempts.

    The time holds for everything: starting the process, compiling, and sending the result.
    """
    started = time.monotonic()
    if not compilable(model):
        return Outcome(CompileStatus.NOT_COMPILABLE, None, 0.0)
    name = fingerprint(model)
    key = key_of(name)
    known = _read(kept, key, name)
    if known is not None:
        return Outcome(CompileStatus.DONE, known, time.monotonic() - started, cached=True)
    if not available():
        return Outcome(CompileStatus.NOT_INSTALLED, None, 0.0)
    heard = _Heard(tell)
    status = _in_worker(model, budget, started + budget.seconds, heard)
    if status is not CompileStatus.DONE:
        heard.content = None
    if heard.content is not None:
        kept.write(key, heard.content)
    diagram = None if heard.content is None else Diagram.from_bytes(heard.content, name)
    return Outcome(
        status, diagram, time.monotonic() - started, attempts=tuple(heard.attempts), peak_megabytes=heard.peak_megabytes
    )


class _Heard:
    """What the worker has sent so far."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.attempts: list[str] = []
        self.content: bytes | None = None
        self.peak_megabytes = 0
        self._tell = tell

    def say(self, attempt: str) -> None:
        """Note an attempt and pass it on."""
        self.attempts.append(attempt)
        self._tell(attempt)


def _read(kept: DiskCache, key: str, model: str) -> Diagram | None:
    """A stored diagram; one that cannot be read is removed and counts as none."""
    content = kept.read(key)
    if content is None:
        return None
    found = Diagram.from_bytes(content, model)
    if found is None:
        kept.drop(key)
    return found


def _in_worker(model: Model, budget: CompileBudget, deadline: float, heard: _Heard) -> CompileStatus:
    """Run the worker until it ends or the deadline comes: how it ended."""
    root = str(Path(engine.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    with tempfile.TemporaryFile() as complaints:
        worker = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, "PYTHONPATH": path},
        )
        queue: SimpleQueue[Heard] = SimpleQueue()
        ends = (
            Thread(target=_write, args=(worker.stdin, _task(model, budget, deadline)), daemon=True),
            Thread(target=_hear, args=(worker.stdout, queue), daemon=True),
        )
        for each in ends:
            each.start()
        try:
            return _listen(queue, deadline, heard)
        except EOFError:
            complaints.seek(0)
            last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
            heard.peak_megabytes = _ended(worker)
            heard.say(": ".join((f"the process that compiles ended with {worker.returncode}", *last)))
            return CompileStatus.DONE if heard.content else CompileStatus.CRASHED
        finally:
            if worker.returncode is None:
                worker.kill()
                heard.peak_megabytes = _ended(worker)
            for each in ends:
                each.join()


def _ended(worker: subprocess.Popen[bytes]) -> int:
    """Wait for the worker to end: the most memory that it had, in megabytes, also where it could not say so itself."""
    _, status, usage = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss // KILOBYTES


def _task(model: Model, budget: CompileBudget, deadline: float) -> bytes:
    """What the worker needs to know; it is told to stop a little before it is made to."""
    left = max(1, int(deadline - time.monotonic()) - 1)
    return pickle.dumps((replace(model, rules=(), notes=(), index={}), replace(budget, seconds=left)))


def _listen(queue: SimpleQueue[Heard], deadline: float, heard: _Heard) -> CompileStatus:
    while True:
        try:
            said = queue.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            heard.say("stopped when the time was up")
            return CompileStatus.DONE if heard.content else CompileStatus.TOO_LARGE
        match said:
            case None:
                raise EOFError
            case Frame.ATTEMPT, attempt:
                heard.say(attempt.decode())
            case Frame.DIAGRAM, content:
                heard.content = content
            case _, end:
                return CompileStatus(end.decode())


def _write(stream: IO[bytes], task: bytes) -> None:
    with suppress(BrokenPipeError), stream:
        stream.write(task)


def _hear(stream: IO[bytes], queue: SimpleQueue[Heard]) -> None:
    with stream:
        for each in frames(stream):
            queue.put(each)
    queue.put(None)
