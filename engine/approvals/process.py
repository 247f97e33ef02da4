"""The port behind which an approval runs: the plain state machine or the durable-rules adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from engine.approvals.run import Action, ApprovalCase, ApprovalRun, Delegation
from engine.diagnostics import Decision, Refusal
from engine.parties import Group, User


@dataclass(frozen=True, slots=True)
class Directory:
    """The people that routes and decisions refer to: users and groups by id, and delegations."""

    users: Mapping[str, User] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    delegations: Sequence[Delegation] = ()


class ApprovalProcess(Protocol):
    """Runs approvals. The run passed in is the truth; an adapter with state of its own rebuilds it from the log."""

    def begin(self, case: ApprovalCase, *, at: datetime) -> Decision[ApprovalRun] | Refusal:
        """Open the first level of every chain; a case without chains is approved at once."""
        ...

    def act(self, run: ApprovalRun, action: Action, *, directory: Directory) -> Decision[ApprovalRun] | Refusal:
        """Take one action on a run: the new run with what happened, or every reason why it may not be taken."""
        ...
