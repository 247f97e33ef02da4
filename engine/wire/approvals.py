"""Approvals and delegations: proto and domain."""

from __future__ import annotations

from collections.abc import Mapping

from cpq.v1 import approval_pb2

from engine.application.approvals import StoredDelegation
from engine.approvals.run import ApprovalRequest, ApprovalRun, Delegation, RequestStatus, RunStatus, Verdict
from engine.wire.basics import Faults, fill_date, fill_instant, need_date, read_date, read_key
from engine.wire.parties import USERS
from engine.wire.priced import fill_reasons

APPROVALS = "approvals"
STATES: Mapping[RunStatus, int] = {
    status: approval_pb2.ApprovalState.Value(f"APPROVAL_STATE_{status.name}") for status in RunStatus
}
STATUS_OF = {number: status for status, number in STATES.items()}
REQUEST_STATES: Mapping[RequestStatus, int] = {
    status: approval_pb2.ApprovalRequestState.Value(f"APPROVAL_REQUEST_STATE_{status.name}") for status in RequestStatus
}


def approval_message(run: ApprovalRun, etag: str) -> approval_pb2.Approval:
    """An approval with what was asked and decided so far."""
    case = run.case
    message = approval_pb2.Approval(name=f"{APPROVALS}/{case.id}", quote=f"quotes/{case.quote}", etag=etag)
    message.version, message.owner = case.version, f"{USERS}/{case.owner}"
    message.state = STATES[run.status]  # type: ignore[assignment]
    fill_instant(message.create_time, run.started_at)
    for request in run.requests:
        _fill_request(message.requests.add(), request)
    for record in run.decisions:
        row = message.decisions.add()
        row.request, row.by, row.version = record.request, f"{USERS}/{record.by}", record.version
        row.on_behalf_of = f"{USERS}/{record.on_behalf_of}" if record.on_behalf_of else ""
        row.approved, row.comment = record.verdict is Verdict.APPROVE, record.comment
        fill_instant(row.decide_time, record.at)
    return message


def _fill_request(row: approval_pb2.ApprovalRequest, request: ApprovalRequest) -> None:
    row.id, row.chain, row.level, row.needed_count = request.id, request.chain, request.level, request.needed
    row.members.extend(f"{USERS}/{each}" for each in request.members)
    row.approved_by.extend(f"{USERS}/{each}" for each in request.approved_by)
    row.escalated_to.extend(f"{USERS}/{each}" for each in request.escalated_to)
    fill_reasons(row.reasons, request.reasons)
    fill_instant(row.open_time, request.opened_at)
    fill_instant(row.due_time, request.due_at)
    row.state = REQUEST_STATES[request.status]  # type: ignore[assignment]


def read_delegation(message: approval_pb2.DelegateRequest, faults: Faults) -> Delegation:
    """A delegation; its period is half-open."""
    start = need_date(message.period.start, "period.start", faults)
    end = read_date(message.period.end, "period.end", faults)
    if end is not None and end <= start:
        faults.invalid("period.end", "it does not lie after the start")
    return Delegation(
        approver=read_key(message.approver, USERS, "approver", faults),
        delegate=read_key(message.delegate, USERS, "delegate", faults),
        start=start,
        end=end,
    )


def delegation_message(stored: StoredDelegation, etag: str) -> approval_pb2.Delegation:
    """A delegation as it is sent."""
    given = stored.delegation
    message = approval_pb2.Delegation(name=f"delegations/{stored.id}", etag=etag)
    message.approver, message.delegate = f"{USERS}/{given.approver}", f"{USERS}/{given.delegate}"
    fill_date(message.period.start, given.start)
    if given.end is not None:
        fill_date(message.period.end, given.end)
    return message
