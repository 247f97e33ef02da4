"""What an approval tells the outside: written to the outbox with the state they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from engine.approvals.run import Verdict


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A level was asked."""

    case: str
    quote: str
    request: str
    chain: str
    level: str
    members: tuple[str, ...]
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """An approver decided."""

    case: str
    quote: str
    request: str
    by: str
    on_behalf_of: str
    verdict: Verdict
    version: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalEscalated:
    """A request passed its due time; ``members`` are those called in addition (none: the chain has no higher level)."""

    case: str
    quote: str
    request: str
    members: tuple[str, ...]
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalCompleted:
    """Every chain agreed."""

    case: str
    quote: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRejected:
    """One approver said no, and the whole approval ended."""

    case: str
    quote: str
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRecalled:
    """The owner took the quote back."""

    case: str
    quote: str
    version: int
    by: str
    at: datetime


ApprovalEvent: TypeAlias = (
    ApprovalRequested | ApprovalDecided | ApprovalEscalated | ApprovalCompleted | ApprovalRejected | ApprovalRecalled
)
