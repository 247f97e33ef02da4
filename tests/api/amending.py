"""Steps of a change of a contract that several tests take, over gRPC."""

from __future__ import annotations

from typing import Any

from cpq.v1 import billing_pb2, contract_pb2, order_pb2, quote_pb2, revenue_pb2

from tests.api import deal
from tests.api.server import Served


def amendment(shop: Served, contract: str, effective: str, **fields: Any) -> contract_pb2.AmendmentQuote:
    """The quote of a change; ``change`` and ``add`` are shorter names of its fields."""
    request = contract_pb2.CreateAmendmentQuoteRequest(
        contract=contract, effective=deal.day(effective), valid_until=deal.UNTIL, **fields
    )
    return shop.contracts.CreateAmendmentQuote(request, timeout=30)


def renewal(shop: Served, contract: str, **fields: Any) -> contract_pb2.AmendmentQuote:
    fields = {"valid_until": deal.UNTIL, **fields}
    return shop.contracts.CreateRenewalQuote(
        contract_pb2.CreateRenewalQuoteRequest(contract=contract, **fields), timeout=30
    )


def quantity(line: str, wanted: str, **fields: Any) -> contract_pb2.LineChange:
    return contract_pb2.LineChange(line=line, quantity=wanted, **fields)


def signed(shop: Served, made: contract_pb2.AmendmentQuote) -> order_pb2.Order:
    """The order of a quoted change that nobody had to approve."""
    name = made.quote.name
    shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name), timeout=30)
    shop.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=name), timeout=30)
    shop.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=name, version=made.quote.version), timeout=30)
    return shop.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=name), timeout=30)


def contract_of(shop: Served, name: str) -> contract_pb2.Contract:
    return shop.contracts.GetContract(contract_pb2.GetContractRequest(name=name))


def drafted(shop: Served, contract: str, until: str) -> list[billing_pb2.Invoice]:
    run = billing_pb2.RunBillingRequest(until=deal.day(until), contracts=[contract])
    return list(shop.billing.RunBilling(run, timeout=30).invoices)


def shown(invoices: Any) -> list[tuple[str, int, int]]:
    """Day, net and gross of invoices."""
    return [
        (f"{each.invoice_date.year}-{each.invoice_date.month:02}-{each.invoice_date.day:02}", each.net, each.gross)
        for each in invoices
    ]


def tie_out(shop: Served, until: str) -> None:
    """Recognise what is due, and audit."""
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)), timeout=30)
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)), timeout=30)
    assert audit.valid, audit.findings
