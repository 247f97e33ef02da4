"""What a contract that renews by itself does when its day comes: quoted, accepted and ordered in one unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.application.amendments import Quoting
from engine.application.offers import accept_quote
from engine.application.orders import order_quote
from engine.application.perform import Work
from engine.application.renewals import RenewalRefused, RenewalWish, RenewedByItself, create_renewal_quote
from engine.approvals.routed import NO_APPROVAL
from engine.contracts import Contract, renewing, renews_on
from engine.diagnostics import Refusal
from engine.orders.order import Order
from engine.quotes import lifecycle


def renew_contract(work: Work, key: str) -> Order | Contract | Refusal:
    """Renew the lines of a contract whose term ends by now, at the price that it agreed.

    Nobody approves or accepts it: both sides did when they signed the contract.
    """
    contract = work.tx.get(Contract, key)
    assert contract is not None, "contracts are never deleted"
    due, today = renews_on(contract), work.at.date()
    if due is None or due > today:  # changed since the list was made
        return contract
    ends_by = today + timedelta(days=contract.terms.renewal.lead_days)
    lines = tuple(name for name, each in renewing(contract).items() if each.end is not None and each.end <= ends_by)
    quote = create_renewal_quote(work, contract, RenewalWish(Quoting(today, title="renewed by itself"), lines))
    if isinstance(quote, Refusal):
        return quote
    agreed = replace(quote, priced=replace(quote.priced, route=NO_APPROVAL))
    submitted = work.saved(lifecycle.submit(agreed, at=work.at))
    if isinstance(submitted, Refusal):
        return submitted
    accepted = accept_quote(work, quote.id, version=quote.version, purchase_order=contract.purchase_order, etag="")
    if isinstance(accepted, Refusal):
        return accepted
    order = order_quote(work, quote.id, etag="")
    if not isinstance(order, Refusal):
        work.tx.emit(RenewedByItself(contract.id, quote.id, work.at))
    return order


def keep_waiting(work: Work, key: str, refusal: Refusal) -> Contract:
    """Keep why a contract could not renew by itself (a product is discontinued): it is not due until it changes.

    Somebody has to look; when nobody does, its lines just end.
    """
    contract = work.tx.get(Contract, key)
    assert contract is not None, "contracts are never deleted"
    reason = "; ".join(each.message for each in refusal.faults)
    waiting = replace(contract, renewal_problem=reason, etag=contract.etag + 1)
    work.tx.replace(waiting)
    work.tx.emit(RenewalRefused(contract.id, reason, work.at))
    return waiting
