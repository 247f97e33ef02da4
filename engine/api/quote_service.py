"""QuoteService: drafts and their way to an offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import grpc
from cpq.v1 import common_pb2, quote_pb2
from google.protobuf.empty_pb2 import Empty

from engine.api.calls import Calls, Reply, checked, ok
from engine.api.listing import InState, filters_of, key_of
from engine.api.quote_answers import QuoteAnswers
from engine.application import offers, quotes
from engine.application.content import Content
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT, Work
from engine.application.ports import Reader
from engine.application.review import ApprovalPreview, compare_versions, preview, verify_offer
from engine.diagnostics import Refusal
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote, QuoteParties
from engine.wire import quotes as wire
from engine.wire.basics import Faults, need_date, read_key
from engine.wire.contents import read_content, read_lines, read_ramps
from engine.wire.parties import CUSTOMERS, USERS
from engine.wire.places import placed
from engine.wire.priced import fill_route

T = TypeVar("T")
VIEWS = frozenset({common_pb2.VIEW_BASIC, common_pb2.VIEW_FULL, common_pb2.VIEW_WATERFALL})


class QuoteService:
    """Quotes over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers = QuoteAnswers(calls)

    def CreateQuote(self, request: quote_pb2.CreateQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Keep what is asked for as a draft."""
        faults = Faults()
        draft = wire.read_draft(request.quote, faults.at("quote"), most_lines=self._calls.limits.lines)
        view = read_view(request.view, faults)
        self._calls.checked_with(
            faults, lambda reader: _in_quote(self._evaluated(reader, draft.content, draft.parties))
        )
        return self._calls.mutate(
            request,
            context,
            lambda work: _in_quote(quotes.create_quote(work, draft, etag=request.etag)),
            lambda work, quote: self._answers.changed(work, quote, view),
        )

    def GetQuote(self, request: quote_pb2.GetQuoteRequest, _: grpc.ServicerContext) -> Reply:
        """One quote."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        view = read_view(request.view, faults)
        checked(faults)
        return self._calls.read(lambda reader: self._answers.stored(reader, key, view))

    def ListQuotes(self, request: quote_pb2.ListQuotesRequest, _: grpc.ServicerContext) -> Reply:
        """A page of quotes without lines."""
        state = InState("status", request.state, wire.STATUS_OF)
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)}, state)
        if request.deal:
            where["deal"] = request.deal
        with self._calls.env.store.read(DEFAULT_TENANT) as reader:
            keys, token = ok(
                self._calls.pages.page(
                    request,
                    lambda after, limit: reader.keys(Quote, where=where, after=after, limit=limit),
                    lambda each: each,
                    where,
                )
            )
            reply = quote_pb2.ListQuotesResponse(next_page_token=token)
            for each in keys:
                reply.quotes.add().MergeFromString(self._answers.listed(reader, each))
        return reply

    def UpdateQuote(self, request: quote_pb2.UpdateQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Change a draft."""
        faults = Faults()
        key = read_key(request.quote.name, wire.QUOTES, "quote.name", faults)
        edit = wire.read_edit(request, faults, most_lines=self._calls.limits.lines)
        view = read_view(request.view, faults)
        self._calls.checked_with(faults, lambda reader: _in_quote(self._evaluated(reader, edit.content, edit.parties)))
        etag = request.etag or request.quote.etag
        return self._calls.mutate(
            request,
            context,
            lambda work: _in_quote(quotes.change_quote(work, key, edit, etag=etag)),
            lambda work, quote: self._answers.changed(work, quote, view),
        )

    def DeleteQuote(self, request: quote_pb2.DeleteQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Delete a draft or a withdrawn quote."""
        key = key_of(request.name, wire.QUOTES)

        def answer(work: Work, _: None) -> Empty:
            self._answers.removed(work, key)
            return Empty()

        return self._calls.mutate(
            request, context, lambda work: quotes.delete_quote(work, key, etag=request.etag), answer
        )

    def BatchUpdateQuoteLines(
        self, request: quote_pb2.BatchUpdateQuoteLinesRequest, context: grpc.ServicerContext
    ) -> Reply:
        """Change some lines of a draft."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        view = read_view(request.view, faults)
        most = self._calls.limits.lines
        upserts = request.upserts
        if len(upserts) > most:
            faults.invalid("upserts", f"{len(upserts)} lines; {most} are allowed")
        lines = read_lines(upserts[:most], faults, "upserts")
        firsts: dict[str, int] = {}
        for index, each in enumerate(lines):
            if each.id and firsts.setdefault(each.id, index) != index:
                said = f"the line id `{each.id[:80]}` is that of upserts[{firsts[each.id]}], too"
                faults.invalid(f"upserts[{index}].id", said, "send each line once")
        changes = quotes.LineChanges(lines, tuple(request.removals), read_ramps(upserts[:most], faults, "upserts"))
        self._calls.checked_with(faults, lambda reader: self._with_lines(reader, key, changes))
        return self._calls.mutate(
            request,
            context,
            lambda work: _of_stored(quotes.change_lines(work, key, changes, etag=request.etag, most=most)),
            lambda work, quote: self._answers.changed(work, quote, view),
        )

    def SubmitQuote(self, request: quote_pb2.SubmitQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Send a draft to its approvers."""
        key = key_of(request.name, wire.QUOTES)
        return self._move(request, context, lambda work: _of_stored(offers.submit_quote(work, key, etag=request.etag)))

    def RecallQuote(self, request: quote_pb2.RecallQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Take a quote back to a draft."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        by = read_key(request.by, USERS, "by", faults)
        checked(faults)
        return self._move(
            request,
            context,
            lambda work: offers.recall_quote(work, key, by=by, comment=request.comment, etag=request.etag),
        )

    def SendQuote(self, request: quote_pb2.SendQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Make the offer."""
        key = key_of(request.name, wire.QUOTES)
        return self._move(request, context, lambda work: offers.send_quote(work, key, etag=request.etag))

    def AcceptQuote(self, request: quote_pb2.AcceptQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """The customer takes the offer."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        if request.version < 1:
            faults.required("version")
        checked(faults)
        return self._move(
            request,
            context,
            lambda work: offers.accept_quote(
                work, key, version=request.version, purchase_order=request.purchase_order, etag=request.etag
            ),
        )

    def DeclineQuote(self, request: quote_pb2.DeclineQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """The customer says no."""
        key = key_of(request.name, wire.QUOTES)
        return self._move(
            request, context, lambda work: offers.decline_quote(work, key, note=request.note, etag=request.etag)
        )

    def WithdrawQuote(self, request: quote_pb2.WithdrawQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """We take the quote back for good."""
        key = key_of(request.name, wire.QUOTES)
        return self._move(
            request, context, lambda work: offers.withdraw_quote(work, key, note=request.note, etag=request.etag)
        )

    def ReviseQuote(self, request: quote_pb2.ReviseQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Begin the next version."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        until = need_date(request.valid_until, "valid_until", faults)
        checked(faults)
        return self._move(
            request, context, lambda work: quotes.revise_quote(work, key, valid_until=until, etag=request.etag)
        )

    def CloneQuote(self, request: quote_pb2.CloneQuoteRequest, context: grpc.ServicerContext) -> Reply:
        """Make a new draft that asks for the same."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults)
        owner = read_key(request.owner, USERS, "owner", faults, optional=True)
        until = need_date(request.valid_until, "valid_until", faults)
        checked(faults)
        return self._move(
            request,
            context,
            lambda work: quotes.clone_quote(work, key, owner=owner, valid_until=until, etag=request.etag),
        )

    def ListQuoteVersions(self, request: quote_pb2.ListQuoteVersionsRequest, _: grpc.ServicerContext) -> Reply:
        """The offers of a quote, newest first."""
        key = key_of(request.parent, wire.QUOTES, "parent")
        quote = self._calls.read(lambda reader: reader.get(Quote, key) or not_found("parent", request.parent))
        newest = sorted(quote.versions, key=lambda each: -each.number)
        rows, token = ok(
            self._calls.pages.page(
                request,
                lambda after, limit: [each for each in newest if not after or each.number < int(after)][:limit],
                lambda each: str(each.number),
                {"parent": key},
            )
        )
        reply = quote_pb2.ListQuoteVersionsResponse(next_page_token=token)
        reply.versions.extend(wire.version_message(key, each) for each in rows)
        return reply

    def CompareQuoteVersions(self, request: quote_pb2.CompareQuoteVersionsRequest, _: grpc.ServicerContext) -> Reply:
        """Every field in which two versions differ."""
        key = key_of(request.name, wire.QUOTES)
        found = self._calls.read(lambda reader: compare_versions(reader, key, request.before, request.after))
        reply = quote_pb2.CompareQuoteVersionsResponse()
        for each in found:
            wire.fill_difference(reply.differences.add(), each)
        return reply

    def PreviewApprovals(self, request: quote_pb2.PreviewApprovalsRequest, _: grpc.ServicerContext) -> Reply:
        """Who would be asked."""
        faults = Faults()
        key = read_key(request.name, wire.QUOTES, "name", faults, optional=True)
        if bool(key) == request.HasField("content"):
            faults.invalid("name", "give either a quote or a content")
        most = self._calls.limits.lines
        has_content = request.HasField("content") and not key
        content = read_content(request.content, faults.at("content"), most_lines=most) if has_content else None
        self._calls.checked_with(
            faults, lambda reader: placed(self._evaluated(reader, content, QuoteParties("", "")), content="content")
        )
        env = self._calls.env

        def previewed(reader: Reader) -> ApprovalPreview | Refusal:
            found = preview(env, reader, key, content, tenant=DEFAULT_TENANT)
            return found if content is None else placed(found, content="content")

        found = self._calls.read(previewed)
        reply = quote_pb2.PreviewApprovalsResponse()
        fill_route(reply.route, found.route)
        reply.standing.extend(f"{chain}/{level}" for chain, level in sorted(found.standing))
        reply.advice.extend(found.advice)
        return reply

    def VerifyCertificate(self, request: quote_pb2.VerifyCertificateRequest, _: grpc.ServicerContext) -> Reply:
        """Recompute an offer and compare its certificate."""
        faults = Faults()
        key, number = wire.read_version_name(request.name, "name", faults)
        checked(faults)
        env = self._calls.env
        certificate, problem = self._calls.read(
            lambda reader: verify_offer(env, reader, key, number, request.certificate, tenant=DEFAULT_TENANT)
        )
        reply = quote_pb2.VerifyCertificateResponse(valid=problem is None, certificate=certificate)
        for fault in problem.faults if problem is not None else ():
            wire.fill_fault(reply.faults.add(), fault)
        return reply

    def _evaluated(
        self, reader: Reader, content: Content | None, parties: QuoteParties
    ) -> PricedQuote | Refusal | None:
        """What a content would be evaluated to, so that a request is told all its faults at once."""
        env = self._calls.env
        today = env.clock.now(DEFAULT_TENANT).date()
        if content is None:
            return None
        return quotes.evaluated(env, reader, content, parties, today=today, tenant=DEFAULT_TENANT)

    def _with_lines(self, reader: Reader, key: str, changes: quotes.LineChanges) -> PricedQuote | Refusal | None:
        """What a draft would be evaluated to by a change of lines, so that a request is told all its faults at once."""
        quote = reader.get(Quote, key)
        if quote is None:
            return None
        env, most = self._calls.env, self._calls.limits.lines
        return _of_stored(quotes.with_lines(env, reader, quote, changes, tenant=DEFAULT_TENANT, most=most))

    def _move(
        self,
        request: object,
        context: grpc.ServicerContext,
        decide: Callable[[Work], Quote | Refusal],
    ) -> Reply:
        return self._calls.mutate(
            request, context, decide, lambda work, quote: self._answers.changed(work, quote, common_pb2.VIEW_FULL)
        )


def _in_quote(outcome: T | Refusal) -> T | Refusal:
    """The faults of a quote that was sent, with their paths in the request."""
    return placed(outcome, content="quote.content", quote="quote")


def _of_stored(outcome: T | Refusal) -> T | Refusal:
    """The faults of a stored quote, with the paths of its fields."""
    return placed(outcome, content="content")


def read_view(view: int, faults: Faults) -> int:
    """The view asked for; FULL when none is given."""
    if view and view not in VIEWS:
        faults.invalid("view", f"{view} is not a view")
    return view or common_pb2.VIEW_FULL
