"""What a quote tells the outside; each is written to the outbox with the state it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from engine.money import Money


@dataclass(frozen=True, slots=True)
class QuoteCreated:
    """A draft exists."""

    quote: str
    customer: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteEdited:
    """A draft was changed and evaluated again."""

    quote: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteSubmitted:
    """A draft went to its approvers, or straight on when nobody had to look (``levels`` 0)."""

    quote: str
    version: int
    levels: int
    net_total: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteApproved:
    """Every approver agreed, or nobody had to look."""

    quote: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteRejected:
    """An approver said no."""

    quote: str
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteRecalled:
    """The owner took the quote back to a draft."""

    quote: str
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteSent:
    """An offer was made: version ``version`` is immutable from now on."""

    quote: str
    version: int
    net_total: Money
    certificate: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteAccepted:
    """The customer took the offer."""

    quote: str
    version: int
    net_total: Money
    purchase_order: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteClosed:
    """The offer ended without a sale; ``how`` is declined, withdrawn, expired or superseded."""

    quote: str
    version: int
    how: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteRevised:
    """Work on the next offer began."""

    quote: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteOrdered:
    """The accepted offer became a contract and an order."""

    quote: str
    version: int
    order: str
    contract: str
    at: datetime


QuoteEvent: TypeAlias = (
    QuoteCreated
    | QuoteEdited
    | QuoteSubmitted
    | QuoteApproved
    | QuoteRejected
    | QuoteRecalled
    | QuoteSent
    | QuoteAccepted
    | QuoteClosed
    | QuoteRevised
    | QuoteOrdered
)
