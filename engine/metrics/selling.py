"""What became of quotes: how many were ordered, how long they took, how deep their discounts are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from engine.metrics.facts import Facts
from engine.metrics.metric import MetricRow
from engine.metrics.stories import QuoteStory
from engine.money import EXACT, Currency, Money, total
from engine.periods import Period

LOST = frozenset({"declined", "expired", "withdrawn"})
ONE = Decimal(1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def issued_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The quotes whose first offer was made in the period, and whether they were ordered by now."""
    for story, at in _within(facts, period, lambda each: each.issued_at):
        parts = {"issued": ONE}
        if story.ordered_at is not None:
            parts["ordered"] = ONE
        if story.closed_how == "expired":
            parts["expired"] = ONE
        yield _row(story, at, parts)


def sent_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The quotes that were first sent in the period, and whether more than one version was."""
    for story, at in _within(facts, period, lambda each: each.sent_at[0] if each.sent_at else None):
        parts = {"quotes": ONE, "versions": Decimal(len(story.sent_at))}
        if len(story.sent_at) > 1:
            parts["reworked"] = ONE
        yield _row(story, at, parts)


def turnaround_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The hours from the first draft to the first offer, by the day of the offer."""
    for story, at in _within(facts, period, lambda each: each.issued_at):
        yield _row(story, at, {"hours": _lasted(story.created_at, at, HOUR)})


def approval_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The hours of every submission that somebody had to decide, by the day of the decision."""
    for story in _decided_on(facts):
        for each in story.submissions:
            if each.levels and each.decided_at is not None and each.decided_at.date() in period:
                yield _row(story, each.decided_at, {"hours": _lasted(each.at, each.decided_at, HOUR)})


def submission_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """Every submission of the period, and whether nobody had to look at it."""
    for story in _decided_on(facts):
        for each in story.submissions:
            if each.at.date() in period:
                parts = {"submitted": ONE} if each.levels else {"submitted": ONE, "untouched": ONE}
                yield _row(story, each.at, parts)


def decided_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The quotes won or lost in the period: ordered, or closed after an offer without one."""
    for story, at in _within(facts, period, lambda each: each.ordered_at):
        yield _row(story, at, {"won": ONE})
    for story, at in _within(facts, period, lambda each: each.closed_at):
        if story.closed_how in LOST and story.sent_at and story.ordered_at is None:
            yield _row(story, at, {"lost": ONE})


def cycle_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The days from the first draft to the order, by the day of the order."""
    for story, at in _within(facts, period, lambda each: each.ordered_at):
        yield _row(story, at, {"days": _lasted(story.created_at, at, DAY)})


def deal_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """What each order of the period that opened a contract is worth over its term; changes of it are no new deals."""
    owners = {each.id: each.owner for each in facts.quotes}
    opening, without_value = {each.order for each in facts.contracts}, facts.without_value()
    for order in facts.orders:
        if order.id in opening and order.placed_at.date() in period and order.items:
            unit = order.items[0].term_total.currency
            agreed = (each for each in order.items if (order.contract, each.line) not in without_value)
            worth = total((each.term_total for each in agreed), unit)
            by = {"customer": order.customer, "owner": owners.get(order.quote, "")}
            yield MetricRow(
                f"orders/{order.id}", order.placed_at.date(), {"won": ONE, "won_value": worth.decimal}, unit, by
            )


def velocity_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """Offers open at the end of the period, and what was won and lost within it."""
    units = {each.id: each.currency for each in facts.quotes}
    for story in _decided_on(facts):
        if _is_open(story, period):
            yield _row(story, story.sent_at[0], {"opportunities": ONE}, story.currency)
    for row in (*decided_rows(facts, period), *cycle_rows(facts, period)):
        yield replace(row, currency=units[row.subject.rpartition("/")[2]])
    for row in deal_rows(facts, period):
        yield replace(row, parts={"won_value": row.parts["won_value"]})


def discount_rows(facts: Facts, period: Period) -> Iterator[MetricRow]:
    """The lines of the quotes ordered in the period: list and net of one charge period."""
    stories = {each.id: each for each in facts.quotes}
    for line in facts.sold:
        story = stories.get(line.quote)
        at = None if story is None else story.ordered_at
        if story is not None and at is not None and at.date() in period:
            parts = {
                "list": Money(line.list_minor, line.currency).decimal,
                "net": Money(line.net_minor, line.currency).decimal,
            }
            row = _row(story, at, parts, line.currency)
            yield replace(row, by={**row.by, "sku": line.sku})


def _decided_on(facts: Facts) -> Iterator[QuoteStory]:
    """The quotes that somebody decided on: a contract that renews by itself makes no sale and no offer."""
    return (story for story in facts.quotes if not story.by_itself)


def _is_open(story: QuoteStory, period: Period) -> bool:
    """Whether an offer is out at the end of the period: sent by then, and neither ordered nor closed."""
    ended = min((each for each in (story.ordered_at, story.closed_at) if each is not None), default=None)
    sent = bool(story.sent_at) and story.sent_at[0].date() < period.end
    return sent and (ended is None or ended.date() >= period.end)


def _within(
    facts: Facts, period: Period, when: Callable[[QuoteStory], datetime | None]
) -> Iterator[tuple[QuoteStory, datetime]]:
    for story in _decided_on(facts):
        at = when(story)
        if at is not None and at.date() in period:
            yield story, at


def _row(story: QuoteStory, at: datetime, parts: dict[str, Decimal], unit: Currency | None = None) -> MetricRow:
    by = {"customer": story.customer, "owner": story.owner}
    return MetricRow(f"quotes/{story.id}", at.date(), parts, unit, by)


def _lasted(since: datetime, until: datetime, unit: timedelta) -> Decimal:
    return EXACT.divide(Decimal((until - since) // SECOND), Decimal(unit // SECOND))
