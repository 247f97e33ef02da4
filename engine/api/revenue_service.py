"""RevenueService: revenue contracts, recognition, the journal, the audit."""

from __future__ import annotations

import grpc
from cpq.v1 import revenue_pb2

from engine.api.calls import Calls, Reply, checked, ok
from engine.api.listing import Listed, filters_of, get_one, list_page
from engine.application.audit import run_audit
from engine.application.faults import etag_mismatch
from engine.application.ledger import (
    BOOKS,
    BooksState,
    LedgerEntry,
    balances,
    close_books,
    entries_of_contract,
    reverse_entry,
)
from engine.application.perform import DEFAULT_TENANT, Work, etag_of
from engine.application.ports import Reader
from engine.application.positions import position_of
from engine.application.revenue import RunResult, run_recognition
from engine.application.stating import state
from engine.audit import TITLES
from engine.diagnostics import Code, Refusal
from engine.revenue import Basis, RevenueContract
from engine.wire import revenue as wire
from engine.wire.assessed import assess
from engine.wire.basics import Faults, fill_date, need_date, read_date, read_key
from engine.wire.functional import read_functional
from engine.wire.parties import USERS
from engine.wire.stated import read_fact

MOST_CONTRACTS = 1_000


class RevenueService:
    """Revenue over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def GetRevenueContract(self, request: revenue_pb2.GetRevenueContractRequest, _: grpc.ServicerContext) -> Reply:
        """The obligations of a contract."""
        return get_one(
            self._calls,
            RevenueContract,
            wire.REVENUE_CONTRACTS,
            request.name,
            lambda contract, etag, _reader: wire.revenue_contract_message(contract, etag),
        )

    def GetRevenuePosition(self, request: revenue_pb2.GetRevenuePositionRequest, _: grpc.ServicerContext) -> Reply:
        """A contract at a day."""
        faults = Faults()
        key = read_key(request.name, wire.REVENUE_CONTRACTS, "name", faults)
        until = read_date(request.until, "until", faults)
        functional = read_functional(request, faults)
        checked(faults)
        at = until or self._calls.env.clock.now(DEFAULT_TENANT).date()
        return wire.position_message(
            self._calls.read(lambda reader: position_of(reader, key, at=at, functional=functional))
        )

    def RunRecognition(self, request: revenue_pb2.RunRecognitionRequest, context: grpc.ServicerContext) -> Reply:
        """Recognise everything due."""
        faults = Faults()
        until = need_date(request.until, "until", faults)
        if len(request.contracts) > MOST_CONTRACTS:
            faults.invalid("contracts", f"{len(request.contracts)} contracts; {MOST_CONTRACTS} are allowed")
        names = list(request.contracts)[:MOST_CONTRACTS]
        contracts = [read_key(each, wire.REVENUE_CONTRACTS, f"contracts[{n}]", faults) for n, each in enumerate(names)]
        checked(faults)

        def decide(work: Work) -> RunResult | Refusal:
            return etag_mismatch("", request.etag) if request.etag else run_recognition(work, until, contracts)

        return self._calls.mutate(
            request,
            context,
            decide,
            lambda _, done: revenue_pb2.RunRecognitionResponse(contract_count=done.contracts, entry_count=done.facts),
        )

    def StateRevenueFact(self, request: revenue_pb2.StateRevenueFactRequest, context: grpc.ServicerContext) -> Reply:
        """State what nobody can compute."""
        faults = Faults()
        key = read_key(request.name, wire.REVENUE_CONTRACTS, "name", faults)
        author = read_key(request.author, USERS, "author", faults)
        if not request.reason.strip():
            faults.required("reason")
        on = read_date(request.date, "date", faults)
        made = read_fact(request, faults)
        checked(faults)
        assert made is not None, "a request without a fact is refused"

        def decide(work: Work) -> RevenueContract | Refusal:
            basis = Basis(author, request.reason)
            return state(
                work,
                key,
                statement=lambda contract: made(contract.currency, on or work.at.date(), basis),
                author=author,
                kind=request.WhichOneof("fact") or "",
                etag=request.etag,
            )

        return self._calls.mutate(
            request,
            context,
            decide,
            lambda work, contract: wire.revenue_contract_message(contract, work.etag(RevenueContract, contract.id)),
        )

    def AssessRevenue(self, request: revenue_pb2.AssessRevenueRequest, _: grpc.ServicerContext) -> Reply:
        """Answer a question of the standard."""
        faults = Faults()
        found = assess(request, faults)
        checked(faults)
        return found

    def ClosePeriod(self, request: revenue_pb2.ClosePeriodRequest, context: grpc.ServicerContext) -> Reply:
        """Close the books up to a month end."""
        faults = Faults()
        until = need_date(request.until, "until", faults)
        checked(faults)
        return self._calls.mutate(request, context, lambda work: close_books(work, until, etag=request.etag), _closed)

    def ListJournalEntries(self, request: revenue_pb2.ListJournalEntriesRequest, _: grpc.ServicerContext) -> Reply:
        """A page of entries in the order of posting."""
        contract = filters_of(self._calls, {"contract": (request.contract, "contracts")}).get("contract", "")
        reply = revenue_pb2.ListJournalEntriesResponse()
        if not contract:
            return list_page(self._calls, ENTRIES, request, reply, {})
        with self._calls.env.store.read(DEFAULT_TENANT) as reader:
            rows, token = ok(
                self._calls.pages.page(
                    request,
                    lambda after, limit: entries_of_contract(reader, contract, after, limit),
                    lambda each: each.id,
                    {"contract": contract},
                )
            )
            reply.entries.extend(_entry(each, etag_of(reader, LedgerEntry, each.id), reader) for each in rows)
        reply.next_page_token = token
        return reply

    def ReverseEntry(self, request: revenue_pb2.ReverseEntryRequest, context: grpc.ServicerContext) -> Reply:
        """Undo an entry by a new one."""
        faults = Faults()
        key = read_key(request.name, wire.JOURNAL_ENTRIES, "name", faults)
        on = read_date(request.date, "date", faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: reverse_entry(work, key, on=on or work.at.date(), etag=request.etag),
            lambda work, entry: wire.entry_message(entry, work.etag(LedgerEntry, entry.id)),
        )

    def GetTrialBalance(self, request: revenue_pb2.GetTrialBalanceRequest, _: grpc.ServicerContext) -> Reply:
        """The balance of every account."""
        faults = Faults()
        until = read_date(request.until, "until", faults)
        checked(faults)
        reply = revenue_pb2.TrialBalance()
        for each in self._calls.read(lambda reader: balances(reader, until)):
            wire.fill_balance(reply.balances.add(), each)
        return reply

    def RunAudit(self, request: revenue_pb2.RunAuditRequest, _: grpc.ServicerContext) -> Reply:
        """Prove the identities."""
        faults = Faults()
        until = read_date(request.until, "until", faults)
        checked(faults)
        day = until or self._calls.env.clock.now(DEFAULT_TENANT).date()
        found = self._calls.read(lambda reader: run_audit(reader, day))
        reply = revenue_pb2.RunAuditResponse(valid=not found.violations)
        for name, count in found.counts.items():
            reply.row_counts[name] = count
        for code, broken in found.broken().items():
            row = reply.checks.add()
            row.id, row.statement, row.broken_count = code, TITLES[Code(code)], broken
        for violation in found.violations:
            finding = reply.findings.add()
            finding.check, finding.subject, finding.message = violation.code, violation.where, str(violation)
            finding.expected, finding.found = violation.expected, violation.found
            finding.currency_code = violation.currency
        return reply


def _entry(stored: LedgerEntry, etag: str, _: Reader) -> revenue_pb2.JournalEntry:
    return wire.entry_message(stored, etag)


def _closed(work: Work, state: BooksState) -> revenue_pb2.ClosePeriodResponse:
    reply = revenue_pb2.ClosePeriodResponse(etag=work.etag(BooksState, BOOKS))
    fill_date(reply.closed_until, state.closed_until)
    return reply


ENTRIES = Listed(LedgerEntry, "entries", lambda stored: stored.id, _entry)
