"""What billing tells the outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from engine.money import Money


@dataclass(frozen=True, slots=True)
class InvoiceDrafted:
    """A draft invoice exists."""

    invoice: str
    customer: str
    on: date
    gross: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftCorrected:
    """A draft invoice took credits of its own lines."""

    invoice: str
    customer: str
    gross: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceNumbered:
    """An invoice became final under its number."""

    invoice: str
    number: str
    customer: str
    on: date
    due: date
    gross: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class FinalInvoiceVoided:
    """A final invoice is void; its number stays used, and what it billed is due again."""

    invoice: str
    number: str
    customer: str
    on: date
    gross: Money
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CreditNoteDrafted:
    """A draft credit note on an invoice exists."""

    credit_note: str
    invoice: str
    customer: str
    on: date
    gross: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CreditNoteNumbered:
    """A credit note became final under its number."""

    credit_note: str
    number: str
    invoice: str
    customer: str
    on: date
    gross: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CreditNoteVoided:
    """A credit note is void together with the invoice that it is on; its number stays used."""

    credit_note: str
    number: str
    invoice: str
    customer: str
    on: date
    gross: Money
    at: datetime


BillingEvent: TypeAlias = (
    InvoiceDrafted
    | DraftCorrected
    | InvoiceNumbered
    | FinalInvoiceVoided
    | CreditNoteDrafted
    | CreditNoteNumbered
    | CreditNoteVoided
)
