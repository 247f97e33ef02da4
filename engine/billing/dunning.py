"""Dunning: when payment of an invoice is tried again after it failed, and when a customer is reminded.

Pure plans over what happened: failed payments, what is overdue, and earlier reminders. Money does not move here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from engine.money import Money, total


class DunningRuns(Enum):
    """Who does what is due: the server once a day, or whoever calls for it."""

    DAILY = "daily"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class DunningPolicy:
    """``retry_days`` are the waits after each failed attempt, each counted from the one before; none: no retries.

    A customer is reminded up to ``reminders`` times of what is overdue in a currency, ``days_between`` apart, while it
    comes to the threshold of that currency or more, once a day at most. Currencies without one are not reminded of.
    """

    retry_days: tuple[int, ...] = ()
    reminders: int = 0
    days_between: int = 7
    thresholds: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    runs: DunningRuns = DunningRuns.DAILY


NO_DUNNING = DunningPolicy()


@dataclass(frozen=True, slots=True)
class FailedPayment:
    """An attempt to collect an invoice failed; ``retry_on`` is when to try again, None: not any more.

    ``asked_on`` is the day on which the next attempt was asked for.
    """

    id: str
    invoice: str
    customer: str
    on: date
    amount: Money
    reason: str
    attempt: int
    retry_on: date | None = None
    asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is open of an invoice that should be paid, and the first day on which it is late."""

    invoice: str
    since: date
    open: Money


@dataclass(frozen=True, slots=True)
class Reminder:
    """A customer is reminded of overdue invoices in one currency; ``number`` counts from 1 until they are all paid."""

    id: str
    customer: str
    on: date
    number: int
    amount: Money
    invoices: tuple[str, ...]


def retry_day(policy: DunningPolicy, attempt: int, *, failed_on: date) -> date | None:
    """When to try again after an attempt (from 1) failed on a day; None when all retries are used up."""
    if not 1 <= attempt <= len(policy.retry_days):
        return None
    return failed_on + timedelta(days=policy.retry_days[attempt - 1])


def reminder_due(
    policy: DunningPolicy, customer: str, overdue: Sequence[Overdue], earlier: Sequence[Reminder], *, on: date
) -> Reminder | None:
    """The reminder of a customer in one currency that is due on a day, without an id yet; None: none is.

    Earlier reminders count as long as one of their invoices is still overdue: who paid them all begins anew.
    """
    late = [each for each in overdue if each.since <= on]
    if not late:
        return None
    unit = late[0].open.currency
    least, amount = policy.thresholds.get(unit.code), total((each.open for each in late), unit)
    if least is None or amount.decimal < least:
        return None
    still = {each.invoice for each in late}
    sent = [each for each in earlier if each.amount.currency == unit and not still.isdisjoint(each.invoices)]
    if len(sent) >= policy.reminders:
        return None
    if sent and on < max(each.on for each in sent) + timedelta(days=max(policy.days_between, 1)):
        return None
    return Reminder("", customer, on, len(sent) + 1, amount, tuple(sorted(still)))
