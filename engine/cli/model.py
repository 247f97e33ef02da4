"""``cpq model``: check configuration models of any known format, convert them, compile them ahead of use."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import cast

from rich.markup import escape
from rich.table import Table

from engine.adapters.diagrams import Outcome, diagram_cache, diagram_for
from engine.cli.model_file import load
from engine.cli.model_queries import read_queries
from engine.cli.model_study import count_text, study_data, study_lines
from engine.cli.progress import progress
from engine.cli.screen import Paper, print_whole
from engine.configuration import Budget, Model
from engine.configuration.analysing import study
from engine.configuration.checking import Json, Stopwatch, check, summary
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.writer import write_model
from engine.configuration.solver.build import CompileBudget, CompileStatus
from engine.configuration.solver.flat import Diagram
from engine.diagnostics import one_line

ORDER_SHOWN = 12

SMALL = 200
"""Variables up to which a model without tables is compiled unasked."""


def _budget(options: argparse.Namespace) -> Budget:
    return Budget(options.conflicts, options.seconds * 1000)


def run_check(options: argparse.Namespace) -> int:
    """Print all answers about a model; exit 0 unless the model is contradictory or something ran out of budget."""
    watch = Stopwatch(time.perf_counter)
    model = watch.run("load", lambda: load(options.file))
    queries = read_queries(options.queries, model) if options.queries else []
    budget = _budget(options)
    diagram = watch.run("compile", lambda: _diagram(options, model))
    engine = watch.run("build", lambda: configurator_for(model, diagram=diagram))
    answers: dict[str, Json] = {"model": options.file.name.split(".")[0], "file": options.file.name}
    answers |= check(engine, queries, watch=watch, budget=budget)
    answers["milliseconds"] = summary(watch.milliseconds)
    for note in model.notes:
        print(one_line(note), file=sys.stderr)
    if options.json:
        print(json.dumps(answers, indent=1))
    else:
        _show(answers)
    return 0 if answers["satisfiable"] and not answers["out_of_budget"] else 1


def run_analyse(options: argparse.Namespace) -> int:
    """Say what an author wants to know of a model; exit 1 when it is contradictory or something ran out of budget."""
    model = load(options.file)
    budget = _budget(options)
    found = study(configurator_for(model), budget=budget, reasons=options.reasons)
    for note in model.notes:
        print(one_line(note), file=sys.stderr)
    print(json.dumps(study_data(found), indent=1) if options.json else "\n".join(study_lines(options.file.name, found)))
    return 0 if found.satisfiable and not found.unfinished else 1


def run_compile(options: argparse.Namespace) -> int:
    """Compile and say how large, in which order, how long; exit 1 when the model stays with search."""
    model = load(options.file)
    budget = CompileBudget(options.seconds, options.nodes)
    found = _compiled(options.file, model, budget)
    facts = _facts(model, found)
    if options.json:
        print(json.dumps(facts, indent=1))
        return 0 if found.diagram else 1
    table = Table(title=options.file.name, show_header=False)
    for key, value in facts.items():
        if key == "order" and isinstance(value, list):
            shown = " ".join(map(str, value[:ORDER_SHOWN])) + (" ..." if len(value) > ORDER_SHOWN else "")
        else:
            shown = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
        table.add_row(key.replace("_", " "), escape(shown))
    Paper().print(table)
    return 0 if found.diagram else 1


def run_convert(options: argparse.Namespace) -> int:
    """Write the model in the format that the target's ending names."""
    options.target.write_bytes(write_model(load(options.source), str(options.target)))
    return 0


def _diagram(options: argparse.Namespace, model: Model) -> Diagram | None:
    """The diagram when asked for, or when it is likely to pay; a model without one is searched, and a line says so."""
    small = bool(model.tables) or len(model.variables) <= SMALL
    if options.compile == "never" or (options.compile == "auto" and not small):
        return None
    found = _compiled(options.file, model, CompileBudget(min(options.seconds, 30)))
    if found.diagram is None and found.status is not CompileStatus.NOT_COMPILABLE:
        print(f"{options.file}: answered by search: {found.status.value}", file=sys.stderr)
    return found.diagram


def _compiled(path: Path, model: Model, budget: CompileBudget) -> Outcome:
    with progress(f"compiling {path.name} (up to {budget.seconds} s of processor time)") as tell:
        return diagram_for(model, budget, diagram_cache(), tell=tell)


def _facts(model: Model, found: Outcome) -> dict[str, Json]:
    facts: dict[str, Json] = {"status": found.status.value, "seconds": round(found.seconds, 3), "cached": found.cached}
    facts["processor_seconds"] = round(found.processor_seconds, 3)
    facts["attempts"] = list(found.attempts)
    facts["peak_megabytes"] = found.peak_megabytes
    if found.diagram is not None:
        facts["levels"] = len(found.diagram.order)
        facts["nodes"] = len(found.diagram.levels)
        facts["edges"] = len(found.diagram.values)
        facts["bytes"] = len(found.diagram.to_bytes())
        facts["order"] = [model.variables[at].name for at in found.diagram.order]
    return facts


def _show(answers: dict[str, Json]) -> None:
    console = Paper()
    facts = Table(title=str(answers["file"]), show_header=False)
    for key in ("kind", "variables", "satisfiable"):
        facts.add_row(key, str(answers.get(key)))
    least = answers.get("count_at_least")
    count = count_text(str(least or answers.get("count")))
    facts.add_row("count", f"at least {count}" if least else count)
    for key in ("core", "dead", "impossible_values"):
        if key in answers:
            facts.add_row(key, str(len(cast(list[Json], answers[key]))))
    queries = cast(list[Json], answers.get("queries", []))
    if queries:
        facts.add_row("queries", str(len(queries)))
    if answers["out_of_budget"]:
        facts.add_row("out of budget", ", ".join(map(str, cast(list[Json], answers["out_of_budget"]))))
    console.print(facts)
    times = Table("operation", "runs", "median ms", "largest ms", title="time")
    for name, row in cast(dict[str, dict[str, Json]], answers["milliseconds"]).items():
        times.add_row(name, str(row["runs"]), str(row["median"]), str(row["largest"]))
    print_whole(times)
