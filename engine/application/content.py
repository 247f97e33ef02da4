"""From what a caller asks for to a complete quote request: date, currency, customer facts and rule book filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from engine.application.faults import not_found
from engine.application.past_orders import past_quantities
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.promotions import redeemed
from engine.application.rule_books import ActiveBook
from engine.application.stated import NO_VALUES, NOTHING_CARRIED, Carried, customer_facts, stated_facts
from engine.application.tax_hook import with_tax_rates
from engine.catalog import LineId, Value
from engine.diagnostics import Code, Fault, Refusal
from engine.money import MoneyError, currency
from engine.parties import Customer
from engine.pricing.breakdown import breakdowns
from engine.pricing.codes import UNKNOWN_CURRENCY
from engine.pricing.models import PricePart
from engine.pricing.request import FrozenRate, ManualDiscount, PriceRequest
from engine.quotes.evaluation import Parts, PricedQuote, evaluate, faults_before_prices, price_lines, price_request
from engine.quotes.lines import resolve
from engine.quotes.ramp import Ramp, Term, as_asked, expand
from engine.quotes.reevaluation import reevaluate
from engine.quotes.request import QuoteRequest, RequestedLine, RunningLine
from engine.rulebook.book import RuleBook
from engine.rulebook.line_attributes import read_attributes

NO_RULE_BOOK = Code("NO_RULE_BOOK")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Content:
    """What a caller asks for; what is not given is None or empty. ``carried`` are facts of an earlier evaluation.

    ``only_ends``: it ends lines of a contract, so that it may hold none. ``running`` are those that go on beside it.
    """

    lines: tuple[RequestedLine, ...]
    date: dt.date | None = None
    currency: str = ""
    customer: str = ""
    customer_facts: Mapping[str, Value] = field(default_factory=lambda: NO_VALUES)
    header: Mapping[str, Value] = field(default_factory=lambda: NO_VALUES)
    codes: tuple[str, ...] = ()
    manual: tuple[ManualDiscount, ...] = ()
    term_months: int | None = None
    start: dt.date | None = None
    only_ends: bool = False
    ramps: Mapping[LineId, Ramp] = field(default_factory=lambda: MappingProxyType({}))
    exchange: tuple[FrozenRate, ...] = ()
    carried: Carried = NOTHING_CARRIED
    running: tuple[RunningLine, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with all that is wrong with it so far; what is wrong is left out of the request."""

    request: QuoteRequest
    faults: tuple[Fault, ...]


def find_book(env: Environment, tenant: str, *, book_hash: str, day: date) -> ActiveBook | Refusal:
    """The published book of a hash, or without one the book in force on a day."""
    if book_hash:
        return env.books.get(tenant, book_hash) or not_found("rule_book", f"ruleBooks/{book_hash}")
    found = env.books.in_force(tenant, day)
    if found is None:
        message = f"no rule book is in force on {day}"
        return Refusal((Fault(NO_RULE_BOOK, "date", message, "publish one that is effective by then"),))
    return found


def request_of(reader: Reader, content: Content, active: ActiveBook, day: date) -> QuoteRequest | Refusal:
    """The complete request; the customer must exist, and currency and facts be those of the rule book."""
    asked = _asked(reader, content, active, day)
    return Refusal(asked.faults) if asked.faults else asked.request


def _asked(reader: Reader, content: Content, active: ActiveBook, day: date) -> _Asked:
    book = active.book
    code = content.currency or book.default_currency
    faults = list(_currency_faults(code, content, book))
    if faults:
        code = book.default_currency
    recorded: Mapping[str, Value] = NO_VALUES
    if content.customer:
        customer = reader.get(Customer, content.customer)
        if customer is None:
            faults += not_found("customer", f"customers/{content.customer}").faults
        else:
            recorded = customer_facts(customer)
    carried, declared = content.carried, book.declared
    facts = stated_facts("customer", content.customer_facts, {**recorded, **carried.customer}, declared.customer)
    header = stated_facts("quote", content.header, carried.header, declared.quote)
    lines = expand(content.lines, content.ramps, Term(content.term_months, content.start or day))
    if isinstance(lines, Refusal):
        faults += lines.faults
        lines = content.lines
    read = read_attributes(lines, active.parts.catalog, before=carried.lines)
    plan = active.parts.plan
    models = plan.models
    skus = {each.sku for each in lines if each.sku in models and each.counts_past}
    request = QuoteRequest(
        date=day,
        currency=code,
        lines=read.lines,
        customer=facts.values,
        header=header.values,
        codes=content.codes,
        manual=content.manual,
        term_months=content.term_months,
        start=content.start,
        exchange=content.exchange,
        redeemed=redeemed(reader, plan, content.codes, customer=content.customer, currency=code),
        only_ends=content.only_ends,
        running=content.running,
        past=past_quantities(reader, plan, skus, customer=content.customer, currency=code, day=day),
    )
    return _Asked(request, (*faults, *facts.faults, *header.faults, *read.faults))


def price(
    env: Environment, reader: Reader, content: Content, *, today: date, tenant: str, book_hash: str = ""
) -> PricedQuote | Refusal:
    """Evaluate a request under a published book, or the one in force on its date."""
    day = content.date or today
    active = find_book(env, tenant, book_hash=book_hash, day=day)
    if isinstance(active, Refusal):
        return active
    asked = _asked(reader, content, active, day)
    faults = (*_outside(active, day), *asked.faults)
    found = _evaluated(env, asked, active.parts, faults)
    return _as_asked(found, content, asked)


def _currency_faults(code: str, content: Content, book: RuleBook) -> tuple[Fault, ...]:
    """What is wrong with a currency: it is none, or one in which the book has no prices, exchanged ones neither."""
    try:
        currency(code)
    except MoneyError as problem:
        return (problem.fault("currency_code"),)
    exchanged = content.exchange or any(each.target == code for each in book.pricing.exchange_rates)
    if exchanged or code in book.currencies:
        return ()
    message = f"the book has no currency {code}; it has {', '.join(book.currencies)}"
    hint = "choose one of them, or add it to `currencies` in book.yaml with prices in it"
    return (Fault(UNKNOWN_CURRENCY, "currency_code", message, hint),)


def _evaluated(env: Environment, asked: _Asked, parts: Parts, faults: tuple[Fault, ...]) -> PricedQuote | Refusal:
    if faults:
        return Refusal((*faults, *faults_before_prices(asked.request, parts)))
    request = with_tax_rates(env.taxes, asked.request, parts)
    if isinstance(request, Refusal):
        return Refusal((*request.faults, *faults_before_prices(asked.request, parts)))
    return evaluate(request, parts)


def _as_asked(outcome: T | Refusal, content: Content, asked: _Asked) -> T | Refusal:
    """An outcome whose faults name the lines of the content, where ramps put segments in their places."""
    if not isinstance(outcome, Refusal) or not content.ramps:
        return outcome
    return Refusal(as_asked(outcome.faults, content.lines, asked.request.lines))


def _outside(active: ActiveBook, day: date) -> tuple[Fault, ...]:
    """A fault when a book that was asked for by name says nothing about the day."""
    start, end = active.book.effective_from, active.book.effective_until
    if (start is None or start <= day) and (end is None or day < end):
        return ()
    message = f"the rule book does not hold on {day}"
    hold = " ".join(each for each in (f"from {start}" if start else "", f"until {end}" if end else "") if each)
    return (Fault(NO_RULE_BOOK, "date", message, f"it holds {hold}"),)


def price_edited(
    env: Environment, reader: Reader, content: Content, before: PricedQuote, *, tenant: str
) -> PricedQuote | Refusal:
    """Evaluate what an evaluated request became by an edit of its lines: only what the edit reaches is worked out."""
    day = before.request.date
    active = find_book(env, tenant, book_hash="", day=day)
    if isinstance(active, Refusal):
        return active
    asked = _asked(reader, content, active, day)
    request = Refusal(asked.faults) if asked.faults else with_tax_rates(env.taxes, asked.request, active.parts)
    found = request if isinstance(request, Refusal) else reevaluate(before, request, active.parts)
    return _as_asked(found, content, asked)


def breakdowns_of(quote: PricedQuote, parts: Parts) -> Mapping[LineId, tuple[PricePart, ...]]:
    """What each tier adds to the lines of an evaluated quote whose price models have any."""
    if not any(line.sku in parts.plan.models for line in quote.priced.lines):
        return {}
    asked = price_request_of(quote, parts)
    return {} if isinstance(asked, Refusal) else breakdowns(parts.plan, quote.priced, asked)


def price_request_of(quote: PricedQuote, parts: Parts) -> PriceRequest | Refusal:
    """The request of an evaluated quote as the pricing engine was given it."""
    lines = resolve(quote.request, parts.catalog)
    if isinstance(lines, Refusal):
        return lines
    return price_request(quote.request, price_lines(lines, quote.request, parts))
