"""Owns missing lines, proration, usage rating on invoices, draft and final invoices, credit notes; returns facts.

Does not own accounts, nor the contract and what was delivered.
Entry points: ``missing_lines``, ``sort_onto_documents``, ``draft_invoice``, ``finalize``, ``draft_credit_note``,
``issue``, ``fact_of``.
"""

from engine.billing.credit_note import CreditNote, Reason, credit, draft_credit_note, issue
from engine.billing.events import (
    BillingEvent,
    CreditNoteDrafted,
    CreditNoteNumbered,
    DraftCorrected,
    InvoiceDrafted,
    InvoiceNumbered,
)
from engine.billing.facts import fact_of
from engine.billing.invoice import BillTo, DocumentStatus, Invoice, bill_to, correct_draft, draft_invoice, finalize
from engine.billing.line import BillLine, LineKind
from engine.billing.missing import missing_lines
from engine.billing.policy import DEFAULT_POLICY, BillingPolicy, ZeroInvoices
from engine.billing.run import Documents, priced_lines, sort_onto_documents
from engine.billing.tax import TaxLine, TaxPoint, TaxTable

__all__ = [
    "DEFAULT_POLICY",
    "BillLine",
    "BillTo",
    "BillingEvent",
    "BillingPolicy",
    "CreditNote",
    "CreditNoteDrafted",
    "CreditNoteNumbered",
    "DocumentStatus",
    "Documents",
    "DraftCorrected",
    "Invoice",
    "InvoiceDrafted",
    "InvoiceNumbered",
    "LineKind",
    "Reason",
    "TaxLine",
    "TaxPoint",
    "TaxTable",
    "ZeroInvoices",
    "bill_to",
    "correct_draft",
    "credit",
    "draft_credit_note",
    "draft_invoice",
    "fact_of",
    "finalize",
    "issue",
    "missing_lines",
    "priced_lines",
    "sort_onto_documents",
]
