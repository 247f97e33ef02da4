"""Owns the identities from quote to journal, summed by its own queries over plain rows.

Does not own billing's and revenue's arithmetic.
Entry points: ``audit``, ``Rows``, ``Violation``.
"""

from engine.audit.check import DEFAULT_ACCOUNTS, audit
from engine.audit.ledgered import Accounts
from engine.audit.rows import (
    CouponRow,
    CreditLineRow,
    DiscountRow,
    EventRow,
    InvoiceLineRow,
    InvoiceRow,
    JournalLineRow,
    ObligationRow,
    OrderItemRow,
    PaymentRow,
    PrepaidDrawRow,
    PrepaidRow,
    QuoteLineRow,
    ReconcilingRow,
    RefundRow,
    Rows,
    ScheduleRow,
    StateChangeRow,
)
from engine.audit.violation import TITLES, Violation

__all__ = [
    "DEFAULT_ACCOUNTS",
    "TITLES",
    "Accounts",
    "CouponRow",
    "CreditLineRow",
    "DiscountRow",
    "EventRow",
    "InvoiceLineRow",
    "InvoiceRow",
    "JournalLineRow",
    "ObligationRow",
    "OrderItemRow",
    "PaymentRow",
    "QuoteLineRow",
    "PrepaidDrawRow",
    "PrepaidRow",
    "ReconcilingRow",
    "RefundRow",
    "Rows",
    "ScheduleRow",
    "StateChangeRow",
    "Violation",
    "audit",
]
