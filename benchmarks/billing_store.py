"""A billing run over the contracts of a store, chunk by chunk, and what a contract costs as the store grows.

The floor works out the missing lines of the same contracts and writes as many drafts and lines as the run writes, ready
made and in one transaction; it loads nothing, keeps no marks, tells no events. Results first: each contract is a copy
of one that lived through the service, so that every draft comes to the amount of the first one.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.books.grown import NEXT_BILL, database_of, many
from benchmarks.measure import exponent, report
from engine.application.bill_of_contract import bill_of
from engine.application.billing_runs import advance_billing, start_billing_run
from engine.application.perform import DEFAULT_TENANT, Environment, perform
from engine.application.ports import Asked
from engine.contracts import Contract
from engine.diagnostics import Refusal

SIZES = (100, 1_000, 10_000)


def run(env: Environment) -> float:
    """Bill every contract; CPU seconds of all threads, since the store writes in one of its own."""
    start = time.process_time()
    begun = perform(
        env, Asked("Start"), lambda work: start_billing_run(work, NEXT_BILL), lambda _, made: made.id.encode()
    )
    assert not isinstance(begun, Refusal), str(begun)
    while advance_billing(env, tenant=DEFAULT_TENANT):
        pass
    return time.process_time() - start


def check(database: Path, contracts: int) -> tuple[int, int]:
    """Every contract has one draft and all come to the same net; the net of one, and how many lines there are."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT contract), min(net_minor), max(net_minor) FROM invoices"
            " WHERE status = 'draft'"
        ).fetchone()
        (lines,) = connection.execute(
            "SELECT count(*) FROM invoice_lines JOIN invoices ON invoices.id = invoice_lines.parent_id"
            " WHERE status = 'draft'"
        ).fetchone()
    drafts, billed, least, most = found
    assert drafts == billed == contracts and least == most, found
    return least, lines


def worked_out(env: Environment, keys: list[str]) -> float:
    """CPU seconds of working out what is missing of contracts that are loaded already."""
    with env.store.read(DEFAULT_TENANT) as reader:
        bills = []
        for key in keys:
            contract = reader.get(Contract, key)
            assert contract is not None
            bill = bill_of(env, reader, contract, DEFAULT_TENANT)
            assert not isinstance(bill, Refusal), str(bill)
            bills.append(bill)
    start = time.process_time()
    for bill in bills:
        assert bill.documents(bill.missing(NEXT_BILL, today=NEXT_BILL)).invoices
    return time.process_time() - start


def written(database: Path) -> float:
    """CPU seconds of writing the rows that the run wrote into tables without indexes."""
    with closing(sqlite3.connect(database)) as connection, closing(sqlite3.connect(":memory:")) as bare:
        rows = connection.execute("SELECT * FROM invoices WHERE status = 'draft'").fetchall()
        lines = connection.execute(
            "SELECT invoice_lines.* FROM invoice_lines JOIN invoices ON invoices.id = invoice_lines.parent_id"
            " WHERE status = 'draft'"
        ).fetchall()
        start = time.process_time()
        for name, found in (("invoices", rows), ("lines", lines)):
            columns = ", ".join(f"c{n}" for n in range(len(found[0])))
            bare.execute(f"CREATE TABLE {name} ({columns})")
            bare.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in found[0])})", found)
        bare.commit()
        return time.process_time() - start


def main() -> None:
    """Measure and report."""
    rows: list[dict[str, object]] = []
    points: list[tuple[float, float]] = []
    net = None
    for contracts in SIZES:
        with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder, many(Path(folder), contracts) as env:
            with env.store.read(DEFAULT_TENANT) as reader:
                some = reader.keys(Contract, limit=min(SIZES))
            core = worked_out(env, some) / len(some) * 1e6
            a_contract = run(env) / contracts * 1e6
            found, lines = check(database_of(Path(folder)), contracts)
            net = found if net is None else net
            assert net == found, "a draft costs the same however many there are"
            floor = core + written(database_of(Path(folder))) / contracts * 1e6
        points.append((contracts, a_contract))
        rows.append(
            {
                "contracts": contracts,
                "lines": lines,
                "us a contract": a_contract,
                "floor us": floor,
                "x floor": a_contract / floor,
                "contracts a second": 1e6 / a_contract,
            }
        )
    grown = exponent(points)
    report("billing_store", rows, budgets={"growth with the store": f"cost a contract ~ size^{grown:.2f}; wanted 0"})


if __name__ == "__main__":
    main()
