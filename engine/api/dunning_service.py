"""DunningService: failed payments, when to try again, and reminders."""

from __future__ import annotations

import grpc
from cpq.v1 import dunning_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, list_page
from engine.application.dunning import Dunned, record_failed_payment, run_dunning
from engine.application.invoices import open_amount
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import Invoice
from engine.billing.dunning import FailedPayment, Reminder
from engine.wire import dunning as wire
from engine.wire.basics import Faults, need_date, read_key
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS


class DunningService:
    """Dunning over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def RecordFailedPayment(
        self, request: dunning_pb2.RecordFailedPaymentRequest, context: grpc.ServicerContext
    ) -> Reply:
        """Note that an attempt failed."""
        faults = Faults()
        key = read_key(request.invoice, INVOICES, "invoice", faults)
        on = need_date(request.fail_date, "fail_date", faults)
        if not request.reason.strip():
            faults.required("reason")
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: record_failed_payment(work, key, on=on, reason=request.reason, etag=request.etag),
            lambda work, failed: _failed(failed, "", work.tx),
        )

    def ListFailedPayments(self, request: dunning_pb2.ListFailedPaymentsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of failed payments."""
        where = filters_of(
            self._calls, {"invoice": (request.invoice, INVOICES), "customer": (request.customer, CUSTOMERS)}
        )
        reply = dunning_pb2.ListFailedPaymentsResponse()
        listed = Listed(FailedPayment, "failed_payments", lambda each: each.id, _failed)
        return list_page(self._calls, listed, request, reply, where)

    def RunDunning(self, request: dunning_pb2.RunDunningRequest, context: grpc.ServicerContext) -> Reply:
        """Do what is due."""
        faults = Faults()
        customer = read_key(request.customer, CUSTOMERS, "customer", faults, optional=True)
        checked(faults)
        return self._calls.mutate(
            request, context, lambda work: run_dunning(work, customer, etag=request.etag), _dunned
        )

    def ListReminders(self, request: dunning_pb2.ListRemindersRequest, _: grpc.ServicerContext) -> Reply:
        """A page of reminders."""
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)})
        reply = dunning_pb2.ListRemindersResponse()
        listed = Listed(Reminder, "reminders", lambda each: each.id, _reminder)
        return list_page(self._calls, listed, request, reply, where)


def _dunned(work: Work, done: Dunned) -> dunning_pb2.RunDunningResponse:
    reply = dunning_pb2.RunDunningResponse()
    reply.retries.extend(_failed(each, "", work.tx) for each in done.retries)
    reply.reminders.extend(wire.reminder_message(each) for each in done.reminders)
    return reply


def _failed(failed: FailedPayment, _: str, reader: Reader) -> dunning_pb2.FailedPayment:
    invoice = reader.get(Invoice, failed.invoice)
    assert invoice is not None, "payments fail of final invoices, which stay"
    return wire.failed_message(failed, open_amount(reader, invoice))


def _reminder(reminder: Reminder, _: str, __: Reader) -> dunning_pb2.Reminder:
    return wire.reminder_message(reminder)
