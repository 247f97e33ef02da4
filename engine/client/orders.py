"""OrderService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypedDict, Unpack

from cpq.v1 import order_pb2

from engine.client.connection import Connection, ServiceClient


class CreateOrderFields(TypedDict, total=False):
    """Fields of CreateOrderRequest."""

    quote: str
    request_id: str
    validate_only: bool
    etag: str


class GetOrderFields(TypedDict, total=False):
    """Fields of GetOrderRequest."""

    name: str


class ListOrdersFields(TypedDict, total=False):
    """Fields of ListOrdersRequest."""

    customer: str
    state: str | int
    page_size: int
    page_token: str


class ReportItemProgressFields(TypedDict, total=False):
    """Fields of ReportItemProgressRequest."""

    name: str
    task: str
    item: str
    progress: str | int
    quantity: str | Decimal
    note: str
    request_id: str
    validate_only: bool
    etag: str


class CancelOrderFields(TypedDict, total=False):
    """Fields of CancelOrderRequest."""

    name: str
    items: Sequence[str]
    note: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class OrderClient(ServiceClient):
    """Keeps orders; items and states carry the names of TM Forum TMF622."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, order_pb2.DESCRIPTOR.services_by_name["OrderService"])

    def create_order(self, **fields: Unpack[CreateOrderFields]) -> order_pb2.Order:
        """Makes the contract and the order of an accepted quote."""
        return self._call("CreateOrder", order_pb2.Order, fields)

    def get_order(self, **fields: Unpack[GetOrderFields]) -> order_pb2.Order:
        """Returns one order."""
        return self._call("GetOrder", order_pb2.Order, fields)

    def list_orders(self, **fields: Unpack[ListOrdersFields]) -> Iterator[order_pb2.Order]:
        """Lists orders in order of their names. All pages, as they are needed."""
        return self._pages("ListOrders", order_pb2.Order, "orders", fields)

    def report_item_progress(self, **fields: Unpack[ReportItemProgressFields]) -> order_pb2.Order:
        """A department tells how a task stands, or that part of an item was handed over."""
        return self._call("ReportItemProgress", order_pb2.Order, fields)

    def cancel_order(self, **fields: Unpack[CancelOrderFields]) -> order_pb2.Order:
        """Cancels the order or some items, up to the point of no return."""
        return self._call("CancelOrder", order_pb2.Order, fields)
