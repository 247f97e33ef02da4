"""Owns policy to route, the chain's state machine, monotone re-approval, advice.

Does not own quotes, notification.
Entry points: ``route``, ``case_of``, ``ApprovalProcess``, ``PlainApprovalProcess``, ``carry_over``, ``advise``.
"""

from engine.approvals.advice import Adjustment, Advice, advise
from engine.approvals.case import Submission, case_of
from engine.approvals.eligibility import may_decide
from engine.approvals.events import (
    ApprovalCompleted,
    ApprovalDecided,
    ApprovalEscalated,
    ApprovalEvent,
    ApprovalRecalled,
    ApprovalRejected,
    ApprovalRequested,
)
from engine.approvals.machine import PlainApprovalProcess
from engine.approvals.policy import (
    ApprovalPolicy,
    ChainDefinition,
    LevelDefinition,
    PolicyEffect,
    Quorum,
    Who,
    WhoKind,
)
from engine.approvals.process import ApprovalProcess, Directory
from engine.approvals.reapproval import carry_over
from engine.approvals.routed import NO_APPROVAL, Facet, Reason, Route, RoutedChain, RoutedLevel, Sense
from engine.approvals.routing import Router, route
from engine.approvals.run import (
    Action,
    ApprovalCase,
    ApprovalRequest,
    ApprovalRun,
    CaseChain,
    CaseLevel,
    Decide,
    DecisionRecord,
    Delegation,
    Recall,
    RequestStatus,
    RunStatus,
    Tick,
    Verdict,
)

__all__ = [
    "NO_APPROVAL",
    "Action",
    "Adjustment",
    "Advice",
    "ApprovalCase",
    "ApprovalCompleted",
    "ApprovalDecided",
    "ApprovalEscalated",
    "ApprovalEvent",
    "ApprovalPolicy",
    "ApprovalProcess",
    "ApprovalRecalled",
    "ApprovalRejected",
    "ApprovalRequest",
    "ApprovalRequested",
    "ApprovalRun",
    "CaseChain",
    "CaseLevel",
    "ChainDefinition",
    "Decide",
    "DecisionRecord",
    "Delegation",
    "Directory",
    "Facet",
    "LevelDefinition",
    "PlainApprovalProcess",
    "PolicyEffect",
    "Quorum",
    "Reason",
    "Recall",
    "RequestStatus",
    "Route",
    "RoutedChain",
    "RoutedLevel",
    "Router",
    "RunStatus",
    "Sense",
    "Submission",
    "Tick",
    "Verdict",
    "Who",
    "WhoKind",
    "advise",
    "carry_over",
    "case_of",
    "may_decide",
    "route",
]
