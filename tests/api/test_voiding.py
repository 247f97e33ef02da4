"""Final invoices that become void, through a real server: the number stays, the entry is undone, all is due again."""

from __future__ import annotations

from typing import Any

import grpc
from cpq.v1 import billing_pb2, contract_pb2, event_pb2, metric_pb2, revenue_pb2

from tests.api import deal
from tests.api.amending import drafted, tie_out
from tests.api.server import Served, failure
from tests.api.test_coupon_service import euros, found, grant
from tests.api.test_prepaid_service import BOUGHT, accounts, add
from tests.api.test_prepaid_service import found as credit_of

VOID = billing_pb2.INVOICE_STATE_VOID


def void(shop: Served, name: str, reason: str = "wrong address", **fields: Any) -> billing_pb2.Invoice:
    return shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=name, reason=reason, **fields), timeout=30)


def refused(shop: Served, name: str, reason: str = "wrong address") -> list[str]:
    return failure(shop.billing.VoidInvoice, billing_pb2.VoidInvoiceRequest(name=name, reason=reason)).states


def read(shop: Served, name: str) -> billing_pb2.Invoice:
    return shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=name))


def entries(shop: Served, contract: str) -> list[revenue_pb2.JournalEntry]:
    asked = revenue_pb2.ListJournalEntriesRequest(contract=contract)
    return list(shop.revenue.ListJournalEntries(asked).entries)


def test_a_void_invoice_keeps_its_number_and_is_billed_anew(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    assert accounts(shop) == {"receivable": 3570, "contract_clearing": -3000, "tax_payable": -570}
    gone = void(shop, first.name)
    assert (gone.state, gone.number, gone.open, gone.gross) == (VOID, first.number, 0, 3570)
    assert (gone.void_date, gone.void_reason) == (deal.day("2026-03-01"), "wrong address")
    assert read(shop, first.name) == gone, "it is still there"
    assert accounts(shop) == {}
    stated, undone = entries(shop, contract)
    assert (undone.kind, undone.reverses) == ("InvoiceVoided", stated.key)
    tie_out(shop, "2026-03-01")
    (again,) = deal.invoiced(shop, contract, "2026-03-01")
    assert list(again.lines) == list(first.lines)
    assert [first.number, again.number] == ["WE-000001", "WE-000002"]
    assert not drafted(shop, contract, "2026-03-01")
    tie_out(shop, "2026-03-31")
    told = shop.events.WatchEvents(event_pb2.WatchEventsRequest(entity=first.name.partition("/")[2]), timeout=30)
    assert [each.event_type for each in told] == ["InvoiceDrafted", "InvoiceNumbered", "FinalInvoiceVoided"]
    rate = shop.metrics.GetMetric(
        metric_pb2.GetMetricRequest(name="metrics/invoice_error_rate", since=deal.day("2026-03-01"))
    )
    assert rate.figures[0].value == "0.500000", "one of two"


def test_what_a_cancelled_service_was_billed_is_billed_for_what_was_served(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    end = contract_pb2.TerminateContractRequest(name=contract, end=deal.day("2026-03-16"), reason="closed")
    shop.contracts.TerminateContract(end)
    (note,) = shop.billing.ListCreditNotes(billing_pb2.ListCreditNotesRequest(contract=contract)).credit_notes
    assert note.net == 1548, "16 of 31 days of 30.00"
    tie_out(shop, "2026-03-16")
    assert void(shop, first.name).state == VOID
    (gone,) = shop.billing.ListCreditNotes(billing_pb2.ListCreditNotesRequest(contract=contract)).credit_notes
    assert (gone.number, gone.void_date) == (note.number, deal.day("2026-03-01")), "void with its invoice"
    # 15 of 31 days of 30.00 are earned by the run above, and on no invoice
    assert accounts(shop) == {"contract_clearing": 1452, "revenue": -1452}
    tie_out(shop, "2026-03-16")
    (anew,) = deal.invoiced(shop, contract, "2026-03-31")
    # 15 of 31 days of 30.00 are 14.516..., and 19 % of 14.52 are 2.7588
    assert (anew.net, anew.tax, anew.number) == (1452, 276, "WE-000002")
    tie_out(shop, "2026-03-31")


def test_usage_of_a_void_invoice_is_billed_with_what_came_since(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-05"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=contract, records=[usage]))

    record("a", "200")
    (first,) = deal.invoiced(shop, contract, "2026-04-01")
    tie_out(shop, "2026-04-01")
    void(shop, first.name)
    tie_out(shop, "2026-04-01")
    record("b", "20")
    (anew,) = deal.invoiced(shop, contract, "2026-04-01")
    assert (first.net, anew.net) == (1000, 1100), "220 calls at 0.05"
    tie_out(shop, "2026-04-30")


def test_coupons_and_prepaid_credits_have_back_what_they_gave(shop: Served) -> None:
    coupon, credit = grant(shop, **euros(1_000)), add(shop, 2_000, source=BOUGHT)
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    # 30.00 less 10.00, with 19 %: 23.80, of which 20.00 are prepaid
    assert (first.net, first.gross, first.prepaid, first.open) == (2000, 2380, 2000, 380)
    tie_out(shop, "2026-03-01")
    gone = void(shop, first.name)
    assert (gone.prepaid, gone.open) == (0, 0)
    assert found(shop, coupon.name).amount_off.left == 1_000
    assert credit_of(shop, credit).left == 2_000
    assert accounts(shop) == {"cash": 2_000, "customer_credits": -2_000}
    tie_out(shop, "2026-03-01")
    (again,) = deal.invoiced(shop, contract, "2026-03-01")
    assert (again.net, again.gross, again.prepaid, again.open) == (2000, 2380, 2000, 380)
    tie_out(shop, "2026-03-31")


def test_what_is_paid_or_credited_by_hand_is_not_voided(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    assert refused(shop, first.name, " ") == ["BIL030"]
    line = billing_pb2.CreditedLine(line=first.lines[0].id, amount=100)
    asked = billing_pb2.IssueCreditNoteRequest(invoice=first.name, lines=[line], reason="goodwill")
    shop.billing.IssueCreditNote(asked)
    paid = billing_pb2.RecordPaymentRequest(invoice=first.name, amount=1000, pay_date=deal.day("2026-03-01"))
    shop.billing.RecordPayment(paid)
    assert refused(shop, first.name) == ["BIL031", "BIL032"], "everything at once"
    assert refused(shop, first.name, "") == ["BIL030", "BIL031", "BIL032"]
    tie_out(shop, "2026-03-31")


def test_nothing_is_done_with_a_void_invoice(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    shown = void(shop, first.name, validate_only=True)
    assert shown.state == VOID and read(shop, first.name).state == billing_pb2.INVOICE_STATE_OPEN
    old = billing_pb2.VoidInvoiceRequest(name=first.name, reason="x", etag="old")
    assert failure(shop.billing.VoidInvoice, old).code is grpc.StatusCode.ABORTED
    void(shop, first.name)
    assert refused(shop, first.name) == ["BIL014"]
    pay = billing_pb2.RecordPaymentRequest(invoice=first.name, amount=1, pay_date=deal.day("2026-03-01"))
    assert failure(shop.billing.RecordPayment, pay).states == ["BIL014"]
    credit = billing_pb2.IssueCreditNoteRequest(invoice=first.name, reason="goodwill")
    assert "BIL014" in failure(shop.billing.IssueCreditNote, credit).states
    final = billing_pb2.FinalizeInvoiceRequest(name=first.name)
    assert failure(shop.billing.FinalizeInvoice, final).states == ["BIL014"]
    (stated, undone) = entries(shop, contract)
    for each in (stated, undone):
        by_hand = revenue_pb2.ReverseEntryRequest(name=each.name, date=deal.day("2026-03-02"))
        assert failure(shop.revenue.ReverseEntry, by_hand).states == ["LED034"]


def test_books_closed_since_are_corrected_in_the_first_open_month(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    deal.move_clock(shop, "2026-04-01T12:00:00Z")
    shop.revenue.ClosePeriod(revenue_pb2.ClosePeriodRequest(until=deal.day("2026-03-31")))
    void(shop, first.name)
    undone = next(each for each in entries(shop, contract) if each.kind == "InvoiceVoided")
    assert undone.post_date == deal.day("2026-04-01")
    # 30.00 are earned of March and billed no more
    assert accounts(shop) == {"contract_clearing": 3000, "revenue": -3000}
    tie_out(shop, "2026-03-31")
    deal.invoiced(shop, contract, "2026-03-31")
    tie_out(shop, "2026-03-31")
