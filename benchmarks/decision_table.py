"""A decision table of ten thousand rows under UNIQUE: one evaluation by the index, beside testing every cell.

Results first: index, every cell, and zen-engine (when installed) give the same output for the same inputs. Then the
analysis of a table of 1 000 rows and 8 columns.
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Mapping
from decimal import Decimal

from benchmarks.measure import compare, report
from engine.language.evaluate import Environment, Run
from engine.language.tables import (
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    PreparedTable,
    Rule,
    analyse_table,
    prepare_table,
)
from engine.language.tables.run import Table

ROWS = 10_000
BANDS = 10
REGIONS = ("DE", "AT", "CH", "FR", "IT")
COLUMNS = ("sku", "region", "quantity", "day")
Contender = Callable[[Mapping[str, object]], object]


def rows(count: int) -> list[tuple[str, ...]]:
    """Prices by article, region and quantity band: disjoint, one in ten rows also by date."""
    found: list[tuple[str, ...]] = []
    for number in range(count):
        article, band = divmod(number, BANDS)
        region = REGIONS[article % len(REGIONS)]
        upper = f"[{band * 10}..{band * 10 + 10})" if band < BANDS - 1 else f">= {band * 10}"
        day = '>= @"2026-01-01"' if band == 0 else "-"
        found.append((f'"ART-{article:05}"', f'"{region}"', upper, day, str(number)))
    return found


def table(count: int) -> PreparedTable:
    """The table, read and indexed."""
    rules = tuple(Rule(row[:-1], row[-1:]) for row in rows(count))
    return prepare_table(DecisionTable(tuple(Input(name) for name in COLUMNS), (Output(),), rules, HitPolicy.UNIQUE))


def inputs() -> list[dict[str, object]]:
    """Inputs that match a row, and some that match none."""
    from datetime import date

    found: list[dict[str, object]] = []
    for number in range(0, ROWS, ROWS // 40):
        article, band = divmod(number, BANDS)
        region = REGIONS[(article + (number % 7 == 0)) % len(REGIONS)]
        quantity = Decimal(band * 10 + 3)
        found.append({"sku": f"ART-{article:05}", "region": region, "quantity": quantity, "day": date(2026, 5, 1)})
    return found


def every_cell(indexed: PreparedTable) -> Contender:
    """The same table without its index."""
    whole = indexed.table
    plain = Table(whole.columns, whole.lines, whole.hits, whole.policy)
    return lambda values: plain.decide(Environment(values, None, Run()))


def zen_engine() -> Contender | None:
    """The same table (without the date column) in zen-engine, when it is installed."""
    try:
        zen = importlib.import_module("zen")
    except ImportError:
        return None
    names = COLUMNS[:-1]
    rules = [
        {"_id": str(number), **{name: cell for name, cell in zip(names, row[:3], strict=True)}, "out": row[-1]}
        for number, row in enumerate(rows(ROWS))
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "out", "name": "out", "field": "out"}],
        "rules": rules,
    }
    nodes = [
        {"id": "a", "name": "a", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "b", "name": "b", "type": "decisionTableNode", "position": {"x": 0, "y": 0}, "content": content},
        {"id": "c", "name": "c", "type": "outputNode", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "a", "targetId": "b", "type": "edge"},
        {"id": "2", "sourceId": "b", "targetId": "c", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(values: Mapping[str, object]) -> object:
        plain = {name: float(v) if isinstance(v := values[name], Decimal) else v for name in names}
        found = decision.evaluate(plain)["result"].get("out")
        return None if found is None else Decimal(found)

    return run


def evaluation() -> None:
    """One evaluation, microseconds."""
    start = time.thread_time()
    indexed = table(ROWS)
    read = time.thread_time() - start
    contenders: dict[str, Contender] = {"indexed": indexed, "every cell tested": every_cell(indexed)}
    samples = inputs()
    wanted = [indexed(each) for each in samples]
    assert len({type(each) for each in wanted}) == 2, "some inputs match and some do not"
    absent = []
    peer = zen_engine()
    if peer is None:
        absent.append("zen-engine: not installed")
    else:
        contenders["zen-engine (three columns)"] = peer
    for name, run in contenders.items():
        assert [run(each) for each in samples] == wanted, name
    times = {"indexed": compare({"indexed": lambda: [indexed(each) for each in samples]}, inner=200)["indexed"]}
    slow = {name: run for name, run in contenders.items() if name != "indexed"}
    times |= compare({name: lambda run=run: [run(each) for each in samples] for name, run in slow.items()}, rounds=3)
    found: list[dict[str, object]] = [
        {"10 000 rows, UNIQUE": name, "us": total / len(samples)} for name, total in times.items()
    ]
    found += [{"10 000 rows, UNIQUE": name} for name in absent]
    budget = f"<= 5 us: {found[0]['us']:.2f} us; read and indexed in {read:.2f} s"
    report("decision_table", found, budgets={"an evaluation": budget})


def analysis() -> None:
    """The analysis of 1 000 rows and 8 columns, seconds."""
    found: list[dict[str, object]] = []
    slowest = 0.0
    for policy in (HitPolicy.UNIQUE, HitPolicy.FIRST):
        rules = tuple(Rule((*row[:-1], "-", "-", "-", "-"), row[-1:]) for row in rows(1_000))
        columns = (*COLUMNS, "segment", "channel", "tier", "term")
        wide = DecisionTable(tuple(Input(name) for name in columns), (Output(),), rules, policy)
        result = analyse_table(wide)
        seconds = compare({"it": lambda wide=wide: analyse_table(wide)}, rounds=3)["it"] / 1e6
        row = {"1 000 rows, 8 columns": policy.value, "s": seconds}
        found.append({**row, "findings": len(result.findings), "exact": result.exact})
        slowest = max(slowest, seconds)
    report("table_analysis", found, budgets={"an analysis": f"<= 1 s: {slowest:.2f} s"})


if __name__ == "__main__":
    evaluation()
    analysis()
