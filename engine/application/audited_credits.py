"""What an audit reads of money that pays invoices or reduces them: coupons, prepaid credits, payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.application.ports import Reader, Row
from engine.audit import CouponRow, DiscountRow, PaymentRow, PrepaidDrawRow, PrepaidRow, RefundRow


def coupon_rows(reader: Reader) -> Iterator[CouponRow]:
    """Coupons with what is used of them."""
    for each in reader.rows("coupons", ("id", "used_minor", "used_invoices")):
        yield CouponRow(each["id"], each["used_minor"], each["used_invoices"])


def discount_rows(reader: Reader, invoices: Mapping[str, Row]) -> Iterator[DiscountRow]:
    """What coupons take off invoices and drafts; a void invoice gave it back."""
    for each in reader.rows("invoice_discounts", ("parent_id", "coupon", "amount_minor")):
        invoice = invoices[each["parent_id"]]
        if invoice["status"] != "voided":
            yield DiscountRow(invoice["id"], each["coupon"], invoice["currency"], each["amount_minor"])


def prepaid_rows(reader: Reader) -> Iterator[PrepaidRow]:
    """Prepaid credits with what is used of them and what expired."""
    columns = ("id", "currency", "amount_minor", "used_minor", "expired_minor", "refunded_minor")
    for each in reader.rows("prepaid_credits", columns):
        yield PrepaidRow(*(each[column] for column in columns))


def draw_rows(reader: Reader) -> Iterator[PrepaidDrawRow]:
    """What prepaid credits pay of invoices."""
    columns = ("parent_id", "credit", "amount_minor")
    for each in reader.rows("prepaid_draws", columns):
        yield PrepaidDrawRow(*(each[column] for column in columns))


def payment_rows(reader: Reader) -> Iterator[PaymentRow]:
    """Money that came in for invoices."""
    for each in reader.rows("payments", ("id", "invoice", "amount_minor")):
        yield PaymentRow(each["id"], each["invoice"], each["amount_minor"])


def refund_rows(reader: Reader) -> Iterator[RefundRow]:
    """Money that went back to customers, or became a credit of theirs."""
    for each in reader.rows("refunds", ("id", "invoice", "credit", "kept", "amount_minor")):
        yield RefundRow(each["id"], each["invoice"], each["credit"], bool(each["kept"]), each["amount_minor"])
