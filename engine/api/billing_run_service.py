"""BillingRunService: billing many contracts in the background."""

from __future__ import annotations

import grpc
from cpq.v1 import billing_run_pb2

from engine.api.billing_service import read_contracts
from engine.api.calls import Calls, Reply, checked
from engine.api.listing import InState, Listed, filters_of, get_one, key_of, list_page
from engine.application.billing_runs import BillingRun, cancel_billing_run, start_billing_run
from engine.application.faults import etag_mismatch
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.diagnostics import Refusal
from engine.wire import billing_runs as wire
from engine.wire.basics import Faults, need_date


class BillingRunService:
    """Billing runs over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def StartBillingRun(self, request: billing_run_pb2.StartBillingRunRequest, context: grpc.ServicerContext) -> Reply:
        """Start a run."""
        faults = Faults()
        until = need_date(request.until, "until", faults)
        contracts = read_contracts(request.contracts, faults)
        checked(faults)

        def decide(work: Work) -> BillingRun | Refusal:
            return etag_mismatch("", request.etag) if request.etag else start_billing_run(work, until, contracts)

        reply = self._calls.mutate(request, context, decide, _saved)
        self._calls.env.bell.ring()
        return reply

    def GetBillingRun(self, request: billing_run_pb2.GetBillingRunRequest, _: grpc.ServicerContext) -> Reply:
        """One run."""
        return get_one(self._calls, BillingRun, wire.BILLING_RUNS, request.name, _message)

    def ListBillingRuns(self, request: billing_run_pb2.ListBillingRunsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of runs."""
        where = filters_of(self._calls, state=InState("state", request.state, wire.STATE_OF))
        reply = billing_run_pb2.ListBillingRunsResponse()
        listed = Listed(BillingRun, "billing_runs", lambda each: each.id, _message)
        return list_page(self._calls, listed, request, reply, where)

    def CancelBillingRun(
        self, request: billing_run_pb2.CancelBillingRunRequest, context: grpc.ServicerContext
    ) -> Reply:
        """End a run."""
        key = key_of(request.name, wire.BILLING_RUNS)
        return self._calls.mutate(
            request, context, lambda work: cancel_billing_run(work, key, etag=request.etag), _saved
        )


def _saved(work: Work, run: BillingRun) -> billing_run_pb2.BillingRun:
    return wire.run_message(run, work.etag(BillingRun, run.id))


def _message(run: BillingRun, etag: str, _: Reader) -> billing_run_pb2.BillingRun:
    return wire.run_message(run, etag)
