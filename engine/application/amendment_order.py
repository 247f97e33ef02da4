"""An accepted amendment is ordered: the contract changes, documents are corrected, revenue follows."""

from __future__ import annotations

from engine.application.ending import settle_end, stop_ended
from engine.application.perform import Work
from engine.application.revenue import add_revenue, blend_revenue, report_deliveries
from engine.application.rule_books import ActiveBook
from engine.contracts import AmendmentKind, Contract
from engine.diagnostics import Refusal
from engine.orders.amending import amend_contract
from engine.orders.order import Order
from engine.orders.placing import Booking
from engine.quotes.accepted import AcceptedQuote
from engine.quotes.quote import Quote


def order_amendment(work: Work, quote: Quote, accepted: AcceptedQuote, active: ActiveBook) -> Order | Refusal:
    """Sign what an accepted quote changes in its contract, settle it at once, and make its order.

    Final invoices are credited now for days that other lines serve, drafts that it affects go, and a billing run drafts
    what the contract owes from then on.
    """
    amendment = quote.amendment
    assert amendment is not None, "asked of a quote that changes a contract"
    contract = work.tx.get(Contract, amendment.contract)
    assert contract is not None, "contracts are never deleted"
    terms = active.book.terms
    booking = Booking(work.new_id("o"), contract.id, work.at, terms.fulfilment, contract.terms)
    booked = work.decided(amend_contract(contract, accepted, amendment, booking, reason=reason_of(quote)))
    if isinstance(booked, Refusal):
        return booked
    work.tx.add(booked.order)
    added = add_revenue(work, accepted, booked.contract, terms.revenue)
    if isinstance(added, Refusal):
        return added
    settled = settle_end(work, booked.contract)
    if isinstance(settled, Refusal):
        return settled
    blend_revenue(work, settled.contract, added)
    stopped = stop_ended(work, settled.contract, but=booked.order.id)
    return stopped or report_deliveries(work, booked.order, before=None) or booked.order


def reason_of(quote: Quote) -> str:
    """Why a contract changes, for its chain of changes."""
    assert quote.amendment is not None, "asked of a quote that changes a contract"
    what = "renewal" if quote.amendment.kind is AmendmentKind.RENEWAL else "amendment"
    return f"{what} by quotes/{quote.id}" + (f": {quote.title}" if quote.title else "")
