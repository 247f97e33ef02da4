"""Steps of a deal that many tests begin with, over gRPC."""

from __future__ import annotations

from typing import Any

from cpq.v1 import (
    billing_pb2,
    common_pb2,
    order_pb2,
    party_pb2,
    pricing_pb2,
    quote_pb2,
    test_clock_pb2,
)
from google.type.date_pb2 import Date

from tests.api.server import Served

NOW = "2026-03-01T12:00:00Z"
UNTIL = Date(year=2026, month=6, day=30)


def day(text: str) -> Date:
    year, month, number = text.split("-")
    return Date(year=int(year), month=int(month), day=int(number))


def text(value: str) -> common_pb2.Value:
    return common_pb2.Value(text=value)


def set_clock(server: Served, now: str = NOW) -> None:
    request = test_clock_pb2.CreateTestClockRequest()
    request.now.FromJsonString(now)
    server.clock.CreateTestClock(request, timeout=30)


def move_clock(server: Served, now: str) -> test_clock_pb2.AdvanceTestClockResponse:
    request = test_clock_pb2.AdvanceTestClockRequest(name="testClocks/default")
    request.until.FromJsonString(now)
    return server.clock.AdvanceTestClock(request, timeout=60)


def people(server: Served, segment: str = "retail") -> None:
    """A customer in Germany, its billing account, the seller, a rep, a manager and a director."""
    parties = server.parties
    customer = party_pb2.Customer(display_name="Anna's shop", segment=segment, region="DE")
    parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=customer, customer_id="anna"))
    account = party_pb2.BillingAccount(display_name="Main", customer="customers/anna", currency_code="EUR")
    account.payment_terms_days = 14
    parties.CreateBillingAccount(
        party_pb2.CreateBillingAccountRequest(billing_account=account, billing_account_id="main")
    )
    entity = party_pb2.SellingEntity(display_name="We", invoice_prefix="WE")
    parties.CreateSellingEntity(party_pb2.CreateSellingEntityRequest(selling_entity=entity, selling_entity_id="we"))
    for name, roles in (("rep", []), ("mia", ["manager"]), ("dan", ["director"])):
        user = party_pb2.User(display_name=name, roles=roles)
        parties.CreateUser(party_pb2.CreateUserRequest(user=user, user_id=name))


def line(sku: str, quantity: str = "1", **fields: Any) -> pricing_pb2.LineInput:
    return pricing_pb2.LineInput(id=fields.pop("id", sku.lower()), sku=sku, quantity=quantity, **fields)


def content(*lines: pricing_pb2.LineInput, **fields: Any) -> pricing_pb2.QuoteContent:
    return pricing_pb2.QuoteContent(customer="customers/anna", lines=lines or (line("MUG", "4"),), **fields)


def discount(value: str, kind: Any = pricing_pb2.MANUAL_DISCOUNT_KIND_PERCENT, **fields: Any) -> Any:
    return pricing_pb2.ManualDiscount(
        id="m1",
        on=pricing_pb2.MANUAL_DISCOUNT_TARGET_TOTAL,
        kind=kind,
        value=value,
        reason="to win the deal",
        author="users/rep",
        **fields,
    )


def draft(asked: pricing_pb2.QuoteContent, **fields: Any) -> quote_pb2.Quote:
    return quote_pb2.Quote(
        content=asked,
        owner="users/rep",
        valid_until=UNTIL,
        billing_account="billingAccounts/main",
        selling_entity="sellingEntities/we",
        **fields,
    )


def create(server: Served, *lines: pricing_pb2.LineInput, **fields: Any) -> quote_pb2.Quote:
    request = quote_pb2.CreateQuoteRequest(quote=draft(content(*lines, **fields)))
    return server.quotes.CreateQuote(request, timeout=30)


def sent(server: Served, *lines: pricing_pb2.LineInput, **fields: Any) -> quote_pb2.Quote:
    """An offer that nobody had to approve, sent."""
    name = create(server, *lines, **fields).name
    server.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name), timeout=30)
    return server.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=name), timeout=30)


def ordered(server: Served, *lines: pricing_pb2.LineInput, **fields: Any) -> order_pb2.Order:
    """The order of an accepted offer."""
    offer = sent(server, *lines, **fields)
    server.quotes.AcceptQuote(
        quote_pb2.AcceptQuoteRequest(name=offer.name, version=offer.version, purchase_order="PO-1"), timeout=30
    )
    return server.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=offer.name), timeout=30)


def report(server: Served, order: str, task: str, progress: Any = order_pb2.PROGRESS_COMPLETED) -> order_pb2.Order:
    request = order_pb2.ReportItemProgressRequest(name=order, task=task, progress=progress)
    return server.orders.ReportItemProgress(request, timeout=30)


def invoiced(server: Served, contract: str, until: str) -> list[billing_pb2.Invoice]:
    """Run billing for a contract and make the drafts final."""
    run = server.billing.RunBilling(billing_pb2.RunBillingRequest(until=day(until), contracts=[contract]), timeout=30)
    return [
        server.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name), timeout=30)
        for each in run.invoices
    ]
