"""BillingService, typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import billing_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class PreviewInvoicesFields(TypedDict, total=False):
    """Fields of PreviewInvoicesRequest."""

    contract: str
    until: date


class RunBillingFields(TypedDict, total=False):
    """Fields of RunBillingRequest."""

    until: date
    contracts: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class GetInvoiceFields(TypedDict, total=False):
    """Fields of GetInvoiceRequest."""

    name: str


class ListInvoicesFields(TypedDict, total=False):
    """Fields of ListInvoicesRequest."""

    customer: str
    contract: str
    page_size: int
    page_token: str
    number: str


class FinalizeInvoiceFields(TypedDict, total=False):
    """Fields of FinalizeInvoiceRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class VoidInvoiceFields(TypedDict, total=False):
    """Fields of VoidInvoiceRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str
    reason: str


class RecordUsageFields(TypedDict, total=False):
    """Fields of RecordUsageRequest."""

    contract: str
    records: Sequence[Plain]
    request_id: str
    validate_only: bool
    etag: str


class StreamUsageFields(TypedDict, total=False):
    """Fields of StreamUsageRequest."""

    contract: str
    records: Sequence[Plain]
    validate_only: bool


class RecordPaymentFields(TypedDict, total=False):
    """Fields of RecordPaymentRequest."""

    invoice: str
    amount: int
    pay_date: date
    reference: str
    keep_excess: bool
    currency_code: str
    request_id: str
    validate_only: bool
    etag: str


class IssueCreditNoteFields(TypedDict, total=False):
    """Fields of IssueCreditNoteRequest."""

    invoice: str
    lines: Sequence[Plain]
    reason: str
    past_fault: bool
    price_change: bool
    request_id: str
    validate_only: bool
    etag: str


class GetCreditNoteFields(TypedDict, total=False):
    """Fields of GetCreditNoteRequest."""

    name: str


class ListCreditNotesFields(TypedDict, total=False):
    """Fields of ListCreditNotesRequest."""

    invoice: str
    contract: str
    page_size: int
    page_token: str


class ListUsageFields(TypedDict, total=False):
    """Fields of ListUsageRequest."""

    contract: str
    outside_service: bool
    page_size: int
    page_token: str


class BillingClient(ServiceClient):
    """Bills contracts."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, billing_pb2.DESCRIPTOR.services_by_name["BillingService"])

    def preview_invoices(self, **fields: Unpack[PreviewInvoicesFields]) -> billing_pb2.PreviewInvoicesResponse:
        """Shows the invoices that a run up to a day would draft."""
        return self._call("PreviewInvoices", billing_pb2.PreviewInvoicesResponse, fields)

    def run_billing(self, **fields: Unpack[RunBillingFields]) -> billing_pb2.RunBillingResponse:
        """Drafts an invoice for every contract and due day, and issues credit notes for service that ended."""
        return self._call("RunBilling", billing_pb2.RunBillingResponse, fields)

    def get_invoice(self, **fields: Unpack[GetInvoiceFields]) -> billing_pb2.Invoice:
        """Returns one invoice."""
        return self._call("GetInvoice", billing_pb2.Invoice, fields)

    def list_invoices(self, **fields: Unpack[ListInvoicesFields]) -> Iterator[billing_pb2.Invoice]:
        """Lists invoices in order of their names. All pages, as they are needed."""
        return self._pages("ListInvoices", billing_pb2.Invoice, "invoices", fields)

    def finalize_invoice(self, **fields: Unpack[FinalizeInvoiceFields]) -> billing_pb2.Invoice:
        """Makes a draft final under the next gap-free number, and books it."""
        return self._call("FinalizeInvoice", billing_pb2.Invoice, fields)

    def void_invoice(self, **fields: Unpack[VoidInvoiceFields]) -> billing_pb2.Invoice:
        """Throws a draft away, or makes a final invoice void, for a reason: what it billed is due again."""
        return self._call("VoidInvoice", billing_pb2.Invoice, fields)

    def record_usage(self, **fields: Unpack[RecordUsageFields]) -> billing_pb2.RecordUsageResponse:
        """Keeps usage of a contract."""
        return self._call("RecordUsage", billing_pb2.RecordUsageResponse, fields)

    def stream_usage(self, batches: Iterable[StreamUsageFields]) -> Iterator[billing_pb2.StreamUsageResponse]:
        """Keeps usage batch by batch; each is answered once it is stored. What was not answered may be sent again."""
        return self._exchange("StreamUsage", billing_pb2.StreamUsageResponse, batches)

    def list_usage(self, **fields: Unpack[ListUsageFields]) -> Iterator[billing_pb2.RecordedUsage]:
        """Lists the usage of a contract in order of the senders' ids. All pages, as they are needed."""
        return self._pages("ListUsage", billing_pb2.RecordedUsage, "usage", fields)

    def record_payment(self, **fields: Unpack[RecordPaymentFields]) -> billing_pb2.Payment:
        """Takes a payment for a final invoice."""
        return self._call("RecordPayment", billing_pb2.Payment, fields)

    def issue_credit_note(self, **fields: Unpack[IssueCreditNoteFields]) -> billing_pb2.CreditNote:
        """Credits parts of a final invoice, or all that is left of it."""
        return self._call("IssueCreditNote", billing_pb2.CreditNote, fields)

    def get_credit_note(self, **fields: Unpack[GetCreditNoteFields]) -> billing_pb2.CreditNote:
        """Returns one credit note."""
        return self._call("GetCreditNote", billing_pb2.CreditNote, fields)

    def list_credit_notes(self, **fields: Unpack[ListCreditNotesFields]) -> Iterator[billing_pb2.CreditNote]:
        """Lists credit notes in order of their names. All pages, as they are needed."""
        return self._pages("ListCreditNotes", billing_pb2.CreditNote, "credit_notes", fields)
