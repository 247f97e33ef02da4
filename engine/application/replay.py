"""Recorded quotes under another rule book: who would pay what differently, by which rules, and who would be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.application.stated import known_then
from engine.approvals import Route
from engine.diagnostics import Fault, Refusal
from engine.money import Money
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote
from engine.quotes.request import QuoteRequest
from engine.quotes.status import Status
from engine.rulebook.outcome import rule_names
from engine.rulebook.rule_run import answer_to

PAGE = 100
NOTHING: tuple[str, int | None] = "", None


@dataclass(frozen=True, slots=True)
class History:
    """Which quotes: those created on or after a day and before another one; ``priced_on`` replaces their own dates."""

    created_from: date | None = None
    created_until: date | None = None
    priced_on: date | None = None

    def holds(self, quote: Quote) -> bool:
        """Whether a quote is among them."""
        day = quote.created_at.date()
        after = self.created_from is None or self.created_from <= day
        return after and (self.created_until is None or day < self.created_until)


@dataclass(frozen=True, slots=True)
class LineEffect:
    """A line that would cost something else; None: it is not there."""

    line: str
    sku: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded quote and what it would come to. ``after`` is None, with the reasons, where it would be refused.

    ``gained`` and ``lost`` are the rules that would newly give something, and those that would not any more.
    """

    quote: str
    customer: str
    status: Status
    before: Money
    after: Money | None
    lines: tuple[LineEffect, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    asked_before: tuple[str, ...] = ()
    asked_after: tuple[str, ...] = ()
    was_valid: bool = True
    valid: bool = True
    faults: tuple[Fault, ...] = ()

    @property
    def difference(self) -> int:
        """How much more it would cost, in minor units."""
        return 0 if self.after is None else self.after.minor_units - self.before.minor_units

    @property
    def is_same(self) -> bool:
        """Whether nobody would notice: the same lines at the same prices, the same approvals, as valid as before."""
        changed = self.faults or self.lines or self.difference or self.was_valid != self.valid
        return not changed and self.asked_before == self.asked_after


@dataclass(slots=True)
class Effect:
    """What quotes of one currency, or of one customer in it, come to before and after."""

    quotes: int = 0
    before: int = 0
    after: int = 0


@dataclass(slots=True)
class Summary:
    """All quotes replayed so far. Sums are over those that would not be refused, by currency and by customer in it."""

    replayed: int = 0
    same: int = 0
    cheaper: int = 0
    dearer: int = 0
    refused: int = 0
    asked_otherwise: int = 0
    newly_invalid: int = 0
    by_currency: dict[str, Effect] = field(default_factory=dict)
    by_customer: dict[tuple[str, str], Effect] = field(default_factory=dict)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, each: Replayed) -> None:
        """Count one more quote."""
        self.replayed += 1
        self.same += each.is_same
        self.refused += each.after is None
        self.cheaper += each.difference < 0
        self.dearer += each.difference > 0
        self.asked_otherwise += each.after is not None and each.asked_before != each.asked_after
        self.newly_invalid += each.after is not None and each.was_valid and not each.valid
        self.gained.update(each.gained)
        self.lost.update(each.lost)
        if each.after is None:
            return
        code = each.before.currency.code
        effects = [self.by_currency.setdefault(code, Effect())]
        if each.difference:
            effects.append(self.by_customer.setdefault((each.customer, code), Effect()))
        for effect in effects:
            effect.quotes += 1
            effect.before += each.before.minor_units
            effect.after += each.after.minor_units


def replayed(env: Environment, new: ActiveBook, history: History, *, tenant: str) -> Iterator[Replayed]:
    """Every quote of a history under a book, in order of their ids; a page of quotes is read at a time."""
    after = ""
    while True:
        with env.store.read(tenant) as reader:
            page = reader.page(Quote, after=after, limit=PAGE)
        if not page:
            return
        after = page[-1].id
        for quote in page:
            if history.holds(quote):
                yield replay(quote, env.books.get(tenant, quote.priced.rule_book), new, history.priced_on)


def quotes_in(reader: Reader) -> int:
    """How many quotes there are, for those who want to know how far a replay is."""
    count, after = 0, ""
    while keys := reader.keys(Quote, after=after, limit=10_000):
        count, after = count + len(keys), keys[-1]
    return count


def replay(quote: Quote, old: ActiveBook | None, new: ActiveBook, priced_on: date | None = None) -> Replayed:
    """One quote under another book, with what it froze: facts, exchange rates, past orders and redeemed codes."""
    then = quote.priced
    now = answer_to(_asked(then.request, new, priced_on or then.request.date), new.parts)
    found = Replayed(
        quote.id,
        quote.parties.customer,
        quote.status,
        then.priced.totals.net,
        None,
        asked_before=_levels(then.route),
        was_valid=then.valid,
    )
    if isinstance(now, Refusal):
        return replace(found, valid=False, faults=now.faults)
    before = set(rule_names(then.priced.applied, old.parts.plan)) if old is not None else set[str]()
    after = set(rule_names(now.priced.applied, new.parts.plan))
    return replace(
        found,
        after=now.priced.totals.net,
        lines=tuple(_lines(then, now)),
        gained=tuple(sorted(after - before)) if old is not None else (),
        lost=tuple(sorted(before - after)),
        asked_after=_levels(now.route),
        valid=now.valid,
    )


def _asked(request: QuoteRequest, new: ActiveBook, day: date) -> QuoteRequest:
    """The request as it could be put to another book: facts that it does not know are left out."""
    known = known_then(request, new.book.declared)
    return replace(request, date=day, customer=known.customer, header=known.header)


def _levels(route: Route) -> tuple[str, ...]:
    return tuple(f"{chain.chain}/{level.level}" for chain in route.chains for level in chain.levels)


def _lines(then: PricedQuote, now: PricedQuote) -> Iterator[LineEffect]:
    before, after = _costs(then), _costs(now)
    for name in dict.fromkeys((*before, *after)):
        (sku, old), (_, new) = before.get(name, after.get(name, NOTHING)), after.get(name, NOTHING)
        old = old if name in before else None
        if old != new:
            yield LineEffect(name, sku, old, new)


def _costs(quote: PricedQuote) -> dict[str, tuple[str, int | None]]:
    """Product and net of every line and gift."""
    lines: dict[str, tuple[str, int | None]] = {str(each.id): (str(each.sku), each.net) for each in quote.priced.lines}
    return lines | {str(each.id): (str(each.sku), each.net) for each in quote.priced.gifts}
