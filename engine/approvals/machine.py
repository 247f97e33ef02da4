"""The plain state machine behind the process port: the default, pure, and the yardstick for other adapters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from engine.approvals.eligibility import faults_of
from engine.approvals.process import Directory
from engine.approvals.run import (
    Action,
    ApprovalCase,
    ApprovalRequest,
    ApprovalRun,
    Decide,
    Recall,
    RunStatus,
    Tick,
    Verdict,
)
from engine.approvals.transition import (
    CloseRequest,
    Escalate,
    Finish,
    Move,
    OpenLevel,
    carry_out,
    first_open_level,
    position,
    record,
)
from engine.diagnostics import Decision, Refusal


class PlainApprovalProcess:
    """Runs approvals by looking at the run alone; keeps no state of its own."""

    def begin(self, case: ApprovalCase, *, at: datetime) -> Decision[ApprovalRun] | Refusal:
        """Open the first level of every chain; a case without open levels is approved at once."""
        run, events = carry_out(ApprovalRun(case, started_at=at), opening_moves(case), at=at)
        return Decision(run, events)

    def act(self, run: ApprovalRun, action: Action, *, directory: Directory) -> Decision[ApprovalRun] | Refusal:
        """Take one action on a run, or refuse it with every reason."""
        faults = faults_of(run, action, directory)
        if faults:
            return Refusal(faults)
        moves = moves_of(run, action)
        if isinstance(action, Tick) and not moves:
            return Decision(run)
        recorded, decided = record(run, action)
        by = "" if isinstance(action, Tick) else action.by
        changed, events = carry_out(recorded, moves, at=action.at, by=by)
        return Decision(changed, (*decided, *events))


def opening_moves(case: ApprovalCase) -> tuple[Move, ...]:
    """Open the first level of each chain that nobody has agreed to yet; finish when there is none."""
    firsts = ((c, first_open_level(case, chain=c)) for c in range(len(case.chains)))
    opened = tuple(OpenLevel(c, level) for c, level in firsts if level is not None)
    return opened or (Finish(RunStatus.APPROVED),)


def moves_of(run: ApprovalRun, action: Action) -> tuple[Move, ...]:
    """The moves an accepted action leads to."""
    match action:
        case Decide():
            return _verdict_moves(run, action)
        case Recall():
            return (Finish(RunStatus.RECALLED),)
        case Tick():
            return tuple(move for each in run.pending() for move in due_moves(run.case, each, at=action.at))
        case _:
            assert_never(action)


def due_moves(case: ApprovalCase, request: ApprovalRequest, *, at: datetime) -> Sequence[Escalate]:
    """One escalation for every due time that has passed by ``at``."""
    chain, n = position(case, request)
    level = case.chains[chain].levels[n]
    due_at, done, moves = request.due_at, request.escalations, list[Escalate]()
    while due_at is not None and due_at <= at:
        moves.append(Escalate(request.id))
        due_at = due_at + level.due if level.due is not None and done < len(level.escalation) else None
        done += 1
    return moves


def _verdict_moves(run: ApprovalRun, action: Decide) -> tuple[Move, ...]:
    if action.verdict is Verdict.REJECT:
        return (Finish(RunStatus.REJECTED),)
    request = run.request(action.request)
    assert request is not None, "only accepted actions lead to moves"
    if len(request.approved_by) + 1 < request.needed:
        return ()
    chain, level = position(run.case, request)
    following = first_open_level(run.case, chain=chain, start=level + 1)
    if following is not None:
        return (CloseRequest(request.id), OpenLevel(chain, following))
    if any(each.id != request.id for each in run.pending()):
        return (CloseRequest(request.id),)
    return (CloseRequest(request.id), Finish(RunStatus.APPROVED))
