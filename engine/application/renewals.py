"""Use cases on contracts: the next term is quoted, or signed by itself where the contract says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from engine.application.amendments import Quoting
from engine.application.content import Content, find_book
from engine.application.faults import invalid
from engine.application.perform import Work
from engine.application.quotes import Draft, create_quote
from engine.application.stated import Carried
from engine.application.successors import Names, agreed, asked_lines, parties_of, prices_include_tax, successor
from engine.catalog import LineId
from engine.contracts import (
    Amendment,
    AmendmentKind,
    Contract,
    LineInForce,
    RenewalPrice,
    RenewalTerms,
    Succession,
    amendable_faults,
    lines_in_force,
    next_months,
    renewable,
    renewed_price,
    with_parts,
)
from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money
from engine.pricing import PricePlan
from engine.pricing.plan import PercentBasis
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.pricing.work import percents_in_force
from engine.quotes.quote import Quote
from engine.quotes.request import RequestedLine

NOTHING_RENEWS = Code("CON031")
NOT_RENEWABLE = Code("CON032")
BAD_START = Code("CON033")


@dataclass(frozen=True, slots=True)
class RenewalWish:
    """What is to be renewed: lines (empty: all that can be), from when, for how long or to which end, at which price.

    What is not given is as the contract says: lines go on where they end, for its months, at its price.
    """

    quoting: Quoting
    lines: tuple[str, ...] = ()
    start: date | None = None
    months: int = 0
    end: date | None = None
    price: RenewalPrice | None = None
    index_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RenewalRefused:
    """A contract that renews by itself could not; somebody has to look."""

    contract: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RenewedByItself:
    """A contract renewed by itself, by a quote that nobody decided on."""

    contract: str
    quote: str
    at: datetime


def create_renewal_quote(work: Work, contract: Contract, wish: RenewalWish) -> Quote | Refusal:
    """Keep the quote of the next term as a draft."""
    chosen = _chosen(contract, wish)
    faults = [*_faults(contract, wish, chosen)]
    if faults:
        return Refusal(tuple(faults))
    active = find_book(work.env, work.tenant, book_hash="", day=work.at.date())
    if isinstance(active, Refusal):
        return active
    terms = contract.terms.renewal if wish.price is None else replace(contract.terms.renewal, price=wish.price)
    names, asked = Names(contract), asked_lines(work.tx, contract)
    parties = parties_of(work.tx, contract, wish.quoting.owner)
    told = _Asked(contract, wish, parties.owner, active.parts.plan, work.at.date())
    lines: list[RequestedLine] = []
    manual: list[ManualDiscount] = []
    ends: list[Succession] = []
    for key, state in chosen.items():
        start = _start(state, wish)
        made = _for_term(successor(asked, state, names, start=start, end=wish.end), contract, state, wish)
        lines.append(made)
        ends.append(Succession(key, start, str(made.id)))
        manual += _priced(state, made.id, terms, told)
    before = work.tx.get(Quote, contract.quote)
    carried = Carried(before.request.customer, before.request.header) if before is not None else Carried({}, {})
    effective = min(each.on for each in ends)
    content = Content(
        tuple(lines),
        currency=contract.currency.code,
        customer=contract.customer,
        manual=tuple(manual),
        start=effective,
        carried=carried,
    )
    amendment = Amendment(contract.id, len(contract.changes), effective, AmendmentKind.RENEWAL, tuple(ends))
    draft = Draft(content, parties, wish.quoting.valid_until, wish.quoting.title, amendment)
    return create_quote(work, draft, etag="")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the price of a renewed line is worked out from, beside the line."""

    contract: Contract
    wish: RenewalWish
    author: str
    plan: PricePlan
    day: date

    def is_percent_of_net(self, sku: str) -> bool:
        """Whether a product is a percent of what others come to, so that their discounts are its own."""
        percent = percents_in_force(self.plan, self.day).get(sku)
        return percent is not None and percent.use.basis is PercentBasis.NET


def _chosen(contract: Contract, wish: RenewalWish) -> Mapping[str, LineInForce]:
    """The lines to renew with the parts that come with them, in the order of signing."""
    able = renewable(contract)
    wanted = set(with_parts(contract, wish.lines)) if wish.lines else set(able)
    return {key: each for key, each in able.items() if key in wanted}


def _faults(contract: Contract, wish: RenewalWish, chosen: Mapping[str, LineInForce]) -> Iterator[Fault]:
    states = {each.line.id: each for each in lines_in_force(contract)} if wish.lines else {}
    for n, line in enumerate(wish.lines):
        unknown = [*amendable_faults(states, line, contract.start, f"lines[{n}]")]
        yield from unknown
        if not unknown and line not in chosen:
            message = f"`{line}` has no agreed end to be renewed at, or was followed by another line already"
            yield Fault(NOT_RENEWABLE, f"lines[{n}]", message)
    if not chosen and not wish.lines:
        hint = "lines without an agreed end go on by themselves"
        yield Fault(NOTHING_RENEWS, "contract", f"no line of `{contract.id}` waits to be renewed", hint)
    if wish.months < 0:
        yield invalid("months", f"{wish.months} is below zero")
    if wish.months and wish.end is not None:
        yield invalid("end", "there are both months and an end", "give one of them")
    for key, state in chosen.items():
        start = _start(state, wish)
        if wish.start is not None and state.end is not None and wish.start > state.end:
            message = f"`{key}` ends on {state.end}, before the next term begins on {wish.start}"
            yield Fault(BAD_START, "start", message, "renew on that day or earlier, or add a new line")
        elif wish.end is not None and wish.end <= start:
            yield Fault(BAD_START, "end", f"the next term of `{key}` begins on {start}", "give a later end")


def _start(state: LineInForce, wish: RenewalWish) -> date:
    assert state.end is not None, "what can be renewed has an end"
    return state.end if wish.start is None else max(min(wish.start, state.end), state.line.start)


def _for_term(line: RequestedLine, contract: Contract, state: LineInForce, wish: RenewalWish) -> RequestedLine:
    """The line with its next term: months that keep the day of the contract, unless a common end is wished."""
    if wish.end is not None:
        return line
    assert line.start is not None, "a line that follows has its start"
    return line._replace(term_months=wish.months or next_months(contract, state.line))


def _priced(state: LineInForce, follows: LineId, terms: RenewalTerms, asked: _Asked) -> Iterator[ManualDiscount]:
    """What keeps, uplifts or lowers the price of a renewed line."""
    line = state.line
    if terms.price is RenewalPrice.LIST:
        if terms.list_discount_percent and not asked.is_percent_of_net(line.sku):
            yield ManualDiscount(
                id=f"renewal.{follows}",
                on=ManualOn.LINE,
                kind=ManualKind.PERCENT,
                value=terms.list_discount_percent,
                reason=f"renewal of {asked.contract.id}, line {line.id}",
                author=asked.author,
                target=str(follows),
            )
        return
    amount = renewed_price(line.amount, terms, index_percent=asked.wish.index_percent)
    assert isinstance(amount, Money), "only list prices are refused"
    yield from agreed(
        line, follows, asked.contract.id, asked.author, inclusive=prices_include_tax(asked.plan), amount=amount
    )
