"""``cpq model verify``: models against known answers, as a table of files and checks."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from engine.adapters.diagrams import diagram_cache, diagram_for
from engine.cli.model_file import load
from engine.cli.model_queries import BAD_QUERY, read_queries
from engine.cli.options import read_json
from engine.cli.screen import print_whole
from engine.configuration import Budget
from engine.configuration.checking import Stopwatch, check
from engine.configuration.configurator import configurator_for
from engine.configuration.solver.build import CompileBudget
from engine.configuration.verifying import CHECKS, Verdict, verdicts
from engine.diagnostics import Diagnostic, DiagnosticError, Span

ENDING = ".truth.json"


@dataclass(frozen=True, slots=True)
class Verified:
    """One model's verdicts and how long all its answers took."""

    file: str
    verdicts: tuple[Verdict, ...]
    seconds: float


def run_verify(options: argparse.Namespace) -> int:
    """Answer everything that is known of the models; exit 1 when anything differs, 2 when nothing is known."""
    truths = list(_truths(options.paths))
    if not truths:
        print(f"no file `*{ENDING}` there", file=sys.stderr)
        return 2
    budget = Budget(conflicts=1_000_000_000, milliseconds=options.seconds * 1000)
    found = []
    for path in truths:
        print(f"verifying {path.name.removesuffix(ENDING)} ...", file=sys.stderr)
        found.append(_verified(path, budget))
    if options.json:
        print(json.dumps([asdict(each) for each in found], indent=1))
    else:
        _show(found)
    return 0 if all(each.right == each.stated for model in found for each in model.verdicts) else 1


def _truths(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(path.glob(f"*{ENDING}")) if path.is_dir() else [path]


def _verified(path: Path, budget: Budget) -> Verified:
    """The count is asked only where it is known: it takes longest."""
    truth = read_json(path)
    if not isinstance(truth.get("file"), str):
        raise DiagnosticError(Diagnostic(BAD_QUERY, "the file does not name its model as `file`", Span(str(path))))
    file = path.parent / truth["file"]
    model = load(file)
    diagram = diagram_for(model, CompileBudget(), diagram_cache()).diagram if model.tables else None
    queries = read_queries(path, model)
    started = time.monotonic()
    answers = check(
        configurator_for(model, diagram=diagram),
        queries,
        watch=Stopwatch(time.perf_counter),
        budget=budget,
        counted=truth.get("count") is not None,
    )
    return Verified(truth["file"], verdicts(answers, truth), round(time.monotonic() - started, 1))


def _show(found: Sequence[Verified]) -> None:
    """Right answers of those stated, by file and check; what differs is said below."""
    table = Table("file", *CHECKS, "seconds", caption="right / stated answers; - where none is stated")
    for model in found:
        table.add_row(model.file, *(_cell(each) for each in model.verdicts), f"{model.seconds:.1f}")
    table.add_section()
    columns = zip(*(each.verdicts for each in found), strict=True)
    sums = (Verdict(some[0].check, sum(v.right for v in some), sum(v.stated for v in some)) for some in columns)
    table.add_row(f"{len(found)} {'file' if len(found) == 1 else 'files'}", *map(_cell, sums), "")
    print_whole(table)
    for model in found:
        for each in model.verdicts:
            if each.first_wrong:
                print(f"{model.file}: {each.check}: {each.first_wrong}")


def _cell(verdict: Verdict) -> str:
    return f"{verdict.right}/{verdict.stated}" if verdict.stated else "-"
