"""What a contract says beside its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from engine.contracts.renewal import RenewalTerms
from engine.periods import DayCount, PartMonths, add_months


class PaymentFrom(Enum):
    """From when the time to pay counts: the day of the invoice, or the last day of its month."""

    INVOICE = "invoice"
    MONTH_END = "month_end"


class NoticeEnds(Enum):
    """Where a notice lets a service end: on the day that it runs out, or with the billing period of that day."""

    DAY = "day"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """The terms that billing and cancellation read.

    ``bill_day`` is the day of the month on which periods turn over; 0 takes the day on which the contract starts.
    ``payment_days`` is the time to pay, counted as ``payment_from`` says. ``notice_days`` whole days have to lie
    between a cancellation and the end of a line that runs, which ``notice_ends`` may move to the end of a period.
    ``part_months`` says what a part of a month counts in a charge period: its share by ``day_count``, or a month.
    ``renewal`` says how it goes on after its term.
    """

    payment_days: int = 30
    bill_day: int = 0
    day_count: DayCount = DayCount.DAILY
    notice_days: int = 0
    part_months: PartMonths = PartMonths.PRORATED
    payment_from: PaymentFrom = PaymentFrom.INVOICE
    notice_ends: NoticeEnds = NoticeEnds.DAY
    renewal: RenewalTerms = RenewalTerms()


def due_day(on: date, days: int, since: PaymentFrom) -> date:
    """The day by which an invoice of ``on`` has to be paid."""
    if since is PaymentFrom.MONTH_END:
        on = add_months(on.replace(day=1), 1) - timedelta(days=1)
    return on + timedelta(days=days)
