"""Usage billed within its period, through a real server: thresholds of the rule book, looked at when usage arrives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, revenue_pb2

from engine.application.perform import Unheard
from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

THRESHOLDS = b"billing: {usage_thresholds: [{currency: EUR, at: [5.00, 10.00], every: 20.00}]}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    """A server that looks at thresholds only when its clock moves."""
    with served(tmp_path, {**SMALL, "terms/billing.yaml": THRESHOLDS}, bell=Unheard()) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def use(server: Served, contract: str, day: str, quantity: str, key: str = "") -> None:
    record = billing_pb2.UsageRecord(id=key or day, line="calls", day=deal.day(day), quantity=quantity)
    request = billing_pb2.RecordUsageRequest(contract=contract, records=[record])
    server.billing.RecordUsage(request)


def listed(server: Served, contract: str) -> list[billing_pb2.Invoice]:
    return list(server.billing.ListInvoices(billing_pb2.ListInvoicesRequest(contract=contract)).invoices)


def looked(server: Served, now: str, contract: str) -> list[int]:
    """The nets of the invoices once the clock has moved."""
    deal.move_clock(server, f"{now}T12:00:00Z")
    return [each.net for each in listed(server, contract)]


def ties_out(server: Served, until: str) -> None:
    server.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)))
    audit = server.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)))
    assert audit.valid, [each.message for each in audit.findings]


def test_usage_is_billed_as_it_crosses_thresholds_and_the_rest_at_the_end(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    # a call costs 0.05
    use(shop, contract, "2026-03-01", "90")
    assert looked(shop, "2026-03-02", contract) == []
    use(shop, contract, "2026-03-03", "30")
    # 120 calls: 6.00, beyond 5.00
    assert looked(shop, "2026-03-03", contract) == [600]
    use(shop, contract, "2026-03-04", "60")
    assert looked(shop, "2026-03-04", contract) == [600], "9.00 cross nothing"
    use(shop, contract, "2026-03-05", "600")
    # 780 calls: 39.00, beyond 10.00 and 30.00, in one invoice
    assert looked(shop, "2026-03-05", contract) == [600, 3300]
    use(shop, contract, "2026-03-20", "20")
    assert looked(shop, "2026-03-20", contract) == [600, 3300]
    (draft, second) = listed(shop, contract)
    assert (draft.invoice_date, draft.lines[0].quantity) == (deal.day("2026-03-03"), "120")
    for each in (draft, second):
        shop.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name))
    ties_out(shop, "2026-03-31")
    (closing,) = deal.invoiced(shop, contract, "2026-04-01")
    # 800 calls are 40.00, less 39.00
    assert (closing.net, closing.lines[0].quantity) == (100, "20")
    assert not shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-02"))).invoices
    ties_out(shop, "2026-04-30")
    name = contract.replace("contracts/", "revenueContracts/")
    revenue = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name))
    assert revenue.recognized == 4_000


def test_a_period_that_nobody_closed_in_time_is_closed_all_the_same(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    use(shop, contract, "2026-03-01", "120")
    assert looked(shop, "2026-03-02", contract) == [600]
    use(shop, contract, "2026-03-20", "20")
    run = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-09-01"), contracts=[contract]))
    assert [(each.net, each.invoice_date) for each in run.invoices] == [(100, deal.day("2026-04-01"))]


def test_usage_that_is_taken_back_is_taken_off_at_the_end(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    use(shop, contract, "2026-03-01", "120")
    assert looked(shop, "2026-03-02", contract) == [600]
    use(shop, contract, "2026-03-03", "-100", key="back")
    assert looked(shop, "2026-03-03", contract) == [600]
    (draft,) = listed(shop, contract)
    (changed,) = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-01"))).invoices
    assert (changed.name, changed.net) == (draft.name, 100)


def test_a_draft_that_is_voided_is_billed_with_the_period(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    use(shop, contract, "2026-03-01", "120")
    looked(shop, "2026-03-02", contract)
    (draft,) = listed(shop, contract)
    shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=draft.name))
    assert looked(shop, "2026-03-03", contract) == []
    use(shop, contract, "2026-03-04", "1")
    assert looked(shop, "2026-03-04", contract) == [605], "the next usage is looked at anew"
    shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=listed(shop, contract)[0].name))
    (closing,) = deal.invoiced(shop, contract, "2026-04-01")
    assert closing.net == 605


def test_a_server_looks_by_itself_also_at_a_stream(tmp_path: Path) -> None:
    with served(tmp_path, {**SMALL, "terms/billing.yaml": THRESHOLDS}) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("CALLS", "100"), term_months=12).contract
        other = deal.ordered(server, deal.line("CALLS", "100"), term_months=12).contract
        use(server, contract, "2026-03-01", "120")
        record = billing_pb2.UsageRecord(id="s", line="calls", day=deal.day("2026-03-01"), quantity="140")
        batch = billing_pb2.StreamUsageRequest(contract=other, records=[record])
        assert [each.recorded_count for each in server.billing.StreamUsage(iter([batch]), timeout=30)] == [1]
        for each, wanted in ((contract, [600]), (other, [700])):
            for _ in range(200):
                if [found.net for found in listed(server, each)] == wanted:
                    break
                time.sleep(0.05)
            assert [found.net for found in listed(server, each)] == wanted


def test_the_first_of_two_drafts_that_is_voided_leaves_no_two_lines_of_one_name(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    use(shop, contract, "2026-03-01", "120")
    looked(shop, "2026-03-02", contract)
    use(shop, contract, "2026-03-03", "100")
    assert looked(shop, "2026-03-03", contract) == [600, 500]
    shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=listed(shop, contract)[0].name))
    use(shop, contract, "2026-03-04", "400")
    # 620 calls are 31.00, less the 5.00 that are left
    assert looked(shop, "2026-03-04", contract) == [500, 2600]
    drafts = listed(shop, contract)
    assert len({line.id for each in drafts for line in each.lines}) == 2
    for each in drafts:
        shop.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name))
    use(shop, contract, "2026-03-05", "-560", key="back")
    run = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-01"), contracts=[contract]))
    # 60 calls are 3.00: all of the later invoice and 2.00 of the earlier one are taken back
    assert [(each.invoice, each.net) for each in run.credit_notes] == [(drafts[1].name, 2_600), (drafts[0].name, 200)]
    ties_out(shop, "2026-04-30")


def test_a_credit_note_takes_back_no_more_than_the_invoice_itself_leaves(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    use(shop, contract, "2026-03-01", "120")
    looked(shop, "2026-03-02", contract)
    use(shop, contract, "2026-03-03", "-100", key="back")
    (draft,) = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-04-01"))).invoices
    invoice = shop.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=draft.name))
    # 6.00 less 5.00 on the invoice itself, with 19 %
    assert (invoice.net, invoice.gross) == (100, 119)
    wish = billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=101)
    much = billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, lines=[wish], reason="goodwill")
    assert failure(shop.billing.IssueCreditNote, much).reason == "BIL022"
    note = shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    assert (note.net, note.tax, note.gross) == (100, 19, 119)
    assert listed(shop, contract)[0].open == 0
    ties_out(shop, "2026-04-30")
