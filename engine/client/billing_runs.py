"""BillingRunService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import billing_run_pb2

from engine.client.connection import Connection, ServiceClient


class StartBillingRunFields(TypedDict, total=False):
    """Fields of StartBillingRunRequest."""

    until: date
    contracts: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class GetBillingRunFields(TypedDict, total=False):
    """Fields of GetBillingRunRequest."""

    name: str


class ListBillingRunsFields(TypedDict, total=False):
    """Fields of ListBillingRunsRequest."""

    state: str
    page_size: int
    page_token: str


class CancelBillingRunFields(TypedDict, total=False):
    """Fields of CancelBillingRunRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class BillingRunClient(ServiceClient):
    """Bills many contracts in the background."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, billing_run_pb2.DESCRIPTOR.services_by_name["BillingRunService"])

    def start_billing_run(self, **fields: Unpack[StartBillingRunFields]) -> billing_run_pb2.BillingRun:
        """Starts a run and answers at once."""
        return self._call("StartBillingRun", billing_run_pb2.BillingRun, fields)

    def get_billing_run(self, **fields: Unpack[GetBillingRunFields]) -> billing_run_pb2.BillingRun:
        """Returns one run with its progress."""
        return self._call("GetBillingRun", billing_run_pb2.BillingRun, fields)

    def list_billing_runs(self, **fields: Unpack[ListBillingRunsFields]) -> Iterator[billing_run_pb2.BillingRun]:
        """Lists runs in order of their names. All pages, as they are needed."""
        return self._pages("ListBillingRuns", billing_run_pb2.BillingRun, "billing_runs", fields)

    def cancel_billing_run(self, **fields: Unpack[CancelBillingRunFields]) -> billing_run_pb2.BillingRun:
        """Ends a run before its end."""
        return self._call("CancelBillingRun", billing_run_pb2.BillingRun, fields)
