"""What customers have to their credit: coupons, prepaid credits, and what these pay of invoices."""

from __future__ import annotations

from engine.application.prepaid import InvoicePrepaid
from engine.billing import AmountOff, Coupon, PercentOff
from engine.billing.prepaid import PrepaidCredit, PrepaidUse
from engine.storage.tables import Child, Table

CREDITS = (
    Table(
        Coupon,
        "coupons",
        listed_by=("customer",),
        columns={
            "customer": lambda coupon: coupon.customer,
            "used_minor": lambda coupon: coupon.off.used.minor_units if isinstance(coupon.off, AmountOff) else None,
            "used_invoices": lambda coupon: coupon.off.used if isinstance(coupon.off, PercentOff) else None,
        },
    ),
    Table(
        PrepaidCredit,
        "prepaid_credits",
        listed_by=("customer",),
        columns={
            "customer": lambda credit: credit.customer,
            "currency": lambda credit: credit.amount.currency.code,
            "amount_minor": lambda credit: credit.amount.minor_units,
            "used_minor": lambda credit: credit.used.minor_units,
            "expired_minor": lambda credit: credit.expired.minor_units,
            "refunded_minor": lambda credit: credit.refunded.minor_units if credit.refunded is not None else 0,
            "ends_on": lambda credit: None if credit.end is None or credit.left.is_zero else credit.end.isoformat(),
        },
    ),
    Table(
        PrepaidUse,
        "prepaid_uses",
        told_by=(InvoicePrepaid,),
        children=(
            Child(
                "prepaid_draws",
                ("credit", "amount_minor"),
                lambda use: ((each.credit, each.amount.minor_units) for each in use.draws),
            ),
        ),
    ),
)
