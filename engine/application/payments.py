"""Use cases on payments and credit notes by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.corrections import issue_note
from engine.application.invoices import Payment, load_invoice, not_final, not_yet, open_amount
from engine.application.ledger import book
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.refunds import RefundWish, give_back
from engine.billing import BillLine, CreditNote, Invoice, Reason, credit, credits_on
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.ledger import FactKey, PaymentReceived, Trace
from engine.money import Money

TOO_MUCH = Code("PAY002")
NOT_ABOVE_ZERO = Code("PAY003")
OTHER_CURRENCY = Code("PAY007")
UNKNOWN_LINE = Code("BIL021")


@dataclass(frozen=True, slots=True)
class PaymentRecorded:
    """Money came in for an invoice; ``open`` is what is left of it."""

    payment: str
    invoice: str
    amount: Money
    open: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CreditWish:
    """How much of one invoice line is to be credited, in minor units before tax."""

    line: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in: how much in minor units, when, and by which reference; ``keep_excess``: what is beyond what
    is open becomes a credit of the customer. ``currency_code`` empty is that of the invoice.
    """

    amount_minor: int
    on: date
    reference: str
    keep_excess: bool = False
    currency_code: str = ""


def record_payment(work: Work, key: str, receipt: Receipt, *, etag: str) -> Payment | Refusal:
    """Take a payment for a final invoice; more than is open is refused, unless it is to be kept as a credit."""
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    amount, left = Money(receipt.amount_minor, invoice.bill_to.currency), open_amount(work.tx, invoice)
    excess = amount - max(left, Money.zero(left.currency))
    faults = (*not_yet("pay_date", receipt.on, work.at.date()), *_faults(invoice, amount, left, receipt))
    if faults:
        return Refusal(faults)
    trace = Trace(customer=invoice.bill_to.customer, invoice=key, contract=invoice.contract)
    payment = Payment(work.new_id("pa"), key, invoice.bill_to.customer, receipt.on, amount, receipt.reference)
    problem = book(work, (PaymentReceived(FactKey(f"payment/{payment.id}"), receipt.on, amount, trace),))
    if problem is not None:
        return problem
    if excess.minor_units > 0:
        wish = RefundWish(excess.minor_units, receipt.on, receipt.reference, "paid beyond what was open", keep=True)
        kept = give_back(work, invoice, excess, wish)
        if isinstance(kept, Refusal):
            return kept
        payment = replace(payment, credit=kept.credit, excess=excess)
    work.tx.add(payment)
    still = max(left - amount, Money.zero(left.currency))
    work.tx.emit(PaymentRecorded(payment.id, key, amount, still, work.at))
    return payment


def _faults(invoice: Invoice, amount: Money, left: Money, receipt: Receipt) -> Iterator[Fault]:
    if not invoice.is_final:
        yield from not_final(invoice)
    if receipt.currency_code not in ("", amount.currency.code):
        message = f"the invoice is in {amount.currency.code}, and the money in {receipt.currency_code[:80]}"
        yield Fault(
            OTHER_CURRENCY, "currency_code", message, "say what the bank credited in the currency of the invoice"
        )
    elif amount.minor_units <= 0:
        yield Fault(NOT_ABOVE_ZERO, "amount", f"{amount} is not above zero")
    elif invoice.is_final and amount > left and not receipt.keep_excess:
        message = f"{amount} is more than the {left} that are open"
        yield Fault(TOO_MUCH, "amount", message, "what is beyond it is kept as a credit with `keep_excess`")


def issue_credit_note(
    work: Work, key: str, wishes: Sequence[CreditWish], reason: Reason, *, etag: str
) -> CreditNote | Refusal:
    """Credit parts of lines of a final invoice; without any named, everything that is left of it."""
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    notes = list(every(work.tx, CreditNote, invoice=key))
    earlier = list(credits_on(invoice, notes))
    lines = {each.id: each for each in invoice.lines}
    faults: list[Fault] = []
    credits: list[BillLine] = []
    for n, wish in enumerate(wishes or _everything(invoice, earlier)):
        line = lines.get(wish.line)
        if line is None:
            hint = did_you_mean(wish.line, lines)
            faults.append(Fault(UNKNOWN_LINE, f"lines[{n}].line", f"there is no line `{wish.line[:80]}`", hint))
            continue
        name = f"{len(notes) + 1}-{n + 1}"
        amount = Money(wish.amount_minor, line.amount.currency)
        made = credit(name, amount, of=line, on=max(work.at.date(), invoice.on), earlier=[*earlier, *credits])
        if isinstance(made, Refusal):
            faults += [Fault(each.code, f"lines[{n}].{each.field}", each.message, each.hint) for each in made.faults]
        else:
            credits.append(made.value)
    return Refusal(tuple(faults)) if faults else issue_note(work, credits, invoice, reason)


def _everything(invoice: Invoice, earlier: Sequence[BillLine]) -> list[CreditWish]:
    left = {each.id: each.amount.minor_units for each in invoice.lines if not each.credits}
    for line in earlier:
        left[line.credits] += line.amount.minor_units
    return [CreditWish(line, amount) for line, amount in left.items() if amount > 0]
