"""Coupons: proto and domain."""

from __future__ import annotations

from decimal import Decimal

from cpq.v1 import coupon_pb2

from engine.billing import AmountOff, Coupon, PercentOff
from engine.money import Money, MoneyError, currency
from engine.wire.basics import Faults, decimal_text, fill_date, need_decimal, read_date, read_key
from engine.wire.billing import CONTRACTS, COUPONS
from engine.wire.parties import CUSTOMERS

MOST_NAMED = 1_000
MINOR_MAX = 10**17
LONGEST_TITLE = 200
INVOICES_MAX = 10_000
NOTHING_READ = PercentOff(Decimal(0))
"""Stands for what could not be read, beside the fault that says why."""


def read_coupon(message: coupon_pb2.Coupon, faults: Faults) -> Coupon:
    """A coupon that nobody used yet; without faults only. It has no id, and what is left of it is not read."""
    if not message.display_name.strip():
        faults.required("display_name")
    elif len(message.display_name) > LONGEST_TITLE:
        faults.invalid("display_name", f"more than {LONGEST_TITLE} characters")
    for field in ("products", "contracts"):
        if len(getattr(message, field)) > MOST_NAMED:
            faults.invalid(field, f"{len(getattr(message, field))} {field}; {MOST_NAMED} are allowed")
    contracts = (read_key(each, CONTRACTS, f"contracts[{n}]", faults) for n, each in enumerate(message.contracts))
    return Coupon(
        id="",
        customer=read_key(message.customer, CUSTOMERS, "customer", faults),
        title=message.display_name,
        off=_read_off(message, faults),
        products=tuple(dict.fromkeys(message.products)),
        contracts=tuple(dict.fromkeys(contracts)),
        priority=message.priority,
        start=read_date(message.valid.start, "valid.start", faults),
        end=read_date(message.valid.end, "valid.end", faults),
    )


def coupon_message(coupon: Coupon, etag: str) -> coupon_pb2.Coupon:
    """A coupon with what is left of it."""
    message = coupon_pb2.Coupon(name=f"{COUPONS}/{coupon.id}", display_name=coupon.title, etag=etag)
    message.customer = f"{CUSTOMERS}/{coupon.customer}"
    match coupon.off:
        case AmountOff(amount, used):
            off = message.amount_off
            off.currency_code, off.amount = amount.currency.code, amount.minor_units
            off.used, off.left = used.minor_units, coupon.off.left.minor_units
        case PercentOff(percent, invoices, used_invoices):
            message.percent_off.percent = decimal_text(percent)
            message.percent_off.invoices, message.percent_off.used_invoices = invoices, used_invoices
    message.products.extend(coupon.products)
    message.contracts.extend(f"{CONTRACTS}/{each}" for each in coupon.contracts)
    message.priority, message.used_up = coupon.priority, coupon.is_used_up
    fill_date(message.valid.start, coupon.start)
    fill_date(message.valid.end, coupon.end)
    return message


def _read_off(message: coupon_pb2.Coupon, faults: Faults) -> AmountOff | PercentOff:
    if message.WhichOneof("off") == "percent_off":
        own = message.percent_off
        if not 0 <= own.invoices <= INVOICES_MAX:
            faults.invalid("percent_off.invoices", f"{own.invoices} is not between 0 and {INVOICES_MAX}")
        return PercentOff(need_decimal(own.percent, "percent_off.percent", faults), max(own.invoices, 0))
    if message.WhichOneof("off") is None:
        faults.required("off")
        return NOTHING_READ
    place = faults.at("amount_off")
    if not 0 < message.amount_off.amount <= MINOR_MAX:
        place.invalid("amount", f"{message.amount_off.amount} minor units are not above zero and at most {MINOR_MAX}")
    try:
        unit = currency(message.amount_off.currency_code)
    except MoneyError as problem:
        faults.found.append(problem.fault(place.path("currency_code")))
        return NOTHING_READ
    return AmountOff(Money(message.amount_off.amount, unit), Money.zero(unit))
