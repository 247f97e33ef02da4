"""Refunds: proto and domain."""

from __future__ import annotations

from cpq.v1 import refund_pb2

from engine.application.invoices import Refund
from engine.application.refunds import RefundWish
from engine.wire.basics import Faults, fill_date, need_date
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS
from engine.wire.prepaid import LONGEST_TITLE, MINOR_MAX, PREPAID_CREDITS

REFUNDS = "refunds"


def read_wish(request: refund_pb2.RecordRefundRequest, faults: Faults) -> RefundWish:
    """What is to go back; without faults only."""
    if not 0 <= request.amount <= MINOR_MAX:
        faults.invalid("amount", f"{request.amount} minor units are not 0 (all that may go back) to {MINOR_MAX}")
    for field in ("reason", "reference"):
        if len(getattr(request, field)) > LONGEST_TITLE:
            faults.invalid(field, f"more than {LONGEST_TITLE} characters")
    if not request.reason.strip():
        faults.required("reason")
    if not request.invoice and not request.prepaid_credit:
        faults.required("invoice")
    if request.invoice and request.prepaid_credit:
        faults.invalid("prepaid_credit", "one refund is of an invoice or of a prepaid credit", "record two refunds")
    for field in ("keep", "reopen"):
        if getattr(request, field) and not request.invoice:
            faults.invalid(field, "this is for what was paid for an invoice")
    return RefundWish(
        request.amount,
        need_date(request.refund_date, "refund_date", faults),
        request.reference,
        request.reason,
        keep=request.keep,
        reopen=request.reopen,
    )


def refund_message(refund: Refund) -> refund_pb2.Refund:
    """Money that went back, or was kept."""
    message = refund_pb2.Refund(name=f"{REFUNDS}/{refund.id}", kept=refund.kept)
    message.customer = f"{CUSTOMERS}/{refund.customer}" if refund.customer else ""
    message.invoice = f"{INVOICES}/{refund.invoice}" if refund.invoice else ""
    message.prepaid_credit = f"{PREPAID_CREDITS}/{refund.credit}" if refund.credit else ""
    message.currency_code, message.amount = refund.amount.currency.code, refund.amount.minor_units
    message.reference, message.reason = refund.reference, refund.reason
    fill_date(message.refund_date, refund.on)
    return message
