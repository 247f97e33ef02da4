"""``cpq model``: check configuration models of any known format, convert them, compile them ahead of use."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from engine.configuration import Budget, Model, configurator_for
from engine.configuration.checking import Json, Query, Stopwatch, check, summary
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.writer import write_model
from engine.diagnostics import one_line


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register ``model`` with its verbs."""
    parser = subparsers.add_parser("model", help="check and convert configuration models")
    verbs = parser.add_subparsers(dest="model_verb", required=True)
    checking = verbs.add_parser("check", help="answer every operation on a model, with times")
    checking.add_argument("file", type=Path)
    checking.add_argument("--queries", type=Path, help="JSON with `queries`: only `assign` and `last` are read")
    checking.add_argument("--json", action="store_true", help="answers in the form of a truth file")
    checking.add_argument("--seconds", type=int, default=60, help="budget of one operation (default 60)")
    checking.set_defaults(run=run_check)
    converting = verbs.add_parser("convert", help="write a model in another format (by the endings of the names)")
    converting.add_argument("source", type=Path)
    converting.add_argument("target", type=Path)
    converting.set_defaults(run=run_convert)


def load(path: Path) -> Model:
    """Read a model file; ``.gz`` is unpacked, other archives are the reader's business."""
    data = path.read_bytes()
    name = str(path)
    if path.suffix == ".gz":
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    return read_model(data, name)


def run_check(options: argparse.Namespace) -> int:
    """Print all answers about a model; exit 0 unless the model is contradictory or something ran out of budget."""
    watch = Stopwatch(time.perf_counter)
    model = watch.run("load", lambda: load(options.file))
    queries = _queries(options.queries) if options.queries else []
    budget = Budget(conflicts=1_000_000_000, milliseconds=options.seconds * 1000)
    engine = watch.run("build", lambda: configurator_for(model))
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


def run_convert(options: argparse.Namespace) -> int:
    """Write the model in the format that the target's ending names."""
    options.target.write_bytes(write_model(load(options.source), str(options.target)))
    return 0


def _queries(path: Path) -> list[Query]:
    stored = json.loads(path.read_text(encoding="utf-8"))
    entries = stored["queries"] if isinstance(stored, dict) else stored
    return [Query(tuple(each["assign"].items()), str(each.get("last", ""))) for each in entries]


def _show(answers: dict[str, Json]) -> None:
    console = Console()
    facts = Table(title=str(answers["file"]), show_header=False)
    for key in ("kind", "variables", "satisfiable", "count"):
        facts.add_row(key, str(answers.get(key)))
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
    console.print(times)
