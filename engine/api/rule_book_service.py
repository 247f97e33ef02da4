"""RuleBookService: rule books checked, tested, published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import grpc
from cpq.v1 import rule_book_pb2

from engine.api.calls import Calls, Reply, checked, ok
from engine.api.listing import Listed, get_one, list_page
from engine.application.analyse import analyse_book
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT
from engine.application.ports import Reader
from engine.application.publish import publish_again, publish_files, test_book
from engine.application.replay import History, Summary, quotes_in, replayed
from engine.application.rule_books import ActiveBook, PublishedBook
from engine.configuration.answers import Budget
from engine.diagnostics import Diagnostic
from engine.wire.analyses import fill_study
from engine.wire.basics import Faults, fill_date, fill_instant, read_date, read_key
from engine.wire.products import PRODUCTS
from engine.wire.replays import fill_replayed, fill_summary

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

RULE_BOOKS = "ruleBooks"
MOST_SECONDS = 60
USUAL_SECONDS = 5
MOST_FILES = 2_000
REPLAYED_AT_ONCE = 50


_NamesABook: TypeAlias = (
    rule_book_pb2.TestRuleBookRequest
    | rule_book_pb2.AnalyseRuleBookRequest
    | rule_book_pb2.PlanRuleBookRequest
    | rule_book_pb2.PublishRuleBookRequest
)
_TellsFindings: TypeAlias = (
    rule_book_pb2.TestRuleBookResponse | rule_book_pb2.AnalyseRuleBookResponse | rule_book_pb2.PlanRuleBookResponse
)


class RuleBookService:
    """Rule books over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def CheckRuleBook(self, request: rule_book_pb2.CheckRuleBookRequest, _: grpc.ServicerContext) -> Reply:
        """Every finding in sources."""
        faults = Faults()
        files = _files(request.files, faults)
        checked(faults)
        found = self._calls.env.books.check(files)
        reply = rule_book_pb2.CheckRuleBookResponse(valid=found.active is not None)
        reply.hash = found.active.book.hash if found.active is not None else ""
        _fill_findings(reply.findings, found.findings)
        return reply

    def TestRuleBook(self, request: rule_book_pb2.TestRuleBookRequest, _: grpc.ServicerContext) -> Reply:
        """Run the tests of a book."""
        faults = Faults()
        source = _source(request, faults)
        checked(faults)
        reply = rule_book_pb2.TestRuleBookResponse()
        active = self._book(source, reply)
        if active is not None:
            run = test_book(active)
            reply.passed_count = run.passed
            for each in run.failures:
                reply.failures.add(test=each.test, place=each.place, message=each.message)
        return reply

    def AnalyseRuleBook(self, request: rule_book_pb2.AnalyseRuleBookRequest, _: grpc.ServicerContext) -> Reply:
        """Analyse the bundles of a book."""
        faults = Faults()
        source = _source(request, faults)
        if not 0 <= request.seconds <= MOST_SECONDS:
            faults.invalid("seconds", f"{request.seconds} is not between 0 and {MOST_SECONDS}")
        sku = read_key(request.product, PRODUCTS, "product", faults, optional=True)
        day = read_date(request.date, "date", faults) or self._calls.env.clock.now(DEFAULT_TENANT).date()
        checked(faults)
        reply = rule_book_pb2.AnalyseRuleBookResponse()
        active = self._book(source, reply)
        if active is not None:
            budget = Budget(milliseconds=(request.seconds or USUAL_SECONDS) * 1000)
            for each in ok(analyse_book(active, sku, day=day, budget=budget)):
                fill_study(reply.bundles.add(), each)
        return reply

    def PlanRuleBook(
        self, request: rule_book_pb2.PlanRuleBookRequest, context: grpc.ServicerContext
    ) -> Iterator[rule_book_pb2.PlanRuleBookResponse]:
        """Reprice recorded quotes under a book."""
        faults = Faults()
        source = _source(request, faults)
        history = History(
            read_date(request.created_from, "created_from", faults),
            read_date(request.created_until, "created_until", faults),
            read_date(request.pricing_date, "pricing_date", faults),
        )
        checked(faults)
        reply = rule_book_pb2.PlanRuleBookResponse()
        active = self._book(source, reply)
        if active is None:
            yield reply
            return
        env, summary = self._calls.env, Summary()
        reply.quote_count = self._calls.read(quotes_in)
        for each in replayed(env, active, history, tenant=DEFAULT_TENANT):
            summary.add(each)
            if not each.is_same:
                fill_replayed(reply.quotes.add(), each)
            if summary.replayed % REPLAYED_AT_ONCE == 0:
                if not context.is_active():
                    return
                reply.replayed_count = summary.replayed
                yield reply
                reply = rule_book_pb2.PlanRuleBookResponse(quote_count=reply.quote_count)
        reply.replayed_count = summary.replayed
        fill_summary(reply.summary, summary)
        yield reply

    def PublishRuleBook(self, request: rule_book_pb2.PublishRuleBookRequest, context: grpc.ServicerContext) -> Reply:
        """Publish sources, or an older book again."""
        faults = Faults()
        source = _source(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: (
                publish_again(work, source.key, etag=request.etag)
                if source.key
                else publish_files(work, source.files, etag=request.etag)
            ),
            lambda work, book: _message(book, work.etag(PublishedBook, book.id)),
        )

    def _book(self, source: _Source, reply: _TellsFindings) -> ActiveBook | None:
        """The book that is meant; None when its files make none, and then the reply says why."""
        books = self._calls.env.books
        if source.key:
            return ok(books.get(DEFAULT_TENANT, source.key) or not_found("name", f"{RULE_BOOKS}/{source.key}"))
        compiled = books.check(source.files)
        _fill_findings(reply.findings, compiled.findings)
        return compiled.active

    def GetRuleBook(self, request: rule_book_pb2.GetRuleBookRequest, _: grpc.ServicerContext) -> Reply:
        """A published book with its files."""

        def message(book: PublishedBook, etag: str, _reader: Reader) -> rule_book_pb2.RuleBook:
            reply = _message(book, etag)
            active = self._calls.env.books.get(DEFAULT_TENANT, book.id)
            reply.paths.extend(active.book.files if active is not None else ())
            return reply

        return get_one(self._calls, PublishedBook, RULE_BOOKS, request.name, message)

    def ListRuleBooks(self, request: rule_book_pb2.ListRuleBooksRequest, _: grpc.ServicerContext) -> Reply:
        """A page of published books."""
        reply = rule_book_pb2.ListRuleBooksResponse()
        return list_page(self._calls, BOOKS, request, reply, {})


@dataclass(frozen=True, slots=True)
class _Source:
    """Which book is meant: a published one by its key, or the one that the files make."""

    key: str
    files: dict[str, bytes]


def _source(request: _NamesABook, faults: Faults) -> _Source:
    key = read_key(request.name, RULE_BOOKS, "name", faults, optional=True)
    if key and request.files:
        faults.invalid("files", "give either files or a name")
    return _Source(key, {} if key else _files(request.files, faults))


def _files(messages: Iterable[rule_book_pb2.SourceFile], faults: Faults) -> dict[str, bytes]:
    given = list(messages)
    if not given:
        faults.required("files")
    if len(given) > MOST_FILES:
        faults.invalid("files", f"{len(given)} files; {MOST_FILES} are allowed")
        return {}
    found: dict[str, bytes] = {}
    for n, each in enumerate(given):
        parts = each.path.split("/")
        if not each.path or each.path in found or any(part in ("", ".", "..") for part in parts) or "\\" in each.path:
            faults.invalid(f"files[{n}].path", f"`{each.path[:80]}` is not a path of its own within the book")
        found[each.path] = each.content
    return found


def _message(book: PublishedBook, etag: str) -> rule_book_pb2.RuleBook:
    message = rule_book_pb2.RuleBook(name=f"{RULE_BOOKS}/{book.id}", book_id=book.book, title=book.title, etag=etag)
    message.number = book.number
    fill_date(message.effective_from, book.effective_from)
    fill_date(message.effective_until, book.effective_until)
    fill_instant(message.publish_time, book.published_at)
    return message


def _fill_findings(
    target: RepeatedCompositeFieldContainer[rule_book_pb2.RuleFinding], findings: Iterable[Diagnostic]
) -> None:
    for each in findings:
        row = target.add()
        row.code, row.severity, row.message, row.hint = each.code, each.severity.value, each.message, each.hint
        row.path, row.line, row.column = each.span.path, each.span.line, each.span.column


BOOKS = Listed(PublishedBook, "rule_books", lambda book: book.id, lambda book, etag, _reader: _message(book, etag))
