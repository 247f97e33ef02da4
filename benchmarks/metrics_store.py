"""Every metric over a store of many contracts, against reading the same records and doing nothing with them.

The floor reads the rows and parses the documents that the metric is made of, by plain SQL. Results first: each contract
is a copy of one that lived through the service, so money and counts are that of one contract times their number, and
shares, medians and rates are those of the one.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.books.grown import database_of, many
from benchmarks.measure import exponent, report
from engine.application.metrics import report_of
from engine.application.perform import DEFAULT_TENANT, Environment
from engine.metrics import METRICS, Metric, Report, Unit
from engine.metrics.metric import Figure
from engine.periods import Period

SIZES = (100, 1_000, 10_000)
PERIOD = Period.through(date(2026, 1, 1), date(2026, 3, 31))
QUICK = (
    "mrr_movements",
    "quote_to_order_rate",
    "discount_depth",
    "average_deal_size",
    "rpo",
    "deferred_rollforward",
    "dso",
)
"""One metric of each set of records; `--full` takes all of them."""
ADDS_UP = frozenset({Unit.MONEY, Unit.COUNT})
MEANS = frozenset({"average_deal_size"})


DOCUMENTS = {name: f"SELECT body FROM {name}" for name in ("contracts", "orders", "revenue_contracts", "credit_notes")}
QUOTE_EVENTS = "SELECT body, cursor, at FROM events WHERE name LIKE 'Quote%' OR name = 'RenewedByItself'"
READS: Mapping[str, tuple[str, ...]] = {
    "contracts": (DOCUMENTS["contracts"],),
    "orders": (DOCUMENTS["orders"],),
    "revenue": (DOCUMENTS["revenue_contracts"],),
    "quotes": (QUOTE_EVENTS, "SELECT id, currency FROM quotes"),
    "sold": ("SELECT parent_id, line_id, sku, list_minor, net_minor FROM quote_lines WHERE asked",),
    "invoices": (DOCUMENTS["credit_notes"], "SELECT id, contract, customer, invoice_date FROM invoices"),
    "journal": (
        "SELECT id, kind, posted_on FROM journal_entries",
        "SELECT parent_id, account, currency, amount_minor, contract, invoice, quote_line FROM journal_lines",
    ),
}
"""What each field of the facts is made of."""
PARSED = frozenset({*DOCUMENTS.values(), QUOTE_EVENTS})


def figures(env: Environment, metric: Metric) -> tuple[Figure, ...]:
    """The figures of a metric from a fresh fold."""
    with env.store.read(DEFAULT_TENANT) as reader:
        found = report_of(env, reader, metric, PERIOD)
    assert isinstance(found, Report), str(found)
    return found.figures


def read_only(database: Path, metric: Metric) -> None:
    """Read what the metric is made of, row by row, and parse the documents."""
    with closing(sqlite3.connect(database)) as connection:
        for name in metric.reads:
            for statement in READS[name]:
                for row in connection.execute(statement):
                    if statement in PARSED:
                        json.loads(row[0])


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call; what takes seconds needs no second round."""
    start = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - start) / 1e6


def check(metric: Metric, one: Figure, found: Figure, contracts: int) -> None:
    """The figure of many contracts is that of one, times their number where it adds up."""
    if one.value is None or found.value is None:
        assert one.value == found.value, metric.name
        return
    grows = metric.unit in ADDS_UP and metric.name not in MEANS
    expected = one.value * (contracts if grows else 1)
    assert found.value == expected, (metric.name, found.value, expected)


def main() -> None:
    """Measure and report."""
    wanted = list(METRICS) if "--full" in sys.argv else list(QUICK)
    first: dict[str, Figure] = {}
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in wanted}
    rows: dict[str, dict[str, object]] = {name: {"metric": name} for name in wanted}
    for contracts in (1, *SIZES):
        with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder, many(Path(folder), contracts) as env:
            for name in wanted:
                metric, (figure, *others) = METRICS[name], figures(env, METRICS[name])
                assert not others, f"{name} has one currency"
                check(metric, first.setdefault(name, figure), figure, contracts)
                fold = cpu_ms(partial(figures, env, metric))
                floor = cpu_ms(partial(read_only, database_of(Path(folder)), metric))
                if contracts > 1:
                    costs[name].append((contracts, fold))
                    rows[name] |= {f"ms for {contracts:,}": fold, f"x reading {contracts:,}": fold / floor}
    for name in wanted:
        rows[name]["exponent"] = exponent(costs[name])
    report("metrics_store", list(rows.values()), budgets={"a contract": "at most 1 ms; exponent about 1"})


if __name__ == "__main__":
    main()
