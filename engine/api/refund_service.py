"""RefundService: money of customers that goes back, or is kept for what is invoiced next."""

from __future__ import annotations

import grpc
from cpq.v1 import refund_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, list_page
from engine.application.invoices import Refund
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.application.refunds import refund_credit, refund_invoice
from engine.diagnostics import Refusal
from engine.wire import refunds as wire
from engine.wire.basics import Faults, read_key
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS
from engine.wire.prepaid import PREPAID_CREDITS


class RefundService:
    """Refunds over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def RecordRefund(self, request: refund_pb2.RecordRefundRequest, context: grpc.ServicerContext) -> Reply:
        """Book that money goes back, or is kept."""
        faults = Faults()
        invoice = read_key(request.invoice, INVOICES, "invoice", faults, optional=True)
        credit = read_key(request.prepaid_credit, PREPAID_CREDITS, "prepaid_credit", faults, optional=True)
        wish = wire.read_wish(request, faults)
        checked(faults)

        def decide(work: Work) -> Refund | Refusal:
            if invoice:
                return refund_invoice(work, invoice, wish, etag=request.etag)
            return refund_credit(work, credit, wish, etag=request.etag)

        return self._calls.mutate(request, context, decide, lambda _, refund: wire.refund_message(refund))

    def GetRefund(self, request: refund_pb2.GetRefundRequest, _: grpc.ServicerContext) -> Reply:
        """One refund."""
        return get_one(self._calls, Refund, wire.REFUNDS, request.name, _message)

    def ListRefunds(self, request: refund_pb2.ListRefundsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of refunds."""
        named = {"customer": (request.customer, CUSTOMERS), "invoice": (request.invoice, INVOICES)}
        listed = Listed(Refund, "refunds", lambda each: each.id, _message)
        reply = refund_pb2.ListRefundsResponse()
        return list_page(self._calls, listed, request, reply, filters_of(self._calls, named))


def _message(refund: Refund, _: str, __: Reader) -> refund_pb2.Refund:
    return wire.refund_message(refund)
