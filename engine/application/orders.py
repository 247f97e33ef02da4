"""Use cases on orders: an accepted quote becomes contract, order and revenue contract; progress; cancellation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum

from engine.application.amendment_order import order_amendment
from engine.application.content import breakdowns_of, find_book
from engine.application.ending import settle_end
from engine.application.faults import not_found
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.quotes import load_quote
from engine.application.revenue import open_revenue, report_deliveries
from engine.contracts import Contract, ContractTerms, take_back
from engine.diagnostics import Code, Decision, Fault, Refusal
from engine.orders.acceptance import create_order
from engine.orders.cancellation import cancel_order as cancel
from engine.orders.cancellation import cancelled_lines, undo_task
from engine.orders.fulfilment import complete_task, deliver, fail_task, retry_task, start_task
from engine.orders.order import Order
from engine.orders.placing import Booking
from engine.orders.states import OPEN_STATES
from engine.parties import BillingAccount
from engine.quotes import lifecycle
from engine.quotes.accepted import AcceptedQuote, accepted_quote
from engine.quotes.quote import Quote
from engine.quotes.status import Move, Status, state_faults
from engine.revenue import RevenuePolicies

REPLACES_A_LINE = Code("ORD012")


class Progress(Enum):
    """What a department reports."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"
    RETRY = "retry"
    UNDONE = "undone"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a task, or for a partial delivery on an item."""

    progress: Progress
    task: str = ""
    item: str = ""
    quantity: Decimal = Decimal(0)
    note: str = ""


def order_quote(work: Work, key: str, *, etag: str) -> Order | Refusal:
    """Make contract, order and revenue contract of an accepted quote; there is one order for each accepted version."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    faults = state_faults(quote.status, Move.ORDER)
    if faults:
        return Refusal(tuple(replace(each, hint=_order_hint(work, quote) or each.hint) for each in faults))
    active = find_book(work.env, work.tenant, book_hash=quote.priced.rule_book, day=work.at.date())
    if isinstance(active, Refusal):
        return active
    parts = breakdowns_of(quote.priced, active.parts)
    accepted = accepted_quote(quote, active.parts.catalog, at=quote.updated_at, parts=parts)
    if quote.amendment is not None:
        amended = order_amendment(work, quote, accepted, active)
        return amended if isinstance(amended, Refusal) else _ordered(work, quote, amended)
    terms = active.book.terms
    booking = Booking(
        order=work.new_id("o"),
        contract=work.new_id("k"),
        at=work.at,
        plans=terms.fulfilment,
        terms=_terms(work, quote, terms.contract),
    )
    booked = work.decided(create_order(accepted, booking))
    if isinstance(booked, Refusal):
        return booked
    work.tx.add(booked.contract)
    work.tx.add(booked.order)
    problem = _start_revenue(work, accepted, booked.contract, booked.order, active.book.terms.revenue)
    if problem is not None:
        return problem
    return _ordered(work, quote, booked.order)


def _order_hint(work: Work, quote: Quote) -> str:
    """The order that a quote has already; empty when it has none."""
    orders = every(work.tx, Order, customer=quote.parties.customer, quote=quote.id)
    found = next(orders, None) if quote.status is Status.ORDERED else None
    return f"it was ordered as `orders/{found.id}` of `contracts/{found.contract}`" if found is not None else ""


def _ordered(work: Work, quote: Quote, order: Order) -> Order | Refusal:
    moved = work.saved(lifecycle.order(quote, order_id=order.id, contract_id=order.contract, at=work.at))
    return moved if isinstance(moved, Refusal) else order


def report_progress(work: Work, key: str, report: Report, *, etag: str) -> Order | Refusal:
    """Take a department's report; what is handed over becomes revenue where it is recognised on delivery."""
    order = _load(work, key, etag)
    if isinstance(order, Refusal):
        return order
    changed = work.saved(_MOVES[report.progress](order, report, work.at))
    if isinstance(changed, Refusal):
        return changed
    return report_deliveries(work, changed, before=order) or changed


def cancel_order(work: Work, key: str, *, items: Sequence[str], note: str, by: str, etag: str) -> Order | Refusal:
    """Cancel items, or all that are open; their contract lines end at their start, and their revenue with them.

    What final invoices hold of them is credited at once; drafts are thrown away, since they may hold them too.
    """
    order = _load(work, key, etag)
    if isinstance(order, Refusal):
        return order
    problem = _replaced(order, items)
    if problem is not None:
        return problem
    changed = work.saved(cancel(order, at=work.at, note=note, items=items))
    if isinstance(changed, Refusal):
        return changed
    gone = cancelled_lines(order, changed)
    if not gone:
        return changed
    contract = work.tx.get(Contract, order.contract)
    assert contract is not None, "an order has its contract"
    ended = work.decided(take_back(contract, gone, at=work.at, by=by, reason=note or "cancelled"))
    if isinstance(ended, Refusal):
        return ended
    settled = settle_end(work, ended)
    return settled if isinstance(settled, Refusal) else changed


def _replaced(order: Order, items: Sequence[str]) -> Refusal | None:
    """A line that came in the place of another is not cancelled with its item: the customer would have neither."""
    faults = [
        Fault(
            REPLACES_A_LINE,
            f"items[{n}]",
            f"`{key}` came in the place of `{item.replaces}`",
            "amend the contract again",
        )
        for n, key in enumerate(items or [each.id for each in order.items if each.state in OPEN_STATES])
        if (item := order.item(key)) is not None and item.replaces
    ]
    return Refusal(tuple(faults)) if faults else None


def _load(work: Work, key: str, etag: str) -> Order | Refusal:
    order = work.tx.get(Order, key)
    if order is None:
        return not_found("name", f"orders/{key}")
    return work.check_etag(Order, key, etag) or order


def _terms(work: Work, quote: Quote, terms: ContractTerms) -> ContractTerms:
    """The book's terms, with the time to pay and the bill day that the billing account agreed."""
    account = work.tx.get(BillingAccount, quote.parties.billing_account) if quote.parties.billing_account else None
    if account is None:
        return terms
    return replace(terms, payment_days=account.payment_terms_days, bill_day=account.bill_day or terms.bill_day)


def _start_revenue(
    work: Work, accepted: AcceptedQuote, contract: Contract, order: Order, policies: RevenuePolicies
) -> Refusal | None:
    opened = open_revenue(work, accepted, contract, policies)
    return opened if opened is not None else report_deliveries(work, order, before=None)


_MOVES: Mapping[Progress, Callable[[Order, Report, datetime], Decision[Order] | Refusal]] = {
    Progress.STARTED: lambda order, report, at: start_task(order, report.task, at=at, note=report.note),
    Progress.COMPLETED: lambda order, report, at: complete_task(order, report.task, at=at, note=report.note),
    Progress.FAILED: lambda order, report, at: fail_task(order, report.task, at=at, note=report.note),
    Progress.RETRY: lambda order, report, at: retry_task(order, report.task, at=at, note=report.note),
    Progress.UNDONE: lambda order, report, at: undo_task(order, report.task, at=at, note=report.note),
    Progress.DELIVERED: lambda order, report, at: deliver(order, report.item, quantity=report.quantity, at=at),
}
