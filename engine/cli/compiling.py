"""Compiling a model in a process of its own, which can be ended, and keeping the result on disk by content."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.cli.model_file import load
from engine.configuration.model import Model
from engine.configuration.solver.build import CompileBudget, CompileStatus, compile_model
from engine.configuration.solver.flat import Diagram, fingerprint

CACHE_BYTES_MAX = 256 * 2**20
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


def cache_folder() -> Path:
    """Where diagrams are kept: ``CPQ_CACHE``, else the user's cache folder."""
    base = os.environ.get("CPQ_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cpq" / "diagrams"


def diagram_for(path: Path, model: Model, budget: CompileBudget, folder: Path) -> Outcome:
    """The model's diagram from the cache, or compiled in a worker that is ended when it overruns its budget."""
    started = time.monotonic()
    stored = folder / f"{fingerprint(model)}.mdd"
    known = _read(stored, model)
    if known is not None:
        return Outcome(CompileStatus.DONE, known, time.monotonic() - started, cached=True)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = stored.with_suffix(f".{os.getpid()}.part")
    status, attempts, peak = _in_worker(path, budget, unfinished)
    if status is CompileStatus.DONE:
        os.replace(unfinished, stored)
        _prune(folder)
    unfinished.unlink(missing_ok=True)
    return Outcome(status, _read(stored, model), time.monotonic() - started, attempts=attempts, peak_megabytes=peak)


def _read(stored: Path, model: Model) -> Diagram | None:
    """A stored diagram; a damaged file is removed and counts as none."""
    try:
        found = Diagram.from_bytes(stored.read_bytes(), fingerprint(model))
    except FileNotFoundError:
        return None
    if found is None:
        stored.unlink(missing_ok=True)
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


def _prune(folder: Path) -> None:
    """Keep the newest diagrams within the size limit."""
    files = sorted(folder.glob("*.mdd"), key=lambda each: each.stat().st_mtime, reverse=True)
    total = 0
    for each in files:
        total += each.stat().st_size
        if total > CACHE_BYTES_MAX:
            each.unlink(missing_ok=True)
