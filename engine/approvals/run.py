"""One approval of one quote version: its case, the requests it opened, what was decided, and its log.

The log of accepted actions is the truth. Everything else in a run can be rebuilt from the case and the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from engine.approvals.routed import Reason


@dataclass(frozen=True, slots=True)
class CaseLevel:
    """A routed level with its people resolved to user ids; ``needed`` of ``members`` have to agree.

    ``stands`` marks a level whose earlier approval still holds, so that nobody is asked again. ``escalation`` holds the
    people of each higher level, called one level at a time when ``due`` passes.
    """

    level: str
    members: tuple[str, ...]
    needed: int
    reasons: tuple[Reason, ...] = ()
    due: timedelta | None = None
    escalation: tuple[tuple[str, ...], ...] = ()
    stands: bool = False


@dataclass(frozen=True, slots=True)
class CaseChain:
    """A chain of a case, lowest level first."""

    chain: str
    levels: tuple[CaseLevel, ...]


@dataclass(frozen=True, slots=True)
class ApprovalCase:
    """What is put before the approvers: one version of a quote, its owner, its depth of discount and its total with
    its currency.
    """

    id: str
    quote: str
    version: int
    owner: str
    chains: tuple[CaseChain, ...]
    discount_percent: Decimal | None = None
    net_total: Decimal | None = None
    currency: str = ""


class Verdict(Enum):
    """What an approver says."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decide:
    """An approver's verdict on a request; ``on_behalf_of`` names the approver whose delegate speaks."""

    request: str
    by: str
    verdict: Verdict
    at: datetime
    version: int
    on_behalf_of: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """The owner takes the quote back."""

    by: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has come to ``at``: whatever was due by then escalates."""

    at: datetime


Action: TypeAlias = Decide | Recall | Tick


class RequestStatus(Enum):
    """Where one request stands; cancelled means that the run ended without it."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """One level that has been asked. ``members`` may decide, and so may those it was escalated to."""

    id: str
    chain: str
    level: str
    members: tuple[str, ...]
    needed: int
    reasons: tuple[Reason, ...]
    opened_at: datetime
    due_at: datetime | None = None
    escalations: int = 0
    escalated_to: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    status: RequestStatus = RequestStatus.PENDING


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Who decided what, when, why and on which version of the quote."""

    request: str
    chain: str
    level: str
    by: str
    on_behalf_of: str
    verdict: Verdict
    at: datetime
    version: int
    comment: str


class RunStatus(Enum):
    """Where the whole approval stands."""

    RUNNING = "running"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class ApprovalRun:
    """An approval on its way; ``log`` holds every accepted action in order and is the truth."""

    case: ApprovalCase
    started_at: datetime
    status: RunStatus = RunStatus.RUNNING
    requests: tuple[ApprovalRequest, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    log: tuple[Action, ...] = ()

    def request(self, request_id: str) -> ApprovalRequest | None:
        """The request of that id, or None."""
        return next((each for each in self.requests if each.id == request_id), None)

    def pending(self) -> tuple[ApprovalRequest, ...]:
        """The requests that wait for a decision."""
        return tuple(each for each in self.requests if each.status is RequestStatus.PENDING)

    def next_due(self) -> datetime | None:
        """When the first pending request is due, or None when none has a due time left."""
        return min((each.due_at for each in self.pending() if each.due_at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Delegation:
    """``delegate`` may decide for ``approver`` on the days ``[start, end)``; an end of None means until withdrawn."""

    approver: str
    delegate: str
    start: date
    end: date | None = None
