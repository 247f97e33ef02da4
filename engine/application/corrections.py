"""What a changed contract does to documents: drafts are thrown away, final invoices are corrected by credit notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.application.bill_of_contract import BillOfContract, bill_of
from engine.application.coupons import give_back_coupons
from engine.application.invoices import open_amount
from engine.application.ledger import book
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.prepaid import give_back_credits
from engine.application.revenue import revenue_of_credit
from engine.billing import (
    BillLine,
    CreditNote,
    Documents,
    Invoice,
    Reason,
    draft_credit_note,
    fact_of,
    issue,
)
from engine.contracts import Contract
from engine.diagnostics import Refusal

CREDIT_PREFIX = "CN"


@dataclass(frozen=True, slots=True)
class InvoiceVoided:
    """A draft invoice was thrown away."""

    invoice: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BillingMark:
    """The latest day that a contract was billed up to; ``id`` is that of the contract."""

    id: str
    until: date


def issue_note(work: Work, credits: Sequence[BillLine], invoice: Invoice, reason: Reason) -> CreditNote | Refusal:
    """Draft a credit note, make it final, and book it with what it means for revenue and for prepaid credits."""
    earlier = list(every(work.tx, CreditNote, invoice=invoice.id))
    key = work.new_id("cn")
    note = work.decided(draft_credit_note(key, credits, invoice, earlier=earlier, reason=reason, at=work.at))
    if isinstance(note, Refusal):
        return note
    number = work.tx.number(f"credit-note:{CREDIT_PREFIX}")
    final = work.decided(issue(note, number=number, prefix=CREDIT_PREFIX, on=note.on, at=work.at))
    if isinstance(final, Refusal):
        return final
    work.tx.add(final)
    left = open_amount(work.tx, invoice) - final.gross
    problem = revenue_of_credit(work, final) or book(work, (fact_of(final),))
    return problem or give_back_credits(work, invoice, on=final.on, left=left) or final


def issue_notes(work: Work, bill: BillOfContract, documents: Documents) -> tuple[CreditNote, ...] | Refusal:
    """Issue the credit notes that a changed contract asks for."""
    notes = []
    finals = {each.id: each for each in bill.invoices}
    for invoice, credits in documents.credits.items():
        note = issue_note(work, credits, finals[invoice], Reason("service ended"))
        if isinstance(note, Refusal):
            return note
        notes.append(note)
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The bill of a contract after its drafts were dropped and its final invoices corrected, and the new notes."""

    bill: BillOfContract
    notes: tuple[CreditNote, ...]
    dropped: tuple[Invoice, ...]


def correct_invoices(work: Work, contract: Contract, until: date) -> Corrected | Refusal:
    """Credit at once what final invoices of a changed contract hold too much, up to a day; drop its drafts."""
    dropped = reopen(work, contract.id)
    bill = bill_of(work.env, work.tx, contract, work.tenant)
    if isinstance(bill, Refusal):
        return bill
    finals = tuple(each for each in bill.invoices if each.is_final)
    bill = replace(bill, invoices=finals)
    missing = bill.missing(until, today=work.at.date())
    issued = issue_notes(work, bill, bill.documents(missing))
    if isinstance(issued, Refusal):
        return issued
    return Corrected(replace(bill, notes=(*bill.notes, *issued)), issued, dropped)


def reopen(work: Work, contract: str) -> tuple[Invoice, ...]:
    """Throw the drafts of a changed contract away, and forget up to when it is billed: something else may be due."""
    dropped = drop_drafts(work, contract)
    forget_mark(work, contract)
    return dropped


def drop_drafts(work: Work, contract: str) -> tuple[Invoice, ...]:
    """Throw the drafts of a contract away because it changed: the next run drafts what is due now."""
    drafts = tuple(each for each in every(work.tx, Invoice, contract=contract) if each.is_draft)
    for invoice in drafts:
        drop_draft(work, invoice)
    return drafts


def drop_draft(work: Work, draft: Invoice) -> None:
    """Remove a draft, whose coupons are free again; its contracts are not billed up to the day of their last run."""
    give_back_coupons(work, draft)
    work.tx.remove(Invoice, draft.id)
    work.tx.emit(InvoiceVoided(draft.id, work.at))
    for contract in sorted({each.contract for each in draft.lines}):
        forget_mark(work, contract)


def forget_mark(work: Work, contract: str) -> None:
    """Forget up to when a contract is billed: something may be due again."""
    if work.tx.get(BillingMark, contract) is not None:
        work.tx.remove(BillingMark, contract)
