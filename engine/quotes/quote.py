"""A quote: who it is for, where it stands, what it asks and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.contracts import Amendment
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import QuoteRequest
from engine.quotes.status import Status


@dataclass(frozen=True, slots=True)
class QuoteParties:
    """Ids of everybody a quote concerns; ``owner`` is the user who quotes and may not approve it."""

    customer: str
    owner: str
    billing_account: str = ""
    selling_entity: str = ""
    deal: str = ""


@dataclass(frozen=True, slots=True)
class QuoteVersion:
    """An offer as it was sent or accepted: immutable, numbered from 1, with the certificate that proves its price."""

    number: int
    offered_at: datetime
    valid_until: date
    priced: PricedQuote
    certificate: str


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote with its working state and the offers made so far.

    ``priced`` is the evaluation of ``request`` under the pinned rule book; a stored quote never reprices by itself.
    ``version`` is the number of the offer being worked on. ``etag`` counts every stored change. ``approval`` names the
    running or finished approval case of the current version, empty when nobody had to look. ``amendment`` says what
    accepting it changes in a contract; None makes a contract of its own.
    """

    id: str
    parties: QuoteParties
    status: Status
    version: int
    etag: int
    priced: PricedQuote
    valid_until: date
    created_at: datetime
    updated_at: datetime
    versions: tuple[QuoteVersion, ...] = ()
    approval: str = ""
    purchase_order: str = ""
    title: str = ""
    closing_note: str = ""
    amendment: Amendment | None = None

    @property
    def request(self) -> QuoteRequest:
        """What was asked for."""
        return self.priced.request

    def offer(self, number: int) -> QuoteVersion | None:
        """The offer of that number, or None when it was never made."""
        return next((each for each in self.versions if each.number == number), None)
