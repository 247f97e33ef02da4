"""The rows an audit reads: plain copies of what is stored, amounts in minor units, nothing derived.

Whoever fills them reads the tables as they are; an audit that worked on derived numbers would check itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class QuoteLineRow:
    """A line of an accepted quote version with its net over the whole term.

    ``as_billed`` lines (usage, a service without an agreed end) have no fixed price.
    """

    quote: str
    version: int
    line: str
    currency: str
    net: int
    as_billed: bool = False


@dataclass(frozen=True, slots=True)
class OrderItemRow:
    """An order item with the net copied from its quote line, and how much of that was taken back since.

    ``taken_back`` counts cancellations, credits for faults and what coupons take off. By ``billing_ends`` everything
    has been invoiced.
    """

    order: str
    item: str
    quote: str
    version: int
    line: str
    contract: str
    currency: str
    net: int
    taken_back: int
    billing_ends: date
    as_billed: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice with a number: that within its series, its totals, and its currency. A void one has its number, and
    nothing of it is owed; its lines are no rows.
    """

    invoice: str
    series: str
    number: int
    currency: str
    net: int
    tax: int
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that came in for an invoice."""

    payment: str
    invoice: str
    amount: int


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that went back, of what was paid for an invoice or of a prepaid credit; ``kept``: it became that credit."""

    refund: str
    invoice: str
    credit: str
    kept: bool
    amount: int


@dataclass(frozen=True, slots=True)
class InvoiceLineRow:
    """A line of a finalized invoice, for an order item; ``net`` is what coupons leave of it. ``credits`` is the line
    that it takes back, on the same invoice.
    """

    invoice: str
    line: str
    order: str
    item: str
    contract: str
    currency: str
    net: int
    as_billed: bool = False
    credits: str = ""


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon with how much of it is used: an amount, or so many invoices; the other is None."""

    coupon: str
    used: int | None
    invoices: int | None


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """What a coupon takes off an invoice or draft."""

    invoice: str
    coupon: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class PrepaidRow:
    """A prepaid credit of a customer: its amount, what invoices hold of it, what expired, and what was paid back."""

    credit: str
    currency: str
    amount: int
    used: int
    expired: int
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class PrepaidDrawRow:
    """What a prepaid credit pays of an invoice."""

    invoice: str
    credit: str
    amount: int


@dataclass(frozen=True, slots=True)
class CreditLineRow:
    """A line of a credit note, for an invoice line; ``net`` is what it takes off, so it is positive."""

    credit_note: str
    line: str
    invoice: str
    invoice_line: str
    order: str
    item: str
    contract: str
    currency: str
    net: int
    tax: int = 0
    as_billed: bool = False


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """A performance obligation with its price as it stands.

    ``scheduled`` says that all of it has a schedule; the rest waits for deliveries, reports or usage. ``recognised`` is
    what was handed to the ledger; ``recognised_until`` the day up to which that is all that is due, None while a change
    (or everything) waits for the next recognition run.
    """

    contract: str
    obligation: str
    currency: str
    price: int
    recognised: int
    recognised_until: date | None
    scheduled: bool = True
    as_billed: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """Revenue of one service period of an obligation, due on a day."""

    contract: str
    obligation: str
    currency: str
    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class ReconcilingRow:
    """A named difference between what is billed and what is allocated: financing, non-cash, payable to the customer."""

    contract: str
    currency: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class JournalLineRow:
    """A line of a posted entry; debits are positive."""

    entry: str
    account: str
    currency: str
    amount: int
    contract: str = ""
    obligation: str = ""
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the append-only log, about one entity."""

    event: str
    entity: str


@dataclass(frozen=True, slots=True)
class StateChangeRow:
    """A save of an entity: which version it made, and the event that says why."""

    entity: str
    version: int
    event: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything an audit reads."""

    quote_lines: tuple[QuoteLineRow, ...] = ()
    order_items: tuple[OrderItemRow, ...] = ()
    invoices: tuple[InvoiceRow, ...] = ()
    invoice_lines: tuple[InvoiceLineRow, ...] = ()
    credit_lines: tuple[CreditLineRow, ...] = ()
    coupons: tuple[CouponRow, ...] = ()
    discounts: tuple[DiscountRow, ...] = ()
    prepaid: tuple[PrepaidRow, ...] = ()
    draws: tuple[PrepaidDrawRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    refunds: tuple[RefundRow, ...] = ()
    obligations: tuple[ObligationRow, ...] = ()
    schedule: tuple[ScheduleRow, ...] = ()
    reconciling: tuple[ReconcilingRow, ...] = ()
    journal: tuple[JournalLineRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    changes: tuple[StateChangeRow, ...] = ()
