"""ContractService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from cpq.v1 import contract_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class GetContractFields(TypedDict, total=False):
    """Fields of GetContractRequest."""

    name: str


class ListContractsFields(TypedDict, total=False):
    """Fields of ListContractsRequest."""

    customer: str
    page_size: int
    page_token: str


class SuspendContractFields(TypedDict, total=False):
    """Fields of SuspendContractRequest."""

    name: str
    start: date
    lines: Sequence[str]
    term: str | int
    reason: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class ResumeContractFields(TypedDict, total=False):
    """Fields of ResumeContractRequest."""

    name: str
    start: date
    lines: Sequence[str]
    reason: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class SetBillDayFields(TypedDict, total=False):
    """Fields of SetBillDayRequest."""

    name: str
    bill_day: int
    effective: date
    reason: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class TerminateContractFields(TypedDict, total=False):
    """Fields of TerminateContractRequest."""

    name: str
    end: date
    lines: Sequence[str]
    reason: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class CreateAmendmentQuoteFields(TypedDict, total=False):
    """Fields of CreateAmendmentQuoteRequest."""

    contract: str
    effective: date
    changes: Sequence[Plain]
    cancels: Sequence[str]
    content: Plain
    co_terminate: str | int
    owner: str
    valid_until: date
    title: str
    until: date
    request_id: str
    validate_only: bool
    etag: str


class CreateRenewalQuoteFields(TypedDict, total=False):
    """Fields of CreateRenewalQuoteRequest."""

    contract: str
    lines: Sequence[str]
    start: date
    months: int
    end: date
    price: str | int
    index_percent: str | Decimal
    owner: str
    valid_until: date
    title: str
    until: date
    request_id: str
    validate_only: bool
    etag: str


class PreviewAmendmentFields(TypedDict, total=False):
    """Fields of PreviewAmendmentRequest."""

    quote: str
    until: date


class ContractClient(ServiceClient):
    """Shows contracts, quotes changes and renewals of them, and ends them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, contract_pb2.DESCRIPTOR.services_by_name["ContractService"])

    def get_contract(self, **fields: Unpack[GetContractFields]) -> contract_pb2.Contract:
        """Returns one contract."""
        return self._call("GetContract", contract_pb2.Contract, fields)

    def list_contracts(self, **fields: Unpack[ListContractsFields]) -> Iterator[contract_pb2.Contract]:
        """Lists contracts in order of their names. All pages, as they are needed."""
        return self._pages("ListContracts", contract_pb2.Contract, "contracts", fields)

    def terminate_contract(self, **fields: Unpack[TerminateContractFields]) -> contract_pb2.TerminateContractResponse:
        """Ends a contract or some of its lines before the agreed day."""
        return self._call("TerminateContract", contract_pb2.TerminateContractResponse, fields)

    def suspend_contract(self, **fields: Unpack[SuspendContractFields]) -> contract_pb2.SuspendContractResponse:
        """Lets lines of a contract pause."""
        return self._call("SuspendContract", contract_pb2.SuspendContractResponse, fields)

    def resume_contract(self, **fields: Unpack[ResumeContractFields]) -> contract_pb2.ResumeContractResponse:
        """Lets suspended lines come back."""
        return self._call("ResumeContract", contract_pb2.ResumeContractResponse, fields)

    def set_bill_day(self, **fields: Unpack[SetBillDayFields]) -> contract_pb2.SetBillDayResponse:
        """Lets the periods of a contract turn over on another day of the month."""
        return self._call("SetBillDay", contract_pb2.SetBillDayResponse, fields)

    def create_amendment_quote(self, **fields: Unpack[CreateAmendmentQuoteFields]) -> contract_pb2.AmendmentQuote:
        """Quotes a change of a running contract and shows what signing it does."""
        return self._call("CreateAmendmentQuote", contract_pb2.AmendmentQuote, fields)

    def create_renewal_quote(self, **fields: Unpack[CreateRenewalQuoteFields]) -> contract_pb2.AmendmentQuote:
        """Quotes the next term of a contract."""
        return self._call("CreateRenewalQuote", contract_pb2.AmendmentQuote, fields)

    def preview_amendment(self, **fields: Unpack[PreviewAmendmentFields]) -> contract_pb2.AmendmentImpact:
        """Shows what signing a quoted change does, as the contract stands now."""
        return self._call("PreviewAmendment", contract_pb2.AmendmentImpact, fields)
