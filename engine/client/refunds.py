"""RefundService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import refund_pb2

from engine.client.connection import Connection, ServiceClient


class RecordRefundFields(TypedDict, total=False):
    """Fields of RecordRefundRequest."""

    invoice: str
    prepaid_credit: str
    amount: int
    refund_date: date
    reference: str
    reason: str
    keep: bool
    reopen: bool
    request_id: str
    validate_only: bool
    etag: str


class GetRefundFields(TypedDict, total=False):
    """Fields of GetRefundRequest."""

    name: str


class ListRefundsFields(TypedDict, total=False):
    """Fields of ListRefundsRequest."""

    customer: str
    invoice: str
    page_size: int
    page_token: str


class RefundClient(ServiceClient):
    """Gives back what customers paid too much."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, refund_pb2.DESCRIPTOR.services_by_name["RefundService"])

    def record_refund(self, **fields: Unpack[RecordRefundFields]) -> refund_pb2.Refund:
        """Books that money of a customer goes back, or that it is kept as a prepaid credit."""
        return self._call("RecordRefund", refund_pb2.Refund, fields)

    def get_refund(self, **fields: Unpack[GetRefundFields]) -> refund_pb2.Refund:
        """Returns one refund."""
        return self._call("GetRefund", refund_pb2.Refund, fields)

    def list_refunds(self, **fields: Unpack[ListRefundsFields]) -> Iterator[refund_pb2.Refund]:
        """Lists refunds in order of their names. All pages, as they are needed."""
        return self._pages("ListRefunds", refund_pb2.Refund, "refunds", fields)
