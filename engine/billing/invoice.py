"""Invoices: drafts that may still be thrown away, and final ones that never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from engine.billing.coupon import Coupon, Discount, Discounted, discount
from engine.billing.events import DraftCorrected, FinalInvoiceVoided, InvoiceDrafted, InvoiceNumbered
from engine.billing.line import BillLine
from engine.billing.tax import TaxLine, TaxPoint, TaxTable, tax_faults, tax_lines
from engine.contracts import Contract, PaymentFrom, due_day
from engine.diagnostics import Code, Decision, Fault, Refusal
from engine.money import HALF_UP, Currency, Money, RoundingRule, total

NOTHING_TO_BILL = Code("BIL010")
ALREADY_FINAL = Code("BIL011")
ALREADY_VOID = Code("BIL014")
NO_REASON = Code("BIL030")
NEGATIVE_INVOICE = Code("BIL012")
OTHER_CURRENCY = Code("BIL013")


class DocumentStatus(Enum):
    """A draft has no number and may be thrown away; a final document has one and never changes, unless it becomes void:
    then it counts no more, and keeps its number.
    """

    DRAFT = "draft"
    FINALIZED = "finalized"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class BillTo:
    """Who owes, to whom, in which currency, and how many days there are to pay, counted from when."""

    customer: str
    billing_account: str
    selling_entity: str
    currency: Currency
    payment_days: int = 30
    payment_from: PaymentFrom = PaymentFrom.INVOICE

    def due(self, on: date) -> date:
        """The day by which an invoice of a day has to be paid."""
        return due_day(on, self.payment_days, self.payment_from)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice; ``number`` and ``finalized_at`` are given when it becomes final. ``etag`` counts stored changes.
    ``discounts`` are what coupons take off, and each line says how much of that is taken off it. ``voided_on`` is the
    day on which it became void.
    """

    id: str
    bill_to: BillTo
    status: DocumentStatus
    on: date
    due: date
    lines: tuple[BillLine, ...]
    taxes: tuple[TaxLine, ...]
    number: str = ""
    finalized_at: datetime | None = None
    etag: int = 1
    tax_point: TaxPoint = TaxPoint.RATE
    tax_rounding: RoundingRule = HALF_UP
    discounts: tuple[Discount, ...] = ()
    voided_on: date | None = None
    void_reason: str = ""

    @property
    def net(self) -> Money:
        """The sum of the lines less what coupons take off."""
        return total((each.net for each in self.lines), self.bill_to.currency)

    @property
    def discount(self) -> Money:
        """What coupons take off, before tax."""
        return total((each.amount for each in self.discounts), self.bill_to.currency)

    @property
    def tax(self) -> Money:
        """The sum of the taxes."""
        return total((each.tax for each in self.taxes), self.bill_to.currency)

    @property
    def gross(self) -> Money:
        """What the customer has to pay."""
        return self.net + self.tax

    @property
    def contract(self) -> str:
        """The contract that all its lines are of; empty: they are of several."""
        contracts = {each.contract for each in self.lines}
        return contracts.pop() if len(contracts) == 1 else ""

    @property
    def is_final(self) -> bool:
        """Whether it has its number, and counts."""
        return self.status is DocumentStatus.FINALIZED

    @property
    def is_draft(self) -> bool:
        """Whether it may still be thrown away."""
        return self.status is DocumentStatus.DRAFT

    @property
    def is_void(self) -> bool:
        """Whether it was final and counts no more."""
        return self.status is DocumentStatus.VOIDED


def bill_to(contract: Contract) -> BillTo:
    """Who is billed for a contract."""
    return BillTo(
        contract.customer,
        contract.billing_account,
        contract.selling_entity,
        contract.currency,
        contract.terms.payment_days,
        contract.terms.payment_from,
    )


def draft_invoice(
    key: str,
    charged: Sequence[BillLine] | Discounted,
    to: BillTo,
    *,
    on: date,
    taxes: TaxTable,
    at: datetime,
) -> Decision[Invoice] | Refusal:
    """Put lines on a draft with their tax; every fault in one refusal. A preview is a draft that nobody saves.

    Lines that coupons reduce come with what these take off.
    """
    with_off = charged if isinstance(charged, Discounted) else Discounted(tuple(charged))
    lines = with_off.lines
    faults = [*tax_faults(lines, taxes)]
    if not lines:
        faults.append(Fault(NOTHING_TO_BILL, "lines", "there is nothing to bill"))
    for place, line in enumerate(lines):
        if line.amount.currency != to.currency:
            message = f"the line is in {line.amount.currency}, the account in {to.currency}"
            faults.append(Fault(OTHER_CURRENCY, f"lines[{place}].amount", message))
    if faults:
        return Refusal(tuple(faults))
    invoice = Invoice(
        id=key,
        bill_to=to,
        status=DocumentStatus.DRAFT,
        on=on,
        due=to.due(on),
        lines=lines,
        taxes=tax_lines(lines, taxes, currency=to.currency, off=with_off.exact),
        tax_point=taxes.point,
        tax_rounding=taxes.rounding,
        discounts=with_off.discounts,
    )
    return Decision(invoice, (InvoiceDrafted(key, to.customer, on, invoice.gross, at),))


def correct_draft(
    draft: Invoice,
    credits: Sequence[BillLine],
    *,
    taxes: TaxTable,
    coupons: Sequence[Coupon] = (),
    at: datetime,
) -> Decision[Invoice] | Refusal:
    """Put credits of lines of a draft on the draft itself, with discounts and the tax of the whole worked out again.

    ``coupons`` are as they stand without the draft.
    """
    assert draft.is_draft, "a final invoice never changes"
    lines, currency = (*draft.lines, *credits), draft.bill_to.currency
    faults = tuple(tax_faults(lines, taxes))
    if faults:
        return Refusal(faults)
    found = discount(lines, coupons, on=draft.on, currency=currency, rounding=taxes.rounding)
    changed = replace(
        draft,
        lines=found.lines,
        taxes=tax_lines(found.lines, taxes, currency=currency, off=found.exact),
        etag=draft.etag + 1,
        discounts=found.discounts,
    )
    return Decision(changed, (DraftCorrected(draft.id, draft.bill_to.customer, changed.gross, at),))


def finalize(
    invoice: Invoice, *, number: int, prefix: str = "INV", on: date, at: datetime
) -> Decision[Invoice] | Refusal:
    """Make a draft final on a day, under the next number of its series, given in the same transaction."""
    faults = [*void_faults(invoice)]
    if invoice.is_final:
        message = f"the invoice is final as `{invoice.number}`"
        faults.append(Fault(ALREADY_FINAL, "invoice", message, "correct it with a credit note"))
    if invoice.gross.minor_units < 0:
        message = f"the invoice comes to {invoice.gross}"
        faults.append(
            Fault(
                NEGATIVE_INVOICE,
                "invoice",
                message,
                "throw it away and bill again: what it takes back is then credited where it was charged",
            )
        )
    if faults:
        return Refusal(tuple(faults))
    final = replace(
        invoice,
        status=DocumentStatus.FINALIZED,
        on=on,
        due=invoice.bill_to.due(on),
        number=document_number(prefix, number),
        finalized_at=at,
        etag=invoice.etag + 1,
    )
    event = InvoiceNumbered(final.id, final.number, final.bill_to.customer, on, final.due, final.gross, at)
    return Decision(final, (event,))


def void(invoice: Invoice, *, reason: str, on: date, at: datetime) -> Decision[Invoice] | Refusal:
    """Make a final invoice void on a day, for a reason: it keeps its number and its lines, and counts no more."""
    faults = [*void_faults(invoice)]
    if invoice.is_final and not reason.strip():
        message = f"the invoice is final as `{invoice.number}`"
        hint = "give a reason to void it and bill again what it billed, or issue a credit note"
        faults.append(Fault(NO_REASON, "reason", message, hint))
    if faults:
        return Refusal(tuple(faults))
    assert invoice.is_final, "a draft is thrown away, not voided"
    gone = replace(
        invoice, status=DocumentStatus.VOIDED, voided_on=on, void_reason=reason.strip(), etag=invoice.etag + 1
    )
    event = FinalInvoiceVoided(gone.id, gone.number, gone.bill_to.customer, on, gone.gross, gone.void_reason, at)
    return Decision(gone, (event,))


def void_faults(invoice: Invoice) -> tuple[Fault, ...]:
    """That an invoice is void, where it is: nothing can be done with it any more."""
    if not invoice.is_void:
        return ()
    message = f"`{invoice.number}` is void since {invoice.voided_on}"
    return (Fault(ALREADY_VOID, "invoice", message, "bill again, and use the invoice that takes its place"),)


def document_number(prefix: str, number: int) -> str:
    """The number as it stands on the document: ``INV-000042``."""
    return f"{prefix}-{number:06d}"
