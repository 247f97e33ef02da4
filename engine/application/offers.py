"""Use cases on the way of an offer: submit, recall, send, accept, decline, withdraw, expire."""

from __future__ import annotations

from engine.application.approvals import directory, earlier_runs, ended_with_quote, standing_levels
from engine.application.content import find_book
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.promotions import redeem
from engine.application.quotes import load_quote
from engine.approvals.case import Submission, case_of
from engine.approvals.run import ApprovalRun, Recall, RunStatus
from engine.contracts import Contract, base_faults
from engine.diagnostics import Refusal
from engine.quotes import lifecycle
from engine.quotes.quote import Quote
from engine.quotes.status import OPEN


def submit_quote(work: Work, key: str, *, etag: str) -> Quote | Refusal:
    """Send a draft to its approvers; without any, or when earlier approvals still hold, it is approved at once."""
    quote = _offered(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    route = quote.priced.route
    if not route.chains:
        return work.saved(lifecycle.submit(quote, at=work.at))
    case_id = work.new_id("ap")
    decision = lifecycle.submit(quote, at=work.at, approval=case_id)
    if isinstance(decision, Refusal):
        return decision
    people = directory(work.tx)
    case = case_of(
        route,
        submission=submission_of(quote, case_id),
        directory=people,
        standing=standing_levels(quote.priced, earlier_runs(work.tx, key)),
    )
    if isinstance(case, Refusal):
        return case
    run = work.decided(work.env.approvals.begin(case, at=work.at))
    if isinstance(run, Refusal):
        return run
    work.tx.add(run)
    submitted: Quote | Refusal = work.saved(decision)
    if isinstance(submitted, Refusal) or run.status is not RunStatus.APPROVED:
        return submitted
    return work.saved(lifecycle.approve(submitted, at=work.at))


def submission_of(quote: Quote, case_id: str) -> Submission:
    """What approvers are shown of a quote."""
    totals = quote.priced.priced.totals
    return Submission(
        id=case_id,
        quote=quote.id,
        version=quote.version,
        owner=quote.parties.owner,
        discount_percent=totals.discount_percent,
        net_total=totals.net.decimal,
        currency=totals.net.currency.code,
    )


def recall_quote(work: Work, key: str, *, by: str, comment: str, etag: str) -> Quote | Refusal:
    """The owner takes a quote back to a draft; a running approval ends."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    decision = lifecycle.recall(quote, by=by, at=work.at)
    if isinstance(decision, Refusal):
        return decision
    run = work.tx.get(ApprovalRun, quote.approval) if quote.approval else None
    if run is not None and run.status is RunStatus.RUNNING:
        recalled = work.saved(work.env.approvals.act(run, Recall(by, work.at, comment), directory=directory(work.tx)))
        if isinstance(recalled, Refusal):
            return recalled
    return work.saved(decision)


def send_quote(work: Work, key: str, *, etag: str) -> Quote | Refusal:
    """Make the offer."""
    quote = _offered(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    return work.saved(lifecycle.send(quote, at=work.at))


def accept_quote(work: Work, key: str, *, version: int, purchase_order: str, etag: str) -> Quote | Refusal:
    """The customer takes the offer; the other open quotes of the deal are superseded, and its promotions counted."""
    quote = _offered(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    accepted = work.saved(lifecycle.accept(quote, version=version, at=work.at, purchase_order=purchase_order))
    if isinstance(accepted, Refusal):
        return accepted
    active = find_book(work.env, work.tenant, book_hash=accepted.priced.rule_book, day=work.at.date())
    used_up = active if isinstance(active, Refusal) else redeem(work, accepted, active.parts.plan)
    if used_up is not None:
        return used_up
    if not accepted.parties.deal:
        return accepted
    for other in every(work.tx, Quote, deal=accepted.parties.deal):
        if other.id != key and other.status in OPEN:
            lost = work.saved(lifecycle.supersede(other, note=f"{key} was accepted", at=work.at))
            if isinstance(lost, Refusal):
                return lost
    return accepted


def decline_quote(work: Work, key: str, *, note: str, etag: str) -> Quote | Refusal:
    """The customer says no."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    return work.saved(lifecycle.decline(quote, note=note, at=work.at))


def withdraw_quote(work: Work, key: str, *, note: str, etag: str) -> Quote | Refusal:
    """We take the quote back for good; a running approval ends with it."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal):
        return quote
    run = work.tx.get(ApprovalRun, quote.approval) if quote.approval else None
    decision = lifecycle.withdraw(quote, note=note, at=work.at)
    if run is not None and run.status is RunStatus.RUNNING and not isinstance(decision, Refusal):
        ended_with_quote(work, run)
    return work.saved(decision)


def _offered(work: Work, key: str, etag: str) -> Quote | Refusal:
    """A quote on its way to the customer; one of a change of a contract goes no step further once that has changed."""
    quote = load_quote(work, key, etag)
    if isinstance(quote, Refusal) or quote.amendment is None or quote.status not in OPEN:
        return quote
    contract = work.tx.get(Contract, quote.amendment.contract)
    assert contract is not None, "contracts are never deleted"
    stale = tuple(base_faults(contract, quote.amendment))
    return Refusal(stale) if stale else quote
