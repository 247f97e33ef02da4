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
    """Credit at once what final invoices of a changed contract hold too much, up to a day; drop the drafts that it
    affects.
    """
    bill = bill_of(work.env, work.tx, contract, work.tenant)
    if isinstance(bill, Refusal):
        return bill
    dropped, bill = _reopened(work, bill, until)
    missing = bill.missing(until, today=work.at.date())
    issued = issue_notes(work, bill, bill.documents(missing))
    if isinstance(issued, Refusal):
        return issued
    return Corrected(replace(bill, notes=(*bill.notes, *issued)), issued, dropped)


def reopen_changed(work: Work, contract: Contract, until: date) -> tuple[Invoice, ...] | Refusal:
    """Drop the drafts that a change of a contract affects, which corrects no final invoice."""
    bill = bill_of(work.env, work.tx, contract, work.tenant)
    return bill if isinstance(bill, Refusal) else _reopened(work, bill, until)[0]


def _reopened(work: Work, bill: BillOfContract, until: date) -> tuple[tuple[Invoice, ...], BillOfContract]:
    dropped, rest = without_affected(bill, until, today=work.at.date())
    for invoice in dropped:
        drop_draft(work, invoice)
    forget_mark(work, bill.contract.id)
    return dropped, rest


def without_affected(bill: BillOfContract, until: date, *, today: date) -> tuple[tuple[Invoice, ...], BillOfContract]:
    """The drafts that a change of the contract affects, and the bill without them.

    These are the drafts that hold what is owed otherwise now, and those of a day on which something else is due as
    well: a run drafts that day anew, on one invoice. All others stay as whoever looks at drafts has seen them.
    """
    affected: list[Invoice] = []
    while found := _affected(bill, until, today):
        affected += found
        bill = replace(bill, invoices=tuple(each for each in bill.invoices if each not in found))
    return tuple(affected), bill


def _affected(bill: BillOfContract, until: date, today: date) -> list[Invoice]:
    drafts = [each for each in bill.invoices if each.is_draft]
    if not drafts:
        return []
    documents = bill.documents(bill.missing_by(sorted({today, until, *(each.on for each in drafts)})))
    return [each for each in drafts if each.id in documents.drafts or each.on in documents.invoices]


def reopen(work: Work, contract: str) -> tuple[Invoice, ...]:
    """Throw the drafts of a contract away whose periods change, and forget up to when it is billed."""
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
