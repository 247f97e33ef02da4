"""OrderService: what accepted offers became."""

from __future__ import annotations

from collections.abc import Mapping

import grpc
from cpq.v1 import order_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import InState, Listed, filters_of, get_one, key_of, list_page
from engine.application.orders import Progress, Report, cancel_order, order_quote, report_progress
from engine.application.ports import Reader
from engine.orders.order import Order
from engine.wire import orders as wire
from engine.wire.basics import Faults, read_decimal, read_key
from engine.wire.parties import CUSTOMERS, USERS

PROGRESS: Mapping[int, Progress] = {order_pb2.Progress.Value(f"PROGRESS_{each.name}"): each for each in Progress}


class OrderService:
    """Orders over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def CreateOrder(self, request: order_pb2.CreateOrderRequest, context: grpc.ServicerContext) -> Reply:
        """Contract and order of an accepted quote."""
        key = key_of(request.quote, "quotes", "quote")
        return self._calls.mutate(
            request,
            context,
            lambda work: order_quote(work, key, etag=request.etag),
            lambda work, order: wire.order_message(order, work.etag(Order, order.id)),
        )

    def GetOrder(self, request: order_pb2.GetOrderRequest, _: grpc.ServicerContext) -> Reply:
        """One order."""
        return get_one(self._calls, Order, wire.ORDERS, request.name, _order)

    def ListOrders(self, request: order_pb2.ListOrdersRequest, _: grpc.ServicerContext) -> Reply:
        """A page of orders."""
        state = InState("state", request.state, wire.STATE_OF)
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)}, state)
        reply = order_pb2.ListOrdersResponse()
        return list_page(self._calls, ORDERS, request, reply, where)

    def ReportItemProgress(self, request: order_pb2.ReportItemProgressRequest, context: grpc.ServicerContext) -> Reply:
        """A department's report."""
        faults = Faults()
        key = read_key(request.name, wire.ORDERS, "name", faults)
        report = _report(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: report_progress(work, key, report, etag=request.etag),
            lambda work, order: wire.order_message(order, work.etag(Order, key)),
        )

    def CancelOrder(self, request: order_pb2.CancelOrderRequest, context: grpc.ServicerContext) -> Reply:
        """Cancel the order or some items."""
        faults = Faults()
        key = read_key(request.name, wire.ORDERS, "name", faults)
        by = read_key(request.by, USERS, "by", faults, optional=True)
        checked(faults)
        items = tuple(request.items)
        return self._calls.mutate(
            request,
            context,
            lambda work: cancel_order(work, key, items=items, note=request.note, by=by, etag=request.etag),
            lambda work, order: wire.order_message(order, work.etag(Order, key)),
        )


def _order(order: Order, etag: str, _: Reader) -> order_pb2.Order:
    return wire.order_message(order, etag)


def _report(request: order_pb2.ReportItemProgressRequest, faults: Faults) -> Report:
    progress = PROGRESS.get(request.progress)
    quantity = read_decimal(request.quantity, "quantity", faults)
    if progress is None:
        faults.required("progress")
    elif progress is Progress.DELIVERED:
        if not request.item:
            faults.required("item")
        if not request.quantity:
            faults.required("quantity")
    elif not request.task:
        faults.required("task")
    return Report(
        progress or Progress.STARTED,
        task=request.task,
        item=request.item,
        quantity=quantity if quantity is not None else Report(Progress.STARTED).quantity,
        note=request.note,
    )


ORDERS = Listed(Order, "orders", lambda order: order.id, _order)
