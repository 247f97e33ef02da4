"""Compiling a model in a process of its own, which can be ended, and keeping the result on disk by content."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.adapters.disk_cache import DiskCache, user_cache
from engine.cli.model_file import load
from engine.configuration.model import Model
from engine.configuration.solver.build import CompileBudget, CompileStatus, compile_model
from engine.configuration.solver.flat import Diagram, fingerprint

PROGRESS_AFTER = 2.0


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


def diagram_for(path: Path, model: Model, budget: CompileBudget, kept: DiskCache) -> Outcome:
    """The model's diagram from the cache, or compiled in a worker that is ended when it overruns its budget."""
    started = time.monotonic()
    key = fingerprint(model)
    known = _read(kept, key)
    if known is not None:
        return Outcome(CompileStatus.DONE, known, time.monotonic() - started, cached=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "diagram"
        status, attempts, peak = _in_worker(path, budget, target)
        content = target.read_bytes() if status is CompileStatus.DONE else None
    found = None
    if content is not None:
        kept.write(key, content)
        found = Diagram.from_bytes(content, key)
    return Outcome(status, found, time.monotonic() - started, attempts=attempts, peak_megabytes=peak)


def _read(kept: DiskCache, key: str) -> Diagram | None:
    """A stored diagram; one that cannot be read is removed and counts as none."""
    content = kept.read(key)
    if content is None:
        return None
    found = Diagram.from_bytes(content, key)
    if found is None:
        kept.drop(key)
    return found


def _in_worker(path: Path, budget: CompileBudget, target: Path) -> tuple[CompileStatus, tuple[str, ...], int]:
    context = multiprocessing.get_context("spawn")
    answer, question = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(path, budget, target, question), daemon=True)
    worker.start()
    question.close()
    shown = not answer.poll(PROGRESS_AFTER)
    if shown:
        print(f"compiling {path.name} (up to {budget.seconds} s) ...", file=sys.stderr)
    try:
        if answer.poll(budget.seconds + 5):
            status, attempts, peak = answer.recv()
            return CompileStatus(status), attempts, peak
    except EOFError:
        return CompileStatus.TOO_LARGE, ("the worker ran out of memory",), 0
    finally:
        worker.kill()
        worker.join()
    return CompileStatus.TOO_LARGE, (f"stopped after {budget.seconds} s",), 0


def work(path: Path, budget: CompileBudget, target: Path, question: Connection) -> None:
    """The worker's whole life: read, compile, write, report."""
    compiled = compile_model(load(path), budget)
    if compiled.diagram is not None:
        target.write_bytes(compiled.diagram.to_bytes())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    question.send((compiled.status.value, compiled.attempts, peak))
