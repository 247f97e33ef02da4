"""Correctness first: the plain expressions of the public conformance kit, run by us and by the Python peers.

Counts the expressions (without inputs) whose result is the expected one, and the median time from text to value.
Peers take part when installed: bkflow-feel, pySFeel. Their numbers are binary floats and their dates Python's; they are
compared leniently. The kit is found as the tests find it: ``CPQ_TCK``, else ``../shared/tck``.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType

from benchmarks.measure import report
from engine.diagnostics import DiagnosticError
from engine.language.dmn.tck import agrees
from engine.language.evaluate import evaluate
from engine.language.parse import parse_expression
from engine.language.values import read_date_time
from engine.language.values.fault import UndefinedError
from engine.language.values.kind import from_python
from engine.language.values.plain import from_plain
from engine.language.values.show import text_of

Contender = Callable[[str], object]
NOW = read_date_time("2026-11-23T12:00:00Z")


def cases() -> list[tuple[str, object]]:
    """Expression and expected value (None where null or an error is wanted) of every case without inputs."""
    folder = Path(os.environ.get("CPQ_TCK", Path(__file__).resolve().parents[2] / "shared" / "tck"))
    found: list[tuple[str, object]] = []
    path = folder / "literal-cases.jsonl"
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        if not case["inputs"]:
            found.append((case["expr"], None if case["error"] else from_plain(case["expected"])))
    return found


def ours(text: str) -> object:
    """Full FEEL, from text to value."""
    try:
        return evaluate(parse_expression(text), {}, moment=NOW)
    except DiagnosticError:
        return None


def bkflow_feel(api: ModuleType) -> Contender:
    """Parses at every call; an error counts as null."""
    return lambda text: api.parse_expression(text, {})


def py_s_feel(module: ModuleType) -> Contender:
    """Parses at every call; an error counts as null."""
    parser = module.SFeelParser()
    return lambda text: parser.sFeelParse(text)[1]


PEERS: dict[str, tuple[str, Callable[[ModuleType], Contender]]] = {
    "bkflow-feel": ("bkflow_feel.api", bkflow_feel),
    "pySFeel": ("pySFeel", py_s_feel),
}


def as_value(found: object) -> object:
    """What a peer answers, as one of our values; what has no counterpart becomes its text."""
    match found:
        case float():
            return Decimal(repr(found)) if found == found and abs(found) != float("inf") else None
        case list() | tuple():
            return tuple(as_value(each) for each in found)
        case dict():
            return {str(key): as_value(each) for key, each in found.items()}
    try:
        return from_python(found)
    except UndefinedError:
        return str(found)


def is_right(found: object, wanted: object) -> bool:
    """Whether an answer is the wanted one; dates and durations may also come as their text."""
    value = as_value(found)
    if isinstance(value, str) and not isinstance(wanted, str) and wanted is not None:
        return value == text_of(wanted)
    if isinstance(found, (date, datetime, timedelta)):
        return text_of(value) == text_of(wanted)
    return agrees(value, wanted)


def measured(run: Contender, several: list[tuple[str, object]]) -> tuple[int, float]:
    """Return how many answers are right and the median microseconds an expression."""
    right = 0
    times = []
    quiet = io.StringIO()
    with contextlib.redirect_stderr(quiet), contextlib.redirect_stdout(quiet):
        for text, wanted in several:
            start = time.thread_time_ns()
            try:
                found = run(text)
            except Exception:  # a contender may fail in any way of its own, which is its way to say null
                found = None
            times.append((time.thread_time_ns() - start) / 1000)
            right += is_right(found, wanted)
    return right, statistics.median(times)


def main() -> int:
    """Run all contenders."""
    several = cases()
    if not several:
        print("no conformance kit: set CPQ_TCK, or put it in a folder named shared beside the checkout")
        return 0
    contenders: dict[str, Contender | None] = {"this engine": ours}
    for name, (module, build) in PEERS.items():
        try:
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                contenders[name] = build(importlib.import_module(module))
        except ImportError:
            contenders[name] = None
    rows: list[dict[str, object]] = []
    for name, run in contenders.items():
        if run is None:
            rows.append({"expressions of the kit": f"{name}: not installed"})
            continue
        right, us = measured(run, several)
        rows.append(
            {
                "expressions of the kit": name,
                "right": f"{right} of {len(several)}",
                "share": f"{right / len(several):.1%}",
                "us from text to value": us,
            }
        )
    report("feel_peers", rows)
    return 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())
