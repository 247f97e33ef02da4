"""ApprovalService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict, Unpack

from cpq.v1 import approval_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class ListApprovalsFields(TypedDict, total=False):
    """Fields of ListApprovalsRequest."""

    quote: str
    state: str | int
    member: str
    page_size: int
    page_token: str


class GetApprovalFields(TypedDict, total=False):
    """Fields of GetApprovalRequest."""

    name: str


class ApproveFields(TypedDict, total=False):
    """Fields of ApproveRequest."""

    name: str
    request: str
    approver: str
    on_behalf_of: str
    comment: str
    request_id: str
    validate_only: bool
    etag: str


class RejectFields(TypedDict, total=False):
    """Fields of RejectRequest."""

    name: str
    request: str
    approver: str
    on_behalf_of: str
    comment: str
    request_id: str
    validate_only: bool
    etag: str


class DelegateFields(TypedDict, total=False):
    """Fields of DelegateRequest."""

    approver: str
    delegate: str
    period: Plain
    request_id: str
    validate_only: bool
    etag: str


class ApprovalClient(ServiceClient):
    """Runs approvals of quotes."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, approval_pb2.DESCRIPTOR.services_by_name["ApprovalService"])

    def list_approvals(self, **fields: Unpack[ListApprovalsFields]) -> Iterator[approval_pb2.Approval]:
        """Lists approvals in order of their names. All pages, as they are needed."""
        return self._pages("ListApprovals", approval_pb2.Approval, "approvals", fields)

    def get_approval(self, **fields: Unpack[GetApprovalFields]) -> approval_pb2.Approval:
        """Returns one approval."""
        return self._call("GetApproval", approval_pb2.Approval, fields)

    def approve(self, **fields: Unpack[ApproveFields]) -> approval_pb2.Approval:
        """An approver agrees."""
        return self._call("Approve", approval_pb2.Approval, fields)

    def reject(self, **fields: Unpack[RejectFields]) -> approval_pb2.Approval:
        """An approver says no."""
        return self._call("Reject", approval_pb2.Approval, fields)

    def delegate(self, **fields: Unpack[DelegateFields]) -> approval_pb2.Delegation:
        """Lets another user decide for an approver on some days."""
        return self._call("Delegate", approval_pb2.Delegation, fields)
