"""RevenueService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import revenue_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class GetRevenueContractFields(TypedDict, total=False):
    """Fields of GetRevenueContractRequest."""

    name: str


class GetRevenuePositionFields(TypedDict, total=False):
    """Fields of GetRevenuePositionRequest."""

    name: str
    until: date
    functional_currency_code: str
    rates: Sequence[Plain]


class RunRecognitionFields(TypedDict, total=False):
    """Fields of RunRecognitionRequest."""

    until: date
    contracts: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class StateRevenueFactFields(TypedDict, total=False):
    """Fields of StateRevenueFactRequest; one of the facts is given."""

    name: str
    date: date
    author: str
    reason: str
    expected_refund: Plain
    refund_release: Plain
    customer_payment: Plain
    financing: Plain
    contract_costs: Plain
    impairment_test: Plain
    cost_of_goods: Plain
    progress: Plain
    variable_amount: Plain
    volume_rebate: Plain
    usage_allocation: Plain
    service_change: Plain
    request_id: str
    validate_only: bool
    etag: str


class AssessRevenueFields(TypedDict, total=False):
    """Fields of AssessRevenueRequest; one of the questions is asked."""

    gaap: str
    contract: Plain
    combination: Plain
    term: Plain
    distinct: Plain
    warranty: Plain
    timing: Plain
    role: Plain
    material_right: Plain
    estimate: Plain
    constraint: Plain
    significant_financing: Plain
    licence: Plain
    hosting: Plain
    licence_renewal: Plain
    upfront_fee: Plain
    bill_and_hold: Plain
    consignment: Plain
    repurchase: Plain


class ClosePeriodFields(TypedDict, total=False):
    """Fields of ClosePeriodRequest."""

    until: date
    request_id: str
    validate_only: bool
    etag: str


class ListJournalEntriesFields(TypedDict, total=False):
    """Fields of ListJournalEntriesRequest."""

    contract: str
    page_size: int
    page_token: str


class ReverseEntryFields(TypedDict, total=False):
    """Fields of ReverseEntryRequest."""

    name: str
    date: date
    request_id: str
    validate_only: bool
    etag: str


class GetTrialBalanceFields(TypedDict, total=False):
    """Fields of GetTrialBalanceRequest."""

    until: date


class RunAuditFields(TypedDict, total=False):
    """Fields of RunAuditRequest."""

    until: date


class RevenueClient(ServiceClient):
    """Recognises revenue by ASC 606 and IFRS 15, and keeps the journal."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, revenue_pb2.DESCRIPTOR.services_by_name["RevenueService"])

    def get_revenue_contract(self, **fields: Unpack[GetRevenueContractFields]) -> revenue_pb2.RevenueContract:
        """Returns the obligations of a contract with their schedules."""
        return self._call("GetRevenueContract", revenue_pb2.RevenueContract, fields)

    def get_revenue_position(self, **fields: Unpack[GetRevenuePositionFields]) -> revenue_pb2.RevenuePosition:
        """Returns a contract at a day, as due and as booked, and in the functional currency."""
        return self._call("GetRevenuePosition", revenue_pb2.RevenuePosition, fields)

    def run_recognition(self, **fields: Unpack[RunRecognitionFields]) -> revenue_pb2.RunRecognitionResponse:
        """Recognises everything due up to a day."""
        return self._call("RunRecognition", revenue_pb2.RunRecognitionResponse, fields)

    def state_revenue_fact(self, **fields: Unpack[StateRevenueFactFields]) -> revenue_pb2.RevenueContract:
        """States what nobody can compute: a refund, a payment to the customer, financing, costs, or progress."""
        return self._call("StateRevenueFact", revenue_pb2.RevenueContract, fields)

    def assess_revenue(self, **fields: Unpack[AssessRevenueFields]) -> revenue_pb2.RevenueAssessment:
        """Answers a question of ASC 606 and IFRS 15 from stated facts."""
        return self._call("AssessRevenue", revenue_pb2.RevenueAssessment, fields)

    def close_period(self, **fields: Unpack[ClosePeriodFields]) -> revenue_pb2.ClosePeriodResponse:
        """Closes the books up to a month end."""
        return self._call("ClosePeriod", revenue_pb2.ClosePeriodResponse, fields)

    def list_journal_entries(self, **fields: Unpack[ListJournalEntriesFields]) -> Iterator[revenue_pb2.JournalEntry]:
        """Lists journal entries in the order of posting. All pages, as they are needed."""
        return self._pages("ListJournalEntries", revenue_pb2.JournalEntry, "entries", fields)

    def reverse_entry(self, **fields: Unpack[ReverseEntryFields]) -> revenue_pb2.JournalEntry:
        """Undoes an entry by a new one."""
        return self._call("ReverseEntry", revenue_pb2.JournalEntry, fields)

    def get_trial_balance(self, **fields: Unpack[GetTrialBalanceFields]) -> revenue_pb2.TrialBalance:
        """Returns the balance of every account."""
        return self._call("GetTrialBalance", revenue_pb2.TrialBalance, fields)

    def run_audit(self, **fields: Unpack[RunAuditFields]) -> revenue_pb2.RunAuditResponse:
        """Proves the identities from quote to journal over all stored records, by queries of its own."""
        return self._call("RunAudit", revenue_pb2.RunAuditResponse, fields)
