"""Voiding: a draft is thrown away; a final invoice keeps its number, its entry is undone, and it is billed anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.application.corrections import drop_draft, forget_mark
from engine.application.coupons import give_back_coupons
from engine.application.invoices import load_invoice, money_in, prepaid_use
from engine.application.ledger import book
from engine.application.paging import every
from engine.application.perform import Work
from engine.application.prepaid import give_back_credits
from engine.application.revenue import revenue_of_void
from engine.billing import CreditNote, Invoice, fact_of_void, void, void_note
from engine.diagnostics import Code, Decision, Fault, Refusal

PAID = Code("BIL031")
CREDITED_BY_HAND = Code("BIL032")


def void_invoice(work: Work, key: str, *, reason: str, etag: str) -> Invoice | Refusal:
    """Throw a draft away, or make a final invoice void; its lines are missing again, and the next run bills them.

    Credit notes that follow from the contract become void with their invoice, since the run knows what they knew. What
    coupons and prepaid credits gave comes back. Refused while money of the customer is on the invoice, or a credit that
    somebody gave.
    """
    invoice = load_invoice(work, key, etag)
    if isinstance(invoice, Refusal):
        return invoice
    if invoice.is_draft:
        drop_draft(work, invoice)
        return invoice
    on = max(work.at.date(), invoice.on)
    notes = tuple(each for each in every(work.tx, CreditNote, invoice=key) if each.is_final)
    outcome = void(invoice, reason=reason, on=on, at=work.at)
    if isinstance(outcome, Refusal):
        return Refusal((*outcome.faults, *_faults(work, invoice, notes)))
    faults = tuple(_faults(work, invoice, notes))
    return Refusal(faults) if faults else _voided(work, notes, outcome)


def _voided(work: Work, notes: Sequence[CreditNote], outcome: Decision[Invoice]) -> Invoice | Refusal:
    gone = outcome.value
    assert gone.voided_on is not None, "it has just become void"
    used = prepaid_use(work.tx, gone.id).paid(gone.bill_to.currency)
    work.saved(outcome)
    documents: list[Invoice | CreditNote] = [gone]
    for note in notes:
        voided = void_note(note, on=gone.voided_on, at=work.at)
        work.saved(voided)
        documents.append(voided.value)
    give_back_coupons(work, gone)
    for contract in sorted({each.contract for each in gone.lines}):
        forget_mark(work, contract)
    for each in documents:
        problem = revenue_of_void(work, each)
        if problem is not None:
            return problem
    problem = book(work, [fact_of_void(each) for each in documents])
    return problem or give_back_credits(work, gone, on=gone.voided_on, left=-used) or gone


def _faults(work: Work, invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[Fault]:
    paid = money_in(work.tx, invoice)
    if not paid.is_zero:
        message = f"{paid} of `{invoice.number}` is paid"
        yield Fault(PAID, "name", message, "record a refund with `reopen` first, or issue a credit note")
    for each in (each for each in notes if each.is_by_hand):
        message = f"`{each.number}` credits `{invoice.number}`: {each.reason}"
        yield Fault(CREDITED_BY_HAND, "name", message, "credit what is left of it instead")
