"""Owns missing lines, proration, usage rating, coupons, draft, final and void invoices, credit notes; returns facts.

Does not own accounts, nor the contract and what was delivered.
Entry points: ``missing_lines``, ``sort_onto_documents``, ``draft_invoice``, ``finalize``, ``draft_credit_note``,
``issue``, ``void``, ``fact_of``.
"""

from engine.billing.coupon import (
    AmountOff,
    Coupon,
    Discount,
    Discounted,
    PercentOff,
    Spread,
    discount,
    given_back,
    spread,
    taken,
)
from engine.billing.credit_note import CreditNote, Reason, credit, credits_on, draft_credit_note, issue, void_note
from engine.billing.events import (
    BillingEvent,
    CreditNoteDrafted,
    CreditNoteNumbered,
    CreditNoteVoided,
    DraftCorrected,
    FinalInvoiceVoided,
    InvoiceDrafted,
    InvoiceNumbered,
)
from engine.billing.facts import fact_of, fact_of_void
from engine.billing.invoice import (
    BillTo,
    DocumentStatus,
    Invoice,
    bill_to,
    correct_draft,
    draft_invoice,
    finalize,
    void,
    void_faults,
)
from engine.billing.line import BillLine, LineKind
from engine.billing.missing import missing_lines
from engine.billing.policy import DEFAULT_POLICY, BillingPolicy, ZeroInvoices
from engine.billing.run import Documents, priced_lines, sort_onto_documents
from engine.billing.tax import TaxLine, TaxPoint, TaxTable

__all__ = [
    "DEFAULT_POLICY",
    "AmountOff",
    "BillLine",
    "BillTo",
    "BillingEvent",
    "BillingPolicy",
    "Coupon",
    "CreditNote",
    "CreditNoteDrafted",
    "CreditNoteNumbered",
    "CreditNoteVoided",
    "Discount",
    "Discounted",
    "DocumentStatus",
    "Documents",
    "DraftCorrected",
    "FinalInvoiceVoided",
    "Invoice",
    "InvoiceDrafted",
    "InvoiceNumbered",
    "LineKind",
    "PercentOff",
    "Reason",
    "Spread",
    "TaxLine",
    "TaxPoint",
    "TaxTable",
    "ZeroInvoices",
    "bill_to",
    "correct_draft",
    "credit",
    "credits_on",
    "discount",
    "draft_credit_note",
    "draft_invoice",
    "fact_of",
    "fact_of_void",
    "finalize",
    "given_back",
    "issue",
    "missing_lines",
    "priced_lines",
    "sort_onto_documents",
    "spread",
    "taken",
    "void",
    "void_faults",
    "void_note",
]
