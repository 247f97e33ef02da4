"""The states of a quote and the one table of legal moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from engine.diagnostics import Code, Fault


class Status(Enum):
    """Where a quote stands; the values are the names that people and the API see."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    ORDERED = "ordered"
    REJECTED = "rejected"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Move(Enum):
    """What somebody does to a quote."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    RECALL = "recall"
    SEND = "send"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REVISE = "revise"
    EXPIRE = "expire"
    ORDER = "order"
    DELETE = "delete"


OPEN = frozenset({Status.DRAFT, Status.IN_APPROVAL, Status.APPROVED, Status.SENT})
"""States of an offer that can still be won."""

LEGAL: Mapping[Move, frozenset[Status]] = MappingProxyType(
    {
        Move.EDIT: frozenset({Status.DRAFT}),
        Move.SUBMIT: frozenset({Status.DRAFT}),
        Move.APPROVE: frozenset({Status.IN_APPROVAL}),
        Move.REJECT: frozenset({Status.IN_APPROVAL}),
        Move.RECALL: frozenset({Status.IN_APPROVAL, Status.APPROVED}),
        Move.SEND: frozenset({Status.APPROVED}),
        # A checkout takes the offer as soon as it is approved; nobody sends it first.
        Move.ACCEPT: frozenset({Status.APPROVED, Status.SENT}),
        Move.DECLINE: frozenset({Status.SENT}),
        Move.WITHDRAW: OPEN,
        Move.REVISE: frozenset({Status.APPROVED, Status.SENT, Status.REJECTED, Status.DECLINED, Status.EXPIRED}),
        Move.EXPIRE: OPEN,
        Move.ORDER: frozenset({Status.ACCEPTED}),
        Move.DELETE: frozenset({Status.DRAFT, Status.WITHDRAWN}),
    }
)

ILLEGAL_MOVE = Code("QUO001")


def state_faults(status: Status, move: Move) -> tuple[Fault, ...]:
    """Return one fault, naming the states the move is legal in, when it is not legal in that state; else none."""
    if status in LEGAL[move]:
        return ()
    wanted = ", ".join(sorted(f"`{each.value}`" for each in LEGAL[move]))
    message = f"a quote that is `{status.value}` cannot be moved by `{move.value}`"
    return (Fault(ILLEGAL_MOVE, "status", message, f"legal from {wanted}"),)
