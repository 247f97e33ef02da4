"""Refunds through a real server: what was paid too much goes back or pays the next invoice; the books follow."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, dunning_pb2, prepaid_pb2, refund_pb2

from tests.api import deal
from tests.api.amending import tie_out
from tests.api.server import Served, failure
from tests.api.test_prepaid_service import BOUGHT, GRANTED, accounts, add, balance, found, read

OVERPAID = prepaid_pb2.PREPAID_SOURCE_OVERPAID


def wish(**fields: Any) -> refund_pb2.RecordRefundRequest:
    told = {"refund_date": deal.day("2026-03-01"), "reason": "paid twice", **fields}
    return refund_pb2.RecordRefundRequest(**told)


def refund(shop: Served, **fields: Any) -> refund_pb2.Refund:
    return shop.refunds.RecordRefund(wish(**fields), timeout=30)


def refused(shop: Served, **fields: Any) -> Any:
    return failure(shop.refunds.RecordRefund, wish(**fields))


def pay(shop: Served, name: str, amount: int, **fields: Any) -> billing_pb2.Payment:
    asked = billing_pb2.RecordPaymentRequest(invoice=name, amount=amount, pay_date=deal.day("2026-03-01"), **fields)
    return shop.billing.RecordPayment(asked)


def credit(shop: Served, invoice: billing_pb2.Invoice, amount: int) -> None:
    line = billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=amount)
    asked = billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, lines=[line], reason="goodwill")
    shop.billing.IssueCreditNote(asked)


@pytest.fixture
def invoices(shop: Served) -> list[billing_pb2.Invoice]:
    """March and April of 30.00 with 19 %: 35.70 each."""
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    return deal.invoiced(shop, contract, "2026-04-01")


def test_what_is_credited_after_it_was_paid_goes_back(shop: Served, invoices: list[billing_pb2.Invoice]) -> None:
    first, _ = invoices
    pay(shop, first.name, 3570)
    credit(shop, first, 1000)
    # 10.00 with 19 %
    assert read(shop, first).open == -1190
    assert read(shop, first).state == billing_pb2.INVOICE_STATE_PAID, "nothing is owed, late or not"
    part = refund(shop, invoice=first.name, amount=190, reference="bank 1")
    assert (part.amount, part.kept, part.customer, part.reference) == (190, False, "customers/anna", "bank 1")
    rest = refund(shop, invoice=first.name)
    assert rest.amount == 1000, "all that is left of it"
    assert read(shop, first).open == 0
    # 35.70 came in and 11.90 went back; April is open
    assert (accounts(shop)["cash"], accounts(shop)["receivable"]) == (3570 - 1190, 3570)
    listed = refund_pb2.ListRefundsRequest(invoice=first.name)
    assert list(shop.refunds.ListRefunds(listed).refunds) == [part, rest]
    assert shop.refunds.GetRefund(refund_pb2.GetRefundRequest(name=part.name)) == part
    assert refused(shop, invoice=first.name).states == ["PAY020"]
    tie_out(shop, "2026-04-30")


def test_what_is_kept_pays_the_next_invoice(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    pay(shop, first.name, 3570)
    credit(shop, first, 1000)
    kept = refund(shop, invoice=first.name, keep=True)
    assert (kept.kept, kept.amount) == (True, 1190)
    account = prepaid_pb2.PrepaidCredit(name=kept.prepaid_credit)
    assert (found(shop, account).source, found(shop, account).left) == (OVERPAID, 1190)
    assert accounts(shop)["cash"] == 3570, "no money moved"
    assert "receivable" not in accounts(shop)
    tie_out(shop, "2026-03-31")
    (second,) = deal.invoiced(shop, contract, "2026-04-01")
    assert (second.prepaid, second.open) == (1190, 2380)
    tie_out(shop, "2026-04-30")


def test_a_payment_beyond_what_is_open_is_kept_where_that_is_wanted(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    too_much = billing_pb2.RecordPaymentRequest(invoice=first.name, amount=5000, pay_date=deal.day("2026-03-01"))
    told = failure(shop.billing.RecordPayment, too_much)
    assert "keep_excess" in told.message and told.reason == "PAY002"
    exact = pay(shop, first.name, 570, keep_excess=True)
    assert (exact.excess, exact.excess_credit) == (0, "")
    payment = pay(shop, first.name, 4430, reference="bank 7", keep_excess=True)
    assert (payment.amount, payment.excess) == (4430, 1430), "30.00 were open"
    assert read(shop, first).open == 0
    assert balance(shop) == [("EUR", 1430, 0)]
    assert accounts(shop)["customer_credits"] == -1430
    again = pay(shop, first.name, 100, keep_excess=True)
    assert again.excess == 100, "nothing was open"
    (second,) = deal.invoiced(shop, contract, "2026-04-01")
    assert (second.prepaid, second.open) == (1530, 2040)
    tie_out(shop, "2026-04-30")


def test_what_is_owed_goes_back_only_where_that_is_said(shop: Served, invoices: list[billing_pb2.Invoice]) -> None:
    first, second = invoices
    pay(shop, first.name, 3570)
    told = refused(shop, invoice=first.name, amount=100)
    assert told.states == ["PAY020"] and "reopen" in told.message
    assert refused(shop, invoice=second.name, reopen=True).states == ["PAY020"], "nothing came in"
    assert refused(shop, invoice=first.name, amount=3571, reopen=True).reason == "PAY021"
    credit(shop, first, 1000)
    assert "reopen" in refused(shop, invoice=first.name, amount=1191).message
    back = refund(shop, invoice=first.name, amount=2000, reopen=True)
    assert (back.amount, read(shop, first).open) == (2000, 810)
    assert [each.open for each in (read(shop, second),)] == [3570]
    tie_out(shop, "2026-04-30")
    failed = dunning_pb2.RecordFailedPaymentRequest(
        invoice=first.name, fail_date=deal.day("2026-03-21"), reason="charged back"
    )
    assert shop.dunning.RecordFailedPayment(failed).amount == 810, "it is to be collected again"


def test_a_paid_invoice_becomes_void_once_its_money_is_kept(shop: Served) -> None:
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=12).contract
    (first,) = deal.invoiced(shop, contract, "2026-03-01")
    pay(shop, first.name, 3570)
    void = billing_pb2.VoidInvoiceRequest(name=first.name, reason="wrong address")
    assert failure(shop.billing.VoidInvoice, void).states == ["BIL031"]
    refund(shop, invoice=first.name, keep=True, reopen=True)
    shop.billing.VoidInvoice(void)
    assert accounts(shop) == {"cash": 3570, "customer_credits": -3570}
    tie_out(shop, "2026-03-01")
    (anew,) = deal.invoiced(shop, contract, "2026-03-01")
    assert (anew.prepaid, anew.open) == (3570, 0)
    assert anew.state == billing_pb2.INVOICE_STATE_PAID
    tie_out(shop, "2026-03-31")


def test_a_credit_that_was_bought_is_paid_back(shop: Served) -> None:
    bought, granted = add(shop, 5_000, source=BOUGHT), add(shop, 700, source=GRANTED)
    part = refund(shop, prepaid_credit=bought.name, amount=2_000)
    assert (part.invoice, part.prepaid_credit, part.kept) == ("", bought.name, False)
    after = found(shop, bought)
    assert (after.left, after.refunded) == (3_000, 2_000)
    assert accounts(shop)["cash"] == 3_000
    assert refused(shop, prepaid_credit=bought.name, amount=3_001).reason == "PAY021"
    assert refund(shop, prepaid_credit=bought.name).amount == 3_000
    assert refused(shop, prepaid_credit=bought.name).states == ["PAY020"]
    assert refused(shop, prepaid_credit=granted.name).states == ["PAY022"]
    listed = refund_pb2.ListRefundsRequest(customer="customers/anna", page_size=1)
    page = shop.refunds.ListRefunds(listed)
    assert [each.amount for each in page.refunds] == [2_000]
    listed.page_token = page.next_page_token
    assert [each.amount for each in shop.refunds.ListRefunds(listed).refunds] == [3_000]
    tie_out(shop, "2026-03-31")


def test_wrong_requests_name_everything(shop: Served, invoices: list[billing_pb2.Invoice]) -> None:
    first, _ = invoices
    assert {*failure(shop.refunds.RecordRefund, refund_pb2.RecordRefundRequest(amount=-1, keep=True)).fields} == {
        "invoice",
        "refund_date",
        "reason",
        "amount",
        "keep",
    }
    both = refused(shop, invoice=first.name, prepaid_credit="prepaidCredits/pc-1")
    assert {*both.fields} == {"prepaid_credit"}
    assert refused(shop, invoice="invoices/in-9").code is grpc.StatusCode.NOT_FOUND
    assert refused(shop, prepaid_credit="prepaidCredits/pc-9").code is grpc.StatusCode.NOT_FOUND
    assert refused(shop, invoice=first.name, etag="old").code is grpc.StatusCode.ABORTED
    kept = prepaid_pb2.PrepaidCredit(
        customer="customers/anna", display_name="x", source=OVERPAID, currency_code="EUR", amount=1
    )
    by_hand = prepaid_pb2.AddPrepaidCreditRequest(credit=kept)
    assert {*failure(shop.prepaid.AddPrepaidCredit, by_hand).fields} == {"credit.source"}


def test_money_is_recorded_when_it_has_moved(shop: Served, invoices: list[billing_pb2.Invoice]) -> None:
    """The clock stands at 1 March; a year mistyped would leave the money out of the books for good."""
    first, _ = invoices
    later = billing_pb2.RecordPaymentRequest(invoice=first.name, amount=1, pay_date=deal.day("2062-03-01"))
    assert failure(shop.billing.RecordPayment, later).reason == "PAY006"
    deal.move_clock(shop, "2026-03-10T12:00:00Z")
    for amount, on in ((1000, "2026-03-05"), (2570, "2026-03-08")):
        paid = billing_pb2.RecordPaymentRequest(invoice=first.name, amount=amount, pay_date=deal.day(on))
        shop.billing.RecordPayment(paid)
    asked = {"invoice": first.name, "reopen": True}
    assert refused(shop, **asked, amount=1, refund_date=deal.day("2026-03-11")).reason == "PAY006"
    assert refused(shop, **asked, amount=1, refund_date=deal.day("2026-03-04")).reason == "PAY023"
    assert refused(shop, **asked, amount=1001, refund_date=deal.day("2026-03-07")).reason == "PAY023"
    refund(shop, **asked, amount=2600, refund_date=deal.day("2026-03-08"))
    # 10.00 came in by the seventh; 9.70 of the 35.70 were left on the eighth
    assert refused(shop, **asked, amount=971, refund_date=deal.day("2026-03-07")).reason == "PAY021"
    kept = refund(shop, **asked, amount=970, refund_date=deal.day("2026-03-07"), keep=True)
    early = {"prepaid_credit": kept.prepaid_credit, "amount": 100}
    assert refused(shop, **early, refund_date=deal.day("2026-03-06")).reason == "PAY023"
    assert refused(shop, **early, refund_date=deal.day("2026-03-11")).reason == "PAY006"
    assert refund(shop, **early, refund_date=deal.day("2026-03-07")).amount == 100
    tie_out(shop, "2026-03-31")
