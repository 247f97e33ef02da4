"""Random deals lived through the server under a test clock: after every step the audit finds every identity holding."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, dunning_pb2, order_pb2, prepaid_pb2, pricing_pb2, refund_pb2, revenue_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import deal
from tests.api.amending import signed
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

SOAK_EXAMPLES = 500
RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
HOSTED = """\
categories:
  hosted:
    title: Hosted services
    charge: {kind: recurring, period: quarter, timing: arrears}
    recognition: hosted
    fulfilment: ship
  yearly:
    title: Yearly services
    charge: {kind: recurring, period: year, timing: advance}
    recognition: service
products:
  - {sku: HOST, name: Hosting, category: hosted, list: {EUR: 200.01, USD: 222.00}}
  - {sku: CARE, name: Care, category: yearly, list: {EUR: 99.99, USD: 110.00}}
"""
POLICIES = "recognition:\n  - {id: hosted, timing: daily, series: true, category: service}\n"
DUNNING = """\
dunning:
  retry_days: [3, 5]
  reminders: 3
  thresholds: {EUR: 0, USD: 5}
"""
FILES = {
    **SMALL,
    "catalog/hosted.yaml": HOSTED.encode(),
    "terms/hosted.yaml": POLICIES.encode(),
    "terms/dunning.yaml": DUNNING.encode(),
}
SKUS = ("MUG", "PLAN", "CALLS", "HOST", "CARE")
REFUSED = {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT}

lines = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 7)), min_size=1, max_size=4, unique_by=lambda e: e[0])
orders = st.tuples(lines, st.sampled_from([None, 1, 3, 7, 12, 26]), st.integers(0, 40), st.integers(0, 9))
steps = st.tuples(st.integers(0, 200), st.integers(0, 10**6))


class Company:
    """A server, the deals so far, and the day it is; each step picks what to do by a number."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.orders: list[order_pb2.Order] = []
        self.moves: dict[str, Callable[[int], object]] = {
            "wait": self.wait,
            "fulfil": self.fulfil,
            "bill": self.bill,
            "bill ahead": self.bill_ahead,
            "finalize": self.finalize,
            "void": self.void,
            "void final": self.void_final,
            "pay": self.pay,
            "credit": self.credit,
            "refund": self.refund,
            "use": self.use,
            "cancel": self.cancel,
            "terminate": self.terminate,
            "amend": self.amend,
            "renew": self.renew,
            "suspend": self.suspend,
            "resume": self.resume,
            "bill day": self.bill_day,
            "fail to collect": self.fail_to_collect,
            "dun": self.dun,
            "recognise": self.recognise,
            "close": self.close,
        }

    @property
    def today(self) -> date:
        return self.now.date()

    def sell(self, wanted: list[tuple[str, int]], months: int | None, start_in: int, discount: int) -> None:
        """An accepted and ordered quote."""
        asked = [deal.line(sku, str(quantity)) for sku, quantity in wanted]
        fields: dict[str, Any] = {"start": deal.day((self.today + timedelta(days=start_in)).isoformat())}
        if months is not None:
            fields["term_months"] = months
        if discount:
            fields["manual_discounts"] = [deal.discount(str(discount))]
        self.orders.append(deal.ordered(self.server, *asked, **fields))

    def step(self, kind: str, number: int) -> bool:
        """Do something; a business "no" is no step. Then everything has to tie out."""
        try:
            self.moves[kind](number)
        except grpc.RpcError as error:
            assert error.code() in REFUSED, error
            return False
        audit = self.server.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=self.day()), timeout=60)
        assert audit.valid, f"after {kind} {number}: {audit.findings}"
        return True

    def day(self, ahead: int = 0) -> Any:
        return deal.day((self.today + timedelta(days=ahead)).isoformat())

    def order(self, number: int) -> order_pb2.Order:
        name = self.orders[number % len(self.orders)].name
        return self.server.orders.GetOrder(order_pb2.GetOrderRequest(name=name))

    def invoices(self) -> list[billing_pb2.Invoice]:
        return list(self.server.billing.ListInvoices(billing_pb2.ListInvoicesRequest(page_size=500)).invoices)

    def wait(self, number: int) -> None:
        self.now += timedelta(days=number % 70)
        deal.move_clock(self.server, self.now.isoformat())

    def fulfil(self, number: int) -> None:
        order = self.order(number)
        if number % 3 == 0:
            request = order_pb2.ReportItemProgressRequest(
                name=order.name,
                item=order.items[number % len(order.items)].id,
                progress=order_pb2.PROGRESS_DELIVERED,
                quantity="1",
            )
            self.server.orders.ReportItemProgress(request, timeout=30)
        elif open_tasks := [each for each in order.tasks if each.state in (2, 3)]:
            deal.report(self.server, order.name, open_tasks[number % len(open_tasks)].id)

    def bill(self, _: int) -> None:
        self.server.billing.RunBilling(billing_pb2.RunBillingRequest(until=self.day()), timeout=60)

    def bill_ahead(self, number: int) -> None:
        self.server.billing.RunBilling(billing_pb2.RunBillingRequest(until=self.day(number % 120)), timeout=60)

    def finalize(self, number: int) -> None:
        drafts = [each for each in self.invoices() if each.state == billing_pb2.INVOICE_STATE_DRAFT]
        for each in drafts[: 1 + number % 6]:
            self.server.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name), timeout=30)

    def void(self, number: int) -> None:
        if drafts := [each for each in self.invoices() if each.state == billing_pb2.INVOICE_STATE_DRAFT]:
            name = drafts[number % len(drafts)].name
            self.server.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=name), timeout=30)

    def void_final(self, number: int) -> None:
        if final := [each for each in self.invoices() if each.number and not each.HasField("void_date")]:
            name = final[number % len(final)].name
            request = billing_pb2.VoidInvoiceRequest(name=name, reason="wrong address")
            self.server.billing.VoidInvoice(request, timeout=30)

    def pay(self, number: int) -> None:
        if owed := [each for each in self.invoices() if each.open > 0]:
            invoice = owed[number % len(owed)]
            amount = 1 + number % (2 * invoice.open)
            request = billing_pb2.RecordPaymentRequest(
                invoice=invoice.name, amount=amount, pay_date=self.day(), keep_excess=number % 3 != 0
            )
            self.server.billing.RecordPayment(request, timeout=30)

    def refund(self, number: int) -> None:
        """Give back what was paid for an invoice, owed or not, or keep it; or pay a credit back."""
        request = refund_pb2.RecordRefundRequest(refund_date=self.day(), reason="asked for it")
        credits = self.server.prepaid.ListPrepaidCredits(prepaid_pb2.ListPrepaidCreditsRequest()).credits
        if number % 4 == 0 and credits:
            request.prepaid_credit = credits[number // 4 % len(credits)].name
        elif final := [each for each in self.invoices() if each.number]:
            request.invoice = final[number % len(final)].name
            request.keep, request.reopen = number % 3 != 0, number % 2 == 0
        self.server.refunds.RecordRefund(request, timeout=30)

    def credit(self, number: int) -> None:
        if final := [each for each in self.invoices() if each.number and each.net > 0]:
            invoice = final[number % len(final)]
            charged = [each for each in invoice.lines if each.amount > 0]
            line = charged[number % len(charged)]
            request = billing_pb2.IssueCreditNoteRequest(
                invoice=invoice.name,
                lines=[billing_pb2.CreditedLine(line=line.id, amount=1 + number % line.amount)],
                reason="goodwill",
                past_fault=number % 2 == 0,
            )
            self.server.billing.IssueCreditNote(request, timeout=30)

    def use(self, number: int) -> None:
        order = self.order(number)
        quantity = str(number % 1000 - 100)
        record = billing_pb2.UsageRecord(id=f"u{number}", line="calls", day=self.day(-(number % 20)), quantity=quantity)
        request = billing_pb2.RecordUsageRequest(contract=order.contract, records=[record])
        self.server.billing.RecordUsage(request, timeout=30)

    def cancel(self, number: int) -> None:
        order = self.order(number)
        items = [order.items[number % len(order.items)].id] if number % 2 else []
        self.server.orders.CancelOrder(
            order_pb2.CancelOrderRequest(name=order.name, items=items, note="no longer wanted"), timeout=30
        )

    def terminate(self, number: int) -> None:
        order = self.order(number)
        contract = self.server.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
        lines = lines_of(contract)
        named = [lines[number % len(lines)].id] if number % 3 == 0 else []
        request = contract_pb2.TerminateContractRequest(
            name=contract.name, end=self.day(number % 150 - 50), lines=named, reason="moves away"
        )
        self.server.contracts.TerminateContract(request, timeout=30)

    def contract(self, number: int) -> contract_pb2.Contract:
        name = self.order(number).contract
        return self.server.contracts.GetContract(contract_pb2.GetContractRequest(name=name))

    def amend(self, number: int) -> None:
        """More or less of a line, another product in its place, one more line, or one line less, in any mixture."""
        contract = self.contract(number)
        lines = lines_of(contract)
        running = [each for each in lines if each.charge.period_months] or lines
        line, other = running[number % len(running)], running[number // 7 % len(running)]
        change = contract_pb2.LineChange(line=line.id, quantity=str(1 + number % 9), price=1 + number % 2)
        if number % 5 == 0:
            change.sku = SKUS[number // 5 % len(SKUS)]
        added = [deal.line(SKUS[number % len(SKUS)], "2", id=f"x{number}")] if number % 3 == 0 else []
        request = contract_pb2.CreateAmendmentQuoteRequest(
            contract=contract.name,
            effective=self.day(number % 90 - 30),
            changes=[change] if number % 4 else [],
            cancels=[other.id] if number % 6 == 0 and other.id != line.id else [],
            content=pricing_pb2.QuoteContent(lines=added),
            valid_until=self.day(100),
            co_terminate=1 + number % 2,
        )
        if number % 8 == 1:
            request.content.manual_discounts.append(deal.discount("10"))
        self.sign(self.server.contracts.CreateAmendmentQuote(request, timeout=30))

    def renew(self, number: int) -> None:
        request = contract_pb2.CreateRenewalQuoteRequest(
            contract=self.contract(number).name,
            months=number % 14,
            price=1 + number % 3,
            index_percent="4" if number % 2 else "",
            valid_until=self.day(100),
        )
        if number % 4 == 0:
            request.start.CopyFrom(self.day(number % 40))
        self.sign(self.server.contracts.CreateRenewalQuote(request, timeout=30))

    def sign(self, made: contract_pb2.AmendmentQuote) -> None:
        """Take the offer; the credit notes that were shown are those that signing gives."""
        before = self.notes()
        self.orders.append(signed(self.server, made))
        fresh = [each for each in self.notes() if each.name not in {one.name for one in before}]
        wanted = [(each.invoice, each.net, each.gross) for each in made.impact.credit_notes]
        assert [(each.invoice, each.net, each.gross) for each in fresh] == wanted

    def notes(self) -> list[billing_pb2.CreditNote]:
        request = billing_pb2.ListCreditNotesRequest(page_size=500)
        return list(self.server.billing.ListCreditNotes(request).credit_notes)

    def suspend(self, number: int) -> None:
        contract = self.contract(number)
        running = [each.id for each in lines_of(contract) if each.charge.period_months]
        named = [running[number % len(running)]] if running and number % 3 == 0 else []
        request = contract_pb2.SuspendContractRequest(
            name=contract.name,
            start=self.day(number % 90 - 30),
            lines=named,
            term=contract_pb2.SUSPENDED_TERM_KEPT if number % 2 else contract_pb2.SUSPENDED_TERM_EXTENDED,
            reason="rebuilding",
        )
        self.server.contracts.SuspendContract(request, timeout=30)

    def resume(self, number: int) -> None:
        contract = self.contract(number)
        waiting = list(contract.suspended_lines)
        named = [waiting[number % len(waiting)]] if waiting and number % 3 == 0 else []
        request = contract_pb2.ResumeContractRequest(
            name=contract.name, start=self.day(number % 90 - 30), lines=named, reason="open again"
        )
        self.server.contracts.ResumeContract(request, timeout=30)

    def bill_day(self, number: int) -> None:
        request = contract_pb2.SetBillDayRequest(
            name=self.contract(number).name,
            bill_day=1 + number % 31,
            effective=self.day(number % 60 - 20),
            reason="salary day",
        )
        self.server.contracts.SetBillDay(request, timeout=30)

    def fail_to_collect(self, number: int) -> None:
        if owed := [each for each in self.invoices() if each.open > 0]:
            request = dunning_pb2.RecordFailedPaymentRequest(
                invoice=owed[number % len(owed)].name, fail_date=self.day(), reason="card declined"
            )
            self.server.dunning.RecordFailedPayment(request, timeout=30)

    def dun(self, _: int) -> None:
        self.server.dunning.RunDunning(dunning_pb2.RunDunningRequest(), timeout=60)
        again = self.server.dunning.RunDunning(dunning_pb2.RunDunningRequest(), timeout=60)
        assert not again.retries and not again.reminders, "the same day nothing more is due"

    def recognise(self, number: int) -> None:
        until = self.day(number % 30 - 15)
        self.server.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=until), timeout=60)

    def close(self, _: int) -> None:
        end = self.today.replace(day=1) - timedelta(days=1)
        request = revenue_pb2.ClosePeriodRequest(until=deal.day(end.isoformat()))
        self.server.revenue.ClosePeriod(request, timeout=30)


def lines_of(contract: contract_pb2.Contract) -> list[contract_pb2.SubscriptionLine]:
    """Every line that a contract ever had."""
    return [*contract.lines, *(line for change in contract.changes for line in change.added_lines)]


KINDS = (
    *("wait", "wait", "fulfil", "fulfil", "bill", "bill", "bill ahead", "finalize", "finalize", "recognise"),
    *("recognise", "use", "credit", "terminate", "cancel", "void", "amend", "amend", "amend", "renew", "pay", "close"),
    *(
        "suspend",
        "suspend",
        "resume",
        "resume",
        "bill day",
        "fail to collect",
        "dun",
        "void final",
        "void final",
        "refund",
        "refund",
    ),
)
lives = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 10**6)), min_size=10, max_size=40)


def live(sold: list[Any], happened: list[tuple[str, int]]) -> int:
    """Live a life; returns how many of its steps were not refused."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        company = Company(server)
        for each in sold:
            company.sell(*each)
        done = sum(company.step(kind, number) for kind, number in happened)
        # What is due by then is billed, booked and earned at last.
        company.wait(69)
        company.step("bill", 0)
        company.step("finalize", 5)
        company.step("recognise", 15)
        return done


@settings(max_examples=6, deadline=None, suppress_health_check=RELAXED)
@given(st.lists(orders, min_size=1, max_size=2), lives)
def test_whatever_happens_to_deals_the_books_tie_out_after_every_step(
    sold: list[Any], happened: list[tuple[str, int]]
) -> None:
    live(sold, happened)


@pytest.mark.soak
@settings(max_examples=SOAK_EXAMPLES, deadline=None, suppress_health_check=RELAXED)
@given(st.lists(orders, min_size=1, max_size=3), lives)
def test_many_deals_tie_out_after_every_step(sold: list[Any], happened: list[tuple[str, int]]) -> None:
    live(sold, happened)


def test_an_end_may_be_moved_forward() -> None:
    sold = [([("HOST", 1), ("MUG", 1), ("PLAN", 1)], 1, 0, 0)]
    assert live(sold, [("terminate", 51), ("terminate", 0)]) == 2
