"""Contracts for tests, built in one line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import BillOn, Contract, ContractTerms, SubscriptionLine
from engine.money import Money, currency

EUR = currency("EUR")
SIGNED = datetime(2026, 1, 1, 9, tzinfo=UTC)
USUAL = ContractTerms()


def day(text: str) -> date:
    return date.fromisoformat(text)


def eur(text: str) -> Money:
    return Money.exactly(Decimal(text), EUR)


def recurring(
    key: str,
    amount: str,
    start: str,
    end: str | None,
    *,
    period: ChargePeriod = ChargePeriod.MONTH,
    timing: BillingTiming = BillingTiming.ADVANCE,
    term_total: str | None = None,
) -> SubscriptionLine:
    return SubscriptionLine(
        id=key,
        quote_line=key,
        sku=f"SKU-{key}",
        name=f"Product {key}",
        quantity=Decimal(1),
        charge=Charge(ChargeKind.RECURRING, period, timing),
        unit_price=Decimal(amount),
        amount=eur(amount),
        start=day(start),
        end=day(end) if end else None,
        term_total=eur(term_total) if term_total else None,
    )


def one_time(
    key: str, amount: str, start: str, *, quantity: str = "1", bill_on: BillOn = BillOn.START
) -> SubscriptionLine:
    return SubscriptionLine(
        id=key,
        quote_line=key,
        sku=f"SKU-{key}",
        name=f"Product {key}",
        quantity=Decimal(quantity),
        charge=Charge(),
        unit_price=Decimal(amount) / Decimal(quantity),
        amount=eur(amount),
        start=day(start),
        bill_on=bill_on,
    )


def metered(key: str, unit_price: str, start: str, end: str | None) -> SubscriptionLine:
    return SubscriptionLine(
        id=key,
        quote_line=key,
        sku=f"SKU-{key}",
        name=f"Product {key}",
        quantity=Decimal(0),
        charge=Charge(ChargeKind.USAGE, ChargePeriod.MONTH, BillingTiming.ARREARS, key),
        unit_price=Decimal(unit_price),
        amount=eur("0"),
        start=day(start),
        end=day(end) if end else None,
        usage_model=f"SKU-{key}",
    )


def contract(*lines: SubscriptionLine, start: str | None = None, terms: ContractTerms = USUAL) -> Contract:
    return Contract(
        id="c-1",
        customer="acme",
        currency=EUR,
        quote="q-1",
        quote_version=1,
        order="o-1",
        rule_book="book",
        signed_at=SIGNED,
        start=day(start) if start else min(each.start for each in lines),
        lines=lines,
        terms=terms,
    )
