"""Use cases on approvals: decide, delegate, preview; and what people a route may refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.faults import etag_mismatch, invalid, not_found
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.approvals.eligibility import may_decide
from engine.approvals.process import Directory
from engine.approvals.reapproval import carry_over
from engine.approvals.run import ApprovalRun, Decide, Delegation, RequestStatus, RunStatus, Verdict
from engine.diagnostics import Refusal
from engine.parties import Group, User
from engine.quotes import lifecycle
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote


@dataclass(frozen=True, slots=True)
class StoredDelegation:
    """A delegation under its id."""

    id: str
    delegation: Delegation


@dataclass(frozen=True, slots=True)
class DelegationCreated:
    """One user may decide for another on some days."""

    delegation: str
    approver: str
    delegate: str
    start: date
    end: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalEnded:
    """An approval ended because its quote was withdrawn or expired."""

    approval: str
    quote: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an approver says; an empty ``request`` means the only pending one that they may decide.

    A delegate of one approver need not say for whom.
    """

    verdict: Verdict
    approver: str
    request: str = ""
    on_behalf_of: str = ""
    comment: str = ""


def directory(reader: Reader) -> Directory:
    """Everybody that a route or a decision may refer to."""
    return Directory(
        users={each.id: each for each in every(reader, User)},
        groups={each.id: each for each in every(reader, Group)},
        delegations=tuple(each.delegation for each in every(reader, StoredDelegation)),
    )


def decide(work: Work, key: str, opinion: Opinion, *, etag: str) -> ApprovalRun | Refusal:
    """Take an approver's decision; when it ends the approval, the quote moves with it."""
    run = work.tx.get(ApprovalRun, key)
    if run is None:
        return not_found("name", f"approvals/{key}")
    stale = work.check_etag(ApprovalRun, key, etag)
    if stale is not None:
        return stale
    people = directory(work.tx)
    open_to = {
        each.id: may_decide(run, each, user=opinion.approver, on=work.at.date(), directory=people)
        for each in run.pending()
    }
    request = opinion.request or _only_request(run, opinion, open_to)
    if isinstance(request, Refusal):
        return request
    action = Decide(
        request=request,
        by=opinion.approver,
        verdict=opinion.verdict,
        at=work.at,
        version=run.case.version,
        on_behalf_of=opinion.on_behalf_of or _stood_in_for(opinion.approver, open_to.get(request, ())),
        comment=opinion.comment,
    )
    decided = work.saved(work.env.approvals.act(run, action, directory=people))
    if isinstance(decided, Refusal):
        return decided
    return _follow(work, decided, opinion.approver)


def delegate(work: Work, delegation: Delegation, *, etag: str) -> StoredDelegation | Refusal:
    """Let another user decide for an approver; both must exist."""
    if etag:
        return etag_mismatch("", etag)
    asked = (("approver", delegation.approver), ("delegate", delegation.delegate))
    missing = [
        fault
        for field, user in asked
        if work.tx.get(User, user) is None
        for fault in not_found(field, f"users/{user}").faults
    ]
    if delegation.approver == delegation.delegate:
        missing.append(invalid("delegate", "nobody stands in for themselves"))
    if missing:
        return Refusal(tuple(missing))
    stored = StoredDelegation(work.new_id("d"), delegation)
    work.tx.add(stored)
    work.tx.emit(
        DelegationCreated(
            stored.id, delegation.approver, delegation.delegate, delegation.start, delegation.end, work.at
        )
    )
    return stored


def waits_for(run: ApprovalRun, user: str, *, on: date, people: Directory) -> bool:
    """Whether a pending request may be decided by a user, for themselves or for somebody who delegated to them."""
    return any(may_decide(run, each, user=user, on=on, directory=people) for each in run.pending())


def earlier_runs(reader: Reader, quote: str) -> Sequence[ApprovalRun]:
    """The approvals of a quote so far, oldest first."""
    return reader.page(ApprovalRun, where={"quote": quote}, limit=1_000)


def standing_levels(priced: PricedQuote, runs: Sequence[ApprovalRun]) -> frozenset[tuple[str, str]]:
    """The levels of a route that an earlier approval of the quote still covers: one of the same currency, since less of
    another one may be more.
    """
    alike = (run for run in runs if run.case.currency == priced.request.currency)
    return frozenset(level for run in alike for level in carry_over(run, priced.route))


def ended_with_quote(work: Work, run: ApprovalRun) -> None:
    """End a running approval because its quote was withdrawn or expired; what was still asked is cancelled."""
    requests = tuple(
        replace(each, status=RequestStatus.CANCELLED) if each.status is RequestStatus.PENDING else each
        for each in run.requests
    )
    work.tx.replace(replace(run, status=RunStatus.RECALLED, requests=requests))
    work.tx.emit(ApprovalEnded(run.case.id, run.case.quote, work.at))


def _only_request(run: ApprovalRun, opinion: Opinion, open_to: Mapping[str, Sequence[str]]) -> str | Refusal:
    principal = opinion.on_behalf_of or opinion.approver
    named = [each.id for each in run.pending() if principal in (*each.members, *each.escalated_to)]
    lent = [] if opinion.on_behalf_of else [request for request, names in open_to.items() if names]
    mine = [each for each in named if open_to[each]] or lent or named
    if len(mine) == 1:
        return mine[0]
    found = ", ".join(f"`{each}`" for each in mine) or "none"
    return Refusal((invalid("request", f"name the request: pending for `{principal}` are {found}"),))


def _stood_in_for(user: str, names: Sequence[str]) -> str:
    """Whom a delegate decides for without saying so: the only one who delegated to them; empty: nobody, or several."""
    return names[0] if len(names) == 1 and names[0] != user else ""


def _follow(work: Work, run: ApprovalRun, by: str) -> ApprovalRun | Refusal:
    if run.status is RunStatus.RUNNING:
        return run
    quote = work.tx.get(Quote, run.case.quote)
    assert quote is not None, "an approval belongs to a quote"
    if run.status is RunStatus.APPROVED:
        moved = work.saved(lifecycle.approve(quote, at=work.at))
    else:
        moved = work.saved(lifecycle.reject(quote, by=by, at=work.at))
    return moved if isinstance(moved, Refusal) else run
