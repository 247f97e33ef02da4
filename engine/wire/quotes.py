"""Quotes, versions, differences: proto and domain."""

from __future__ import annotations

from collections.abc import Mapping

from cpq.v1 import common_pb2, quote_pb2

from engine.application.content import Content
from engine.application.quotes import Draft, Edit
from engine.contracts import Amendment, AmendmentKind
from engine.diagnostics import Fault
from engine.quotes.compare import Difference
from engine.quotes.quote import Quote, QuoteParties, QuoteVersion
from engine.quotes.status import Status
from engine.wire.basics import Faults, fill_date, fill_instant, need_date, read_date, read_key
from engine.wire.contents import fill_content, read_content
from engine.wire.parties import BILLING_ACCOUNTS, CUSTOMERS, SELLING_ENTITIES, USERS
from engine.wire.priced import NO_PARTS, Parts, fill_priced
from engine.wire.sheets import NO_BOOK, Sheets
from engine.wire.sources import sources_hash

QUOTES = "quotes"
STATES: Mapping[Status, int] = {status: quote_pb2.QuoteState.Value(f"QUOTE_STATE_{status.name}") for status in Status}
KINDS: Mapping[AmendmentKind, int] = {
    kind: quote_pb2.AmendmentKind.Value(f"AMENDMENT_KIND_{kind.name}") for kind in AmendmentKind
}
STATUS_OF = {number: status for status, number in STATES.items()}
MAPPING = sources_hash("engine.wire")
"""How quotes and prices are filled in, as the hash of the code that does it: answers are kept as bytes, and those that
other code made are not used.
"""
LONGEST_TITLE = 500
EDITABLE = ("content", "title", "valid_until", "billing_account", "selling_entity", "deal")


def read_draft(message: quote_pb2.Quote, faults: Faults, *, most_lines: int) -> Draft:
    """What a new quote is made of."""
    content = read_content(message.content, faults.at("content"), most_lines=most_lines)
    if message.customer and message.customer != message.content.customer:
        faults.invalid("customer", "the customer of a quote is that of its content")
    _check_title(message.title, faults)
    parties = QuoteParties(
        customer=content.customer,
        owner=read_key(message.owner, USERS, "owner", faults),
        billing_account=read_key(message.billing_account, BILLING_ACCOUNTS, "billing_account", faults, optional=True),
        selling_entity=read_key(message.selling_entity, SELLING_ENTITIES, "selling_entity", faults, optional=True),
        deal=message.deal,
    )
    return Draft(content, parties, need_date(message.valid_until, "valid_until", faults), message.title)


def read_edit(request: quote_pb2.UpdateQuoteRequest, faults: Faults, *, most_lines: int) -> Edit:
    """What of a draft is to change: the masked fields, or all that are given."""
    message, place = request.quote, faults.at("quote")
    given = [field.name for field, _ in message.ListFields() if field.name in EDITABLE]
    paths = list(request.update_mask.paths) or given
    if paths == ["*"]:
        paths = list(EDITABLE)
    for n, path in enumerate(paths):
        if path not in EDITABLE:
            faults.invalid(f"update_mask.paths[{n}]", f"`{path[:80]}` cannot be changed", f"{', '.join(EDITABLE)} can")
    content: Content | None = None
    if "content" in paths:
        content = read_content(message.content, place.at("content"), most_lines=most_lines)
    if "title" in paths:
        _check_title(message.title, place)
    account = read_key(message.billing_account, BILLING_ACCOUNTS, "billing_account", place, optional=True)
    entity = read_key(message.selling_entity, SELLING_ENTITIES, "selling_entity", place, optional=True)
    return Edit(
        content=content,
        valid_until=read_date(message.valid_until, "valid_until", place) if "valid_until" in paths else None,
        title=message.title if "title" in paths else None,
        billing_account=account if "billing_account" in paths else None,
        selling_entity=entity if "selling_entity" in paths else None,
        deal=message.deal if "deal" in paths else None,
    )


def quote_message(quote: Quote, etag: str, *, view: int, sheets: Sheets, parts: Parts = NO_PARTS) -> quote_pb2.Quote:
    """A quote as far as the view asks, with the sheets of the book it is pinned to."""
    message = quote_pb2.Quote(name=f"{QUOTES}/{quote.id}", etag=etag)
    parties = quote.parties
    message.title, message.version, message.deal = quote.title, quote.version, parties.deal
    message.state = STATES[quote.status]  # type: ignore[assignment]
    message.owner = f"{USERS}/{parties.owner}"
    message.customer = f"{CUSTOMERS}/{parties.customer}" if parties.customer else ""
    message.billing_account = f"{BILLING_ACCOUNTS}/{parties.billing_account}" if parties.billing_account else ""
    message.selling_entity = f"{SELLING_ENTITIES}/{parties.selling_entity}" if parties.selling_entity else ""
    message.approval = f"approvals/{quote.approval}" if quote.approval else ""
    message.purchase_order, message.closing_note = quote.purchase_order, quote.closing_note
    fill_date(message.valid_until, quote.valid_until)
    fill_instant(message.create_time, quote.created_at)
    fill_instant(message.update_time, quote.updated_at)
    offer = quote.offer(quote.version)
    message.certificate = offer.certificate if offer is not None else ""
    if quote.amendment is not None:
        _fill_amendment(message.amendment, quote.amendment)
    if view != common_pb2.VIEW_BASIC:
        fill_content(message.content, quote.request, parties.customer)
    fill_priced(
        message.priced,
        quote.priced,
        view=view,
        sheets=sheets,
        parts=parts,
    )
    return message


def _fill_amendment(message: quote_pb2.Amendment, amendment: Amendment) -> None:
    message.contract, message.after_change = f"contracts/{amendment.contract}", amendment.after
    message.kind = KINDS[amendment.kind]  # type: ignore[assignment]
    fill_date(message.effective, amendment.effective)
    for each in amendment.successions:
        row = message.successions.add(line=each.line, followed_by=each.by)
        fill_date(row.end, each.on)


def version_message(key: str, version: QuoteVersion) -> quote_pb2.QuoteVersion:
    """An offer with its totals."""
    message = quote_pb2.QuoteVersion(name=f"{QUOTES}/{key}/versions/{version.number}", version=version.number)
    message.certificate = version.certificate
    fill_date(message.valid_until, version.valid_until)
    fill_instant(message.offer_time, version.offered_at)
    fill_priced(message.priced, version.priced, view=common_pb2.VIEW_BASIC, sheets=NO_BOOK)
    return message


def fill_difference(message: quote_pb2.Difference, difference: Difference) -> None:
    """Set one field that differs."""
    message.path, message.before, message.after = difference.path, difference.before, difference.after


def fill_fault(message: common_pb2.Fault, fault: Fault) -> None:
    """Set one reason to refuse."""
    message.code, message.field, message.message, message.hint = fault.code, fault.field, fault.message, fault.hint


def read_version_name(name: str, field: str, faults: Faults) -> tuple[str, int]:
    """The quote and the number in ``quotes/q-1/versions/2``."""
    head, _, number = name.rpartition("/versions/")
    key = read_key(head, QUOTES, field, Faults())
    if not key or not number.isdecimal() or not 0 < int(number[:9]) or len(number) > 9:
        faults.invalid(field, f"`{name[:80]}` is not a name of the form `{QUOTES}/.../versions/...`")
        return "", 0
    return key, int(number)


def _check_title(title: str, faults: Faults) -> None:
    if len(title) > LONGEST_TITLE:
        faults.invalid("title", f"longer than {LONGEST_TITLE} characters")
