"""An invoice with what happened to it: payments and credits, what is open, and the etag of all that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.application.faults import etag_mismatch, not_found
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import CreditNote, Invoice, void_faults
from engine.billing.prepaid import PrepaidUse
from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money, total

NOT_FINAL = Code("PAY001")
IN_THE_FUTURE = Code("PAY006")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in for an invoice; ``excess`` of it, what was beyond what was open, became a ``credit``."""

    id: str
    invoice: str
    customer: str
    on: date
    amount: Money
    reference: str
    credit: str = ""
    excess: Money | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of a customer that went back: of what was paid for an invoice, or of what was left of a prepaid credit.

    ``kept``: it became that credit, and did not leave.
    """

    id: str
    customer: str
    invoice: str
    credit: str
    kept: bool
    on: date
    amount: Money
    reference: str = ""
    reason: str = ""


def load_invoice(work: Work, key: str, etag: str) -> Invoice | Refusal:
    """The invoice of that id, when the etag fits."""
    invoice = work.tx.get(Invoice, key)
    if invoice is None:
        return not_found("name", f"invoices/{key}")
    found = invoice_etag(work.tx, invoice)
    return etag_mismatch(found, etag) if etag and etag != found else invoice


def not_final(invoice: Invoice) -> tuple[Fault, ...]:
    """Why an invoice that is not final cannot be paid: it is a draft, or void."""
    draft = Fault(NOT_FINAL, "invoice", f"`{invoice.id}` is a draft", "make it final first")
    return (draft,) if invoice.is_draft else void_faults(invoice)


def not_yet(field: str, on: date, today: date) -> tuple[Fault, ...]:
    """Why money that is to move is not recorded: the day is still to come."""
    hint = "record it when it has moved"
    return (Fault(IN_THE_FUTURE, field, f"{on} is after today, which is {today}", hint),) if on > today else ()


def open_amount(reader: Reader, invoice: Invoice) -> Money:
    """What the customer still owes on an invoice: gross less credits and payments, prepaid too; nothing on a draft,
    nor on one that is void.
    """
    if not invoice.is_final:
        return Money.zero(invoice.bill_to.currency)
    currency = invoice.bill_to.currency
    notes = list(every(reader, CreditNote, invoice=invoice.id))
    credited = total((each.gross for each in notes if each.is_final), currency)
    return invoice.gross - paid_amount(reader, invoice) - credited


def paid_amount(reader: Reader, invoice: Invoice) -> Money:
    """What came in for an invoice and did not go back, and what prepaid credits pay of it."""
    return prepaid_use(reader, invoice.id).paid(invoice.bill_to.currency) + money_in(reader, invoice)


def money_in(reader: Reader, invoice: Invoice) -> Money:
    """What came in for an invoice and did not go back."""
    currency = invoice.bill_to.currency
    went_back = total((each.amount for each in every(reader, Refund, invoice=invoice.id)), currency)
    return total((each.amount for each in payments_of(reader, invoice.id)), currency) - went_back


def prepaid_use(reader: Reader, invoice: str) -> PrepaidUse:
    """What prepaid credits pay of an invoice."""
    return reader.get(PrepaidUse, invoice) or PrepaidUse(invoice)


def payments_of(reader: Reader, invoice: str) -> list[Payment]:
    """The payments for an invoice."""
    return list(every(reader, Payment, invoice=invoice))


def invoice_etag(reader: Reader, invoice: Invoice) -> str:
    """The etag of an invoice with what was paid and credited: it changes with each of them."""
    notes = list(every(reader, CreditNote, invoice=invoice.id))
    paid = len(payments_of(reader, invoice.id)) + reader.version(PrepaidUse, invoice.id)
    paid += sum(1 for _ in every(reader, Refund, invoice=invoice.id))
    parts = (reader.version(Invoice, invoice.id), paid, len(notes))
    return f'"{".".join(map(str, parts))}"'
