"""Accepted offers for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod, LineId, Sku
from engine.contracts import ContractTerms
from engine.diagnostics import Decision
from engine.money import Money, currency, total
from engine.orders import Booked, Booking, FulfilmentPlan, FulfilmentStep, Order, complete_task, create_order
from engine.quotes.accepted import AcceptedLine, AcceptedQuote
from engine.quotes.quote import QuoteParties

EUR = currency("EUR")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=2)
MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ADVANCE)
CALLS = Charge(ChargeKind.USAGE, ChargePeriod.MONTH, BillingTiming.ARREARS, "calls")

WORKSHOP = FulfilmentPlan(
    "workshop",
    (
        FulfilmentStep("reserve", "warehouse", compensation="release the parts"),
        FulfilmentStep("assemble", "production", after=("reserve",), compensation="take it apart"),
        FulfilmentStep("image", "production", after=("reserve",)),
        FulfilmentStep("ship", "distribution", after=("assemble", "image"), no_return=True, delivers=True),
        FulfilmentStep("survey", "support", after=("ship",)),
    ),
)
PROVISION = FulfilmentPlan("provision", (FulfilmentStep("tenant", "provisioning"),))
PLANS = {"workshop": WORKSHOP, "provision": PROVISION}


def eur(text: str) -> Money:
    return Money.exactly(Decimal(text), EUR)


def accepted_line(
    key: str,
    net: str,
    *,
    quantity: str = "1",
    parent: str | None = None,
    charge: Charge | None = None,
    fulfilment: str = "",
    months: int | None = None,
) -> AcceptedLine:
    return AcceptedLine(
        id=LineId(key),
        sku=Sku(f"SKU-{key}"),
        name=f"Product {key}",
        quantity=Decimal(quantity),
        parent=LineId(parent) if parent else None,
        group="",
        charge=charge or Charge(),
        unit_net=Decimal(net) / Decimal(quantity),
        list_total=eur(net),
        full_total=eur(net),
        net_total=eur(net),
        term_total=eur(net) * (months or 1),
        tax=None,
        tax_code="standard",
        recognition="",
        fulfilment=fulfilment,
        start=date(2026, 3, 1),
        term_months=months,
    )


def accepted(*lines: AcceptedLine) -> AcceptedQuote:
    return AcceptedQuote(
        quote="q-1",
        version=2,
        parties=QuoteParties("acme", "rep", "acme-eu", "seller"),
        currency=EUR,
        accepted_at=AT,
        start=date(2026, 3, 1),
        term_months=12,
        rule_book="hash",
        purchase_order="PO-9",
        net_total=total((each.net_total for each in lines), EUR),
        lines=lines,
    )


def booked(*lines: AcceptedLine) -> Booked:
    outcome = create_order(accepted(*lines), Booking("o-1", "c-1", AT, PLANS, ContractTerms(payment_days=14)))
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def done(outcome: object) -> Order:
    assert isinstance(outcome, Decision), outcome
    assert isinstance(outcome.value, Order)
    return outcome.value


def through(order: Order, *tasks: str) -> Order:
    for task in tasks:
        order = done(complete_task(order, task, at=LATER))
    return order
