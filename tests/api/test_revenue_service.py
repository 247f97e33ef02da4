"""RevenueService through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, revenue_pb2

from engine.adapters.rule_folder import read_folder
from engine.application.ledger import BOOKS, BooksState
from engine.application.perform import Work, perform
from engine.application.ports import Asked
from engine.diagnostics import Refusal
from tests.api import deal
from tests.api.mutations import entry as entry_by_hand
from tests.api.mutations import final
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

RULES = Path(__file__).resolve().parents[2] / "rules"


def test_revenue_follows_its_schedule_month_by_month(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    name = order.contract.replace("contracts/", "revenueContracts/")
    request = revenue_pb2.GetRevenueContractRequest(name=name)
    before = shop.revenue.GetRevenueContract(request)
    (obligation,) = before.obligations
    # 30.00 a month, evenly
    assert (before.price, before.recognized, obligation.timing) == (9000, 0, "monthly_even")
    assert [(each.month.month, each.amount) for each in obligation.schedule] == [(3, 3000), (4, 3000), (5, 3000)]
    run = shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30"), contracts=[name]))
    assert (run.contract_count, run.entry_count) == (1, 2)
    after = shop.revenue.GetRevenueContract(request)
    assert (after.recognized, after.recognized_until) == (6000, deal.day("2026-04-30"))
    entries = shop.revenue.ListJournalEntries(
        revenue_pb2.ListJournalEntriesRequest(contract=order.contract, page_size=1)
    )
    assert [each.key for each in entries.entries] == [f"revenue/{order.contract.rpartition('/')[2]}/plan/2026-03/1"]
    assert [(each.account, each.amount) for each in entries.entries[0].lines] == [
        ("contract_clearing", 3000),
        ("revenue", -3000),
    ]
    rest = revenue_pb2.ListJournalEntriesRequest(contract=order.contract, page_token=entries.next_page_token)
    assert len(shop.revenue.ListJournalEntries(rest).entries) == 1


RATES = b"exchange_rates:\n  - {source: USD, target: EUR, rate: 0.90, since: 2020-01-01, origin: x}\n"


def position(shop: Served, order: str, until: str, **fields: Any) -> revenue_pb2.RevenuePosition:
    name = order.replace("contracts/", "revenueContracts/")
    asked = revenue_pb2.GetRevenuePositionRequest(name=name, until=deal.day(until), **fields)
    return shop.revenue.GetRevenuePosition(asked, timeout=30)


def test_a_contract_stands_where_its_schedule_and_its_books_say(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("MUG"), term_months=3)
    deal.invoiced(shop, order.contract, "2026-03-01")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    # 30.00 billed and earned in March; the mug of 12.50 is not delivered; two months of 30.00 are to come
    march = position(shop, order.contract, "2026-03-31")
    assert (march.recognized, march.billed, march.unbilled_backlog) == (3_000, 3_000, 7_250)
    assert (march.rpo, march.rpo_current, march.contract_liability, march.contract_asset) == (7_250, 7_250, 0, 0)
    # April is earned by its schedule and not booked yet: an asset that the books do not show
    april = position(shop, order.contract, "2026-04-30")
    assert (april.contract_asset, april.booked_asset, april.rpo) == (3_000, 0, 4_250)
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30")))
    booked = position(shop, order.contract, "2026-04-30")
    assert (booked.booked_asset, booked.booked_liability) == (3_000, 0)
    moved = [[(line.account, line.amount) for line in each.lines] for each in booked.movements]
    assert moved == [
        [("receivable", 3_570), ("contract_liability", -3_000), ("tax_payable", -570)],
        [("contract_liability", 3_000), ("revenue", -3_000)],
        [("contract_asset", 3_000), ("revenue", -3_000)],
    ]
    assert not booked.HasField("functional")


def closed_ahead(shop: Served, until: date) -> None:
    """Close the books of a month that is not over: stores hold that from before it was refused."""

    def close(work: Work) -> bool:
        work.tx.add(BooksState(BOOKS, until))
        return True

    assert not isinstance(perform(shop.env, Asked("Test"), close, lambda _, __: b""), Refusal)


def test_a_past_day_has_the_credit_of_that_day_though_it_was_posted_later(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-01")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    closed_ahead(shop, date(2026, 3, 31))
    credit = billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill")
    credit.lines.add(line=invoice.lines[0].id, amount=500)
    note = shop.billing.IssueCreditNote(credit)
    entries = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest(contract=order.contract)).entries
    (posted,) = [each for each in entries if each.kind == "CreditNoteIssued"]
    assert (note.issue_date, posted.post_date) == (deal.day("2026-03-01"), deal.day("2026-04-01"))
    march = position(shop, order.contract, "2026-03-31")
    # 30.00 less 5.00 of that day are billed; 2 x 30.00 are still to be billed
    assert (march.billed, march.unbilled_backlog) == (2_500, 6_000)
    # The books of March said 30.00 billed and earned, and go on saying so
    assert (march.booked_liability, march.booked_asset) == (0, 0)
    assert [each.date for each in march.movements] == [deal.day("2026-03-01"), deal.day("2026-03-31")]


def test_a_contract_in_another_currency_is_translated_day_by_day(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    deal.invoiced(shop, order.contract, "2026-03-01")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30")))
    rates = [{"since": deal.day("2026-03-01"), "rate": "1.10"}, {"since": deal.day("2026-04-30"), "rate": "1.20"}]
    rates += [{"since": deal.day("2026-05-15"), "rate": "1.25"}]
    found = position(shop, order.contract, "2026-05-20", functional_currency_code="USD", rates=rates)
    # March: 30.00 billed at 1.10 and earned at that; April: 30.00 not billed, earned at 1.20, worth 1.25 now
    own = found.functional
    assert (own.billed, own.earned, own.contract_liability) == (3_300, 3_300 + 3_600, 0)
    assert (own.contract_asset, own.gain, own.currency_code) == (3_750, 150, "USD")
    ask = shop.revenue.GetRevenuePosition
    request = revenue_pb2.GetRevenuePositionRequest(name=found.name, functional_currency_code="USD")
    assert failure(ask, request).reason == "REV061"
    request.rates.add(since=deal.day("2026-04-01"), rate="1.1")
    assert failure(ask, request).reason == "REV060"
    request.rates.add(since=deal.day("2026-04-01"), rate="-1")
    request.functional_currency_code = "ZZ"
    assert failure(ask, request).fields.keys() == {"rates[1].rate", "functional_currency_code"}
    assert (
        failure(ask, revenue_pb2.GetRevenuePositionRequest(name="revenueContracts/x")).code is grpc.StatusCode.NOT_FOUND
    )


def test_the_rate_that_a_quote_froze_translates_its_contract(tmp_path: Path) -> None:
    """A book of dollar prices in euro at 0.90: a euro is 1.1111 dollars, so that 27.00 are the 30.00 of the list."""
    priced = {
        **SMALL,
        "catalog/products.yaml": SMALL["catalog/products.yaml"].replace(b"{EUR: 30.00, USD: 33.00}", b"{USD: 30.00}"),
        "prices/rates.yaml": RATES,
    }
    with served(tmp_path, priced) as server:
        deal.set_clock(server)
        deal.people(server)
        order = deal.ordered(server, deal.line("PLAN"), term_months=3)
        deal.invoiced(server, order.contract, "2026-03-01")
        found = position(server, order.contract, "2026-03-31", functional_currency_code="USD")
        assert (found.billed, found.functional.billed, found.functional.contract_liability) == (2_700, 3_000, 3_000)


def test_a_percent_of_other_lines_stands_alone_at_what_it_comes_to(tmp_path: Path) -> None:
    """Support is 15 % of 199.00 a month, 29.85: 358.20 beside 2 388.00 over a year, each sold as it is alone."""
    with served(tmp_path, read_folder(RULES / "saas")) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        order = deal.ordered(server, deal.line("BUSINESS"), deal.line("SUPPORT"), term_months=12)
        name = order.contract.replace("contracts/", "revenueContracts/")
        found = server.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name), timeout=30)
        assert {tuple(each.skus): (each.stated, each.allocated) for each in found.obligations} == {
            ("BUSINESS",): (238_800, 238_800),
            ("SUPPORT",): (35_820, 35_820),
        }


def test_a_closed_period_takes_no_more_and_late_work_moves_on(shop: Served) -> None:
    deal.ordered(shop, deal.line("PLAN"), term_months=3)
    middle = failure(shop.revenue.ClosePeriod, revenue_pb2.ClosePeriodRequest(until=deal.day("2026-03-15")))
    assert middle.reason == "LED020"
    march = revenue_pb2.ClosePeriodRequest(until=deal.day("2026-03-31"))
    running = failure(shop.revenue.ClosePeriod, march)
    assert (running.code, running.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "LED022")
    deal.move_clock(shop, "2026-04-01T00:00:00Z")
    closed = shop.revenue.ClosePeriod(revenue_pb2.ClosePeriodRequest(until=deal.day("2026-03-31")))
    assert closed.closed_until == deal.day("2026-03-31")
    again = failure(shop.revenue.ClosePeriod, revenue_pb2.ClosePeriodRequest(until=deal.day("2026-02-28")))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "LED021")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    (entry,) = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest()).entries
    assert (entry.fact_date, entry.post_date) == (deal.day("2026-03-31"), deal.day("2026-04-30"))


def test_what_a_run_posted_is_corrected_by_its_source(shop: Served) -> None:
    invoice = final(shop)
    shop.billing.RecordPayment(
        billing_pb2.RecordPaymentRequest(invoice=invoice.name, amount=100, pay_date=deal.day("2026-03-01"))
    )
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    entries = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest()).entries
    ways = {}
    for each in entries:
        refused = failure(shop.revenue.ReverseEntry, revenue_pb2.ReverseEntryRequest(name=each.name))
        assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "LED034")
        ways[each.kind] = refused.message
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    assert "issue a credit note on the invoice" in ways["InvoiceFinalized"]
    assert "credit, end or deliver what it is for" in ways["RevenueRecognised"]
    assert ways.keys() == {"InvoiceFinalized", "CreditNoteIssued", "PaymentReceived", "RevenueRecognised"}
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-03-31")))
    assert audit.valid, [each.message for each in audit.findings]


def test_an_entry_by_hand_is_reversed_once(shop: Served) -> None:
    made = entry_by_hand(shop)
    (entry,) = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest()).entries
    assert entry.name == made
    undo = revenue_pb2.ReverseEntryRequest(name=entry.name, date=deal.day("2026-03-05"))
    reversal = shop.revenue.ReverseEntry(undo)
    assert reversal.reverses == entry.key
    assert [each.amount for each in reversal.lines] == [-each.amount for each in entry.lines]
    again = failure(shop.revenue.ReverseEntry, undo)
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "LED032")
    balances = shop.revenue.GetTrialBalance(revenue_pb2.GetTrialBalanceRequest(until=deal.day("2026-12-31"))).balances
    assert [each.balance for each in balances] == [0] * len(balances)
    assert sum(each.debits for each in balances) == sum(each.credits for each in balances) != 0


def test_missing_records_and_bad_days_are_refused(shop: Served) -> None:
    get = shop.revenue.GetRevenueContract
    missing = revenue_pb2.GetRevenueContractRequest(name="revenueContracts/x")
    assert failure(get, missing).code is grpc.StatusCode.NOT_FOUND
    run = revenue_pb2.RunRecognitionRequest(until=deal.day("2026-02-30"), contracts=["x"])
    assert failure(shop.revenue.RunRecognition, run).fields.keys() == {"until", "contracts[0]"}
    reverse = revenue_pb2.ReverseEntryRequest(name="journalEntries/000000009")
    assert failure(shop.revenue.ReverseEntry, reverse).code is grpc.StatusCode.NOT_FOUND
    balance = revenue_pb2.GetTrialBalanceRequest(until=deal.day("2026-13-01"))
    assert failure(shop.revenue.GetTrialBalance, balance).fields.keys() == {"until"}


FIRST = "WHERE rowid = (SELECT min(rowid) FROM {0})"
CORRUPTIONS = {
    "a quote line": (f"UPDATE quote_lines SET term_minor = term_minor + 1 {FIRST.format('quote_lines')}", "AUD001"),
    "an order item": (f"UPDATE order_items SET term_minor = term_minor + 1 {FIRST.format('order_items')}", "AUD001"),
    "a missing order item": (f"DELETE FROM order_items {FIRST.format('order_items')}", "AUD002"),
    "an invoice line": (
        f"UPDATE invoice_lines SET amount_minor = amount_minor + 1 {FIRST.format('invoice_lines')}",
        "AUD007",
    ),
    "an invoice's net": (f"UPDATE invoices SET net_minor = net_minor + 1 {FIRST.format('invoices')}", "AUD007"),
    "an invoice number": (f"UPDATE invoices SET number = 'WE-000009' {FIRST.format('invoices')}", "AUD008"),
    "an obligation": (f"UPDATE obligations SET price_minor = price_minor + 1 {FIRST.format('obligations')}", "AUD010"),
    "a schedule line": (
        f"UPDATE schedule_lines SET amount_minor = amount_minor + 1 {FIRST.format('schedule_lines')}",
        "AUD011",
    ),
    "a journal line": (
        f"UPDATE journal_lines SET amount_minor = amount_minor + 1 {FIRST.format('journal_lines')}",
        "AUD020",
    ),
    "an event": ("DELETE FROM events WHERE name = 'QuoteSent'", "AUD031"),
    "a version": ("UPDATE invoices SET version = version + 1 WHERE id = 'in-000001'", "AUD031"),
    "a rolled back version": ("UPDATE orders SET version = 1 WHERE id = 'o-000001'", "AUD030"),
    "a lost record": ("DELETE FROM payments WHERE id = 'pa-000001'", "AUD030"),
    "a missing entry": ("DELETE FROM journal_lines WHERE parent_id = '000000001'", "AUD021"),
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_the_audit_finds_each_corrupted_kind_of_row(shop: Served, tmp_path: Path, what: str) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("MUG"), term_months=2)
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    deal.invoiced(shop, order.contract, "2026-05-31")
    shop.billing.RecordPayment(
        billing_pb2.RecordPaymentRequest(invoice="invoices/in-000001", amount=100, pay_date=deal.day("2026-03-01"))
    )
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-05-31")))
    request = revenue_pb2.RunAuditRequest(until=deal.day("2026-05-31"))
    sound = shop.revenue.RunAudit(request)
    assert sound.valid, [each.message for each in sound.findings]
    statement, check = CORRUPTIONS[what]
    with closing(sqlite3.connect(tmp_path / "cpq.sqlite3", timeout=30)) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    found = shop.revenue.RunAudit(request)
    assert not found.valid
    assert check in {each.check for each in found.findings}
    assert all(each.message and each.subject for each in found.findings)
    broken = {each.id: each.broken_count for each in found.checks}
    assert broken[check] >= 1
