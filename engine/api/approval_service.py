"""ApprovalService: who is asked, and what they decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import grpc
from cpq.v1 import approval_pb2

from engine.api.calls import Calls, Reply, checked, ok
from engine.api.listing import InState, Listed, filters_of, get_one, list_page
from engine.application.approvals import Opinion, StoredDelegation, decide, delegate, directory, waits_for
from engine.application.perform import DEFAULT_TENANT, etag_of
from engine.application.ports import Reader
from engine.approvals.run import ApprovalRun, RunStatus, Verdict
from engine.wire import approvals as wire
from engine.wire.basics import Faults, read_key
from engine.wire.parties import USERS
from engine.wire.quotes import QUOTES

SCANNED = 500


class ApprovalService:
    """Approvals over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def ListApprovals(self, request: approval_pb2.ListApprovalsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of approvals."""
        named = {"quote": (request.quote, QUOTES), "member": (request.member, USERS)}
        where = filters_of(self._calls, named, InState("status", request.state, wire.STATUS_OF))
        member = where.pop("member", "")
        reply = approval_pb2.ListApprovalsResponse()
        if not member:
            return list_page(self._calls, LISTED, request, reply, where)
        today = self._calls.env.clock.now(DEFAULT_TENANT).date()
        with self._calls.env.store.read(DEFAULT_TENANT) as reader:
            may = partial(waits_for, user=member, on=today, people=directory(reader))
            rows, token = ok(
                self._calls.pages.page(
                    request,
                    lambda after, limit: _waiting(reader, where, may, after, limit),
                    lambda run: run.case.id,
                    {**where, "member": member},
                )
            )
            reply.approvals.extend(_message(each, etag_of(reader, ApprovalRun, each.case.id), reader) for each in rows)
        reply.next_page_token = token
        return reply

    def GetApproval(self, request: approval_pb2.GetApprovalRequest, _: grpc.ServicerContext) -> Reply:
        """One approval."""
        return get_one(self._calls, ApprovalRun, wire.APPROVALS, request.name, _message)

    def Approve(self, request: approval_pb2.ApproveRequest, context: grpc.ServicerContext) -> Reply:
        """An approver agrees."""
        return self._decide(request, context, Verdict.APPROVE)

    def Reject(self, request: approval_pb2.RejectRequest, context: grpc.ServicerContext) -> Reply:
        """An approver says no."""
        return self._decide(request, context, Verdict.REJECT)

    def Delegate(self, request: approval_pb2.DelegateRequest, context: grpc.ServicerContext) -> Reply:
        """Let another user decide for an approver."""
        faults = Faults()
        delegation = wire.read_delegation(request, faults)
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: delegate(work, delegation, etag=request.etag),
            lambda work, stored: wire.delegation_message(stored, work.etag(StoredDelegation, stored.id)),
        )

    def _decide(
        self,
        request: approval_pb2.ApproveRequest | approval_pb2.RejectRequest,
        context: grpc.ServicerContext,
        verdict: Verdict,
    ) -> Reply:
        faults = Faults()
        key = read_key(request.name, wire.APPROVALS, "name", faults)
        opinion = Opinion(
            verdict,
            approver=read_key(request.approver, USERS, "approver", faults),
            request=request.request,
            on_behalf_of=read_key(request.on_behalf_of, USERS, "on_behalf_of", faults, optional=True),
            comment=request.comment,
        )
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: decide(work, key, opinion, etag=request.etag),
            lambda work, run: wire.approval_message(run, work.etag(ApprovalRun, key)),
        )


def _message(run: ApprovalRun, etag: str, _: Reader) -> approval_pb2.Approval:
    return wire.approval_message(run, etag)


def _waiting(
    reader: Reader, where: dict[str, str], may: Callable[[ApprovalRun], bool], after: str, limit: int
) -> list[ApprovalRun]:
    """Approvals with a pending request that a user may decide, from a key on."""
    running = {**where, "status": RunStatus.RUNNING.value}
    if where.get("status", RunStatus.RUNNING.value) != RunStatus.RUNNING.value:
        return []  # nothing is pending any more
    found: list[ApprovalRun] = []
    while len(found) < limit and (page := reader.page(ApprovalRun, where=running, after=after, limit=SCANNED)):
        found += [each for each in page if may(each)]
        after = page[-1].case.id
    return found[:limit]


LISTED = Listed(ApprovalRun, "approvals", lambda run: run.case.id, _message)
