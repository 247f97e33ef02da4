"""Use cases on prepaid credits: add, revoke, let pay an invoice, give back, expire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.coupons import product_faults
from engine.application.faults import etag_mismatch, invalid, not_found
from engine.application.invoices import load_invoice, not_final, open_amount, prepaid_use
from engine.application.ledger import book
from engine.application.paging import PAGE
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import Invoice
from engine.billing.prepaid import CreditSource, Draw, PrepaidCredit, PrepaidUse, drawn, given_back_of, less, more
from engine.diagnostics import Code, Fault, Refusal
from engine.ledger import Fact, FactKey, PrepaidAdded, PrepaidExpired, PrepaidReturned, PrepaidUsed, Trace
from engine.money import Currency, Money, total
from engine.parties import Customer

NOTHING_TO_PAY = Code("PAY010")
BOUGHT = Code("PAY011")
NOTHING_LEFT = Code("PAY012")


@dataclass(frozen=True, slots=True)
class PrepaidCreditAdded:
    """A customer has a credit more."""

    credit: str
    customer: str
    source: CreditSource
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PrepaidCreditUsed:
    """A credit paid so much of an invoice."""

    credit: str
    invoice: str
    amount: Money
    left: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PrepaidCreditGivenBack:
    """What a credit had paid of an invoice is not owed any more, and is left again."""

    credit: str
    invoice: str
    amount: Money
    left: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PrepaidCreditExpired:
    """What was left of a credit is gone: its day came, or it was revoked."""

    credit: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoicePrepaid:
    """What credits pay of an invoice changed; ``paid`` is all that they pay now, ``open`` what is left of it."""

    invoice: str
    paid: Money
    open: Money
    at: datetime


def add_credit(work: Work, wanted: PrepaidCredit, *, etag: str) -> PrepaidCredit | Refusal:
    """Give a customer a prepaid credit, or book what was paid for it; every fault in one refusal."""
    if etag:
        return etag_mismatch("", etag)
    faults = tuple(_faults(work, wanted))
    if faults:
        return Refusal(faults)
    credit = replace(wanted, id=work.new_id("pc"))
    work.tx.add(credit)
    work.tx.emit(PrepaidCreditAdded(credit.id, credit.customer, credit.source, credit.amount, work.at))
    fact = PrepaidAdded(FactKey(f"prepaid/{credit.id}"), work.at.date(), credit.amount, _trace(credit))
    return book(work, (fact,)) or credit


def revoke_credit(work: Work, key: str, *, etag: str) -> PrepaidCredit | Refusal:
    """Take back what is left of a credit that was granted; what was bought is the customer's money."""
    credit = work.tx.get(PrepaidCredit, key)
    if credit is None:
        return not_found("name", f"prepaidCredits/{key}")
    stale = work.check_etag(PrepaidCredit, key, etag)
    if stale is not None:
        return stale
    if credit.is_money_of_the_customer:
        message = f"`{key}` was paid for: it is the customer's money"
        return Refusal((Fault(BOUGHT, "name", message, "record what goes back as a refund"),))
    if credit.left.is_zero:
        return Refusal((Fault(NOTHING_LEFT, "name", f"nothing is left of `{key}`"),))
    return _expired(work, replace(credit, end=work.at.date()))


def expire_credit(work: Work, key: str) -> PrepaidCredit | Refusal:
    """Book what is left of a credit whose day has come."""
    credit = _stored(work.tx, key)
    if credit.end is None or credit.end > work.at.date() or credit.left.is_zero:
        return Refusal((Fault(NOTHING_LEFT, "name", f"nothing of `{key}` has expired"),))
    return _expired(work, credit)


def pay_from_credits(work: Work, key: str, *, etag: str) -> PrepaidUse | Refusal:
    """Let the credits of the customer pay what they may of a final invoice that is open."""
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    if not invoice.is_final:
        return Refusal(not_final(invoice))
    before = prepaid_use(work.tx, key)
    after = use_credits(work, invoice, on=work.at.date(), left=open_amount(work.tx, invoice))
    if not isinstance(after, Refusal) and after == before:
        message = f"no credit of the customer may pay anything of `{key}`"
        return Refusal((Fault(NOTHING_TO_PAY, "invoice", message),))
    return after


def use_credits(work: Work, invoice: Invoice, *, on: date, left: Money) -> PrepaidUse | Refusal:
    """Draw on the credits of the customer for what is ``left`` to pay of a final invoice, and book it."""
    use = prepaid_use(work.tx, invoice.id)
    draws = drawn(invoice, credits_of(work.tx, invoice.bill_to.customer), on=on, left=left)
    if not draws:
        return use
    known = work.tx.get(PrepaidUse, invoice.id) is not None
    for each in draws:
        credit = _stored(work.tx, each.credit)
        changed = replace(credit, used=credit.used + each.amount)
        work.tx.replace(changed)
        work.tx.emit(PrepaidCreditUsed(credit.id, invoice.id, each.amount, changed.left, work.at))
    after = more(use, draws)
    if known:
        work.tx.replace(after)
    else:
        work.tx.add(after)
    paid = total((each.amount for each in draws), left.currency)
    work.tx.emit(InvoicePrepaid(invoice.id, after.paid(left.currency), left - paid, work.at))
    version = work.tx.version(PrepaidUse, invoice.id)
    facts = [
        PrepaidUsed(FactKey(f"prepaid-use/{invoice.id}/{version}/{each.credit}"), on, each.amount, _of(invoice))
        for each in draws
    ]
    return book(work, facts) or after


def give_back_credits(work: Work, invoice: Invoice, *, on: date, left: Money) -> Refusal | None:
    """Give back what credits paid beyond what is owed: ``left`` is below zero once more was paid or credited.

    What comes back to a credit that has ended expires with it, on the day on which it comes back.
    """
    use = prepaid_use(work.tx, invoice.id)
    back = given_back_of(use, -left)
    if not back:
        return None
    after = less(use, back)
    work.tx.replace(after)
    facts: list[Fact] = []
    for each in back:
        place = f"{invoice.id}/{work.tx.version(PrepaidUse, invoice.id)}/{each.credit}"
        facts.append(PrepaidReturned(FactKey(f"prepaid-return/{place}"), on, each.amount, _of(invoice)))
        credit = _given_back(work, each, invoice)
        if credit.end is not None and credit.end <= on:
            _end(work, credit, each.amount)
            facts.append(PrepaidExpired(FactKey(f"prepaid-expiry/{place}"), on, each.amount, _trace(credit)))
    returned = total((each.amount for each in back), left.currency)
    work.tx.emit(InvoicePrepaid(invoice.id, after.paid(left.currency), left + returned, work.at))
    return book(work, facts)


def credits_of(reader: Reader, customer: str) -> tuple[PrepaidCredit, ...]:
    """The credits of a customer as this unit has left them, in order of their ids."""
    found: list[PrepaidCredit] = []
    after = ""
    while customer and (keys := reader.keys(PrepaidCredit, where={"customer": customer}, after=after, limit=PAGE)):
        found += [each for key in keys if (each := reader.get(PrepaidCredit, key)) is not None]
        after = keys[-1]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Balance:
    """What the credits of a customer in one currency may still pay: in all, and of it for some products only.

    ``next_end`` is the day on which the next of them expires, with how much of it.
    """

    currency: Currency
    left: Money
    for_some_products: Money
    next_end: date | None
    ending: Money


def balances_of(reader: Reader, customer: str, *, on: date) -> tuple[Balance, ...] | Refusal:
    """The balance of a customer by currency on a day."""
    if reader.get(Customer, customer) is None:
        return not_found("customer", f"customers/{customer}")
    credits = credits_of(reader, customer)
    units = sorted({each.amount.currency for each in credits}, key=lambda each: each.code)
    return tuple(_balance([each for each in credits if each.pays(on, unit)], unit) for unit in units)


def _balance(credits: Sequence[PrepaidCredit], unit: Currency) -> Balance:
    next_end = min((each.end for each in credits if each.end is not None), default=None)
    return Balance(
        unit,
        total((each.left for each in credits), unit),
        total((each.left for each in credits if each.products), unit),
        next_end,
        total((each.left for each in credits if next_end is not None and each.end == next_end), unit),
    )


def _expired(work: Work, credit: PrepaidCredit) -> PrepaidCredit | Refusal:
    gone, on = credit.left, credit.end or work.at.date()
    _end(work, credit, gone)
    key = FactKey(f"prepaid-expiry/{credit.id}/{work.tx.version(PrepaidCredit, credit.id)}")
    return book(work, (PrepaidExpired(key, on, gone, _trace(credit)),)) or _stored(work.tx, credit.id)


def _end(work: Work, credit: PrepaidCredit, amount: Money) -> None:
    """Take so much of a credit away for good."""
    work.tx.replace(replace(credit, expired=credit.expired + amount))
    work.tx.emit(PrepaidCreditExpired(credit.id, amount, work.at))


def _given_back(work: Work, draw: Draw, invoice: Invoice) -> PrepaidCredit:
    credit = _stored(work.tx, draw.credit)
    changed = replace(credit, used=credit.used - draw.amount)
    work.tx.replace(changed)
    work.tx.emit(PrepaidCreditGivenBack(credit.id, invoice.id, draw.amount, changed.left, work.at))
    return changed


def _stored(reader: Reader, key: str) -> PrepaidCredit:
    credit = reader.get(PrepaidCredit, key)
    assert credit is not None, "credits are never deleted"
    return credit


def _trace(credit: PrepaidCredit) -> Trace:
    """The category chooses the account: what was granted is an expense, what was bought is cash."""
    return Trace(customer=credit.customer, category=credit.source.value)


def _of(invoice: Invoice) -> Trace:
    return Trace(customer=invoice.bill_to.customer, invoice=invoice.id, contract=invoice.contract)


def _faults(work: Work, wanted: PrepaidCredit) -> Iterator[Fault]:
    if work.tx.get(Customer, wanted.customer) is None:
        yield from not_found("credit.customer", f"customers/{wanted.customer}").faults
    if wanted.end is not None and wanted.end <= work.at.date():
        yield invalid("credit.end", f"{wanted.end} is not after today, {work.at.date()}")
    yield from product_faults(work, wanted.products, wanted.customer, "credit.products")
