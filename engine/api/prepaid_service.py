"""PrepaidService: prepaid credits of customers."""

from __future__ import annotations

import grpc
from cpq.v1 import prepaid_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, key_of, list_page
from engine.application.invoices import open_amount
from engine.application.perform import DEFAULT_TENANT, Work
from engine.application.ports import Reader
from engine.application.prepaid import add_credit, balances_of, pay_from_credits, revoke_credit
from engine.billing import Invoice
from engine.billing.prepaid import PrepaidCredit, PrepaidUse
from engine.wire import prepaid as wire
from engine.wire.basics import Faults
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS


class PrepaidService:
    """Prepaid credits over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def AddPrepaidCredit(self, request: prepaid_pb2.AddPrepaidCreditRequest, context: grpc.ServicerContext) -> Reply:
        """Give a customer a credit."""
        faults = Faults()
        credit = wire.read_credit(request.credit, faults.at("credit"))
        checked(faults)
        return self._calls.mutate(request, context, lambda work: add_credit(work, credit, etag=request.etag), _saved)

    def GetPrepaidCredit(self, request: prepaid_pb2.GetPrepaidCreditRequest, _: grpc.ServicerContext) -> Reply:
        """One credit."""
        return get_one(self._calls, PrepaidCredit, wire.PREPAID_CREDITS, request.name, _message)

    def ListPrepaidCredits(self, request: prepaid_pb2.ListPrepaidCreditsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of credits."""
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)})
        listed = Listed(PrepaidCredit, "credits", lambda each: each.id, _message)
        return list_page(self._calls, listed, request, prepaid_pb2.ListPrepaidCreditsResponse(), where)

    def GetPrepaidBalance(self, request: prepaid_pb2.GetPrepaidBalanceRequest, _: grpc.ServicerContext) -> Reply:
        """What credits may still pay."""
        key = key_of(request.customer, CUSTOMERS, "customer")
        today = self._calls.env.clock.now(DEFAULT_TENANT).date()
        return wire.balance_message(key, self._calls.read(lambda reader: balances_of(reader, key, on=today)))

    def ApplyPrepaidCredits(
        self, request: prepaid_pb2.ApplyPrepaidCreditsRequest, context: grpc.ServicerContext
    ) -> Reply:
        """Let credits pay an invoice."""
        key = key_of(request.invoice, INVOICES, "invoice")
        return self._calls.mutate(request, context, lambda work: pay_from_credits(work, key, etag=request.etag), _used)

    def RevokePrepaidCredit(
        self, request: prepaid_pb2.RevokePrepaidCreditRequest, context: grpc.ServicerContext
    ) -> Reply:
        """Take back what is left of a credit."""
        key = key_of(request.name, wire.PREPAID_CREDITS)
        return self._calls.mutate(request, context, lambda work: revoke_credit(work, key, etag=request.etag), _saved)


def _saved(work: Work, credit: PrepaidCredit) -> prepaid_pb2.PrepaidCredit:
    return wire.credit_message(credit, work.etag(PrepaidCredit, credit.id))


def _used(work: Work, use: PrepaidUse) -> prepaid_pb2.PrepaidUse:
    invoice = work.tx.get(Invoice, use.id)
    assert invoice is not None, "what is paid exists"
    return wire.use_message(use, open_amount(work.tx, invoice))


def _message(credit: PrepaidCredit, etag: str, _: Reader) -> prepaid_pb2.PrepaidCredit:
    return wire.credit_message(credit, etag)
