"""From what a caller asks for to a complete quote request: date, currency, customer facts and rule book filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from engine.application.faults import not_found
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.promotions import redeemed
from engine.application.rule_books import ActiveBook
from engine.catalog import LineId, Value
from engine.diagnostics import Code, Fault, Refusal
from engine.language.types import ListType, OptionalType, Type
from engine.money import MoneyError, currency
from engine.parties import Customer
from engine.pricing.request import FrozenRate, ManualDiscount, PriceRequest
from engine.quotes.evaluation import Parts, PricedQuote, evaluate, price_lines, price_request
from engine.quotes.lines import resolve
from engine.quotes.ramp import Ramp, Term, expand
from engine.quotes.reevaluation import reevaluate
from engine.quotes.request import QuoteRequest, RequestedLine

NO_RULE_BOOK = Code("NO_RULE_BOOK")
UNKNOWN_FACT = Code("UNKNOWN_FACT")
NO_VALUES: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Content:
    """What a caller asks for; what is not given is None or empty."""

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
    ramps: Mapping[LineId, Ramp] = field(default_factory=lambda: MappingProxyType({}))
    exchange: tuple[FrozenRate, ...] = ()


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
    """The complete request; the customer must exist, and the currency must be one."""
    book = active.book
    code = content.currency or book.default_currency
    faults: list[Fault] = []
    try:
        currency(code)
    except MoneyError as problem:
        faults.append(problem.fault("currency_code"))
    facts: dict[str, Value] = {}
    if content.customer:
        customer = reader.get(Customer, content.customer)
        if customer is None:
            faults += not_found("customer", f"customers/{content.customer}").faults
        else:
            facts.update(customer_facts(customer))
    facts.update(content.customer_facts)
    lines = expand(content.lines, content.ramps, Term(content.term_months, content.start or day))
    if isinstance(lines, Refusal):
        faults += lines.faults
    if faults or isinstance(lines, Refusal):
        return Refusal(tuple(faults))
    return QuoteRequest(
        date=day,
        currency=code,
        lines=lines,
        customer=_complete(facts, book.declared.customer),
        header=_complete(dict(content.header), book.declared.quote),
        codes=content.codes,
        manual=content.manual,
        term_months=content.term_months,
        start=content.start,
        exchange=content.exchange,
        redeemed=redeemed(reader, active.parts.plan, content.codes, customer=content.customer, currency=code),
    )


def customer_facts(customer: Customer) -> dict[str, Value]:
    """What rules read as ``customer.*`` of a stored customer."""
    return {
        **customer.attributes,
        "id": customer.id,
        "name": customer.display_name,
        "segment": customer.segment or None,
        "region": customer.region or None,
    }


def price(
    env: Environment, reader: Reader, content: Content, *, today: date, tenant: str, book_hash: str = ""
) -> PricedQuote | Refusal:
    """Evaluate a request under a published book, or the one in force on its date."""
    day = content.date or today
    active = find_book(env, tenant, book_hash=book_hash, day=day)
    if isinstance(active, Refusal):
        return active
    outside = _outside(active, day)
    request = request_of(reader, content, active, day)
    if outside or isinstance(request, Refusal):
        return Refusal((*outside, *(request.faults if isinstance(request, Refusal) else ())))
    return evaluate(request, active.parts)


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
    request = request_of(reader, content, active, day)
    return request if isinstance(request, Refusal) else reevaluate(before, request, active.parts)


def price_request_of(quote: PricedQuote, parts: Parts) -> PriceRequest | Refusal:
    """The request of an evaluated quote as the pricing engine was given it."""
    lines = resolve(quote.request, parts.catalog)
    if isinstance(lines, Refusal):
        return lines
    return price_request(quote.request, price_lines(lines, quote.request, parts))


def _complete(given: dict[str, Value], declared: Mapping[str, Type]) -> Mapping[str, Value]:
    """Every declared fact has a value: what nobody gave is unknown, or an empty list where the rules read a list."""
    blanks: dict[str, Value] = {
        name: () if isinstance(_inner(kind), ListType) and not isinstance(kind, OptionalType) else None
        for name, kind in declared.items()
    }
    return MappingProxyType({**blanks, **given})


def _inner(kind: Type) -> Type:
    return kind.item if isinstance(kind, OptionalType) else kind
