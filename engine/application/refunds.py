"""Use cases on refunds: money of a customer goes back, or is kept as a credit that pays the next invoices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.faults import not_found
from engine.application.invoices import Refund, load_invoice, money_in, not_final, not_yet, open_amount, payments_of
from engine.application.ledger import book, find_entry
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.prepaid import PrepaidCreditAdded
from engine.billing import Invoice
from engine.billing.prepaid import CreditSource, PrepaidCredit
from engine.diagnostics import Code, Fault, Refusal
from engine.ledger import Fact, FactKey, PaymentRefunded, PrepaidAdded, PrepaidRefunded, Trace
from engine.ledger.entry import EntryKey
from engine.money import Money, total

NOTHING_TO_REFUND = Code("PAY020")
TOO_MUCH = Code("PAY021")
GRANTED = Code("PAY022")
BEFORE_PAID = Code("PAY023")


@dataclass(frozen=True, slots=True)
class RefundRecorded:
    """Money of a customer goes back, or is kept as a credit; whoever pays sends what is not kept."""

    refund: str
    customer: str
    invoice: str
    credit: str
    kept: bool
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PrepaidCreditRefunded:
    """So much of a credit was paid back."""

    credit: str
    amount: Money
    left: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundWish:
    """How much is to go back in minor units (0: all that may), on which day, and why; ``keep``: as a credit;
    ``reopen``: what is owed, too.
    """

    amount_minor: int
    on: date
    reference: str = ""
    reason: str = ""
    keep: bool = False
    reopen: bool = False


def refund_invoice(work: Work, key: str, wish: RefundWish, *, etag: str) -> Refund | Refusal:
    """Give back what was paid for an invoice beyond what is owed, or with ``reopen`` anything that was paid."""
    if work.tx.get(Invoice, key) is None:
        return not_found("invoice", f"invoices/{key}")
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    if not invoice.is_final:
        return Refusal(not_final(invoice))
    early = not_yet("refund_date", wish.on, work.at.date())
    if early:
        return Refusal(early)
    paid = money_in(work.tx, invoice)
    most = paid if wish.reopen else min(paid, -open_amount(work.tx, invoice))
    amount = Money(wish.amount_minor, paid.currency) if wish.amount_minor else most
    if most.minor_units <= 0:
        hint = "what is owed goes back with `reopen`" if paid.minor_units > 0 else "no money came in for it"
        message = f"nothing was paid for `{invoice.number}` beyond what is owed"
        return Refusal((Fault(NOTHING_TO_REFUND, "invoice", message, hint),))
    if amount > most:
        message = f"{amount} is more than the {most} that may go back"
        hint = "" if wish.reopen or amount > paid else "what is owed goes back with `reopen`"
        return Refusal((Fault(TOO_MUCH, "amount", message, hint),))
    return _before_paid(work, invoice, amount, wish.on) or give_back(work, invoice, amount, wish)


def _before_paid(work: Work, invoice: Invoice, amount: Money, on: date) -> Refusal | None:
    """Why so much cannot go back on a day: on that day, or a later one that has a refund, less would have come in."""
    came, back = payments_of(work.tx, invoice.id), list(every(work.tx, Refund, invoice=invoice.id))
    for day in sorted({on, *(each.on for each in back if each.on > on)}):
        stood = total((each.amount for each in came if each.on <= day), amount.currency)
        stood -= total((each.amount for each in back if each.on <= day), amount.currency)
        if stood < amount:
            message = f"of what came in, {stood} had not gone back by {day}, less than {amount}"
            return Refusal((Fault(BEFORE_PAID, "refund_date", message, "give a day from the payment on"),))
    return None


def give_back(work: Work, invoice: Invoice, amount: Money, wish: RefundWish) -> Refund | Refusal:
    """Book that so much of what was paid for an invoice goes back, or becomes a credit of the customer."""
    customer = invoice.bill_to.customer
    key, trace = work.new_id("rf"), Trace(customer=customer, invoice=invoice.id, contract=invoice.contract)
    fact: Fact
    credit = _kept(work, invoice, amount, wish) if wish.keep else None
    if credit is None:
        fact = PaymentRefunded(FactKey(f"refund/{key}"), wish.on, amount, trace)
    else:
        fact = PrepaidAdded(
            FactKey(f"prepaid/{credit.id}"), wish.on, amount, replace(trace, category=credit.source.value)
        )
    refund = Refund(
        id=key,
        customer=customer,
        invoice=invoice.id,
        credit=credit.id if credit is not None else "",
        kept=credit is not None,
        on=wish.on,
        amount=amount,
        reference=wish.reference,
        reason=wish.reason,
    )
    return _recorded(work, refund, fact)


def refund_credit(work: Work, key: str, wish: RefundWish, *, etag: str) -> Refund | Refusal:
    """Give back what is left of a prepaid credit that the customer paid for."""
    credit = work.tx.get(PrepaidCredit, key)
    if credit is None:
        return not_found("prepaid_credit", f"prepaidCredits/{key}")
    stale = work.check_etag(PrepaidCredit, key, etag)
    if stale is not None:
        return stale
    if not credit.is_money_of_the_customer:
        message = f"`{key}` was granted: nobody paid for it"
        return Refusal((Fault(GRANTED, "prepaid_credit", message, "revoke what is left of it"),))
    amount = Money(wish.amount_minor, credit.amount.currency) if wish.amount_minor else credit.left
    if credit.left.is_zero:
        return Refusal((Fault(NOTHING_TO_REFUND, "prepaid_credit", f"nothing is left of `{key}`"),))
    if amount > credit.left:
        return Refusal((Fault(TOO_MUCH, "amount", f"{amount} is more than the {credit.left} that are left"),))
    wrong = _wrong_day(work, credit, wish.on)
    if wrong:
        return Refusal(wrong)
    before = credit.refunded or Money.zero(amount.currency)
    changed = replace(credit, refunded=before + amount)
    work.tx.replace(changed)
    work.tx.emit(PrepaidCreditRefunded(key, amount, changed.left, work.at))
    refund = Refund(
        id=work.new_id("rf"),
        customer=credit.customer,
        invoice="",
        credit=key,
        kept=False,
        on=wish.on,
        amount=amount,
        reference=wish.reference,
        reason=wish.reason,
    )
    trace = Trace(customer=credit.customer, category=credit.source.value)
    return _recorded(work, refund, PrepaidRefunded(FactKey(f"refund/{refund.id}"), wish.on, amount, trace))


def _wrong_day(work: Work, credit: PrepaidCredit, on: date) -> tuple[Fault, ...]:
    added = find_entry(work.tx, EntryKey(f"prepaid/{credit.id}"))
    if added is None or added.on <= on:
        return not_yet("refund_date", on, work.at.date())
    message = f"`{credit.id}` is a credit since {added.on}, after {on}"
    return (Fault(BEFORE_PAID, "refund_date", message, "give that day or a later one"),)


def _kept(work: Work, invoice: Invoice, amount: Money, wish: RefundWish) -> PrepaidCredit:
    nothing = Money.zero(amount.currency)
    credit = PrepaidCredit(
        id=work.new_id("pc"),
        customer=invoice.bill_to.customer,
        title=f"Paid for {invoice.number}",
        source=CreditSource.OVERPAID,
        amount=amount,
        used=nothing,
        expired=nothing,
        reference=wish.reference,
    )
    work.tx.add(credit)
    work.tx.emit(PrepaidCreditAdded(credit.id, credit.customer, credit.source, amount, work.at))
    return credit


def _recorded(work: Work, refund: Refund, fact: Fact) -> Refund | Refusal:
    work.tx.add(refund)
    work.tx.emit(
        RefundRecorded(refund.id, refund.customer, refund.invoice, refund.credit, refund.kept, refund.amount, work.at)
    )
    return book(work, (fact,)) or refund
