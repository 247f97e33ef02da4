"""Diagrams of models: from the cache, or compiled in a process of its own that ends when its time is up.

Its time is processor time, which the system counts: a busy machine makes compiling slow, not diagrams large. The clock
ends only what is stuck; what was found until then is used and not kept, so that the next one who asks compiles again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
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

WAITED = 4
"""How many times its processor time a worker may take by the clock before it counts as stuck."""

COMMAND = (sys.executable, "-m", "engine.adapters.compile_worker")
Heard = tuple[Frame, bytes] | None
"""A frame of the worker, or None when it sends no more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a compilation gave; ``cached`` when it was read from disk.

    ``seconds`` are by the clock, ``processor_seconds`` those of the worker.
    """

    status: CompileStatus
    diagram: Diagram | None
    seconds: float
    cached: bool = False
    attempts: tuple[str, ...] = ()
    peak_megabytes: int = 0
    processor_seconds: float = 0.0


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

    The time holds for everything the worker does: starting, compiling, and sending the result.
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
    status = _in_worker(model, budget, started + WAITED * budget.seconds, heard)
    if status is not CompileStatus.DONE:
        heard.content = None
    if heard.content is not None and not heard.cut_short:
        kept.write(key, heard.content)
    diagram = None if heard.content is None else Diagram.from_bytes(heard.content, name)
    return Outcome(
        status,
        diagram,
        time.monotonic() - started,
        attempts=tuple(heard.attempts),
        peak_megabytes=heard.peak_megabytes,
        processor_seconds=heard.processor_seconds,
    )


class _Heard:
    """What the worker has sent so far, whether the clock cut it short, and what it took of the machine."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.attempts: list[str] = []
        self.content: bytes | None = None
        self.cut_short = False
        self.peak_megabytes = 0
        self.processor_seconds = 0.0
        self._tell = tell

    def say(self, attempt: str) -> None:
        """Note an attempt and pass it on."""
        self.attempts.append(attempt)
        self._tell(attempt)

    def best(self) -> CompileStatus:
        """What became of a compilation whose time was up."""
        return CompileStatus.DONE if self.content else CompileStatus.TOO_LARGE

    def ended(self, worker: subprocess.Popen[bytes]) -> None:
        """Wait for the worker to end and note what it took, also where it could not say so itself."""
        _, status, usage = os.wait4(worker.pid, 0)
        worker.returncode = os.waitstatus_to_exitcode(status)
        self.peak_megabytes = usage.ru_maxrss // KILOBYTES
        self.processor_seconds = usage.ru_utime + usage.ru_stime


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
            Thread(target=_write, args=(worker.stdin, _task(model, budget)), daemon=True),
            Thread(target=_hear, args=(worker.stdout, queue), daemon=True),
        )
        for each in ends:
            each.start()
        try:
            return _listen(queue, deadline, heard)
        except EOFError:
            complaints.seek(0)
            last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
            heard.ended(worker)
            if worker.returncode == -signal.SIGXCPU:
                heard.say("stopped when the time was up")
                return heard.best()
            heard.say(": ".join((f"the process that compiles ended with {worker.returncode}", *last)))
            return CompileStatus.DONE if heard.content else CompileStatus.CRASHED
        finally:
            if worker.returncode is None:
                worker.kill()
                heard.ended(worker)
            for each in ends:
                each.join()


def _task(model: Model, budget: CompileBudget) -> bytes:
    """What the worker needs to know."""
    return pickle.dumps((replace(model, rules=(), notes=(), index={}), budget))


def _listen(queue: SimpleQueue[Heard], deadline: float, heard: _Heard) -> CompileStatus:
    while True:
        try:
            said = queue.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            heard.cut_short = True
            heard.say("stopped by the clock: stuck, or the machine is too busy")
            return heard.best()
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
