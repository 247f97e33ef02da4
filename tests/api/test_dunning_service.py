"""Failed payments, their next attempts and reminders, through a real server whose clock the tests move."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, dunning_pb2, event_pb2

from tests.api import deal
from tests.api.amending import tie_out
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL

DUNNING = b"dunning: {retry_days: [1, 8], reminders: 2, days_between: 7, thresholds: {EUR: 50}, runs: by_hand}\n"
REQUEST = "8f6d0d0e-2f8a-4a62-9d0e-6f3f1d2f6a12"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, {**SMALL, "terms/dunning.yaml": DUNNING}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def invoice(shop: Served, quantity: str = "1", on: str = "2026-03-01") -> billing_pb2.Invoice:
    """A final invoice of today over 30.00 a piece, with 19 % tax, due in 14 days."""
    contract = deal.ordered(shop, deal.line("PLAN", quantity), term_months=1).contract
    (found,) = deal.invoiced(shop, contract, on)
    assert found.due_date == deal.day(str(date.fromisoformat(on) + timedelta(days=14)))
    return found


def failed(shop: Served, name: str, on: str, **fields: Any) -> dunning_pb2.FailedPayment:
    request = dunning_pb2.RecordFailedPaymentRequest(invoice=name, fail_date=deal.day(on), reason="expired", **fields)
    return shop.dunning.RecordFailedPayment(request)


def run(shop: Served, day: str = "", **fields: Any) -> dunning_pb2.RunDunningResponse:
    if day:
        deal.move_clock(shop, f"{day}T12:00:00Z")
    return shop.dunning.RunDunning(dunning_pb2.RunDunningRequest(**fields))


def paid(shop: Served, name: str, amount: int) -> None:
    asked = billing_pb2.RecordPaymentRequest(invoice=name, amount=amount, pay_date=deal.day("2026-03-01"))
    shop.billing.RecordPayment(asked)


def events(shop: Served, name: str) -> int:
    return len(list(shop.events.WatchEvents(event_pb2.WatchEventsRequest(event_types=[name]), timeout=30)))


def test_the_next_attempt_is_asked_for_once_on_its_day_and_no_more_when_all_are_used_up(shop: Served) -> None:
    name = invoice(shop).name
    first = failed(shop, name, "2026-03-01", request_id=REQUEST)
    assert failed(shop, name, "2026-03-01", request_id=REQUEST) == first, "sent again, it is answered again"
    assert (first.attempt, first.amount, first.retry_date) == (1, 3570, deal.day("2026-03-02"))
    assert not run(shop).retries, "not today"
    (shown,) = run(shop, "2026-03-02", validate_only=True).retries
    assert (
        not shop.dunning.ListFailedPayments(dunning_pb2.ListFailedPaymentsRequest())
        .failed_payments[0]
        .HasField("asked_date")
    )
    (asked,) = run(shop).retries
    assert (asked.name, asked.asked_date) == (first.name, deal.day("2026-03-02"))
    assert shown == asked
    assert not run(shop).retries, "asked for already"
    assert events(shop, "PaymentRetryDue") == 1
    second = failed(shop, name, "2026-03-03")
    assert (second.attempt, second.retry_date) == (2, deal.day("2026-03-11"))
    third = failed(shop, name, "2026-03-11")
    assert (third.attempt, third.HasField("retry_date")) == (3, False)
    assert not run(shop, "2026-03-20").retries
    listed = dunning_pb2.ListFailedPaymentsRequest(invoice=name)
    assert [each.attempt for each in shop.dunning.ListFailedPayments(listed).failed_payments] == [1, 2, 3]
    tie_out(shop, "2026-03-31")


def test_what_was_paid_meanwhile_is_not_asked_for(shop: Served) -> None:
    found = invoice(shop)
    failed(shop, found.name, "2026-03-01")
    paid(shop, found.name, 3570)
    assert not run(shop, "2026-03-02").retries
    again = dunning_pb2.RecordFailedPaymentRequest(invoice=found.name, fail_date=deal.day("2026-03-02"), reason="x")
    assert failure(shop.dunning.RecordFailedPayment, again).states == ["PAY004"]


def test_a_customer_is_reminded_of_all_that_is_overdue_until_it_is_paid(shop: Served) -> None:
    small, large = invoice(shop), invoice(shop, "2")
    assert not run(shop, "2026-03-15").reminders, "due that day, and late the day after"
    (first,) = run(shop, "2026-03-16").reminders
    # 35.70 and 71.40
    assert (first.number, first.amount, first.customer) == (1, 10710, "customers/anna")
    assert [*first.invoices] == sorted([small.name, large.name])
    assert not run(shop).reminders
    assert not run(shop, "2026-03-22").reminders
    paid(shop, large.name, 7140)
    assert not run(shop, "2026-03-23").reminders, "35.70 are less than 50.00"
    third = invoice(shop, "2", "2026-03-23")
    deal.move_clock(shop, "2026-05-01T12:00:00Z")
    (second,) = run(shop, customer="customers/anna").reminders
    assert (second.number, second.amount) == (2, 3570 + 7140), "the small one was reminded of before"
    assert not run(shop, "2026-06-01").reminders, "two are all"
    paid(shop, small.name, 3570)
    paid(shop, third.name, 7140)
    invoice(shop, "3", "2026-06-01")
    (anew,) = run(shop, "2026-06-20").reminders
    assert anew.number == 1
    listed = shop.dunning.ListReminders(dunning_pb2.ListRemindersRequest(customer="customers/anna")).reminders
    assert [each.number for each in listed] == [1, 2, 1]
    assert events(shop, "CustomerReminded") == 3
    tie_out(shop, "2026-06-30")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"invoice": "invoices/none"}, "invoice"),
        ({"invoice": "contracts/k"}, "invoice"),
        ({"fail_date": None}, "fail_date"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_failure_that_cannot_be_is_refused_at_its_place(shop: Served, fields: dict[str, Any], named: str) -> None:
    asked = {"invoice": invoice(shop).name, "fail_date": deal.day("2026-03-01"), "reason": "expired", **fields}
    refused = failure(shop.dunning.RecordFailedPayment, dunning_pb2.RecordFailedPaymentRequest(**asked))
    assert [*refused.fields] == [named]


def test_attempts_come_in_order_and_on_final_invoices_only(shop: Served) -> None:
    name = invoice(shop).name
    failed(shop, name, "2026-03-05")
    early = dunning_pb2.RecordFailedPaymentRequest(invoice=name, fail_date=deal.day("2026-03-04"), reason="x")
    assert failure(shop.dunning.RecordFailedPayment, early).states == ["PAY005"]
    contract = deal.ordered(shop, deal.line("PLAN"), term_months=1).contract
    asked = billing_pb2.RunBillingRequest(until=deal.day("2026-03-01"), contracts=[contract])
    draft = shop.billing.RunBilling(asked).invoices[0].name
    on_draft = dunning_pb2.RecordFailedPaymentRequest(invoice=draft, fail_date=deal.day("2026-03-04"), reason="x")
    assert failure(shop.dunning.RecordFailedPayment, on_draft).states == ["PAY001"]
    unknown = dunning_pb2.RunDunningRequest(customer="customers/none")
    assert failure(shop.dunning.RunDunning, unknown).code is grpc.StatusCode.NOT_FOUND


def test_runs_and_reports_at_once_do_nothing_twice(shop: Served) -> None:
    name = invoice(shop, "2").name
    deal.move_clock(shop, "2026-03-20T12:00:00Z")
    with ThreadPoolExecutor(8) as pool:
        runs = [each.result() for each in [pool.submit(run, shop) for _ in range(8)]]
    assert sum(len(each.reminders) for each in runs) == 1
    assert len(shop.dunning.ListReminders(dunning_pb2.ListRemindersRequest(customer="customers/anna")).reminders) == 1
    with ThreadPoolExecutor(4) as pool:
        told = [each.result() for each in [pool.submit(failed, shop, name, "2026-03-20") for _ in range(4)]]
    assert sorted(each.attempt for each in told) == [1, 2, 3, 4], "each attempt has its own number"


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[Served]:
    """A server that does by itself what is due, as a book that says nothing else has it."""
    with served(tmp_path, {**SMALL, "terms/dunning.yaml": DUNNING.replace(b", runs: by_hand", b"")}) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_a_server_does_by_itself_what_is_due_once_a_day(daily: Served) -> None:
    found = invoice(daily, "2")  # 71.40, due on the 15th
    failed(daily, found.name, "2026-03-01")
    deal.move_clock(daily, "2026-03-02T09:00:00Z")
    assert events(daily, "PaymentRetryDue") == 1
    deal.move_clock(daily, "2026-03-02T18:00:00Z")
    assert events(daily, "PaymentRetryDue") == 1, "once a day"
    deal.move_clock(daily, "2026-03-16T09:00:00Z")
    assert events(daily, "CustomerReminded") == 1
    (sent,) = daily.dunning.ListReminders(dunning_pb2.ListRemindersRequest()).reminders
    assert (sent.amount, sent.remind_date) == (7140, deal.day("2026-03-16"))
    assert not run(daily).reminders, "a call finds it done"
    tie_out(daily, "2026-03-31")


def test_a_failure_told_late_is_asked_for_on_the_day_it_is_told(daily: Served) -> None:
    found = invoice(daily)
    deal.move_clock(daily, "2026-03-05T09:00:00Z")
    failed(daily, found.name, "2026-03-01")
    deal.move_clock(daily, "2026-03-05T10:00:00Z")
    assert events(daily, "PaymentRetryDue") == 1


def test_a_failure_of_an_invoice_that_was_paid_since_has_no_next_attempt(shop: Served) -> None:
    found = invoice(shop)
    first = failed(shop, found.name, "2026-03-01")
    assert (first.open, first.retry_date) == (3570, deal.day("2026-03-02"))
    paid(shop, found.name, 3570)
    listed = dunning_pb2.ListFailedPaymentsRequest(invoice=found.name)
    (now,) = shop.dunning.ListFailedPayments(listed).failed_payments
    assert (now.open, now.HasField("retry_date"), now.amount) == (0, False, 3570)
