"""Use cases on drafts: create, change, change lines, delete, clone, revise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from engine.application.amendment_basis import with_running
from engine.application.content import Content, price, price_edited
from engine.application.faults import etag_mismatch, invalid, not_found
from engine.application.perform import Environment, Work
from engine.application.ports import Reader
from engine.application.stated import Carried
from engine.catalog import LineId
from engine.contracts import Amendment
from engine.diagnostics import Fault, Refusal
from engine.parties import BillingAccount, Customer, SellingEntity, User
from engine.quotes import lifecycle
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.ramp import Ramp
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.quotes.status import Move, state_faults


@dataclass(frozen=True, slots=True)
class QuoteDeleted:
    """A draft or withdrawn quote was deleted."""

    quote: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new quote is made of; ``amendment`` says what of a contract it changes."""

    content: Content
    parties: QuoteParties
    valid_until: date
    title: str = ""
    amendment: Amendment | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What of a draft is to change; None leaves it."""

    content: Content | None = None
    valid_until: date | None = None
    title: str | None = None
    billing_account: str | None = None
    selling_entity: str | None = None
    deal: str | None = None

    @property
    def parties(self) -> QuoteParties:
        """The parties that the edit names; the owner stays."""
        customer = self.content.customer if self.content is not None else ""
        return QuoteParties(customer, "", self.billing_account or "", self.selling_entity or "")


def create_quote(work: Work, draft: Draft, *, etag: str) -> Quote | Refusal:
    """Evaluate what is asked for and keep it as a draft; everybody it names must exist."""
    if etag:
        return etag_mismatch("", etag)
    content = _beside(work, draft.content, draft.amendment)
    priced = evaluated(work.env, work.tx, content, draft.parties, today=work.at.date(), tenant=work.tenant)
    if isinstance(priced, Refusal):
        return priced
    decision = lifecycle.draft(
        work.new_id("q"),
        draft.parties,
        priced,
        valid_until=draft.valid_until,
        at=work.at,
        title=draft.title,
    )
    quote = work.decided(decision)
    if isinstance(quote, Refusal):
        return quote
    quote = replace(quote, amendment=draft.amendment)
    work.tx.add(quote)
    return quote


def evaluated(
    env: Environment, reader: Reader, content: Content, parties: QuoteParties, *, today: date, tenant: str
) -> PricedQuote | Refusal:
    """Evaluate what is asked for; a refusal also names the parties that do not exist."""
    missing = _missing(reader, parties)
    priced = price(env, reader, content, today=today, tenant=tenant)
    if missing and isinstance(priced, Refusal):
        known = {each.field for each in missing}
        return Refusal((*missing, *(each for each in priced.faults if each.field not in known)))
    return Refusal(missing) if missing else priced


def load_quote(work: Work, key: str, etag: str) -> Quote | Refusal:
    """The quote of that id, when the etag fits."""
    quote = work.tx.get(Quote, key)
    if quote is None:
        return not_found("name", f"quotes/{key}")
    return work.check_etag(Quote, key, etag) or quote


def change_quote(work: Work, key: str, edit: Edit, *, etag: str) -> Quote | Refusal:
    """Change a draft and evaluate it again under the rule book in force."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    parties = replace(
        quote.parties,
        customer=edit.content.customer if edit.content is not None else quote.parties.customer,
        billing_account=_or(edit.billing_account, quote.parties.billing_account),
        selling_entity=_or(edit.selling_entity, quote.parties.selling_entity),
        deal=_or(edit.deal, quote.parties.deal),
    )
    content = edit.content or content_of(quote.request, parties.customer)
    if content.currency == quote.request.currency:
        content = replace(content, exchange=quote.request.exchange)
    content = _beside(work, content, quote.amendment)
    priced = evaluated(work.env, work.tx, content, parties, today=work.at.date(), tenant=work.tenant)
    if isinstance(priced, Refusal):
        return priced
    edited = replace(quote, parties=parties, title=_or(edit.title, quote.title))
    problem = _amendment_refused(quote, edited, priced)
    if problem is not None:
        return problem
    return work.saved(lifecycle.edit(edited, priced, valid_until=edit.valid_until, at=work.at))


@dataclass(frozen=True, slots=True)
class LineChanges:
    """Lines to add, or to replace where the id is known, with the ramps that cut some of them; ids to take out."""

    upserts: Sequence[RequestedLine] = ()
    removals: Sequence[str] = ()
    ramps: Mapping[LineId, Ramp] = field(default_factory=lambda: MappingProxyType({}))


def change_lines(work: Work, key: str, changes: LineChanges, *, etag: str, most: int) -> Quote | Refusal:
    """Add, replace and remove lines of a draft; a removed line takes its parts with it."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    priced = with_lines(work.env, work.tx, quote, changes, tenant=work.tenant, most=most)
    if isinstance(priced, Refusal):
        return priced
    problem = _amendment_refused(quote, quote, priced)
    if problem is not None:
        return problem
    return work.saved(lifecycle.edit(quote, priced, valid_until=None, at=work.at))


def with_lines(
    env: Environment, reader: Reader, quote: Quote, changes: LineChanges, *, tenant: str, most: int
) -> PricedQuote | Refusal:
    """What a draft is evaluated to with some of its lines changed."""
    removals = changes.removals
    lines = {each.id: each for each in quote.request.lines}
    unknown = [n for n, each in enumerate(removals) if LineId(each) not in lines]
    if unknown:
        return Refusal(tuple(invalid(f"removals[{n}]", f"there is no line `{removals[n][:80]}`") for n in unknown))
    gone = _with_parts({LineId(each) for each in removals}, lines)
    kept = {name: each for name, each in lines.items() if name not in gone}
    kept.update({each.id: each for each in changes.upserts})
    if len(kept) > most:
        return Refusal((invalid("upserts", f"the quote would have {len(kept)} lines; {most} are allowed"),))
    before = content_of(quote.request, quote.parties.customer)
    content = replace(before, lines=tuple(kept.values()), ramps=changes.ramps)
    content = with_running(env, reader, content, quote.amendment, today=quote.request.date, tenant=tenant)
    priced = price_edited(env, reader, content, quote.priced, tenant=tenant)
    return _by_upserts(priced, tuple(kept), tuple(lines), changes.upserts) if isinstance(priced, Refusal) else priced


def _by_upserts(
    refusal: Refusal, kept: Sequence[LineId], stored: Sequence[LineId], upserts: Sequence[RequestedLine]
) -> Refusal:
    """The faults of lines that the caller sent by their places in the request, of others by those in the quote."""
    now = {each: f"lines[{n}]" for n, each in enumerate(stored)}
    now |= {each.id: f"upserts[{n}]" for n, each in enumerate(upserts)}
    places = {f"lines[{n}]": now[each] for n, each in enumerate(kept)}

    def placed(fault: Fault) -> Fault:
        head, bracket, rest = fault.field.partition("]")
        return replace(fault, field=places.get(head + bracket, head + bracket) + rest)

    return Refusal(tuple(placed(each) for each in refusal.faults))


def delete_quote(work: Work, key: str, *, etag: str) -> None | Refusal:
    """Delete a draft or a withdrawn quote."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    faults = state_faults(quote.status, Move.DELETE)
    if faults:
        return Refusal(faults)
    work.tx.remove(Quote, key)
    work.tx.emit(QuoteDeleted(key))
    return None


def clone_quote(work: Work, key: str, *, owner: str, valid_until: date, etag: str) -> Quote | Refusal:
    """Make a new draft that asks for the same, evaluated today."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    content = _begun_again(quote)
    parties = replace(quote.parties, owner=owner or quote.parties.owner)
    return create_quote(work, Draft(content, parties, valid_until, quote.title, quote.amendment), etag="")


def revise_quote(work: Work, key: str, *, valid_until: date, etag: str) -> Quote | Refusal:
    """Begin the next version: the same request, evaluated today."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    priced = _price(work, _beside(work, _begun_again(quote), quote.amendment))
    if isinstance(priced, Refusal):
        return priced
    return work.saved(lifecycle.revise(quote, priced, valid_until=valid_until, at=work.at))


def content_of(request: QuoteRequest, customer: str) -> Content:
    """What a stored request asks for, ready to be evaluated again."""
    return Content(
        lines=request.lines,
        date=request.date,
        currency=request.currency,
        customer=customer,
        carried=Carried(request.customer, request.header, request.lines),
        codes=request.codes,
        manual=request.manual,
        term_months=request.term_months,
        start=request.start,
        exchange=request.exchange,
        only_ends=request.only_ends,
        running=request.running,
    )


def _begun_again(quote: Quote) -> Content:
    """What a quote asks for, to be evaluated today: the date and the exchange rates are found anew."""
    return replace(content_of(quote.request, quote.parties.customer), date=None, exchange=())


def _amendment_refused(before: Quote, after: Quote, priced: PricedQuote) -> Refusal | None:
    """A quote that changes a contract stays one of that contract: its customer, currency, and lines that follow."""
    if before.amendment is None:
        return None
    faults = []
    if after.parties.customer != before.parties.customer:
        faults.append(invalid("content.customer", f"the contract is with `{before.parties.customer}`"))
    if priced.request.currency != before.request.currency:
        faults.append(invalid("content.currency_code", f"the contract is in {before.request.currency}"))
    lines = {str(each.id) for each in priced.request.lines}
    for line, follows in before.amendment.followed.items():
        if line not in lines:
            hint = f"keep it, or quote the change anew and cancel `{follows}`"
            faults.append(invalid("content.lines", f"`{line}` follows `{follows}` of the contract", hint))
    return Refusal(tuple(faults)) if faults else None


def _beside(work: Work, content: Content, amendment: Amendment | None) -> Content:
    """What is asked for, with the lines of the contract that it changes where one of its own counts them."""
    return with_running(work.env, work.tx, content, amendment, today=work.at.date(), tenant=work.tenant)


def _price(work: Work, content: Content) -> PricedQuote | Refusal:
    return price(work.env, work.tx, content, today=work.at.date(), tenant=work.tenant)


def _missing(reader: Reader, parties: QuoteParties) -> tuple[Fault, ...]:
    asked: tuple[tuple[type[object], str, str, str], ...] = (
        (User, parties.owner, "owner", "users"),
        (Customer, parties.customer, "customer", "customers"),
        (BillingAccount, parties.billing_account, "billing_account", "billingAccounts"),
        (SellingEntity, parties.selling_entity, "selling_entity", "sellingEntities"),
    )
    return tuple(
        fault
        for kind, key, field, collection in asked
        if key and reader.get(kind, key) is None
        for fault in not_found(field, f"{collection}/{key}").faults
    )


def _with_parts(gone: set[LineId], lines: Mapping[LineId, RequestedLine]) -> set[LineId]:
    while True:
        more = {name for name, each in lines.items() if each.parent in gone} - gone
        if not more:
            return gone
        gone |= more


def _or(given: str | None, present: str) -> str:
    return present if given is None else given
