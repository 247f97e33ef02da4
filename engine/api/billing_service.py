"""BillingService: invoices, usage, payments, credit notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import grpc
from cpq.v1 import billing_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, key_of, list_page
from engine.api.usage_stream import UsageStream
from engine.application.billing import (
    Drafted,
    finalize_invoice,
    preview_invoices,
    run_billing,
)
from engine.application.faults import etag_mismatch, not_found
from engine.application.invoices import invoice_etag, open_amount, paid_amount, prepaid_use
from engine.application.payments import CreditWish, Receipt, issue_credit_note, record_payment
from engine.application.perform import DEFAULT_TENANT, Work
from engine.application.ports import Reader
from engine.application.usage import UsageResult, record_usage, recorded_usage
from engine.application.voiding import void_invoice
from engine.billing import CreditNote, Invoice, Reason
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.money import Money
from engine.wire import billing as wire
from engine.wire.basics import Faults, need_date, read_key
from engine.wire.parties import CUSTOMERS

MOST_CONTRACTS = 1_000
MINOR_MAX = 10**17


class BillingService:
    """Billing over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._usage = UsageStream(calls)

    def PreviewInvoices(self, request: billing_pb2.PreviewInvoicesRequest, _: grpc.ServicerContext) -> Reply:
        """What a run would draft."""
        faults = Faults()
        key = read_key(request.contract, wire.CONTRACTS, "contract", faults)
        until = need_date(request.until, "until", faults)
        checked(faults)
        env = self._calls.env
        at = env.clock.now(DEFAULT_TENANT)
        found = self._calls.read(lambda reader: preview_invoices(env, reader, key, until, at=at, tenant=DEFAULT_TENANT))
        reply = billing_pb2.PreviewInvoicesResponse()
        reply.free_days.extend(wire.free_message(each) for each in found.free)
        for each in found.invoices:
            message = wire.invoice_message(
                each, "", left=Money.zero(each.bill_to.currency), state=billing_pb2.INVOICE_STATE_DRAFT
            )
            message.name = message.name if each.id else ""
            reply.invoices.append(message)
        return reply

    def RunBilling(self, request: billing_pb2.RunBillingRequest, context: grpc.ServicerContext) -> Reply:
        """Draft what is due."""
        faults = Faults()
        until = need_date(request.until, "until", faults)
        contracts = read_contracts(request.contracts, faults)
        checked(faults)

        def decide(work: Work) -> Drafted | Refusal:
            return etag_mismatch("", request.etag) if request.etag else run_billing(work, until, contracts)

        return self._calls.mutate(request, context, decide, self._drafted)

    def GetInvoice(self, request: billing_pb2.GetInvoiceRequest, _: grpc.ServicerContext) -> Reply:
        """One invoice."""
        return get_one(self._calls, Invoice, wire.INVOICES, request.name, self._invoice)

    def ListInvoices(self, request: billing_pb2.ListInvoicesRequest, _: grpc.ServicerContext) -> Reply:
        """A page of invoices."""
        where = filters_of(
            self._calls, {"customer": (request.customer, CUSTOMERS), "contract": (request.contract, wire.CONTRACTS)}
        )
        if request.number:
            where["number"] = request.number
        reply = billing_pb2.ListInvoicesResponse()
        return list_page(
            self._calls, Listed(Invoice, "invoices", lambda each: each.id, self._invoice), request, reply, where
        )

    def FinalizeInvoice(self, request: billing_pb2.FinalizeInvoiceRequest, context: grpc.ServicerContext) -> Reply:
        """Make a draft final."""
        key = key_of(request.name, wire.INVOICES)
        return self._calls.mutate(
            request,
            context,
            lambda work: finalize_invoice(work, key, etag=request.etag),
            lambda work, invoice: self._saved(work, invoice),
        )

    def VoidInvoice(self, request: billing_pb2.VoidInvoiceRequest, context: grpc.ServicerContext) -> Reply:
        """Throw a draft away, or make a final invoice void."""
        key = key_of(request.name, wire.INVOICES)
        return self._calls.mutate(
            request,
            context,
            lambda work: void_invoice(work, key, reason=request.reason, etag=request.etag),
            lambda work, gone: wire.void_message(gone) if gone.is_draft else self._saved(work, gone),
        )

    def RecordUsage(self, request: billing_pb2.RecordUsageRequest, context: grpc.ServicerContext) -> Reply:
        """Keep usage of a contract."""
        faults = Faults()
        key = read_key(request.contract, wire.CONTRACTS, "contract", faults)
        records = wire.read_usage(request.records, faults)
        checked(faults)

        to_look_at: list[bool] = []

        def decide(work: Work) -> UsageResult | Refusal:
            return work.check_etag(Contract, key, request.etag) or record_usage(work, key, records)

        def answer(_: Work, result: UsageResult) -> billing_pb2.RecordUsageResponse:
            to_look_at.append(result.to_look_at)
            return billing_pb2.RecordUsageResponse(
                recorded_count=result.recorded, duplicate_count=result.duplicates, outside_service=result.outside
            )

        reply = self._calls.mutate(request, context, decide, answer)
        if any(to_look_at):
            self._calls.env.bell.ring()
        return reply

    def StreamUsage(
        self, batches: Iterator[billing_pb2.StreamUsageRequest], context: grpc.ServicerContext
    ) -> Iterator[billing_pb2.StreamUsageResponse]:
        """Keep usage batch by batch."""
        return self._usage.answers(batches, context)

    def ListUsage(self, request: billing_pb2.ListUsageRequest, _: grpc.ServicerContext) -> Reply:
        """A page of usage."""
        key = key_of(request.contract, wire.CONTRACTS, "contract")
        only = request.outside_service

        def answer(reader: Reader) -> billing_pb2.ListUsageResponse | Refusal:
            contract = reader.get(Contract, key)
            if contract is None:
                return not_found("contract", request.contract)
            page = self._calls.pages.page(
                request,
                lambda after, limit: recorded_usage(reader, contract, after=after, limit=limit, only_outside=only),
                lambda row: row[0],
                {"contract": key, "outside": str(only)},
            )
            if isinstance(page, Refusal):
                return page
            rows, token = page
            usage = [wire.recorded_message(row) for _, row in rows]
            return billing_pb2.ListUsageResponse(usage=usage, next_page_token=token)

        return self._calls.read(answer)

    def RecordPayment(self, request: billing_pb2.RecordPaymentRequest, context: grpc.ServicerContext) -> Reply:
        """Take a payment."""
        faults = Faults()
        key = read_key(request.invoice, wire.INVOICES, "invoice", faults)
        on = need_date(request.pay_date, "pay_date", faults)
        amount = _minor(request.amount, "amount", faults)
        checked(faults)
        receipt = Receipt(amount, on, request.reference, request.keep_excess, request.currency_code)
        return self._calls.mutate(
            request,
            context,
            lambda work: record_payment(work, key, receipt, etag=request.etag),
            lambda _, payment: wire.payment_message(payment),
        )

    def IssueCreditNote(self, request: billing_pb2.IssueCreditNoteRequest, context: grpc.ServicerContext) -> Reply:
        """Credit parts of a final invoice."""
        faults = Faults()
        key = read_key(request.invoice, wire.INVOICES, "invoice", faults)
        if not request.reason.strip():
            faults.required("reason")
        wishes = [
            CreditWish(each.line, _minor(each.amount, f"lines[{n}].amount", faults))
            for n, each in enumerate(request.lines)
        ]
        if len({each.line for each in wishes}) < len(wishes):
            faults.invalid("lines", "a line is named twice")
        if request.past_fault and request.price_change:
            faults.invalid(
                "price_change", "a credit is for a past fault or changes a price, not both", "issue two notes"
            )
        checked(faults)
        reason = Reason(request.reason, request.past_fault, request.price_change)
        return self._calls.mutate(
            request,
            context,
            lambda work: issue_credit_note(work, key, wishes, reason, etag=request.etag),
            lambda _, note: wire.credit_note_message(note),
        )

    def GetCreditNote(self, request: billing_pb2.GetCreditNoteRequest, _: grpc.ServicerContext) -> Reply:
        """One credit note."""
        return get_one(self._calls, CreditNote, wire.CREDIT_NOTES, request.name, _note)

    def ListCreditNotes(self, request: billing_pb2.ListCreditNotesRequest, _: grpc.ServicerContext) -> Reply:
        """A page of credit notes."""
        where = filters_of(
            self._calls, {"contract": (request.contract, wire.CONTRACTS), "invoice": (request.invoice, wire.INVOICES)}
        )
        reply = billing_pb2.ListCreditNotesResponse()
        listed = Listed(CreditNote, "credit_notes", lambda each: each.id, _note)
        return list_page(self._calls, listed, request, reply, where)

    def _drafted(self, work: Work, drafted: Drafted) -> billing_pb2.RunBillingResponse:
        reply = billing_pb2.RunBillingResponse()
        reply.invoices.extend(self._saved(work, each) for each in drafted.invoices)
        reply.credit_notes.extend(wire.credit_note_message(each) for each in drafted.credit_notes)
        reply.free_days.extend(wire.free_message(each) for each in drafted.free)
        return reply

    def _saved(self, work: Work, invoice: Invoice) -> billing_pb2.Invoice:
        return _message(invoice, work.tx, work.at.date())

    def _invoice(self, invoice: Invoice, _: str, reader: Reader) -> billing_pb2.Invoice:
        return _message(invoice, reader, self._calls.env.clock.now(DEFAULT_TENANT).date())


def _message(invoice: Invoice, reader: Reader, today: date) -> billing_pb2.Invoice:
    left = open_amount(reader, invoice)
    state = wire.invoice_state(invoice, left, today, paid=paid_amount(reader, invoice))
    message = wire.invoice_message(invoice, invoice_etag(reader, invoice), left=left, state=state)
    message.prepaid = prepaid_use(reader, invoice.id).paid(invoice.bill_to.currency).minor_units
    return message


def _note(note: CreditNote, _: str, __: Reader) -> billing_pb2.CreditNote:
    return wire.credit_note_message(note)


def read_contracts(names: Iterable[str], faults: Faults) -> tuple[str, ...]:
    """The contracts that a run is told to bill, each once."""
    given = list(names)
    if len(given) > MOST_CONTRACTS:
        faults.invalid("contracts", f"{len(given)} contracts; {MOST_CONTRACTS} are allowed")
        return ()
    found = (read_key(each, wire.CONTRACTS, f"contracts[{n}]", faults) for n, each in enumerate(given))
    return tuple(dict.fromkeys(found))


def _minor(amount: int, field: str, faults: Faults) -> int:
    if not 0 < amount <= MINOR_MAX:
        faults.invalid(field, f"{amount} minor units are not above zero and at most {MINOR_MAX}")
    return amount
