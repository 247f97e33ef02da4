"""What happened to each quote, folded from its events in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from engine.money import Currency


class Happened(Enum):
    """The events of a quote that its story is told by; the value is the name of the event."""

    CREATED = "QuoteCreated"
    SUBMITTED = "QuoteSubmitted"
    APPROVED = "QuoteApproved"
    REJECTED = "QuoteRejected"
    RECALLED = "QuoteRecalled"
    SENT = "QuoteSent"
    CLOSED = "QuoteClosed"
    ORDERED = "QuoteOrdered"
    RENEWED = "RenewedByItself"


@dataclass(frozen=True, slots=True)
class QuoteEvent:
    """One event; ``how`` says how a closed quote ended, ``levels`` how many approvers a submission asked."""

    quote: str
    happened: Happened
    at: datetime
    customer: str = ""
    owner: str = ""
    how: str = ""
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Submission:
    """One way to the approvers; ``decided_at`` None while they think, or after it was taken back."""

    at: datetime
    levels: int
    decided_at: datetime | None = None
    recalled: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to decide."""
        return self.decided_at is None and not self.recalled


@dataclass(frozen=True, slots=True)
class QuoteStory:
    """A quote from its first draft to its end; every sent offer counts in ``sent_at``.

    ``by_itself`` is a renewal that its contract made without anybody's decision.
    """

    id: str
    customer: str
    owner: str
    currency: Currency
    created_at: datetime
    sent_at: tuple[datetime, ...] = ()
    submissions: tuple[Submission, ...] = ()
    ordered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_how: str = ""
    by_itself: bool = False

    @property
    def issued_at(self) -> datetime | None:
        """When the customer first had an offer: the first one sent, or the order of a checkout that sent none."""
        return self.sent_at[0] if self.sent_at else self.ordered_at


def stories_of(events: Iterable[QuoteEvent], currencies: Mapping[str, Currency]) -> tuple[QuoteStory, ...]:
    """The story of every quote that has a currency, in the order of their creation; deleted drafts have none."""
    stories: dict[str, QuoteStory] = {}
    for event in events:
        unit = currencies.get(event.quote)
        if unit is None:
            continue
        if event.happened is Happened.CREATED:
            stories[event.quote] = QuoteStory(event.quote, event.customer, event.owner, unit, event.at)
        elif event.quote in stories:
            stories[event.quote] = _told(stories[event.quote], event)
    return tuple(stories.values())


def _told(story: QuoteStory, event: QuoteEvent) -> QuoteStory:
    match event.happened:
        case Happened.SUBMITTED:
            return replace(story, submissions=(*story.submissions, Submission(event.at, event.levels)))
        case Happened.APPROVED | Happened.REJECTED:
            return _last(story, lambda submission: replace(submission, decided_at=event.at))
        case Happened.RECALLED:
            return _last(story, lambda submission: replace(submission, recalled=True))
        case Happened.SENT:
            return replace(story, sent_at=(*story.sent_at, event.at))
        case Happened.CLOSED:
            return replace(story, closed_at=event.at, closed_how=event.how)
        case Happened.ORDERED:
            return replace(story, ordered_at=event.at)
        case Happened.RENEWED:
            return replace(story, by_itself=True)
        case Happened.CREATED:
            return story


def _last(story: QuoteStory, change: Callable[[Submission], Submission]) -> QuoteStory:
    """The story with its open submission changed; a decision that nobody waits for changes nothing."""
    if not story.submissions or not story.submissions[-1].is_open:
        return story
    return replace(story, submissions=(*story.submissions[:-1], change(story.submissions[-1])))
