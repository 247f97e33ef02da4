"""Prepaid credits through a real server: what they pay, in which order, what is given back, and what the books say."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, coupon_pb2, event_pb2, prepaid_pb2, revenue_pb2

from tests.api import deal
from tests.api.mutations import drafted
from tests.api.mutations import final as final_invoice
from tests.api.server import Served, failure

GRANTED, BOUGHT = prepaid_pb2.PREPAID_SOURCE_GRANTED, prepaid_pb2.PREPAID_SOURCE_BOUGHT


def add(server: Served, amount: int, **fields: Any) -> prepaid_pb2.PrepaidCredit:
    told = {"customer": "customers/anna", "display_name": "Welcome", "source": GRANTED, "currency_code": "EUR"}
    credit = {**told, "amount": amount, **fields}
    return server.prepaid.AddPrepaidCredit(prepaid_pb2.AddPrepaidCreditRequest(credit=credit))  # type: ignore[arg-type]


def found(server: Served, credit: prepaid_pb2.PrepaidCredit) -> prepaid_pb2.PrepaidCredit:
    return server.prepaid.GetPrepaidCredit(prepaid_pb2.GetPrepaidCreditRequest(name=credit.name))


def balance(server: Served) -> list[tuple[str, int, int]]:
    reply = server.prepaid.GetPrepaidBalance(prepaid_pb2.GetPrepaidBalanceRequest(customer="customers/anna"))
    return [(each.currency_code, each.left, each.for_some_products) for each in reply.balances]


def read(server: Served, invoice: billing_pb2.Invoice) -> billing_pb2.Invoice:
    return server.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))


def accounts(server: Served, until: str = "") -> dict[str, int]:
    day = deal.day(until) if until else None
    reply = server.revenue.GetTrialBalance(revenue_pb2.GetTrialBalanceRequest(until=day))
    return {each.account: each.balance for each in reply.balances if each.balance}


def expiries(server: Served) -> list[revenue_pb2.JournalEntry]:
    entries = server.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest(page_size=100)).entries
    return [each for each in entries if each.kind == "PrepaidExpired"]


def ties_out(server: Served, until: str) -> None:
    server.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)))
    audit = server.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)))
    assert audit.valid, [each.message for each in audit.findings]


def test_a_bought_credit_pays_invoices_after_tax_until_nothing_is_left(shop: Served) -> None:
    credit = add(shop, 5_000, source=BOUGHT, reference="bank 7")
    assert accounts(shop) == {"cash": 5_000, "customer_credits": -5_000}
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    first, second, third = deal.invoiced(shop, order.contract, "2026-05-31")
    # 30.00 with 19 % are 35.70: all of it, then 14.30, then nothing
    assert [(each.gross, each.prepaid, each.open) for each in (first, second, third)] == [
        (3570, 3570, 0),
        (3570, 1430, 2140),
        (3570, 0, 3570),
    ]
    assert [each.state for each in (first, second, third)] == [
        billing_pb2.INVOICE_STATE_PAID,
        billing_pb2.INVOICE_STATE_PARTLY_PAID,
        billing_pb2.INVOICE_STATE_OPEN,
    ]
    assert [read(shop, each) for each in (first, second)] == [first, second], "the answer is what is stored"
    after = found(shop, credit)
    assert (after.used, after.left, after.reference) == (5_000, 0, "bank 7")
    assert balance(shop) == [("EUR", 0, 0)]
    ties_out(shop, "2026-05-31")
    # receivable: 21.40 and 35.70; tax of three invoices; revenue as billed
    assert accounts(shop) == {"cash": 5_000, "receivable": 5_710, "revenue": -9_000, "tax_payable": -1_710}
    journal = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest(contract=order.contract))
    lines = [line for entry in journal.entries for line in entry.lines if line.account == "receivable"]
    # of the contract, too: 107.10 billed less the 50.00 that the credit paid
    assert sum(each.amount for each in lines) == 5_710
    pay = billing_pb2.RecordPaymentRequest(invoice=second.name, amount=2_141, pay_date=deal.day("2026-03-01"))
    assert failure(shop.billing.RecordPayment, pay).reason == "PAY002"


def test_credits_pay_by_priority_then_end_then_age_and_only_their_products(shop: Served) -> None:
    oldest = add(shop, 1_000)
    ending = add(shop, 1_000, end=deal.day("2026-12-31"))
    calls = add(shop, 1_000, products=["CALLS"], priority=-1)
    last = add(shop, 1_000, priority=1, source=BOUGHT)
    dollars = add(shop, 1_000, currency_code="USD", priority=-2)
    assert balance(shop) == [("EUR", 4_000, 1_000), ("USD", 1_000, 0)]
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("CALLS", "100"), term_months=12)
    usage = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="100")
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))
    march, april = deal.invoiced(shop, order.contract, "2026-04-01")
    # March 35.70: ends first, oldest, then by priority 10.00 of them; April 30.00 and 100 calls for 5.00 with tax 5.95
    assert (march.prepaid, march.open) == (3_000, 570)
    assert (april.gross, april.prepaid) == (4_165, 595)
    left = [found(shop, each).left for each in (oldest, ending, calls, last, dollars)]
    assert left == [0, 0, 405, 0, 1_000]
    listed = shop.prepaid.ListPrepaidCredits(prepaid_pb2.ListPrepaidCreditsRequest(customer="customers/anna"))
    assert [each.name for each in listed.credits] == [each.name for each in (oldest, ending, calls, last, dollars)]
    ties_out(shop, "2026-04-30")


def test_a_credit_note_gives_back_what_is_not_owed_any_more(shop: Served) -> None:
    first, second = add(shop, 2_000), add(shop, 1_000)
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert (invoice.prepaid, invoice.open) == (3_000, 570)

    def credit(**fields: Any) -> billing_pb2.Invoice:
        shop.billing.IssueCreditNote(
            billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill", **fields)
        )
        return read(shop, invoice)

    part = credit(lines=[billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=1000)])
    # 11.90 credited: 5.70 were open, 6.20 go back to the credit that was drawn last
    assert (part.prepaid, part.open) == (2_380, 0)
    assert (found(shop, first).left, found(shop, second).left) == (0, 620)
    rest = credit()
    assert (rest.prepaid, rest.open, rest.state) == (0, 0, billing_pb2.INVOICE_STATE_CREDITED)
    assert (found(shop, first).left, found(shop, second).left) == (2_000, 1_000)
    ties_out(shop, "2026-03-31")
    entity = second.name.removeprefix("prepaidCredits/")
    told = shop.events.WatchEvents(event_pb2.WatchEventsRequest(entity=entity), timeout=30)
    assert [each.event_type for each in told] == [
        "PrepaidCreditAdded",
        "PrepaidCreditUsed",
        "PrepaidCreditGivenBack",
        "PrepaidCreditGivenBack",
    ]


def test_a_service_that_ends_early_gives_back_what_was_prepaid_of_it(shop: Served) -> None:
    credit = add(shop, 10_000, source=BOUGHT)
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-30")
    assert found(shop, credit).used == 7_140
    request = contract_pb2.TerminateContractRequest(
        name=order.contract, end=deal.day("2026-04-16"), reason="moves away"
    )
    shop.contracts.TerminateContract(request)
    # half of April: 15.00 and 2.85 tax
    assert found(shop, credit).used == 7_140 - 1_785
    ties_out(shop, "2026-12-31")


def test_invoices_made_final_at_once_do_not_spend_the_same_credit_twice(shop: Served) -> None:
    credit = add(shop, 4_000)
    drafts = [drafted(shop) for _ in range(4)]
    asked = [billing_pb2.FinalizeInvoiceRequest(name=each.name) for each in drafts]
    running = [shop.billing.FinalizeInvoice.future(each, timeout=60) for each in asked]
    # 35.70 each: one whole, 4.30 of another
    assert sorted(each.result().prepaid for each in running) == [0, 0, 430, 3570]
    assert found(shop, credit).left == 0
    ties_out(shop, "2026-03-31")


def test_what_is_left_on_the_last_day_expires(shop: Served) -> None:
    bought = add(shop, 4_000, source=BOUGHT, end=deal.day("2026-03-20"))
    granted = add(shop, 500, end=deal.day("2026-03-20"))
    reply = shop.prepaid.GetPrepaidBalance(prepaid_pb2.GetPrepaidBalanceRequest(customer="customers/anna"))
    assert [(each.left, each.next_end, each.ending) for each in reply.balances] == [
        (4_500, deal.day("2026-03-20"), 4_500)
    ]
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert (found(shop, bought).left, found(shop, granted).left) == (430, 500)
    deal.move_clock(shop, "2026-03-19T12:00:00Z")
    assert found(shop, bought).expired == 0
    deal.move_clock(shop, "2026-03-20T12:00:00Z")
    assert [(each.left, each.expired) for each in (found(shop, bought), found(shop, granted))] == [(0, 430), (0, 500)]
    ties_out(shop, "2026-03-31")
    books = accounts(shop)
    assert books["expired_credits_income"] == -430
    assert "customer_credits" not in books and "credits_granted_expense" not in books


def test_what_comes_back_after_its_end_expires_on_the_day_on_which_it_comes_back(shop: Served) -> None:
    credits = [
        add(shop, 3_000, source=BOUGHT, end=deal.day("2026-03-20")),
        add(shop, 1_000, end=deal.day("2026-03-20")),
    ]
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    deal.move_clock(shop, "2026-03-25T12:00:00Z")
    assert [found(shop, each).expired for each in credits] == [0, 430]
    shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    assert [(each.left, each.expired) for each in (found(shop, credit) for credit in credits)] == [
        (0, 3_000),
        (0, 1_000),
    ]
    entity = credits[0].name.removeprefix("prepaidCredits/")
    told = shop.events.WatchEvents(event_pb2.WatchEventsRequest(entity=entity), timeout=30)
    assert [each.event_type for each in told][-2:] == ["PrepaidCreditGivenBack", "PrepaidCreditExpired"]
    deal.move_clock(shop, "2026-03-26T12:00:00Z")
    # 4.30 on the end, then 30.00 that were bought and 5.70 that were granted on the day of the credit note
    assert [(each.fact_date, each.post_date, each.lines[0].amount) for each in expiries(shop)] == [
        (deal.day("2026-03-20"), deal.day("2026-03-20"), 430),
        (deal.day("2026-03-25"), deal.day("2026-03-25"), 570),
        (deal.day("2026-03-25"), deal.day("2026-03-25"), 3_000),
    ]
    for day in ("2026-03-20", "2026-03-24", "2026-03-25"):
        assert "customer_credits" not in accounts(shop, day), day
    ties_out(shop, "2026-03-31")
    assert accounts(shop)["expired_credits_income"] == -3_000


def test_what_comes_back_after_its_end_into_a_closed_month_expires_in_the_first_open_one(shop: Served) -> None:
    add(shop, 4_000, end=deal.day("2026-03-20"))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    deal.move_clock(shop, "2026-04-02T12:00:00Z")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    shop.revenue.ClosePeriod(revenue_pb2.ClosePeriodRequest(until=deal.day("2026-03-31")))
    shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    entry = expiries(shop)[-1]
    assert (entry.fact_date, entry.lines[0].amount) == (deal.day("2026-04-02"), 3_570)
    assert entry.post_date == deal.day("2026-04-02")
    for day in ("2026-03-25", "2026-03-31", "2026-04-29", "2026-04-30"):
        assert "customer_credits" not in accounts(shop, day), day
    ties_out(shop, "2026-04-30")


def test_a_credit_that_ended_gets_back_what_it_paid_of_several_invoices_and_loses_it(shop: Served) -> None:
    credit = add(shop, 9_000, source=BOUGHT, end=deal.day("2026-05-10"))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-05-01")
    # 35.70 of March, of April, and 18.60 of May
    assert found(shop, credit).used == 9_000
    deal.move_clock(shop, "2026-05-20T12:00:00Z")
    request = contract_pb2.TerminateContractRequest(
        name=order.contract, end=deal.day("2026-04-01"), reason="moves away"
    )
    shop.contracts.TerminateContract(request)
    after = found(shop, credit)
    assert (after.used, after.expired, after.left) == (3_570, 5_430, 0)
    assert sorted(each.lines[0].amount for each in expiries(shop)) == [1_860, 3_570]
    assert {each.fact_date.day for each in expiries(shop)} == {20}
    ties_out(shop, "2026-05-31")


def test_every_entry_of_a_credit_says_how_it_is_corrected(shop: Served) -> None:
    add(shop, 4_000, end=deal.day("2026-03-20"))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="goodwill"))
    deal.move_clock(shop, "2026-03-20T12:00:00Z")
    entries = shop.revenue.ListJournalEntries(revenue_pb2.ListJournalEntriesRequest(page_size=100)).entries
    said = {
        each.kind: failure(shop.revenue.ReverseEntry, revenue_pb2.ReverseEntryRequest(name=each.name))
        for each in entries
        if each.kind.startswith("Prepaid")
    }
    assert {each.reason for each in said.values()} == {"LED034"}
    ways = {kind: each.fields["name"].partition("; ")[2] for kind, each in said.items()}
    assert ways == {
        "PrepaidAdded": "revoke what is left of a credit that was granted; one that was bought is refunded",
        "PrepaidUsed": "issue a credit note on the invoice, and what is no longer owed comes back",
        "PrepaidReturned": "it follows its credit note; let the credit pay what else is open, or charge again",
        "PrepaidExpired": "add a granted credit of the amount, if the customer is to have it all the same",
    }


def test_a_credit_may_pay_an_older_invoice(shop: Served) -> None:
    invoice, draft = final_invoice(shop), drafted(shop)
    ask = prepaid_pb2.ApplyPrepaidCreditsRequest(invoice=invoice.name)
    nothing = failure(shop.prepaid.ApplyPrepaidCredits, ask)
    assert (nothing.code, nothing.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PAY010")
    shop.billing.RecordPayment(
        billing_pb2.RecordPaymentRequest(invoice=invoice.name, amount=3_000, pay_date=deal.day("2026-03-01"))
    )
    credit = add(shop, 400)
    more = add(shop, 400)
    use = shop.prepaid.ApplyPrepaidCredits(ask)
    # 35.70 less 30.00 that were paid
    assert [(each.credit, each.amount) for each in use.draws] == [(credit.name, 400), (more.name, 170)]
    assert (use.paid, use.open, use.currency_code) == (570, 0, "EUR")
    assert (read(shop, invoice).prepaid, read(shop, invoice).state) == (570, billing_pb2.INVOICE_STATE_PAID)
    stale = prepaid_pb2.ApplyPrepaidCreditsRequest(invoice=invoice.name, etag=invoice.etag)
    assert failure(shop.prepaid.ApplyPrepaidCredits, stale).code is grpc.StatusCode.ABORTED
    early = prepaid_pb2.ApplyPrepaidCreditsRequest(invoice=draft.name)
    assert failure(shop.prepaid.ApplyPrepaidCredits, early).reason == "PAY001"
    ties_out(shop, "2026-03-31")


def test_only_a_granted_credit_is_revoked(shop: Served) -> None:
    granted, bought = add(shop, 5_000), add(shop, 700, source=BOUGHT, priority=1)
    final_invoice(shop)
    gone = shop.prepaid.RevokePrepaidCredit(prepaid_pb2.RevokePrepaidCreditRequest(name=granted.name))
    assert (gone.used, gone.expired, gone.left) == (3_570, 1_430, 0)
    again = failure(shop.prepaid.RevokePrepaidCredit, prepaid_pb2.RevokePrepaidCreditRequest(name=granted.name))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PAY012")
    money = failure(shop.prepaid.RevokePrepaidCredit, prepaid_pb2.RevokePrepaidCreditRequest(name=bought.name))
    assert money.reason == "PAY011"
    ties_out(shop, "2026-03-31")
    # what was granted and used is an expense
    assert accounts(shop)["credits_granted_expense"] == 3_570


@pytest.mark.parametrize("coupon", [False, True])
def test_coupons_reduce_and_credits_pay_the_rest(shop: Served, coupon: bool) -> None:
    add(shop, 1_000)
    if coupon:
        half = coupon_pb2.Coupon(customer="customers/anna", display_name="Half", percent_off={"percent": "50"})
        shop.coupons.GrantCoupon(coupon_pb2.GrantCouponRequest(coupon=half))
    invoice = final_invoice(shop)
    # 35.70, or half of it
    assert (invoice.gross, invoice.open) == ((1_785, 785) if coupon else (3_570, 2_570))
    ties_out(shop, "2026-03-31")


def test_what_cannot_be_added_is_refused_with_every_fault(shop: Served) -> None:
    def wrong(**credit: Any) -> Any:
        request = prepaid_pb2.AddPrepaidCreditRequest(credit=credit)  # type: ignore[arg-type]
        return failure(shop.prepaid.AddPrepaidCredit, request)

    assert wrong().fields.keys() == {
        "credit.display_name",
        "credit.source",
        "credit.amount",
        "credit.currency_code",
        "credit.customer",
    }
    told = {"customer": "customers/anna", "display_name": "W", "source": GRANTED, "currency_code": "EUR", "amount": 1}
    assert wrong(**{**told, "products": ["PLAM"], "end": deal.day("2026-03-01")}).fields == {
        "credit.end": "2026-03-01 is not after today, 2026-03-01",
        "credit.products[0]": "there is no product `PLAM`; did you mean `PLAN`?",
    }
    assert wrong(**{**told, "customer": "customers/bob"}).code is grpc.StatusCode.NOT_FOUND
    nobody = prepaid_pb2.GetPrepaidBalanceRequest(customer="customers/bob")
    assert failure(shop.prepaid.GetPrepaidBalance, nobody).code is grpc.StatusCode.NOT_FOUND
    missing = prepaid_pb2.RevokePrepaidCreditRequest(name="prepaidCredits/none")
    assert failure(shop.prepaid.RevokePrepaidCredit, missing).code is grpc.StatusCode.NOT_FOUND
