"""One deal over gRPC: a flat price through quote, order, fulfilment, invoice, payment, revenue and journal."""

from __future__ import annotations

from collections import defaultdict

from cpq.v1 import billing_pb2, contract_pb2, order_pb2, quote_pb2, revenue_pb2

from tests.api.deal import create, day, invoiced, ordered, report, sent
from tests.api.server import Served


def test_a_flat_price_goes_from_quote_to_journal_to_the_cent(shop: Served) -> None:
    draft = create(shop)
    assert draft.state == quote_pb2.QUOTE_STATE_DRAFT
    assert draft.name == "quotes/q-000001"
    # 4 x 12.50 = 50.00; 19 % of it = 9.50
    totals = draft.priced.totals
    assert (totals.list, totals.net, totals.tax, totals.gross) == (5000, 5000, 950, 5950)
    offer = sent(shop)
    assert offer.state == quote_pb2.QUOTE_STATE_SENT
    assert offer.certificate.startswith("cpq1-sha256:")
    order = ordered(shop)
    assert order.state == order_pb2.ORDER_STATE_ACKNOWLEDGED
    assert [(item.sku, item.quantity, item.net) for item in order.items] == [("MUG", "4", 5000)]
    contract = shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
    assert contract.order == order.name
    assert [each.amount for each in contract.lines] == [5000]
    # goods are billed when they are handed over, and are revenue then
    assert invoiced(shop, order.contract, "2026-03-31") == []
    order = report(shop, order.name, "mug.pick")
    order = report(shop, order.name, "mug.send")
    assert order.state == order_pb2.ORDER_STATE_COMPLETED
    (invoice,) = invoiced(shop, order.contract, "2026-03-31")
    assert (invoice.number, invoice.net, invoice.tax, invoice.gross) == ("WE-000001", 5000, 950, 5950)
    assert invoice.open == 5950
    assert invoiced(shop, order.contract, "2026-03-31") == []
    run = shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=day("2026-03-31")))
    assert run.entry_count == 1
    again = shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=day("2026-03-31")))
    assert again.entry_count == 0
    paid = shop.billing.RecordPayment(
        billing_pb2.RecordPaymentRequest(invoice=invoice.name, amount=5950, pay_date=day("2026-03-01"))
    )
    assert paid.amount == 5950
    invoice = shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))
    assert (invoice.state, invoice.open) == (billing_pb2.INVOICE_STATE_PAID, 0)
    entries = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest()).entries
    assert [each.kind for each in entries] == ["InvoiceFinalized", "RevenueRecognised", "PaymentReceived"]
    balances: dict[str, int] = defaultdict(int)
    for entry in entries:
        assert sum(each.amount for each in entry.lines) == 0
        for each in entry.lines:
            balances[each.account] += each.amount
    assert {account: amount for account, amount in balances.items() if amount} == {
        "cash": 5950,
        "tax_payable": -950,
        "revenue": -5000,
    }
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest())
    assert audit.valid, audit.findings
    assert audit.row_counts["order_items"] == 1
