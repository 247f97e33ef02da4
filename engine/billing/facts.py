"""What a final document means in money, for the ledger."""

from __future__ import annotations

from engine.billing.credit_note import CreditNote
from engine.billing.invoice import Invoice
from engine.billing.line import BillLine
from engine.billing.tax import TaxLine
from engine.ledger import (
    CreditNoteIssued,
    CreditNoteVoided,
    FactKey,
    InvoiceFinalized,
    InvoiceVoided,
    TaxAmount,
    Trace,
    TracedAmount,
)
from engine.money import Money


def fact_of(document: Invoice | CreditNote) -> InvoiceFinalized | CreditNoteIssued:
    """The fact that a final document states; its key is the number of the document, so that it is booked once."""
    assert document.is_final, "only a final document is a fact"
    return _stated(document)


def fact_of_void(document: Invoice | CreditNote) -> InvoiceVoided | CreditNoteVoided:
    """The fact that a document is void: the opposite of what it stated when it became final, on another day."""
    assert document.is_void and document.voided_on is not None, "only a void document is a fact of that kind"
    stated = _stated(document)
    key, on = FactKey(f"void/{stated.key}"), document.voided_on
    match stated:
        case InvoiceFinalized():
            return InvoiceVoided(key, on, stated.invoice, stated.customer, stated.lines, stated.taxes, stated.key)
        case CreditNoteIssued():
            return CreditNoteVoided(
                key, on, stated.credit_note, stated.customer, stated.lines, stated.taxes, stated.key
            )


def _stated(document: Invoice | CreditNote) -> InvoiceFinalized | CreditNoteIssued:
    match document:
        case Invoice():
            return InvoiceFinalized(
                key=FactKey(f"invoice/{document.number}"),
                on=document.on,
                invoice=document.id,
                customer=document.bill_to.customer,
                lines=tuple(_traced(each, each.net, document.id, document) for each in document.lines),
                taxes=tuple(_tax(each, document.id, document) for each in document.taxes),
            )
        case CreditNote():
            return CreditNoteIssued(
                key=FactKey(f"credit-note/{document.number}"),
                on=document.on,
                credit_note=document.id,
                customer=document.bill_to.customer,
                lines=tuple(_traced(each, -each.net, document.invoice, document) for each in document.lines),
                taxes=tuple(_tax(each, document.invoice, document) for each in document.taxes),
                past_fault=document.past_fault,
            )


def _traced(line: BillLine, net: Money, invoice: str, document: Invoice | CreditNote) -> TracedAmount:
    trace = Trace(
        contract=line.contract,
        customer=document.bill_to.customer,
        order_line=line.quote_line,
        invoice=invoice,
        invoice_line=line.credits or line.id,
        product=line.sku,
    )
    return TracedAmount(net, trace, line.service)


def _tax(line: TaxLine, invoice: str, document: Invoice | CreditNote) -> TaxAmount:
    contracts = {each.contract for each in document.lines if each.tax_code == line.tax_code}
    trace = Trace(
        contract=contracts.pop() if len(contracts) == 1 else "",
        customer=document.bill_to.customer,
        invoice=invoice,
        category=line.tax_code,
    )
    return TaxAmount(line.tax_code, line.tax, trace)
