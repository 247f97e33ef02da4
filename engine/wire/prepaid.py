"""Prepaid credits: proto and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpq.v1 import prepaid_pb2

from engine.application.prepaid import Balance
from engine.billing.prepaid import CreditSource, PrepaidCredit, PrepaidUse
from engine.money import Money, MoneyError, currency
from engine.wire.basics import Faults, fill_date, read_date, read_key
from engine.wire.billing import INVOICES
from engine.wire.parties import CUSTOMERS

PREPAID_CREDITS = "prepaidCredits"
SOURCES: Mapping[CreditSource, int] = {
    source: prepaid_pb2.PrepaidSource.Value(f"PREPAID_SOURCE_{source.name}") for source in CreditSource
}
SOURCE_OF: Mapping[int, CreditSource] = {number: source for source, number in SOURCES.items()}
MOST_PRODUCTS = 1_000
MINOR_MAX = 10**17
LONGEST_TITLE = 200
NO_MONEY = Money(0, currency("EUR"))
"""Stands for an amount that could not be read, beside the fault that says why."""


def read_credit(message: prepaid_pb2.PrepaidCredit, faults: Faults) -> PrepaidCredit:
    """A credit of which nothing is used; without faults only. It has no id, and what is left of it is not read."""
    for field in ("display_name", "reference"):
        if len(getattr(message, field)) > LONGEST_TITLE:
            faults.invalid(field, f"more than {LONGEST_TITLE} characters")
    if not message.display_name.strip():
        faults.required("display_name")
    source = SOURCE_OF.get(message.source)
    if source is None:
        faults.required("source")
    elif source is CreditSource.OVERPAID:
        faults.invalid("source", "what was paid too much is kept by a refund", "record a refund with `keep`")
    if len(message.products) > MOST_PRODUCTS:
        faults.invalid("products", f"{len(message.products)} products; {MOST_PRODUCTS} are allowed")
    amount = _read_amount(message, faults)
    nothing = Money.zero(amount.currency)
    return PrepaidCredit(
        id="",
        customer=read_key(message.customer, CUSTOMERS, "customer", faults),
        title=message.display_name,
        source=source or CreditSource.GRANTED,
        amount=amount,
        used=nothing,
        expired=nothing,
        products=tuple(dict.fromkeys(message.products)),
        priority=message.priority,
        end=read_date(message.end, "end", faults),
        reference=message.reference,
    )


def credit_message(credit: PrepaidCredit, etag: str) -> prepaid_pb2.PrepaidCredit:
    """A credit with what is left of it."""
    message = prepaid_pb2.PrepaidCredit(name=f"{PREPAID_CREDITS}/{credit.id}", display_name=credit.title, etag=etag)
    message.customer, message.reference = f"{CUSTOMERS}/{credit.customer}", credit.reference
    message.source = SOURCES[credit.source]  # type: ignore[assignment]
    message.currency_code, message.amount = credit.amount.currency.code, credit.amount.minor_units
    message.used, message.expired = credit.used.minor_units, credit.expired.minor_units
    message.left, message.priority = credit.left.minor_units, credit.priority
    message.refunded = credit.refunded.minor_units if credit.refunded is not None else 0
    message.products.extend(credit.products)
    fill_date(message.end, credit.end)
    return message


def use_message(use: PrepaidUse, left: Money) -> prepaid_pb2.PrepaidUse:
    """What credits pay of an invoice, and what is left of it."""
    message = prepaid_pb2.PrepaidUse(invoice=f"{INVOICES}/{use.id}", currency_code=left.currency.code)
    for each in use.draws:
        message.draws.add(credit=f"{PREPAID_CREDITS}/{each.credit}", amount=each.amount.minor_units)
    message.paid, message.open = use.paid(left.currency).minor_units, left.minor_units
    return message


def balance_message(customer: str, balances: Iterable[Balance]) -> prepaid_pb2.PrepaidBalance:
    """What the credits of a customer may still pay."""
    message = prepaid_pb2.PrepaidBalance(customer=f"{CUSTOMERS}/{customer}")
    for each in balances:
        row = message.balances.add(currency_code=each.currency.code, left=each.left.minor_units)
        row.for_some_products, row.ending = each.for_some_products.minor_units, each.ending.minor_units
        fill_date(row.next_end, each.next_end)
    return message


def _read_amount(message: prepaid_pb2.PrepaidCredit, faults: Faults) -> Money:
    if not 0 < message.amount <= MINOR_MAX:
        faults.invalid("amount", f"{message.amount} minor units are not above zero and at most {MINOR_MAX}")
    try:
        return Money(message.amount, currency(message.currency_code))
    except MoneyError as problem:
        faults.found.append(problem.fault(faults.path("currency_code")))
        return NO_MONEY
