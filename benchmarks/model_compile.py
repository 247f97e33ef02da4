"""Compiling public models to decision diagrams: how long, how large, back from the cache, and memory a model.

Results first: a diagram's count is that of the truth file, and the diagram that comes back from the cache is the same.
Memory is what a process of its own grows by from before the model is read until it has answered clicks, explained,
repaired, completed and counted where it can: everything that a server keeps of a model.

Budgets: compile at most 30 s, reload at most 0.2 s, at most 70 MB a model. ``--full`` also compiles what is known not
to compile in that time, and every other model.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.clicks.chosen import NO_MODELS, chosen, model_options
from benchmarks.clicks.questions import questions_of
from benchmarks.clicks.sessions import CASES, MORE, PATIENT, Case, sessions_of
from benchmarks.measure import cpu_us, report
from benchmarks.model_clicks import play
from benchmarks.model_operations import ours
from engine.adapters.diagrams import diagram_cache, diagram_for
from engine.adapters.disk_cache import DiskCache
from engine.configuration import Model
from engine.configuration.configurator import configurator_for
from engine.configuration.solver.build import CompileBudget
from engine.configuration.solver.flat import Diagram

SECONDS, RELOAD, MEGABYTES = 30.0, 0.2, 70.0
ROOT = Path(__file__).resolve().parents[1]

Row = dict[str, object]


def compiled(case: Case, model: Model) -> Row:
    """Compile into an empty cache, then read back from it."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        cache = DiskCache(Path(folder), ending=".mdd")
        first = diagram_for(model, CompileBudget(seconds=int(SECONDS)), cache)
        if first.diagram is None:
            return {"compile s": round(first.processor_seconds, 1), "diagram": first.status.value}
        again = diagram_for(model, CompileBudget(), cache)
        assert again.cached and again.diagram == first.diagram, case.name
        reload = cpu_us(lambda: diagram_for(model, CompileBudget(), cache), rounds=5) / 1e6
    assert_counted(case, model, first.diagram)
    ready = cpu_us(lambda: configurator_for(model, diagram=first.diagram).configure(()), rounds=3) / 1e6
    return {
        "compile s": round(first.processor_seconds, 1),
        "diagram": f"{len(first.diagram.levels) - 1:,} nodes, {len(first.diagram.values):,} edges",
        "kB": round(len(first.diagram.to_bytes()) / 1000),
        "worker MB": first.peak_megabytes,
        "reload s": round(reload, 3),
        "first answer s": round(ready, 3),
        "budget": "kept" if first.processor_seconds <= SECONDS and reload <= RELOAD else "MISSED",
    }


def assert_counted(case: Case, model: Model, diagram: Diagram) -> None:
    """The diagram has as many configurations as other tools counted."""
    truth = json.loads(case.truth.read_text(encoding="utf-8"))["count"]
    assert truth is None or str(configurator_for(model, diagram=diagram).count(())) == truth, case.name


def memory(case: Case) -> float:
    """Megabytes that this process grows by when it takes a model on and answers everything about it."""
    gc.collect()
    before = _resident()
    model = case.model()
    stored = diagram_for(model, CompileBudget(), diagram_cache()).diagram if case.compiles else None
    engine = configurator_for(model, diagram=stored)
    sessions = sessions_of(engine, case, 4)
    play(engine, sessions)
    ours(engine, questions_of(engine, sessions, priced=4), PATIENT)
    gc.collect()
    return _resident() - before


def _resident() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def measured(case: Case, *, compiling: bool) -> Row:
    """One model's row."""
    model = case.model()
    before = time.thread_time()
    case.model()
    row: Row = {"model": case.name, "variables": len(model.variables), "read s": round(time.thread_time() - before, 2)}
    if compiling:
        row |= compiled(case, model)
        diagram_for(model, CompileBudget(), diagram_cache())  # the process that measures memory takes it from there
    command = [sys.executable, "-m", "benchmarks.model_compile", "--memory", case.file]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=400)
    grown = float(done.stdout.strip().splitlines()[-1])
    return row | {"MB": round(grown, 1), "memory": "kept" if grown <= MEGABYTES else "MISSED"}


def main() -> int:
    """Measure the models that are there."""
    parser = model_options(__doc__)
    parser.add_argument("--memory", default="", help="only the memory of the model in this file")
    options = parser.parse_args()
    if options.memory:
        print(memory(next(each for each in CASES + MORE if each.file == options.memory)))
        return 0
    rows = []
    for each in chosen(options):
        rows.append(measured(each, compiling=options.full or each.compiles))
        print(f"{each.name}: done", file=sys.stderr, flush=True)
    if not rows:
        print(NO_MODELS)
        return 0
    budgets = {"compile": "30 s", "reload": "0.2 s", "memory": "70 MB a model, everything asked once"}
    report("model_compile", rows, budgets=budgets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
