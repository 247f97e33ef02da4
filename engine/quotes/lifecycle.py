"""Moves a quote from state to state: decides only; the clock and the store are the caller's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from engine.diagnostics import Code, Decision, Fault, Refusal
from engine.quotes.certificate import certificate_of
from engine.quotes.evaluation import PricedQuote
from engine.quotes.events import (
    QuoteAccepted,
    QuoteApproved,
    QuoteClosed,
    QuoteCreated,
    QuoteEdited,
    QuoteEvent,
    QuoteOrdered,
    QuoteRecalled,
    QuoteRejected,
    QuoteRevised,
    QuoteSent,
    QuoteSubmitted,
)
from engine.quotes.quote import Quote, QuoteParties, QuoteVersion
from engine.quotes.status import Move, Status, state_faults

EXPIRED = Code("QUO002")
INVALID_CONFIGURATION = Code("QUO003")
WRONG_VERSION = Code("QUO004")
NOT_THE_OWNER = Code("QUO005")
BAD_VALIDITY = Code("QUO006")
STILL_VALID = Code("QUO007")


def draft(
    quote_id: str, parties: QuoteParties, priced: PricedQuote, *, valid_until: date, at: datetime, title: str = ""
) -> Decision[Quote] | Refusal:
    """Create a quote; the last day it can be accepted on is ``valid_until``."""
    faults = _validity_faults(valid_until, at)
    if faults:
        return Refusal(faults)
    quote = Quote(
        id=quote_id,
        parties=parties,
        status=Status.DRAFT,
        version=1,
        etag=1,
        priced=priced,
        valid_until=valid_until,
        created_at=at,
        updated_at=at,
        title=title,
    )
    return Decision(quote, (QuoteCreated(quote_id, parties.customer, parties.owner, at),))


def edit(quote: Quote, priced: PricedQuote, *, valid_until: date | None, at: datetime) -> Decision[Quote] | Refusal:
    """Replace what a draft asks for by another evaluation; None keeps the last day of validity."""
    until = valid_until or quote.valid_until
    faults = (*state_faults(quote.status, Move.EDIT), *_validity_faults(until, at))
    if faults:
        return Refusal(faults)
    return _moved(quote, Status.DRAFT, at, QuoteEdited(quote.id, quote.version, at), priced=priced, valid_until=until)


def submit(quote: Quote, *, at: datetime, approval: str = "") -> Decision[Quote] | Refusal:
    """Move a draft towards its approvers, or straight on when nobody has to look.

    ``approval`` names the approval case that was opened for it; it is needed exactly when the route has chains.
    """
    faults = (
        *state_faults(quote.status, Move.SUBMIT),
        *_expiry_faults(quote, at),
        *_configuration_faults(quote.priced),
    )
    if faults:
        return Refusal(faults)
    chains = quote.priced.route.chains
    levels = sum(len(each.levels) for each in chains)
    submitted = QuoteSubmitted(quote.id, quote.version, levels, quote.priced.priced.totals.net, at)
    if chains:
        return _moved(quote, Status.IN_APPROVAL, at, submitted, approval=approval)
    approved = QuoteApproved(quote.id, quote.version, at)
    return _moved(quote, Status.APPROVED, at, submitted, approved, approval="")


def approve(quote: Quote, *, at: datetime) -> Decision[Quote] | Refusal:
    """Every approver agreed."""
    faults = state_faults(quote.status, Move.APPROVE)
    if faults:
        return Refusal(faults)
    return _moved(quote, Status.APPROVED, at, QuoteApproved(quote.id, quote.version, at))


def reject(quote: Quote, *, by: str, at: datetime) -> Decision[Quote] | Refusal:
    """An approver said no."""
    faults = state_faults(quote.status, Move.REJECT)
    if faults:
        return Refusal(faults)
    return _moved(quote, Status.REJECTED, at, QuoteRejected(quote.id, quote.version, by, at))


def recall(quote: Quote, *, by: str, at: datetime) -> Decision[Quote] | Refusal:
    """The owner takes an offer that was not sent yet back to a draft."""
    faults = (*state_faults(quote.status, Move.RECALL), *_owner_faults(quote, by))
    if faults:
        return Refusal(faults)
    return _moved(quote, Status.DRAFT, at, QuoteRecalled(quote.id, quote.version, by, at), approval="")


def send(quote: Quote, *, at: datetime) -> Decision[Quote] | Refusal:
    """Make the offer: the version becomes immutable and gets its certificate."""
    faults = (*state_faults(quote.status, Move.SEND), *_expiry_faults(quote, at))
    if faults:
        return Refusal(faults)
    version = _offer(quote, at)
    sent = QuoteSent(quote.id, quote.version, version.priced.priced.totals.net, version.certificate, at)
    return _moved(quote, Status.SENT, at, sent, versions=(*quote.versions, version))


def accept(quote: Quote, *, version: int, at: datetime, purchase_order: str = "") -> Decision[Quote] | Refusal:
    """The customer takes the offer of that version; a checkout may accept an approved offer that nobody sent."""
    faults = (
        *state_faults(quote.status, Move.ACCEPT),
        *_expiry_faults(quote, at),
        *_version_faults(quote, version),
    )
    if faults:
        return Refusal(faults)
    versions = quote.versions if quote.status is Status.SENT else (*quote.versions, _offer(quote, at))
    accepted = QuoteAccepted(quote.id, version, versions[-1].priced.priced.totals.net, purchase_order, at)
    return _moved(quote, Status.ACCEPTED, at, accepted, versions=versions, purchase_order=purchase_order)


def decline(quote: Quote, *, note: str, at: datetime) -> Decision[Quote] | Refusal:
    """The customer says no."""
    return _close(quote, Move.DECLINE, Status.DECLINED, note=note, at=at)


def withdraw(quote: Quote, *, note: str, at: datetime) -> Decision[Quote] | Refusal:
    """We take the offer back for good."""
    return _close(quote, Move.WITHDRAW, Status.WITHDRAWN, note=note, at=at)


def supersede(quote: Quote, *, note: str, at: datetime) -> Decision[Quote] | Refusal:
    """Another alternative of the same deal was taken."""
    return _close(quote, Move.WITHDRAW, Status.SUPERSEDED, note=note, at=at)


def expire(quote: Quote, *, at: datetime) -> Decision[Quote] | Refusal:
    """The last day of validity has passed."""
    if at.date() <= quote.valid_until:
        message = f"the quote is valid until {quote.valid_until}"
        return Refusal((Fault(STILL_VALID, "valid_until", message),))
    return _close(quote, Move.EXPIRE, Status.EXPIRED, note="", at=at)


def revise(quote: Quote, priced: PricedQuote, *, valid_until: date, at: datetime) -> Decision[Quote] | Refusal:
    """Begin the next offer, as a draft; offers made so far stay as they are."""
    faults = (*state_faults(quote.status, Move.REVISE), *_validity_faults(valid_until, at))
    if faults:
        return Refusal(faults)
    following = quote.version + 1 if quote.offer(quote.version) else quote.version
    revised = QuoteRevised(quote.id, following, at)
    return _moved(
        quote, Status.DRAFT, at, revised, version=following, priced=priced, valid_until=valid_until, approval=""
    )


def order(quote: Quote, *, order_id: str, contract_id: str, at: datetime) -> Decision[Quote] | Refusal:
    """The accepted offer became a contract and an order."""
    faults = state_faults(quote.status, Move.ORDER)
    if faults:
        return Refusal(faults)
    return _moved(quote, Status.ORDERED, at, QuoteOrdered(quote.id, quote.version, order_id, contract_id, at))


def _close(quote: Quote, move: Move, status: Status, *, note: str, at: datetime) -> Decision[Quote] | Refusal:
    faults = state_faults(quote.status, move)
    if faults:
        return Refusal(faults)
    closed = QuoteClosed(quote.id, quote.version, status.value, note, at)
    return _moved(quote, status, at, closed, closing_note=note)


def _moved(quote: Quote, status: Status, at: datetime, *events: QuoteEvent, **changes: object) -> Decision[Quote]:
    changed = replace(quote, status=status, etag=quote.etag + 1, updated_at=at, **changes)  # type: ignore[arg-type]
    return Decision(changed, events)


def _offer(quote: Quote, at: datetime) -> QuoteVersion:
    return QuoteVersion(quote.version, at, quote.valid_until, quote.priced, certificate_of(quote.priced))


def _expiry_faults(quote: Quote, at: datetime) -> tuple[Fault, ...]:
    if at.date() <= quote.valid_until:
        return ()
    message = f"the quote was valid until {quote.valid_until}"
    return (Fault(EXPIRED, "valid_until", message, "revise it to make a new offer"),)


def _validity_faults(valid_until: date, at: datetime) -> tuple[Fault, ...]:
    if valid_until >= at.date():
        return ()
    return (Fault(BAD_VALIDITY, "valid_until", f"{valid_until} has passed", "give today or a later day"),)


def _configuration_faults(priced: PricedQuote) -> tuple[Fault, ...]:
    places = {each.id: n for n, each in enumerate(priced.request.lines)}
    return tuple(
        Fault(
            INVALID_CONFIGURATION,
            f"lines[{places[each.line]}]",
            f"`{each.line}`: {each.message}",
            f"rule `{each.rule}`" if each.rule else "",
        )
        for each in priced.findings
        if each.blocking
    )


def _version_faults(quote: Quote, version: int) -> tuple[Fault, ...]:
    if version == quote.version:
        return ()
    message = f"the current offer is version {quote.version}, not {version}"
    return (Fault(WRONG_VERSION, "version", message, "look at the current offer first"),)


def _owner_faults(quote: Quote, by: str) -> tuple[Fault, ...]:
    if by == quote.parties.owner:
        return ()
    return (Fault(NOT_THE_OWNER, "by", f"only `{quote.parties.owner}` may recall this quote"),)
