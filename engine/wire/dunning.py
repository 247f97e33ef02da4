"""Failed payments and reminders: proto and domain."""

from __future__ import annotations

from cpq.v1 import dunning_pb2

from engine.billing.dunning import FailedPayment, Reminder
from engine.money import Money
from engine.wire.basics import fill_date
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS

FAILED_PAYMENTS = "failedPayments"
REMINDERS = "reminders"


def failed_message(failed: FailedPayment, left: Money) -> dunning_pb2.FailedPayment:
    """A failed payment of an invoice of which ``left`` is open now."""
    message = dunning_pb2.FailedPayment(name=f"{FAILED_PAYMENTS}/{failed.id}", invoice=f"{INVOICES}/{failed.invoice}")
    message.customer = f"{CUSTOMERS}/{failed.customer}" if failed.customer else ""
    message.currency_code, message.amount = failed.amount.currency.code, failed.amount.minor_units
    message.reason, message.attempt = failed.reason, failed.attempt
    fill_date(message.fail_date, failed.on)
    message.open = left.minor_units
    fill_date(message.retry_date, failed.retry_on if left.minor_units > 0 else None)
    fill_date(message.asked_date, failed.asked_on)
    return message


def reminder_message(reminder: Reminder) -> dunning_pb2.Reminder:
    """A reminder."""
    message = dunning_pb2.Reminder(name=f"{REMINDERS}/{reminder.id}", number=reminder.number)
    message.customer = f"{CUSTOMERS}/{reminder.customer}" if reminder.customer else ""
    message.currency_code, message.amount = reminder.amount.currency.code, reminder.amount.minor_units
    message.invoices.extend(f"{INVOICES}/{each}" for each in reminder.invoices)
    fill_date(message.remind_date, reminder.on)
    return message
