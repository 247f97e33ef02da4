"""PricingService: prices without storing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import grpc
from cpq.v1 import common_pb2, pricing_pb2

from engine.api.asked_about import asked_about
from engine.api.calls import Calls, Reply, checked, ok, read_message, takes_bytes
from engine.api.known_headers import KnownHeaders
from engine.api.price_answers import PriceAnswers
from engine.api.quote_service import read_view
from engine.application.basis import Stated, Witness, basis_of
from engine.application.content import Content, breakdowns_of, price, price_request_of
from engine.application.faults import not_found
from engine.application.perform import DEFAULT_TENANT
from engine.application.ports import Reader
from engine.application.price_history import DAYS_MAX, lowest_prices
from engine.application.rule_books import ActiveBook
from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.pricing import explain_rule, picture, waterfalls
from engine.pricing.history import LowestPrice
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote
from engine.quotes.why import explain_policy
from engine.wire.basics import Faults, read_key
from engine.wire.contents import read_content
from engine.wire.places import placed
from engine.wire.priced import CHUNK, NO_PARTS, Lines, Parts, fill_priced, fill_waterfall
from engine.wire.quotes import QUOTES, read_version_name
from engine.wire.stories import fill_explanation, fill_lowest, fill_lowest_price

RULE_BOOKS = "ruleBooks"
MOST_EXPLAINED = 200


class _Priced(NamedTuple):
    """A priced request with the book that priced it and the view wanted, and what was asked for."""

    quote: PricedQuote
    active: ActiveBook
    view: int
    content: Content
    book_hash: str


class PricingService:
    """Prices over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers = PriceAnswers(calls.env)
        self._headers = KnownHeaders(calls)

    @takes_bytes
    def PriceQuote(self, asked: bytes, _: grpc.ServicerContext) -> Reply:
        """Price what is asked for; a request that was answered before is answered alike while nothing changed."""
        known = self._answers.find(asked)
        if known is not None:
            return known
        answer = self._headers.answer(asked)
        if answer is not None:
            return self._answers.keep(asked, answer.written, answer.basis)
        request = read_message(pricing_pb2.PriceQuoteRequest, asked)
        again = request.SerializeToString(deterministic=True)
        known = self._answers.find(again) if again != asked else None
        return known if known is not None else self._worked_out(request, asked, again)

    def _worked_out(self, request: pricing_pb2.PriceQuoteRequest, asked: bytes, again: bytes) -> Reply:
        """The answer to a request as a message, as it came and as it is kept: fields may come in any order."""
        witness = Witness()
        priced = self._priced(request, witness)
        reply = pricing_pb2.PricedQuote()
        quote, active, view = priced.quote, priced.active, priced.view
        fill_priced(reply, quote, view=view, sheets=self._calls.sheets(active), parts=_parts(quote, active, view))
        if request.lowest_price_days:
            # The lowest price of some days hangs on all publications of them, so that its basis is not told.
            fill_lowest(reply.lines, self._lowest(quote, request.lowest_price_days), reply.minor_unit_digits)
            return reply
        stated = Stated(priced.content.date, priced.book_hash)
        basis = basis_of(witness, quote, active.parts, stated)
        if basis is not None:
            self._headers.keep(asked, quote.request, view, basis)
        return self._answers.keep(again, reply.SerializeToString(), basis)

    def StreamPriceQuote(
        self, request: pricing_pb2.PriceQuoteRequest, context: grpc.ServicerContext
    ) -> Iterator[pricing_pb2.PricedQuoteChunk]:
        """Price what is asked for, and send the lines in chunks."""
        quote, active, view, *_ = self._priced(request)
        sheets = self._calls.sheets(active)
        lowest = self._lowest(quote, request.lowest_price_days) if request.lowest_price_days else {}
        first = pricing_pb2.PricedQuoteChunk()
        fill_priced(first.header, quote, view=common_pb2.VIEW_BASIC, sheets=sheets)
        yield first
        if view == common_pb2.VIEW_BASIC:
            return
        lines = Lines(quote, view=view, sheets=sheets, parts=_parts(quote, active, view))
        for start in range(0, len(quote.priced.lines), CHUNK):
            if not context.is_active():
                return
            chunk = pricing_pb2.PricedQuoteChunk()
            lines.fill(chunk.lines, start=start, most=CHUNK)
            fill_lowest(chunk.lines, lowest, first.header.minor_unit_digits)
            yield chunk

    def ExplainPrice(self, request: pricing_pb2.ExplainPriceRequest, _: grpc.ServicerContext) -> Reply:
        """The whole story of some lines."""
        quote, active = self._explained(request)
        known: Mapping[LineId, None] = dict.fromkeys(each.id for each in quote.priced.lines)
        faults = Faults()
        for n, each in enumerate(request.line_ids):
            if LineId(each) not in known:
                faults.invalid(f"line_ids[{n}]", f"there is no line `{each[:80]}`")
        wanted = {LineId(each) for each in request.line_ids} or set(known)
        plan, products = active.parts.plan, active.parts.catalog.products
        about = asked_about(active, request.rule_ids, known, faults)
        if len(wanted) * len(about.rules) > MOST_EXPLAINED:
            message = f"{len(wanted)} lines and {len(about.rules)} rules are too many to explain at once"
            faults.invalid("rule_ids", message, "name the lines")
        _check_days(request.lowest_price_days, faults)
        checked(faults)
        reply = pricing_pb2.ExplainPriceResponse(currency_code=quote.priced.currency.code)
        asked = ok(price_request_of(quote, active.parts))
        lines = [line for line in quote.priced.lines if line.id in wanted]
        lowest = self._lowest(quote, request.lowest_price_days) if request.lowest_price_days else {}
        stories = waterfalls(plan, quote.priced, asked, [line.id for line in lines])
        for line, story in zip(lines, stories, strict=True):
            row = reply.waterfalls.add()
            fill_waterfall(row, story)
            if line.id in lowest:
                fill_lowest_price(row.lowest_price, lowest[line.id], quote.priced.currency.exponent)
            if request.picture:
                row.svg = picture(story, f"{products[line.sku].name} ({line.id})", lowest.get(line.id))
            for rule in about.rules:
                fill_explanation(reply.rules.add(), line.id, explain_rule(plan, asked, line.id, rule))
        for policy in about.policies:
            fill_explanation(reply.rules.add(), "", explain_policy(quote, asked.lines, active.parts, policy))
        return reply

    def _priced(self, request: pricing_pb2.PriceQuoteRequest, witness: Witness | None = None) -> _Priced:
        faults = Faults()
        content = read_content(request.content, faults.at("content"), most_lines=self._calls.limits.lines)
        view = read_view(request.view, faults)
        key = read_key(request.rule_book, RULE_BOOKS, "rule_book", faults, optional=True)
        _check_days(request.lowest_price_days, faults)
        env = self._calls.env
        today = env.clock.now(DEFAULT_TENANT).date()

        def priced(reader: Reader) -> PricedQuote | Refusal:
            seen = reader if witness is None else witness.of(reader)
            found = price(env, seen, content, today=today, tenant=DEFAULT_TENANT, book_hash=key)
            return placed(found, content="content")

        self._calls.checked_with(faults, priced)
        quote = self._calls.read(priced)
        return _Priced(quote, self._active(quote), view, content, key)

    def _explained(self, request: pricing_pb2.ExplainPriceRequest) -> tuple[PricedQuote, ActiveBook]:
        if not request.quote:
            asked = pricing_pb2.PriceQuoteRequest(content=request.content, rule_book=request.rule_book)
            return self._priced(asked)[:2]
        faults = Faults()
        if request.HasField("content"):
            faults.invalid("quote", "give either a quote or a content")
        key, number = _quote_name(request.quote, faults)
        checked(faults)

        def stored(reader: Reader) -> PricedQuote | Refusal:
            found = reader.get(Quote, key)
            if found is None:
                return not_found("quote", request.quote)
            if not number:
                return found.priced
            offer = found.offer(number)
            return offer.priced if offer is not None else not_found("quote", request.quote)

        priced = self._calls.read(stored)
        return priced, self._active(priced)

    def _lowest(self, quote: PricedQuote, days: int) -> Mapping[LineId, LowestPrice]:
        env = self._calls.env
        with env.store.read(DEFAULT_TENANT) as reader:
            return lowest_prices(env, reader, quote, days=days, tenant=DEFAULT_TENANT)

    def _active(self, quote: PricedQuote) -> ActiveBook:
        found = self._calls.env.books.get(DEFAULT_TENANT, quote.rule_book)
        return ok(found or not_found("rule_book", f"{RULE_BOOKS}/{quote.rule_book}"))


def _parts(quote: PricedQuote, active: ActiveBook, view: int) -> Parts:
    """What each tier adds: told with the waterfall only, so that other views cost nothing more."""
    return breakdowns_of(quote, active.parts) if view == common_pb2.VIEW_WATERFALL else NO_PARTS


def _check_days(days: int, faults: Faults) -> None:
    if not 0 <= days <= DAYS_MAX:
        faults.invalid("lowest_price_days", f"{days} is not between 0 and {DAYS_MAX}")


def _quote_name(name: str, faults: Faults) -> tuple[str, int]:
    if "/versions/" in name:
        return read_version_name(name, "quote", faults)
    return read_key(name, QUOTES, "quote", faults), 0
