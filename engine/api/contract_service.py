"""ContractService: contracts, their changes and renewals as quotes, and ending them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol, TypeVar

import grpc
from cpq.v1 import common_pb2, contract_pb2
from google.protobuf.message import Message

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


Wish = TypeVar("Wish")
Done = TypeVar("Done")
Contra = TypeVar("Contra", contravariant=True)
Co = TypeVar("Co", covariant=True)


class Change(Protocol[Contra, Co]):
    """A use case that changes a contract by a wish."""

    def __call__(self, work: Work, key: str, wish: Contra, *, etag: str) -> Co | Refusal:
        """What was done, or why not."""


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
        return self._changed(request, context, _termination, terminate_contract, wire.termination_message)

    def SuspendContract(self, request: contract_pb2.SuspendContractRequest, context: grpc.ServicerContext) -> Reply:
        """Let lines pause."""
        return self._changed(request, context, _suspension, suspend_contract, wire.suspension_message)

    def ResumeContract(self, request: contract_pb2.ResumeContractRequest, context: grpc.ServicerContext) -> Reply:
        """Let suspended lines come back."""
        return self._changed(request, context, _resumption, resume_contract, wire.resumption_message)

    def SetBillDay(self, request: contract_pb2.SetBillDayRequest, context: grpc.ServicerContext) -> Reply:
        """Let periods turn over on another day of the month."""
        return self._changed(request, context, _bill_day, set_bill_day, wire.bill_day_message)

    def _changed(
        self,
        request: Any,
        context: grpc.ServicerContext,
        read: Callable[[Any, Faults], Wish],
        change: Change[Wish, Done],
        told: Callable[[Done, str], Message],
    ) -> Reply:
        """Change a contract by what somebody wishes, and tell what was done with the contract's new etag."""
        faults = Faults()
        key = read_key(request.name, wire.CONTRACTS, "name", faults)
        wish = read(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: change(work, key, wish, etag=request.etag),
            lambda work, done: told(done, work.etag(Contract, key)),
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
    return Termination(end=end, **_signed(request, faults), lines=_lines(request, faults))


def _suspension(request: contract_pb2.SuspendContractRequest, faults: Faults) -> SuspensionWish:
    if request.term not in TERMS:
        faults.invalid("term", f"{request.term} is not known")
    term = TERMS.get(request.term, SuspendedTerm.KEPT)
    start = need_date(request.start, "start", faults)
    return SuspensionWish(start, **_signed(request, faults), lines=_lines(request, faults), term=term)


def _resumption(request: contract_pb2.ResumeContractRequest, faults: Faults) -> ResumptionWish:
    start = need_date(request.start, "start", faults)
    return ResumptionWish(start, **_signed(request, faults), lines=_lines(request, faults))


def _bill_day(request: contract_pb2.SetBillDayRequest, faults: Faults) -> BillDayWish:
    effective = need_date(request.effective, "effective", faults)
    return BillDayWish(request.bill_day, effective, **_signed(request, faults))


def _signed(request: Any, faults: Faults) -> dict[str, str]:
    """Who changes a contract, and why."""
    by = read_key(request.by, USERS, "by", faults, optional=True)
    if not request.reason.strip():
        faults.required("reason")
    return {"by": by, "reason": request.reason}


def _lines(request: Any, faults: Faults) -> tuple[str, ...]:
    """The lines that a change is about, each once."""
    if len(set(request.lines)) < len(request.lines):
        faults.invalid("lines", "a line is named twice")
    return tuple(request.lines)


CONTRACTS = Listed(Contract, "contracts", lambda contract: contract.id, _contract)
