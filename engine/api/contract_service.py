"""ContractService: contracts, their changes and renewals as quotes, and ending them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import grpc
from cpq.v1 import common_pb2, contract_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, list_page
from engine.api.quote_answers import QuoteAnswers
from engine.application.amendment_impact import Impact, impact_of
from engine.application.amendments import create_amendment_quote
from engine.application.bill_day import BillDayWish, set_bill_day
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT, Work
from engine.application.ports import Reader
from engine.application.renewals import create_renewal_quote
from engine.application.suspension import ResumptionWish, SuspensionWish, resume_contract, suspend_contract
from engine.application.termination import Termination, terminate_contract
from engine.contracts import Contract, SuspendedTerm
from engine.diagnostics import Refusal
from engine.quotes.quote import Quote
from engine.wire import orders as wire
from engine.wire.amendments import fill_impact, read_amendment, read_renewal
from engine.wire.basics import Faults, need_date, read_date, read_key
from engine.wire.parties import CUSTOMERS, USERS
from engine.wire.places import placed
from engine.wire.quotes import QUOTES

TERMS = {number: term or SuspendedTerm.KEPT for term, number in wire.SUSPENDED_TERMS.items()}


class ContractService:
    """Contracts over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers = QuoteAnswers(calls)

    def GetContract(self, request: contract_pb2.GetContractRequest, _: grpc.ServicerContext) -> Reply:
        """One contract."""
        return get_one(self._calls, Contract, wire.CONTRACTS, request.name, _contract)

    def ListContracts(self, request: contract_pb2.ListContractsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of contracts."""
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)})
        reply = contract_pb2.ListContractsResponse()
        return list_page(self._calls, CONTRACTS, request, reply, where)

    def TerminateContract(self, request: contract_pb2.TerminateContractRequest, context: grpc.ServicerContext) -> Reply:
        """End a contract or some of its lines early."""
        faults = Faults()
        key = read_key(request.name, wire.CONTRACTS, "name", faults)
        wish = _termination(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: terminate_contract(work, key, wish, etag=request.etag),
            lambda work, done: wire.termination_message(done, work.etag(Contract, key)),
        )

    def SuspendContract(self, request: contract_pb2.SuspendContractRequest, context: grpc.ServicerContext) -> Reply:
        """Let lines pause."""
        faults = Faults()
        key = read_key(request.name, wire.CONTRACTS, "name", faults)
        if request.term not in TERMS:
            faults.invalid("term", f"{request.term} is not known")
        wish = SuspensionWish(**_pausing(request, faults), term=TERMS.get(request.term, SuspendedTerm.KEPT))
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: suspend_contract(work, key, wish, etag=request.etag),
            lambda work, done: wire.suspension_message(done, work.etag(Contract, key)),
        )

    def ResumeContract(self, request: contract_pb2.ResumeContractRequest, context: grpc.ServicerContext) -> Reply:
        """Let suspended lines come back."""
        faults = Faults()
        key = read_key(request.name, wire.CONTRACTS, "name", faults)
        wish = ResumptionWish(**_pausing(request, faults))
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: resume_contract(work, key, wish, etag=request.etag),
            lambda work, done: wire.resumption_message(done, work.etag(Contract, key)),
        )

    def SetBillDay(self, request: contract_pb2.SetBillDayRequest, context: grpc.ServicerContext) -> Reply:
        """Let periods turn over on another day of the month."""
        faults = Faults()
        key = read_key(request.name, wire.CONTRACTS, "name", faults)
        wish = _bill_day(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: set_bill_day(work, key, wish, etag=request.etag),
            lambda work, done: wire.bill_day_message(done, work.etag(Contract, key)),
        )

    def CreateAmendmentQuote(
        self, request: contract_pb2.CreateAmendmentQuoteRequest, context: grpc.ServicerContext
    ) -> Reply:
        """The quote of a change, with what signing it does."""
        faults = Faults()
        key = read_key(request.contract, wire.CONTRACTS, "contract", faults)
        wish = read_amendment(request, faults, most_lines=self._calls.limits.lines)
        until = read_date(request.until, "until", faults)
        checked(faults)
        return self._quoted(
            request,
            context,
            lambda work, found: placed(create_amendment_quote(work, found, wish), content="content"),
            key,
            until,
        )

    def CreateRenewalQuote(
        self, request: contract_pb2.CreateRenewalQuoteRequest, context: grpc.ServicerContext
    ) -> Reply:
        """The quote of the next term, with what signing it does."""
        faults = Faults()
        key = read_key(request.contract, wire.CONTRACTS, "contract", faults)
        wish = read_renewal(request, faults)
        until = read_date(request.until, "until", faults)
        checked(faults)
        return self._quoted(request, context, lambda work, found: create_renewal_quote(work, found, wish), key, until)

    def PreviewAmendment(self, request: contract_pb2.PreviewAmendmentRequest, _: grpc.ServicerContext) -> Reply:
        """What signing a quoted change does."""
        faults = Faults()
        key = read_key(request.quote, QUOTES, "quote", faults)
        until = read_date(request.until, "until", faults)
        checked(faults)
        env = self._calls.env

        def found(reader: Reader) -> Impact | Refusal:
            quote = reader.get(Quote, key)
            if quote is None:
                return not_found("quote", request.quote)
            return impact_of(env, reader, quote, until=until, at=env.clock.now(DEFAULT_TENANT), tenant=DEFAULT_TENANT)

        reply = contract_pb2.AmendmentImpact()
        fill_impact(reply, self._calls.read(found))
        return reply

    def _quoted(
        self,
        request: contract_pb2.CreateAmendmentQuoteRequest | contract_pb2.CreateRenewalQuoteRequest,
        context: grpc.ServicerContext,
        create: Callable[[Work, Contract], Quote | Refusal],
        key: str,
        until: date | None,
    ) -> Reply:
        def decide(work: Work) -> tuple[Quote, Impact] | Refusal:
            contract = work.tx.get(Contract, key)
            if contract is None:
                return not_found("contract", request.contract)
            stale = work.check_etag(Contract, key, request.etag)
            if stale is not None:
                return stale
            quote = create(work, contract)
            if isinstance(quote, Refusal):
                return quote
            impact = impact_of(work.env, work.tx, quote, until=until, at=work.at, tenant=work.tenant)
            return impact if isinstance(impact, Refusal) else (quote, impact)

        def answer(work: Work, found: tuple[Quote, Impact]) -> contract_pb2.AmendmentQuote:
            reply = contract_pb2.AmendmentQuote()
            reply.quote.MergeFromString(self._answers.changed(work, found[0], common_pb2.VIEW_FULL))
            fill_impact(reply.impact, found[1])
            return reply

        return self._calls.mutate(request, context, decide, answer)


def _contract(contract: Contract, etag: str, _: Reader) -> contract_pb2.Contract:
    return wire.contract_message(contract, etag)


def _termination(request: contract_pb2.TerminateContractRequest, faults: Faults) -> Termination:
    end = need_date(request.end, "end", faults)
    by = read_key(request.by, USERS, "by", faults, optional=True)
    if not request.reason.strip():
        faults.required("reason")
    if len(set(request.lines)) < len(request.lines):
        faults.invalid("lines", "a line is named twice")
    return Termination(end=end, reason=request.reason, lines=tuple(request.lines), by=by)


def _pausing(
    request: contract_pb2.SuspendContractRequest | contract_pb2.ResumeContractRequest, faults: Faults
) -> dict[str, Any]:
    """What a suspension and its end have in common."""
    start = need_date(request.start, "start", faults)
    by = read_key(request.by, USERS, "by", faults, optional=True)
    if not request.reason.strip():
        faults.required("reason")
    if len(set(request.lines)) < len(request.lines):
        faults.invalid("lines", "a line is named twice")
    return {"start": start, "by": by, "reason": request.reason, "lines": tuple(request.lines)}


def _bill_day(request: contract_pb2.SetBillDayRequest, faults: Faults) -> BillDayWish:
    effective = need_date(request.effective, "effective", faults)
    by = read_key(request.by, USERS, "by", faults, optional=True)
    if not request.reason.strip():
        faults.required("reason")
    return BillDayWish(request.bill_day, effective, request.reason, by)


CONTRACTS = Listed(Contract, "contracts", lambda contract: contract.id, _contract)
