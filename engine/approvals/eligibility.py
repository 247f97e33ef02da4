"""Who may take which action on an approval; every reason against it is found, not only the first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from engine.approvals.process import Directory
from engine.approvals.run import (
    Action,
    ApprovalCase,
    ApprovalRequest,
    ApprovalRun,
    Decide,
    Recall,
    RequestStatus,
    RunStatus,
    Tick,
    Verdict,
)
from engine.diagnostics import Code, Fault

NOT_RUNNING = Code("APR101")
UNKNOWN_REQUEST = Code("APR102")
REQUEST_CLOSED = Code("APR103")
NOT_AN_APPROVER = Code("APR104")
OWN_QUOTE = Code("APR105")
DECIDED_BEFORE = Code("APR106")
OTHER_VERSION = Code("APR107")
ABOVE_LIMIT = Code("APR108")
NO_DELEGATION = Code("APR109")
NOT_THE_OWNER = Code("APR110")


def faults_of(run: ApprovalRun, action: Action, directory: Directory) -> tuple[Fault, ...]:
    """Every reason why the action may not be taken now; empty when it may."""
    match action:
        case Tick():
            return ()
        case Recall():
            return tuple(_recall_faults(run, action))
        case Decide():
            return tuple(_decide_faults(run, action, directory))
        case _:
            assert_never(action)


def may_decide(
    run: ApprovalRun, request: ApprovalRequest, *, user: str, on: date, directory: Directory
) -> tuple[str, ...]:
    """The approvers in whose name a user may decide a request on a day: themselves first, then those who delegated.

    Nobody decides their own quote, nor a request twice.
    """
    if user == run.case.owner or user in _hands(run, request):
        return ()
    people = {*request.members, *request.escalated_to} - set(request.approved_by)
    own = (user,) if user in people else ()
    return (*own, *sorted(each for each in people - {user} if _delegated(each, user, on=on, directory=directory)))


def _running_faults(run: ApprovalRun) -> Iterable[Fault]:
    if run.status is not RunStatus.RUNNING:
        yield Fault(NOT_RUNNING, "", f"the approval is already {run.status.value}")


def _recall_faults(run: ApprovalRun, action: Recall) -> Iterable[Fault]:
    yield from _running_faults(run)
    if action.by != run.case.owner:
        yield Fault(NOT_THE_OWNER, "by", f"only `{run.case.owner}`, who submitted the quote, may recall it")


def _decide_faults(run: ApprovalRun, action: Decide, directory: Directory) -> Iterable[Fault]:
    yield from _running_faults(run)
    if action.version != run.case.version:
        yield Fault(
            OTHER_VERSION,
            "version",
            f"the approval is for version {run.case.version} of the quote, not {action.version}",
            "look at the version that was submitted",
        )
    if action.by == run.case.owner:
        yield Fault(OWN_QUOTE, "by", f"`{action.by}` submitted this quote and may not decide on it")
    request = run.request(action.request)
    if request is None:
        yield Fault(UNKNOWN_REQUEST, "request", f"unknown approval request `{action.request}`")
        return
    if request.status is not RequestStatus.PENDING and run.status is RunStatus.RUNNING:
        yield Fault(REQUEST_CLOSED, "request", f"the request is already {request.status.value}")
    yield from _standing_faults(run, request, action, directory)
    if action.verdict is Verdict.APPROVE:
        yield from _limit_faults(run.case, request, action.on_behalf_of or action.by, directory)


def _standing_faults(
    run: ApprovalRun, request: ApprovalRequest, action: Decide, directory: Directory
) -> Iterable[Fault]:
    principal = action.on_behalf_of or action.by
    if principal not in (*request.members, *request.escalated_to):
        lent = may_decide(run, request, user=action.by, on=action.at.date(), directory=directory)
        yield Fault(
            NOT_AN_APPROVER,
            "on_behalf_of" if action.on_behalf_of else "by",
            f"`{principal}` is not among the approvers of `{request.level}`",
            f"decide on behalf of {' or '.join(lent)}"
            if lent
            else f"it waits for {', '.join((*request.members, *request.escalated_to))}",
        )
    elif principal != action.by and not _delegated(principal, action.by, on=action.at.date(), directory=directory):
        yield Fault(
            NO_DELEGATION,
            "on_behalf_of",
            f"`{principal}` has not delegated to `{action.by}` on {action.at.date().isoformat()}",
        )
    if action.by in _hands(run, request) or principal in request.approved_by:
        yield Fault(DECIDED_BEFORE, "by", f"`{action.by}` has decided this request before, for themselves or another")


def _hands(run: ApprovalRun, request: ApprovalRequest) -> set[str]:
    """Who decided a request already, for themselves or another."""
    return {each.by for each in run.decisions if each.request == request.id}


def _limit_faults(
    case: ApprovalCase, request: ApprovalRequest, principal: str, directory: Directory
) -> Iterable[Fault]:
    user = directory.users.get(principal)
    # Lower levels endorse; the one who has the last word in a chain must hold the authority for it.
    if user is None or not _is_last_level(case, request):
        return
    limit, depth = user.discount_limit_percent, case.discount_percent
    if limit is not None and (depth is None or depth > limit):
        stated = "unknown" if depth is None else f"{depth} %"
        yield Fault(ABOVE_LIMIT, "by", f"`{principal}` may approve discounts up to {limit} %, this quote has {stated}")
    ceiling, total, stated_in = user.approval_limit, case.net_total, user.approval_limit_currency
    if ceiling is not None and (total is None or total > ceiling or stated_in not in ("", case.currency)):
        stated = "unknown" if total is None else f"{total} {case.currency}".rstrip()
        most = f"{ceiling} {stated_in}".rstrip()
        yield Fault(ABOVE_LIMIT, "by", f"`{principal}` may approve totals up to {most}, this quote has {stated}")


def _is_last_level(case: ApprovalCase, request: ApprovalRequest) -> bool:
    chain = next(each for each in case.chains if each.chain == request.chain)
    return chain.levels[-1].level == request.level


def _delegated(approver: str, delegate: str, *, on: date, directory: Directory) -> bool:
    return any(
        each.approver == approver
        and each.delegate == delegate
        and each.start <= on
        and (each.end is None or on < each.end)
        for each in directory.delegations
    )
