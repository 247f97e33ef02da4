"""Use cases on dunning: a payment failed, and what is due today: attempts to ask for, customers to remind.

The key of an attempt and of a reminder counts those before it, so that two units that see the same do not both save it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.application.content import find_book
from engine.application.faults import etag_mismatch, not_found
from engine.application.invoices import load_invoice, not_final, open_amount
from engine.application.paging import every
from engine.application.perform import Environment, Work
from engine.application.ports import Reader
from engine.billing import DocumentStatus, Invoice
from engine.billing.dunning import (
    NO_DUNNING,
    DunningPolicy,
    DunningRuns,
    FailedPayment,
    Overdue,
    Reminder,
    reminder_due,
    retry_day,
)
from engine.diagnostics import Code, Fault, Refusal
from engine.money import Currency, Money
from engine.parties import Customer

DUNNING = "dunning"
NOTHING_OPEN = Code("PAY004")
BEFORE_LAST = Code("PAY005")
SETTLING = (
    ("payments", "invoice", "amount_minor", 1),
    ("credit_notes", "invoice", "gross_minor", 1),
    ("prepaid_draws", "parent_id", "amount_minor", 1),
    ("refunds", "invoice", "amount_minor", -1),
)
"""Where an invoice is paid or credited, with the column that names it, or where what was paid went back."""


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """An attempt to collect an invoice failed; ``retry_on`` is when the next one is asked for."""

    failed_payment: str
    invoice: str
    attempt: int
    retry_on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRetryDue:
    """The next attempt to collect an invoice is due; whoever collects answers with a payment or another failure."""

    failed_payment: str
    invoice: str
    attempt: int
    open: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerReminded:
    """A customer is reminded of what is overdue; whoever writes to customers sends it."""

    reminder: str
    customer: str
    number: int
    amount: Money
    invoices: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class DunningDay:
    """The last day on which a server did what was due by itself; ``id`` is always ``dunning``."""

    id: str
    on: date


@dataclass(frozen=True, slots=True)
class Dunned:
    """What a run asked for again, and whom it reminded."""

    retries: tuple[FailedPayment, ...]
    reminders: tuple[Reminder, ...]


def record_failed_payment(work: Work, key: str, *, on: date, reason: str, etag: str) -> FailedPayment | Refusal:
    """Note that an attempt to collect all that is open of an invoice failed; the answer says when to try again."""
    if work.tx.get(Invoice, key) is None:
        return not_found("invoice", f"invoices/{key}")
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    earlier = list(every(work.tx, FailedPayment, invoice=key))
    left = open_amount(work.tx, invoice)
    faults = tuple(_faults(invoice, left, earlier, on))
    if faults:
        return Refusal(faults)
    policy = _policy(work.env, work.tenant, work.at.date())
    if isinstance(policy, Refusal):
        return policy
    attempt = len(earlier) + 1
    retry = retry_day(policy, attempt, failed_on=on)
    failed = FailedPayment(f"{key}-{attempt}", key, invoice.bill_to.customer, on, left, reason, attempt, retry)
    work.tx.add(failed)
    work.tx.emit(PaymentFailed(failed.id, key, attempt, retry, work.at))
    if retry is not None and retry <= work.at.date() and work.tx.get(DunningDay, DUNNING) is not None:
        work.tx.remove(DunningDay, DUNNING)  # a failure told late is due on a day whose turn has passed
    return failed


def run_dunning(work: Work, customer: str, *, etag: str) -> Dunned | Refusal:
    """Ask for every attempt and remind of everything that is due today; running it again the same day does nothing."""
    if etag:
        return etag_mismatch("", etag)
    if customer and work.tx.get(Customer, customer) is None:
        return not_found("customer", f"customers/{customer}")
    policy = _policy(work.env, work.tenant, work.at.date())
    if isinstance(policy, Refusal):
        return policy
    owed = _owed(work.tx, customer)
    return Dunned(tuple(_retries(work, owed)), tuple(_reminders(work, policy, owed)))


def is_dunning_due(env: Environment, reader: Reader, tenant: str) -> bool:
    """Whether a server is to do today by itself what is due: the rule book leaves it to it, and none did yet."""
    today, day = env.clock.now(tenant).date(), reader.get(DunningDay, DUNNING)
    if day is not None and day.on >= today:
        return False
    policy = _policy(env, tenant, today)
    return not isinstance(policy, Refusal) and policy != NO_DUNNING and policy.runs is DunningRuns.DAILY


def dun_today(work: Work) -> Dunned | Refusal:
    """Do what is due today, as a server does by itself once a day."""
    if not is_dunning_due(work.env, work.tx, work.tenant):  # another server was first
        return Dunned((), ())
    day = DunningDay(DUNNING, work.at.date())
    if work.tx.get(DunningDay, DUNNING) is None:
        work.tx.add(day)
    else:
        work.tx.replace(day)
    return run_dunning(work, "", etag="")


Owed = Mapping[tuple[str, Currency], Sequence[tuple[Invoice, Money]]]


def _owed(reader: Reader, customer: str) -> Owed:
    """The final invoices of which something is open, by customer and currency, with that."""
    found: dict[tuple[str, Currency], list[tuple[Invoice, Money]]] = defaultdict(list)
    for key in _open_invoices(reader, customer):
        invoice = reader.get(Invoice, key)
        assert invoice is not None, "read from the same snapshot"
        left = open_amount(reader, invoice)
        if left.minor_units > 0:
            found[invoice.bill_to.customer, left.currency].append((invoice, left))
    return found


def _open_invoices(reader: Reader, customer: str) -> Iterator[str]:
    """The final invoices to look at: all of one customer, else those that plain columns show as not paid or credited
    whole, since most of a store is paid long since.
    """
    settled: dict[str, int] = defaultdict(int)
    for table, column, amount, sign in () if customer else SETTLING:
        for row in reader.rows(table, (column, amount)):
            settled[row[column]] += sign * row[amount]
    where = {"status": DocumentStatus.FINALIZED.value, **({"customer": customer} if customer else {})}
    for row in reader.rows("invoices", ("id", "gross_minor"), where):
        if row["gross_minor"] > settled[row["id"]]:
            yield row["id"]


def _retries(work: Work, owed: Owed) -> Iterator[FailedPayment]:
    today = work.at.date()
    for invoice, left in (each for own in owed.values() for each in own):
        failures = list(every(work.tx, FailedPayment, invoice=invoice.id))
        last = max(failures, key=lambda each: each.attempt, default=None)
        if last is None or last.asked_on is not None or last.retry_on is None or last.retry_on > today:
            continue
        asked = replace(last, asked_on=today)
        work.tx.replace(asked)
        work.tx.emit(PaymentRetryDue(asked.id, invoice.id, asked.attempt + 1, left, work.at))
        yield asked


def _reminders(work: Work, policy: DunningPolicy, owed: Owed) -> Iterator[Reminder]:
    for customer, unit in sorted(owed, key=lambda each: (each[0], each[1].code)):
        late = [Overdue(invoice.id, invoice.due + timedelta(days=1), left) for invoice, left in owed[customer, unit]]
        earlier = list(every(work.tx, Reminder, customer=customer))
        found = reminder_due(policy, customer, late, earlier, on=work.at.date())
        if found is not None:
            past = sum(each.amount.currency == unit for each in earlier)
            sent = replace(found, id=f"{customer}-{unit.code.lower()}-{past + 1}")
            work.tx.add(sent)
            work.tx.emit(CustomerReminded(sent.id, customer, sent.number, sent.amount, sent.invoices, work.at))
            yield sent


def _policy(env: Environment, tenant: str, today: date) -> DunningPolicy | Refusal:
    active = find_book(env, tenant, book_hash="", day=today)
    return active if isinstance(active, Refusal) else active.book.terms.dunning


def _faults(invoice: Invoice, left: Money, earlier: Sequence[FailedPayment], on: date) -> Iterator[Fault]:
    if not invoice.is_final:
        yield from not_final(invoice)
    elif left.minor_units <= 0:
        yield Fault(
            NOTHING_OPEN, "invoice", f"nothing of `{invoice.number}` is open, so that nothing was to be collected"
        )
    last = max((each.on for each in earlier), default=on)
    if on < last:
        yield Fault(BEFORE_LAST, "fail_date", f"the attempt before failed on {last}", "give that day or a later one")
