"""Billing runs: proto and domain."""

from __future__ import annotations

from collections.abc import Mapping

from cpq.v1 import billing_run_pb2

from engine.application.billing_runs import BillingRun, RunState
from engine.wire.basics import fill_date, fill_instant
from engine.wire.billing import CONTRACTS
from engine.wire.quotes import fill_fault

BILLING_RUNS = "billingRuns"
STATES: Mapping[RunState, int] = {
    state: billing_run_pb2.BillingRunState.Value(f"BILLING_RUN_STATE_{state.name}") for state in RunState
}
STATE_OF: Mapping[int, RunState] = {number: state for state, number in STATES.items()}


def run_message(run: BillingRun, etag: str) -> billing_run_pb2.BillingRun:
    """A run with its progress."""
    message = billing_run_pb2.BillingRun(name=f"{BILLING_RUNS}/{run.id}", etag=etag)
    message.state = STATES[run.state]  # type: ignore[assignment]
    fill_date(message.until, run.until)
    message.contracts.extend(f"{CONTRACTS}/{each}" for each in run.contracts)
    counts = run.counts
    message.contract_count, message.done_count = counts.contracts, counts.done
    message.invoice_count, message.credit_note_count = counts.invoices, counts.credit_notes
    message.failed_count, message.free_day_count = counts.failed, counts.free_days
    for each in run.not_billed:
        row = message.not_billed.add(contract=f"{CONTRACTS}/{each.contract}")
        for fault in each.faults:
            fill_fault(row.faults.add(), fault)
    fill_instant(message.create_time, run.started_at)
    fill_instant(message.update_time, run.changed_at)
    return message
