"""QuoteService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import quote_pb2
from google.protobuf import empty_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class CreateQuoteFields(TypedDict, total=False):
    """Fields of CreateQuoteRequest."""

    quote: Plain
    view: str | int
    request_id: str
    validate_only: bool
    etag: str


class GetQuoteFields(TypedDict, total=False):
    """Fields of GetQuoteRequest."""

    name: str
    view: str | int


class ListQuotesFields(TypedDict, total=False):
    """Fields of ListQuotesRequest."""

    customer: str
    state: str | int
    deal: str
    page_size: int
    page_token: str


class UpdateQuoteFields(TypedDict, total=False):
    """Fields of UpdateQuoteRequest."""

    quote: Plain
    update_mask: Sequence[str]
    view: str | int
    request_id: str
    validate_only: bool
    etag: str


class DeleteQuoteFields(TypedDict, total=False):
    """Fields of DeleteQuoteRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class BatchUpdateQuoteLinesFields(TypedDict, total=False):
    """Fields of BatchUpdateQuoteLinesRequest."""

    name: str
    upserts: Sequence[Plain]
    removals: Sequence[str]
    view: str | int
    request_id: str
    validate_only: bool
    etag: str


class SubmitQuoteFields(TypedDict, total=False):
    """Fields of SubmitQuoteRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class RecallQuoteFields(TypedDict, total=False):
    """Fields of RecallQuoteRequest."""

    name: str
    by: str
    comment: str
    request_id: str
    validate_only: bool
    etag: str


class SendQuoteFields(TypedDict, total=False):
    """Fields of SendQuoteRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class AcceptQuoteFields(TypedDict, total=False):
    """Fields of AcceptQuoteRequest."""

    name: str
    version: int
    purchase_order: str
    request_id: str
    validate_only: bool
    etag: str


class DeclineQuoteFields(TypedDict, total=False):
    """Fields of DeclineQuoteRequest."""

    name: str
    note: str
    request_id: str
    validate_only: bool
    etag: str


class WithdrawQuoteFields(TypedDict, total=False):
    """Fields of WithdrawQuoteRequest."""

    name: str
    note: str
    request_id: str
    validate_only: bool
    etag: str


class ReviseQuoteFields(TypedDict, total=False):
    """Fields of ReviseQuoteRequest."""

    name: str
    valid_until: date
    request_id: str
    validate_only: bool
    etag: str


class CloneQuoteFields(TypedDict, total=False):
    """Fields of CloneQuoteRequest."""

    name: str
    owner: str
    valid_until: date
    request_id: str
    validate_only: bool
    etag: str


class ListQuoteVersionsFields(TypedDict, total=False):
    """Fields of ListQuoteVersionsRequest."""

    parent: str
    page_size: int
    page_token: str


class CompareQuoteVersionsFields(TypedDict, total=False):
    """Fields of CompareQuoteVersionsRequest."""

    name: str
    before: int
    after: int


class PreviewApprovalsFields(TypedDict, total=False):
    """Fields of PreviewApprovalsRequest."""

    name: str
    content: Plain


class VerifyCertificateFields(TypedDict, total=False):
    """Fields of VerifyCertificateRequest."""

    name: str
    certificate: str


class QuoteClient(ServiceClient):
    """Keeps quotes from the first draft to the accepted offer."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, quote_pb2.DESCRIPTOR.services_by_name["QuoteService"])

    def create_quote(self, **fields: Unpack[CreateQuoteFields]) -> quote_pb2.Quote:
        """Evaluates what is asked for and keeps it as a draft."""
        return self._call("CreateQuote", quote_pb2.Quote, fields)

    def get_quote(self, **fields: Unpack[GetQuoteFields]) -> quote_pb2.Quote:
        """Returns one quote."""
        return self._call("GetQuote", quote_pb2.Quote, fields)

    def list_quotes(self, **fields: Unpack[ListQuotesFields]) -> Iterator[quote_pb2.Quote]:
        """Lists quotes in order of their names, in the BASIC view. All pages, as they are needed."""
        return self._pages("ListQuotes", quote_pb2.Quote, "quotes", fields)

    def update_quote(self, **fields: Unpack[UpdateQuoteFields]) -> quote_pb2.Quote:
        """Replaces what a draft asks for, and evaluates it again under the rule book in force."""
        return self._call("UpdateQuote", quote_pb2.Quote, fields)

    def delete_quote(self, **fields: Unpack[DeleteQuoteFields]) -> empty_pb2.Empty:
        """Deletes a draft or a withdrawn quote."""
        return self._call("DeleteQuote", empty_pb2.Empty, fields)

    def batch_update_quote_lines(self, **fields: Unpack[BatchUpdateQuoteLinesFields]) -> quote_pb2.Quote:
        """Adds, changes and removes lines of a draft, without resending the others."""
        return self._call("BatchUpdateQuoteLines", quote_pb2.Quote, fields)

    def submit_quote(self, **fields: Unpack[SubmitQuoteFields]) -> quote_pb2.Quote:
        """Sends a draft to its approvers, or approves it when nobody has to look."""
        return self._call("SubmitQuote", quote_pb2.Quote, fields)

    def recall_quote(self, **fields: Unpack[RecallQuoteFields]) -> quote_pb2.Quote:
        """Takes a quote that was not sent yet back to a draft."""
        return self._call("RecallQuote", quote_pb2.Quote, fields)

    def send_quote(self, **fields: Unpack[SendQuoteFields]) -> quote_pb2.Quote:
        """Makes the offer."""
        return self._call("SendQuote", quote_pb2.Quote, fields)

    def accept_quote(self, **fields: Unpack[AcceptQuoteFields]) -> quote_pb2.Quote:
        """The customer takes the offer."""
        return self._call("AcceptQuote", quote_pb2.Quote, fields)

    def decline_quote(self, **fields: Unpack[DeclineQuoteFields]) -> quote_pb2.Quote:
        """The customer says no."""
        return self._call("DeclineQuote", quote_pb2.Quote, fields)

    def withdraw_quote(self, **fields: Unpack[WithdrawQuoteFields]) -> quote_pb2.Quote:
        """We take the quote back for good."""
        return self._call("WithdrawQuote", quote_pb2.Quote, fields)

    def revise_quote(self, **fields: Unpack[ReviseQuoteFields]) -> quote_pb2.Quote:
        """Begins the next version as a draft."""
        return self._call("ReviseQuote", quote_pb2.Quote, fields)

    def clone_quote(self, **fields: Unpack[CloneQuoteFields]) -> quote_pb2.Quote:
        """Makes a new draft that asks for the same, evaluated today."""
        return self._call("CloneQuote", quote_pb2.Quote, fields)

    def list_quote_versions(self, **fields: Unpack[ListQuoteVersionsFields]) -> Iterator[quote_pb2.QuoteVersion]:
        """Lists the offers made, newest first. All pages, as they are needed."""
        return self._pages("ListQuoteVersions", quote_pb2.QuoteVersion, "versions", fields)

    def compare_quote_versions(
        self, **fields: Unpack[CompareQuoteVersionsFields]
    ) -> quote_pb2.CompareQuoteVersionsResponse:
        """Lists every field in which two versions differ."""
        return self._call("CompareQuoteVersions", quote_pb2.CompareQuoteVersionsResponse, fields)

    def preview_approvals(self, **fields: Unpack[PreviewApprovalsFields]) -> quote_pb2.PreviewApprovalsResponse:
        """Says who would be asked if the quote were submitted now, and which earlier approvals stand."""
        return self._call("PreviewApprovals", quote_pb2.PreviewApprovalsResponse, fields)

    def verify_certificate(self, **fields: Unpack[VerifyCertificateFields]) -> quote_pb2.VerifyCertificateResponse:
        """Recomputes an offer from its inputs and rule book, and compares the certificate."""
        return self._call("VerifyCertificate", quote_pb2.VerifyCertificateResponse, fields)
