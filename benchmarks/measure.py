"""Timing that holds on a busy machine: CPU time, interleaved runs, medians, and ratios taken inside one run."""

from __future__ import annotations

import gc
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


def cpu_us(work: Callable[[], object], *, rounds: int = 7, inner: int = 1) -> float:
    """Median CPU microseconds of this thread for one call of ``work``; ``inner`` calls are timed together."""
    return compare({"it": work}, rounds=rounds, inner=inner)["it"]


def compare(works: Mapping[str, Callable[[], object]], *, rounds: int = 7, inner: int = 1) -> dict[str, float]:
    """Median CPU microseconds a call for each piece of work, taken in turn so that a drift in speed hits all alike."""
    samples: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            gc.disable()
            start = time.thread_time_ns()
            for _ in range(inner):
                work()
            samples[name].append((time.thread_time_ns() - start) / inner / 1000)
            gc.enable()
    return {name: statistics.median(values) for name, values in samples.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0 to 1) of the sorted values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The fitted exponent k of cost ~ size^k over ``(size, cost)`` points, by least squares of the logarithms."""
    import math

    xs = [math.log(size) for size, _ in points]
    ys = [math.log(cost) for _, cost in points]
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def report(name: str, rows: Sequence[Mapping[str, object]], *, budgets: Mapping[str, object] | None = None) -> None:
    """Print the rows as a table and write them to ``benchmarks/results/NAME.json`` with the machine and the budgets."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[shown(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[at]) for line in cells)) for at, column in enumerate(columns)]
    print(f"\n{name}")
    print("  " + "  ".join(f"{column:<{width}}" for column, width in zip(columns, widths, strict=True)))
    for line in cells:
        print("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)))
    for budget, text in (budgets or {}).items():
        print(f"  budget {budget}: {text}")
    RESULTS.mkdir(exist_ok=True)
    body = {
        "benchmark": name,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": list(rows),
        "budgets": dict(budgets or {}),
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(body, indent=1, default=str) + "\n")


def shown(value: object) -> str:
    """A value as a cell of a table: thousands apart, three decimals below ten."""
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return str(value)
