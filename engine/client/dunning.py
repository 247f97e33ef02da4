"""DunningService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import dunning_pb2

from engine.client.connection import Connection, ServiceClient


class RecordFailedPaymentFields(TypedDict, total=False):
    """Fields of RecordFailedPaymentRequest."""

    invoice: str
    fail_date: date
    reason: str
    request_id: str
    validate_only: bool
    etag: str


class ListFailedPaymentsFields(TypedDict, total=False):
    """Fields of ListFailedPaymentsRequest."""

    invoice: str
    customer: str
    page_size: int
    page_token: str


class RunDunningFields(TypedDict, total=False):
    """Fields of RunDunningRequest."""

    customer: str
    request_id: str
    validate_only: bool
    etag: str


class ListRemindersFields(TypedDict, total=False):
    """Fields of ListRemindersRequest."""

    customer: str
    page_size: int
    page_token: str


class DunningClient(ServiceClient):
    """Takes failed payments, asks for the next attempt, reminds customers."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, dunning_pb2.DESCRIPTOR.services_by_name["DunningService"])

    def record_failed_payment(self, **fields: Unpack[RecordFailedPaymentFields]) -> dunning_pb2.FailedPayment:
        """Notes that an attempt to collect an invoice failed, and says when to try again."""
        return self._call("RecordFailedPayment", dunning_pb2.FailedPayment, fields)

    def list_failed_payments(self, **fields: Unpack[ListFailedPaymentsFields]) -> Iterator[dunning_pb2.FailedPayment]:
        """Lists failed payments in order of their names. All pages, as they are needed."""
        return self._pages("ListFailedPayments", dunning_pb2.FailedPayment, "failed_payments", fields)

    def run_dunning(self, **fields: Unpack[RunDunningFields]) -> dunning_pb2.RunDunningResponse:
        """Asks for every attempt and reminds of everything that is due today."""
        return self._call("RunDunning", dunning_pb2.RunDunningResponse, fields)

    def list_reminders(self, **fields: Unpack[ListRemindersFields]) -> Iterator[dunning_pb2.Reminder]:
        """Lists reminders in order of their names. All pages, as they are needed."""
        return self._pages("ListReminders", dunning_pb2.Reminder, "reminders", fields)
