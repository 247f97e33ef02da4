"""Billing runs through a real server: started, polled, listed, cancelled; and ended with kill -9 in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, billing_run_pb2, revenue_pb2

from engine.application.perform import Unheard
from engine.client import Client
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.application.deal import line, ordered
from tests.application.deal import shop as shop_of
from tests.test_server import running

DONE, CANCELLED = billing_run_pb2.BILLING_RUN_STATE_DONE, billing_run_pb2.BILLING_RUN_STATE_CANCELLED
RUNNING = billing_run_pb2.BILLING_RUN_STATE_RUNNING
UNTIL = "2026-05-31"
MANY = 65
PATIENCE = 120.0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Served]:
    """A server that bills nothing by itself."""
    with served(tmp_path, bell=Unheard()) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def until(done: Callable[[], Any]) -> Any:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = done()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it never came")


def start(server: Served, **fields: Any) -> billing_run_pb2.BillingRun:
    return server.billing_runs.StartBillingRun(
        billing_run_pb2.StartBillingRunRequest(until=deal.day(UNTIL), **fields), timeout=60
    )


def ended(server: Served, name: str) -> billing_run_pb2.BillingRun:
    def look() -> Any:
        found = server.billing_runs.GetBillingRun(billing_run_pb2.GetBillingRunRequest(name=name))
        return found if found.state != RUNNING else None

    return until(look)


def test_a_run_is_answered_at_once_and_done_in_the_background(shop: Served) -> None:
    names = [deal.ordered(shop, deal.line("PLAN"), term_months=12).contract for _ in range(3)]
    begun = start(shop)
    assert (begun.state, begun.contract_count, begun.done_count, list(begun.contracts)) == (RUNNING, 3, 0, [])
    run = ended(shop, begun.name)
    # Three contracts with a plan by the month in advance from 1 March: March, April and May each.
    assert (run.state, run.done_count, run.invoice_count, run.credit_note_count, run.failed_count) == (DONE, 3, 9, 0, 0)
    assert run.etag != begun.etag and run.until == deal.day(UNTIL)
    invoices = shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest(page_size=100)).invoices
    assert sorted({each.lines[0].contract for each in invoices}) == sorted(names) and len(invoices) == 9
    again = ended(shop, start(shop).name)
    assert (again.done_count, again.invoice_count) == (3, 0), "only what is missing is drafted"
    events = {each.name for each in _events(shop)}
    assert {"BillingRunStarted", "BillingRunEnded"} <= events
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(UNTIL))).valid


def _events(server: Served) -> list[Any]:
    with server.env.store.read("default") as reader:
        return reader.events(after=0, limit=10_000)


def test_runs_are_listed_by_state_and_page(idle: Served) -> None:
    deal.ordered(idle, deal.line("PLAN"), term_months=12)
    first, second, third = (start(idle) for _ in range(3))
    cancelled = idle.billing_runs.CancelBillingRun(
        billing_run_pb2.CancelBillingRunRequest(name=second.name, etag=second.etag)
    )
    assert (cancelled.state, cancelled.done_count) == (CANCELLED, 0)

    def listed(**fields: Any) -> billing_run_pb2.ListBillingRunsResponse:
        return idle.billing_runs.ListBillingRuns(billing_run_pb2.ListBillingRunsRequest(**fields))

    assert [each.name for each in listed().billing_runs] == [first.name, second.name, third.name]
    page = listed(state=RUNNING, page_size=1)
    assert [each.name for each in page.billing_runs] == [first.name]
    rest = listed(state=RUNNING, page_size=1, page_token=page.next_page_token)
    assert [each.name for each in rest.billing_runs] == [third.name]
    assert [each.name for each in listed(state=CANCELLED).billing_runs] == [second.name]
    assert failure(idle.billing_runs.ListBillingRuns, billing_run_pb2.ListBillingRunsRequest(state=9)).fields == {  # type: ignore[arg-type]
        "state": "9 is not a state"
    }


def test_what_cannot_be_started_or_cancelled_says_why(idle: Served) -> None:
    run = start(idle)
    wrong = billing_run_pb2.StartBillingRunRequest(contracts=["contracts/none", "quotes/q-1"])
    assert set(failure(idle.billing_runs.StartBillingRun, wrong).fields) == {"until", "contracts[1]"}
    unknown = billing_run_pb2.StartBillingRunRequest(until=deal.day("2099-01-01"), contracts=["contracts/none"])
    assert set(failure(idle.billing_runs.StartBillingRun, unknown).fields) == {"until", "contracts[0]"}
    cancel = billing_run_pb2.CancelBillingRunRequest(name=run.name)
    idle.billing_runs.CancelBillingRun(cancel)
    late = failure(idle.billing_runs.CancelBillingRun, cancel)
    assert (late.code, late.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BIL040")
    for call, request in (
        (idle.billing_runs.CancelBillingRun, billing_run_pb2.CancelBillingRunRequest(name="billingRuns/none")),
        (idle.billing_runs.GetBillingRun, billing_run_pb2.GetBillingRunRequest(name="billingRuns/none")),
    ):
        assert failure(call, request).code is grpc.StatusCode.NOT_FOUND


def test_a_run_that_nobody_finished_is_taken_up_by_the_next_server(tmp_path: Path) -> None:
    with served(tmp_path, bell=Unheard()) as server:
        deal.set_clock(server)
        deal.people(server)
        deal.ordered(server, deal.line("PLAN"), term_months=12)
        name = start(server).name
    with served(tmp_path) as server:
        assert ended(server, name).invoice_count == 3


@pytest.fixture(scope="module")
def store_of_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with so many contracts, each with a plan by the month from 1 March on."""
    folder = tmp_path_factory.mktemp("many")
    with shop_of(folder) as made:
        for _ in range(MANY):
            ordered(made, line("PLAN"), term_months=12)
    return folder / "cpq.sqlite3"


def drafts(client: Client) -> list[tuple[Any, ...]]:
    """Every invoice and all of its lines, but for the id: those of a chunk that was lost are gaps."""
    found = client.billing.list_invoices(page_size=500)
    return sorted(
        (each.lines[0].contract, str(each.invoice_date), each.net, each.gross, *(line.id for line in each.lines))
        for each in found
    )


def copy(source: Path, target: Path) -> Path:
    for each in source.parent.glob(f"{source.name}*"):
        shutil.copy(each, target.parent / each.name.replace(source.name, target.name))
    return target


def billed(database: Path, *, kill_after: int | None) -> list[tuple[Any, ...]]:
    """What a run drafts, which is killed as often as asked once it is under way."""
    with running(database) as process, Client(process.address) as client:
        run = client.billing_runs.start_billing_run(until=date.fromisoformat(UNTIL))
        if kill_after is not None:

            def is_under_way() -> bool:
                return client.billing_runs.get_billing_run(name=run.name).done_count >= kill_after

            until(is_under_way)
            os.kill(process.popen.pid, signal.SIGKILL)
            process.popen.wait()
            state, done = _as_left(database)
            assert state == "running" and kill_after <= done < MANY, "it was killed in the middle"
    with running(database) as process, Client(process.address) as client:
        found = client.billing_runs.get_billing_run(name=run.name)
        if kill_after is not None:
            assert kill_after <= found.done_count, "what was told is there"
        run = until(lambda: _done(client, run.name))
        assert (run.done_count, run.invoice_count, run.failed_count) == (MANY, 3 * MANY, 0)
        assert client.revenue.run_audit(until=date.fromisoformat(UNTIL)).valid
        return drafts(client)


def _as_left(database: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT state, done FROM billing_runs").fetchone()
    return str(found[0]), int(found[1])


def _done(client: Client, name: str) -> Any:
    found = client.billing_runs.get_billing_run(name=name)
    return found if found.state == DONE else None


@pytest.mark.parametrize("kill_after", [1, 40])
def test_a_run_that_is_killed_in_the_middle_drafts_what_a_straight_one_does(
    store_of_many: Path, tmp_path: Path, kill_after: int
) -> None:
    straight = billed(copy(store_of_many, tmp_path / "straight.sqlite3"), kill_after=None)
    killed = billed(copy(store_of_many, tmp_path / "killed.sqlite3"), kill_after=kill_after)
    assert len(straight) == 3 * MANY and len(set(straight)) == len(straight)
    assert killed == straight
