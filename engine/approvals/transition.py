"""The moves an approval can make, and what each does to a run: shared by every adapter of the process port.

An adapter chooses the moves; this module carries them out. So two adapters that choose alike end alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from engine.approvals.events import (
    ApprovalCompleted,
    ApprovalDecided,
    ApprovalEscalated,
    ApprovalEvent,
    ApprovalRecalled,
    ApprovalRejected,
    ApprovalRequested,
)
from engine.approvals.run import (
    Action,
    ApprovalCase,
    ApprovalRequest,
    ApprovalRun,
    CaseLevel,
    Decide,
    DecisionRecord,
    RequestStatus,
    RunStatus,
)


@dataclass(frozen=True, slots=True)
class OpenLevel:
    """Ask a level of a chain; both are positions in the case."""

    chain: int
    level: int


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """A request has all the agreement it needs."""

    request: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """A request passed its due time once."""

    request: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The whole approval ends."""

    status: RunStatus


Move: TypeAlias = OpenLevel | CloseRequest | Escalate | Finish


def request_id(case: ApprovalCase, *, chain: int, level: int) -> str:
    """The id of the request for one level: the same case always names it the same."""
    routed = case.chains[chain]
    return f"{case.id}/{routed.chain}/{routed.levels[level].level}"


def position(case: ApprovalCase, request: ApprovalRequest) -> tuple[int, int]:
    """Where in the case a request belongs: position of the chain, position of the level in it."""
    for c, chain in enumerate(case.chains):
        for n, level in enumerate(chain.levels):
            if (chain.chain, level.level) == (request.chain, request.level):
                return c, n
    raise KeyError(request.id)


def first_open_level(case: ApprovalCase, *, chain: int, start: int = 0) -> int | None:
    """The first level of a chain from ``start`` on whose earlier approval does not stand, or None."""
    levels = case.chains[chain].levels
    return next((n for n in range(start, len(levels)) if not levels[n].stands), None)


def record(run: ApprovalRun, action: Action) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    """Write an accepted action into the log and, for a verdict, into the decisions and the request."""
    logged = replace(run, log=(*run.log, action))
    if not isinstance(action, Decide):
        return logged, ()
    request = run.request(action.request)
    assert request is not None, "only accepted actions are recorded"
    principal = action.on_behalf_of or action.by
    decided = DecisionRecord(
        request=request.id,
        chain=request.chain,
        level=request.level,
        by=action.by,
        on_behalf_of=action.on_behalf_of,
        verdict=action.verdict,
        at=action.at,
        version=action.version,
        comment=action.comment,
    )
    if action.verdict.value == "approve":
        changed = replace(request, approved_by=(*request.approved_by, principal))
    else:
        changed = replace(request, status=RequestStatus.REJECTED)
    event = ApprovalDecided(
        case=run.case.id,
        quote=run.case.quote,
        request=request.id,
        by=action.by,
        on_behalf_of=action.on_behalf_of,
        verdict=action.verdict,
        version=action.version,
        comment=action.comment,
        at=action.at,
    )
    return replace(_with(logged, changed), decisions=(*run.decisions, decided)), (event,)


def carry_out(
    run: ApprovalRun, moves: Iterable[Move], *, at: datetime, by: str = ""
) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    """Carry out moves in order; returns the new run and the events that say what happened."""
    events: list[ApprovalEvent] = []
    for move in moves:
        match move:
            case OpenLevel():
                run, happened = _open(run, move, at=at)
            case CloseRequest():
                run, happened = _close(run, move)
            case Escalate():
                run, happened = _escalate(run, move, at=at)
            case Finish():
                run, happened = _finish(run, move, at=at, by=by)
            case _:
                assert_never(move)
        events.extend(happened)
    return run, tuple(events)


def _level_of(case: ApprovalCase, request: ApprovalRequest) -> CaseLevel:
    chain, level = position(case, request)
    return case.chains[chain].levels[level]


def _with(run: ApprovalRun, changed: ApprovalRequest) -> ApprovalRun:
    requests = tuple(changed if each.id == changed.id else each for each in run.requests)
    return replace(run, requests=requests)


def _open(run: ApprovalRun, move: OpenLevel, *, at: datetime) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    case = run.case
    chain = case.chains[move.chain]
    level = chain.levels[move.level]
    request = ApprovalRequest(
        id=request_id(case, chain=move.chain, level=move.level),
        chain=chain.chain,
        level=level.level,
        members=level.members,
        needed=level.needed,
        reasons=level.reasons,
        opened_at=at,
        due_at=None if level.due is None else at + level.due,
    )
    event = ApprovalRequested(
        case=case.id,
        quote=case.quote,
        request=request.id,
        chain=request.chain,
        level=request.level,
        members=request.members,
        due_at=request.due_at,
        at=at,
    )
    return replace(run, requests=(*run.requests, request)), (event,)


def _close(run: ApprovalRun, move: CloseRequest) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    request = run.request(move.request)
    assert request is not None, "a request is closed after it was opened"
    return _with(run, replace(request, status=RequestStatus.APPROVED, due_at=None)), ()


def _escalate(run: ApprovalRun, move: Escalate, *, at: datetime) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    request = run.request(move.request)
    assert request is not None and request.due_at is not None, "only a request with a due time escalates"
    level = _level_of(run.case, request)
    called: tuple[str, ...] = ()
    due_at = None
    if request.escalations < len(level.escalation) and level.due is not None:
        known = {*request.members, *request.escalated_to}
        called = tuple(each for each in level.escalation[request.escalations] if each not in known)
        # The next due time counts from the last one, so that one late look at the clock ends like many punctual ones.
        due_at = request.due_at + level.due
    changed = replace(
        request,
        escalations=request.escalations + 1,
        escalated_to=(*request.escalated_to, *called),
        due_at=due_at,
    )
    event = ApprovalEscalated(
        case=run.case.id, quote=run.case.quote, request=request.id, members=called, due_at=due_at, at=at
    )
    return _with(run, changed), (event,)


def _finish(run: ApprovalRun, move: Finish, *, at: datetime, by: str) -> tuple[ApprovalRun, tuple[ApprovalEvent, ...]]:
    requests = tuple(
        replace(each, status=RequestStatus.CANCELLED, due_at=None) if each.status is RequestStatus.PENDING else each
        for each in run.requests
    )
    case = run.case
    event: ApprovalEvent
    match move.status:
        case RunStatus.APPROVED:
            event = ApprovalCompleted(case=case.id, quote=case.quote, version=case.version, at=at)
        case RunStatus.REJECTED:
            event = ApprovalRejected(case=case.id, quote=case.quote, version=case.version, by=by, at=at)
        case RunStatus.RECALLED:
            event = ApprovalRecalled(case=case.id, quote=case.quote, version=case.version, by=by, at=at)
        case RunStatus.RUNNING:
            raise ValueError("a run does not finish as running")
        case _:
            assert_never(move.status)
    return replace(run, status=move.status, requests=requests), (event,)
