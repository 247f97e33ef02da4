"""A valid request for every mutation, made in a state in which it can succeed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cpq.v1 import (
    approval_pb2,
    billing_pb2,
    billing_run_pb2,
    contract_pb2,
    coupon_pb2,
    dunning_pb2,
    order_pb2,
    party_pb2,
    prepaid_pb2,
    quote_pb2,
    refund_pb2,
    revenue_pb2,
    rule_book_pb2,
    test_clock_pb2,
)
from google.protobuf.message import Message

from engine.application.billing_runs import start_billing_run
from engine.application.ledger import enter
from engine.application.perform import perform
from engine.application.ports import Asked
from engine.ledger import AccountCode, DraftEntry, EntryKey, JournalLine, Trace
from engine.money import Money, currency
from tests.api import deal
from tests.api.server import Served
from tests.fakes.rules import SMALL

Make = Callable[[Served], Message]
USAGE = [billing_pb2.UsageRecord(id="u-1", line="calls", day=deal.day("2026-03-05"), quantity="10")]


def files(**changes: bytes) -> list[rule_book_pb2.SourceFile]:
    sources = {**SMALL, "book.yaml": SMALL["book.yaml"].replace(b"A small book", b"Another book"), **changes}
    return [rule_book_pb2.SourceFile(path=path, content=content) for path, content in sources.items()]


def submitted(server: Served, percent: str = "20") -> quote_pb2.Quote:
    """A quote that waits for the sales manager."""
    name = deal.create(server, manual_discounts=[deal.discount(percent)]).name
    return server.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name))


def approved(server: Served) -> quote_pb2.Quote:
    name = deal.create(server).name
    return server.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name))


def accepted(server: Served) -> quote_pb2.Quote:
    offer = deal.sent(server)
    return server.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=offer.name, version=1))


def drafted(server: Served) -> billing_pb2.Invoice:
    """A draft invoice for one month of a plan."""
    order = deal.ordered(server, deal.line("PLAN"), term_months=12)
    run = server.billing.RunBilling(
        billing_pb2.RunBillingRequest(until=deal.day("2026-03-31"), contracts=[order.contract])
    )
    return run.invoices[0]


def final(server: Served) -> billing_pb2.Invoice:
    return server.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=drafted(server).name))


def entry(server: Served) -> str:
    """An entry that no run posted: 5.00 of bank charges."""
    amount = Money(500, currency("EUR"))
    lines = (
        JournalLine(AccountCode("bad_debt_expense"), amount, Trace()),
        JournalLine(AccountCode("cash"), -amount, Trace()),
    )
    draft = DraftEntry(EntryKey("bank"), "Manual", date(2026, 3, 2), lines)
    name = perform(
        server.env,
        Asked("Enter"),
        lambda work: enter(work, draft),
        lambda _, made: f"journalEntries/{made.id}".encode(),
    )
    assert isinstance(name, bytes)
    return name.decode()


def standing_run(server: Served) -> str:
    """A run that no server has taken up yet."""
    began = perform(
        server.env,
        Asked("StartBillingRun"),
        lambda work: start_billing_run(work, date(2026, 3, 31)),
        lambda _, run: f"billingRuns/{run.id}".encode(),
    )
    assert isinstance(began, bytes)
    return began.decode()


def credit_of(amount: int = 1_000) -> prepaid_pb2.PrepaidCredit:
    source = prepaid_pb2.PREPAID_SOURCE_GRANTED
    return prepaid_pb2.PrepaidCredit(
        customer="customers/anna", display_name="Welcome", source=source, currency_code="EUR", amount=amount
    )


def credited(server: Served) -> str:
    return server.prepaid.AddPrepaidCredit(prepaid_pb2.AddPrepaidCreditRequest(credit=credit_of())).name


def overpaid(server: Served) -> str:
    """A final invoice that was paid, and credited whole afterwards."""
    name = final(server).name
    left = server.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=name)).open
    paid = billing_pb2.RecordPaymentRequest(invoice=name, amount=left, pay_date=deal.day("2026-03-01"))
    server.billing.RecordPayment(paid)
    server.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=name, reason="goodwill"))
    return str(name)


def open_with_credit(server: Served) -> str:
    """A final invoice, and a credit that came after it."""
    invoice = final(server)
    credited(server)
    return invoice.name


def paused(server: Served) -> str:
    """A contract whose only line is suspended."""
    name = deal.ordered(server, deal.line("PLAN"), term_months=12).contract
    request = contract_pb2.SuspendContractRequest(name=name, start=deal.day("2026-05-16"), reason="rebuilding")
    return server.contracts.SuspendContract(request, timeout=30).contract.name


def granted(server: Served) -> coupon_pb2.Coupon:
    coupon = coupon_pb2.Coupon(
        customer="customers/anna",
        display_name="Welcome",
        amount_off=coupon_pb2.AmountOff(currency_code="EUR", amount=5_000),
    )
    return server.coupons.GrantCoupon(coupon_pb2.GrantCouponRequest(coupon=coupon))


def usage_contract(server: Served) -> str:
    return deal.ordered(server, deal.line("CALLS", "100"), term_months=12).contract


def party(title: str, **fields: Any) -> Make:
    field = "".join(f"_{c.lower()}" if c.isupper() else c for c in title).lstrip("_")
    request = getattr(party_pb2, f"Create{title}Request")
    return lambda server: request(**{field: getattr(party_pb2, title)(display_name="New", **fields)})


def renamed(title: str, name: str) -> Make:
    field = "".join(f"_{c.lower()}" if c.isupper() else c for c in title).lstrip("_")
    request = getattr(party_pb2, f"Update{title}Request")
    return lambda server: request(**{field: getattr(party_pb2, title)(name=name, display_name="Renamed")})


def group_renamed(server: Served) -> Message:
    made = server.parties.CreateGroup(party_pb2.CreateGroupRequest(group=party_pb2.Group(display_name="G")))
    return party_pb2.UpdateGroupRequest(group=party_pb2.Group(name=made.name, display_name="Renamed"))


def order_of(server: Served) -> str:
    return deal.ordered(server).name


MUTATIONS: Mapping[str, Make] = {
    "CreateCustomer": party("Customer"),
    "CreateBillingAccount": party("BillingAccount", customer="customers/anna", currency_code="EUR"),
    "CreateSellingEntity": party("SellingEntity"),
    "CreateUser": party("User"),
    "CreateGroup": party("Group", members=["users/rep"]),
    "UpdateCustomer": renamed("Customer", "customers/anna"),
    "UpdateBillingAccount": renamed("BillingAccount", "billingAccounts/main"),
    "UpdateSellingEntity": renamed("SellingEntity", "sellingEntities/we"),
    "UpdateUser": renamed("User", "users/rep"),
    "UpdateGroup": group_renamed,
    "CreateQuote": lambda server: quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content())),
    "UpdateQuote": lambda server: quote_pb2.UpdateQuoteRequest(
        quote=quote_pb2.Quote(name=deal.create(server).name, title="New title")
    ),
    "DeleteQuote": lambda server: quote_pb2.DeleteQuoteRequest(name=deal.create(server).name),
    "BatchUpdateQuoteLines": lambda server: quote_pb2.BatchUpdateQuoteLinesRequest(
        name=deal.create(server).name, upserts=[deal.line("PLAN")]
    ),
    "SubmitQuote": lambda server: quote_pb2.SubmitQuoteRequest(name=deal.create(server).name),
    "RecallQuote": lambda server: quote_pb2.RecallQuoteRequest(name=submitted(server).name, by="users/rep"),
    "SendQuote": lambda server: quote_pb2.SendQuoteRequest(name=approved(server).name),
    "AcceptQuote": lambda server: quote_pb2.AcceptQuoteRequest(name=deal.sent(server).name, version=1),
    "DeclineQuote": lambda server: quote_pb2.DeclineQuoteRequest(name=deal.sent(server).name, note="too dear"),
    "WithdrawQuote": lambda server: quote_pb2.WithdrawQuoteRequest(name=submitted(server).name, note="mistake"),
    "ReviseQuote": lambda server: quote_pb2.ReviseQuoteRequest(name=deal.sent(server).name, valid_until=deal.UNTIL),
    "CloneQuote": lambda server: quote_pb2.CloneQuoteRequest(name=deal.sent(server).name, valid_until=deal.UNTIL),
    "Approve": lambda server: approval_pb2.ApproveRequest(name=submitted(server).approval, approver="users/mia"),
    "Reject": lambda server: approval_pb2.RejectRequest(name=submitted(server).approval, approver="users/mia"),
    "Delegate": lambda server: approval_pb2.DelegateRequest(
        approver="users/mia", delegate="users/dan", period={"start": deal.day("2026-03-01")}
    ),
    "CreateOrder": lambda server: order_pb2.CreateOrderRequest(quote=accepted(server).name),
    "ReportItemProgress": lambda server: order_pb2.ReportItemProgressRequest(
        name=order_of(server), task="mug.pick", progress=order_pb2.PROGRESS_STARTED
    ),
    "CancelOrder": lambda server: order_pb2.CancelOrderRequest(name=order_of(server), note="changed their mind"),
    "TerminateContract": lambda server: contract_pb2.TerminateContractRequest(
        name=deal.ordered(server, deal.line("PLAN"), term_months=12).contract,
        end=deal.day("2026-05-16"),
        reason="moves away",
    ),
    "RecordFailedPayment": lambda server: dunning_pb2.RecordFailedPaymentRequest(
        invoice=final(server).name, fail_date=deal.day("2026-03-01"), reason="card expired"
    ),
    "RunDunning": lambda server: dunning_pb2.RunDunningRequest(customer="customers/anna"),
    "SetBillDay": lambda server: contract_pb2.SetBillDayRequest(
        name=deal.ordered(server, deal.line("PLAN"), term_months=12).contract,
        bill_day=15,
        effective=deal.day("2026-05-16"),
        reason="salary day",
    ),
    "SuspendContract": lambda server: contract_pb2.SuspendContractRequest(
        name=deal.ordered(server, deal.line("PLAN"), term_months=12).contract,
        start=deal.day("2026-05-16"),
        reason="rebuilding",
    ),
    "ResumeContract": lambda server: contract_pb2.ResumeContractRequest(
        name=paused(server), start=deal.day("2026-06-16"), reason="open again"
    ),
    "CreateAmendmentQuote": lambda server: contract_pb2.CreateAmendmentQuoteRequest(
        contract=deal.ordered(server, deal.line("PLAN"), term_months=12).contract,
        changes=[contract_pb2.LineChange(line="plan", quantity="3")],
        valid_until=deal.UNTIL,
    ),
    "CreateRenewalQuote": lambda server: contract_pb2.CreateRenewalQuoteRequest(
        contract=deal.ordered(server, deal.line("PLAN"), term_months=12).contract, valid_until=deal.UNTIL
    ),
    "RunBilling": lambda server: billing_pb2.RunBillingRequest(
        contracts=[deal.ordered(server, deal.line("PLAN"), term_months=12).contract], until=deal.day("2026-03-31")
    ),
    "StartBillingRun": lambda server: billing_run_pb2.StartBillingRunRequest(
        contracts=[deal.ordered(server, deal.line("PLAN"), term_months=12).contract], until=deal.day("2026-03-31")
    ),
    "CancelBillingRun": lambda server: billing_run_pb2.CancelBillingRunRequest(name=standing_run(server)),
    "FinalizeInvoice": lambda server: billing_pb2.FinalizeInvoiceRequest(name=drafted(server).name),
    "VoidInvoice": lambda server: billing_pb2.VoidInvoiceRequest(name=drafted(server).name),
    "RecordUsage": lambda server: billing_pb2.RecordUsageRequest(contract=usage_contract(server), records=USAGE),
    "RecordPayment": lambda server: billing_pb2.RecordPaymentRequest(
        invoice=final(server).name, amount=100, pay_date=deal.day("2026-03-01")
    ),
    "GrantCoupon": lambda server: coupon_pb2.GrantCouponRequest(
        coupon={"customer": "customers/anna", "display_name": "Tenth", "percent_off": {"percent": "10"}}
    ),
    "EndCoupon": lambda server: coupon_pb2.EndCouponRequest(name=granted(server).name),
    "AddPrepaidCredit": lambda server: prepaid_pb2.AddPrepaidCreditRequest(credit=credit_of()),
    "ApplyPrepaidCredits": lambda server: prepaid_pb2.ApplyPrepaidCreditsRequest(invoice=open_with_credit(server)),
    "RecordRefund": lambda server: refund_pb2.RecordRefundRequest(
        invoice=overpaid(server), refund_date=deal.day("2026-03-01"), reason="credited"
    ),
    "RevokePrepaidCredit": lambda server: prepaid_pb2.RevokePrepaidCreditRequest(name=credited(server)),
    "IssueCreditNote": lambda server: billing_pb2.IssueCreditNoteRequest(invoice=final(server).name, reason="goodwill"),
    "RunRecognition": lambda server: (
        deal.ordered(server, deal.line("PLAN"), term_months=12)
        and revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31"))
    ),
    "StateRevenueFact": lambda server: revenue_pb2.StateRevenueFactRequest(
        name=deal.ordered(server, deal.line("PLAN"), term_months=12).contract.replace("contracts", "revenueContracts"),
        author="users/rep",
        reason="a bonus",
        customer_payment={"paid": 1_000},
    ),
    "ClosePeriod": lambda server: revenue_pb2.ClosePeriodRequest(until=deal.day("2026-01-31")),
    "ReverseEntry": lambda server: revenue_pb2.ReverseEntryRequest(name=entry(server)),
    "PublishRuleBook": lambda server: rule_book_pb2.PublishRuleBookRequest(files=files()),
    "CreateTestClock": lambda server: test_clock_pb2.CreateTestClockRequest(now={"seconds": 1_772_366_400}),
    "AdvanceTestClock": lambda server: test_clock_pb2.AdvanceTestClockRequest(
        name="testClocks/default", until={"seconds": 1_772_452_800}
    ),
}
OTHER_BODY: Mapping[str, Mapping[str, Any]] = {
    "ClosePeriod": {"until": deal.day("2025-12-31")},
    "StartBillingRun": {"until": deal.day("2026-04-30")},
    "RunBilling": {"until": deal.day("2026-04-30")},
    "RunRecognition": {"until": deal.day("2026-04-30")},
    "CreateTestClock": {"now": {"seconds": 1_772_366_401}},
    "AdvanceTestClock": {"until": {"seconds": 1_772_452_801}},
    "PublishRuleBook": {"files": [rule_book_pb2.SourceFile(path="notes.md", content=b"more")]},
}
"""How to change a request that has no text field to change."""
