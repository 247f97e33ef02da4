"""Invoices, credit notes, payments, usage: proto and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cpq.v1 import billing_pb2

from engine.application.billing import FreeDay
from engine.application.invoices import Payment
from engine.application.usage import RecordedUsage
from engine.billing import BillLine, CreditNote, Invoice, LineKind, TaxLine, TaxPoint
from engine.contracts import UsageRecord
from engine.money import Money
from engine.wire.basics import Faults, check_own_id, decimal_text, fill_date, fill_instant, need_date, need_decimal
from engine.wire.parties import BILLING_ACCOUNTS, CUSTOMERS, SELLING_ENTITIES
from engine.wire.parts import fill_parts

INVOICES = "invoices"
CREDIT_NOTES = "creditNotes"
CONTRACTS = "contracts"
COUPONS = "coupons"
KINDS: Mapping[LineKind, int] = {
    kind: billing_pb2.InvoiceLineKind.Value(f"INVOICE_LINE_KIND_{kind.name}") for kind in LineKind
}
TAX_ROUNDINGS: Mapping[TaxPoint, int] = {
    point: billing_pb2.TaxRounding.Value(f"TAX_ROUNDING_{point.name}") for point in TaxPoint
}
MOST_RECORDS = 1_000
LONGEST_ID = 128


def invoice_state(invoice: Invoice, left: Money, today: date, *, paid: Money) -> int:
    """Where an invoice stands today, with ``left`` to pay after ``paid`` and what was credited."""
    if invoice.is_void:
        return billing_pb2.INVOICE_STATE_VOID
    if not invoice.is_final:
        return billing_pb2.INVOICE_STATE_DRAFT
    only_credited = paid.is_zero and left != invoice.gross
    if left.minor_units <= 0:
        return billing_pb2.INVOICE_STATE_CREDITED if only_credited else billing_pb2.INVOICE_STATE_PAID
    if today > invoice.due:
        return billing_pb2.INVOICE_STATE_OVERDUE
    if only_credited:
        return billing_pb2.INVOICE_STATE_PARTLY_CREDITED
    return billing_pb2.INVOICE_STATE_OPEN if left == invoice.gross else billing_pb2.INVOICE_STATE_PARTLY_PAID


def invoice_message(invoice: Invoice, etag: str, *, left: Money, state: int) -> billing_pb2.Invoice:
    """An invoice with what is left to pay."""
    to = invoice.bill_to
    message = billing_pb2.Invoice(name=f"{INVOICES}/{invoice.id}", number=invoice.number, etag=etag)
    message.state = state  # type: ignore[assignment]
    message.customer = f"{CUSTOMERS}/{to.customer}" if to.customer else ""
    message.billing_account = f"{BILLING_ACCOUNTS}/{to.billing_account}" if to.billing_account else ""
    message.selling_entity = f"{SELLING_ENTITIES}/{to.selling_entity}" if to.selling_entity else ""
    message.currency_code = to.currency.code
    fill_date(message.invoice_date, invoice.on)
    fill_date(message.due_date, invoice.due)
    _fill_lines(message.lines, invoice.lines)
    _fill_taxes(message.taxes, invoice.taxes)
    message.net, message.tax = invoice.net.minor_units, invoice.tax.minor_units
    message.gross, message.open = invoice.gross.minor_units, left.minor_units
    fill_instant(message.finalize_time, invoice.finalized_at)
    fill_date(message.void_date, invoice.voided_on)
    message.void_reason = invoice.void_reason
    message.discount = invoice.discount.minor_units
    for each in invoice.discounts:
        message.discounts.add(coupon=f"{COUPONS}/{each.coupon}", amount=each.amount.minor_units)
    message.tax_rounding = TAX_ROUNDINGS[invoice.tax_point]  # type: ignore[assignment]
    return message


def void_message(invoice: Invoice) -> billing_pb2.Invoice:
    """A draft that was thrown away."""
    return invoice_message(invoice, "", left=Money.zero(invoice.bill_to.currency), state=billing_pb2.INVOICE_STATE_VOID)


def credit_note_message(note: CreditNote) -> billing_pb2.CreditNote:
    """A credit note."""
    message = billing_pb2.CreditNote(name=f"{CREDIT_NOTES}/{note.id}", number=note.number)
    message.invoice, message.currency_code = f"{INVOICES}/{note.invoice}", note.bill_to.currency.code
    fill_date(message.issue_date, note.on)
    _fill_lines(message.lines, note.lines)
    _fill_taxes(message.taxes, note.taxes)
    message.net, message.tax, message.gross = note.net.minor_units, note.tax.minor_units, note.gross.minor_units
    message.reason, message.past_fault, message.price_change = note.reason, note.past_fault, note.price_change
    message.discount = note.discount.minor_units
    fill_date(message.void_date, note.voided_on)
    return message


def payment_message(payment: Payment) -> billing_pb2.Payment:
    """A payment."""
    message = billing_pb2.Payment(name=f"payments/{payment.id}", invoice=f"{INVOICES}/{payment.invoice}")
    message.currency_code, message.amount = payment.amount.currency.code, payment.amount.minor_units
    message.reference = payment.reference
    if payment.excess is not None:
        message.excess_credit, message.excess = f"prepaidCredits/{payment.credit}", payment.excess.minor_units
    fill_date(message.pay_date, payment.on)
    return message


def read_usage(records: Sequence[billing_pb2.UsageRecord], faults: Faults) -> tuple[UsageRecord, ...]:
    """Usage records; each id once in a request."""
    if not sized_usage(records, faults):
        return ()
    seen: set[str] = set()
    return tuple(read_record(record, faults.at(f"records[{n}]"), seen) for n, record in enumerate(records))


def sized_usage(records: Sequence[billing_pb2.UsageRecord], faults: Faults) -> bool:
    """Whether there are records, and not too many; else that is a fault."""
    if not records:
        faults.required("records")
    elif len(records) > MOST_RECORDS:
        faults.invalid("records", f"{len(records)} records; {MOST_RECORDS} are allowed")
    return 0 < len(records) <= MOST_RECORDS


def read_record(record: billing_pb2.UsageRecord, place: Faults, seen: set[str]) -> UsageRecord:
    """One usage record, whose id is none of those seen before it."""
    if not record.id:
        place.required("id")
    elif record.id in seen or len(record.id) > LONGEST_ID:
        place.invalid("id", "an id is given once and has at most 128 characters")
    check_own_id(record.id, "id", place)
    seen.add(record.id)
    if not record.line:
        place.required("line")
    quantity = need_decimal(record.quantity, "quantity", place)
    return UsageRecord(record.id, record.line, need_date(record.day, "day", place), quantity)


def free_message(free: FreeDay) -> billing_pb2.FreeDay:
    """A day left without an invoice."""
    message = billing_pb2.FreeDay(contract=f"{CONTRACTS}/{free.contract}", line_count=free.lines)
    fill_date(message.day, free.on)
    return message


def recorded_message(usage: RecordedUsage) -> billing_pb2.RecordedUsage:
    """A usage record that was kept, with the line that counts it."""
    record = usage.record
    message = billing_pb2.RecordedUsage(counted_line=usage.counted)
    message.record.id, message.record.line = record.id, record.line
    message.record.quantity = decimal_text(record.quantity)
    fill_date(message.record.day, record.on)
    return message


def _fill_lines(target: object, lines: Iterable[BillLine]) -> None:
    for line in lines:
        row = target.add()  # type: ignore[attr-defined]
        row.id, row.contract, row.quote_line = line.id, f"{CONTRACTS}/{line.contract}", line.quote_line
        row.sku, row.display_name, row.kind = line.sku, line.name, KINDS[line.kind]
        row.quantity, row.amount, row.tax_code = decimal_text(line.quantity), line.amount.minor_units, line.tax_code
        row.credits = line.credits
        row.discount = 0 if line.discount is None else line.discount.minor_units
        fill_parts(row.parts, line.parts)
        if line.service is not None:
            fill_date(row.service.start, line.service.start)
            fill_date(row.service.end, line.service.end)


def _fill_taxes(target: object, taxes: Iterable[TaxLine]) -> None:
    for each in taxes:
        row = target.add()  # type: ignore[attr-defined]
        row.tax_code, row.percent = each.tax_code, decimal_text(each.percent)
        row.base, row.tax = each.base.minor_units, each.tax.minor_units
