"""BillingService through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, revenue_pb2

from tests.api import deal
from tests.api.mutations import drafted, final
from tests.api.server import Served, failure


def test_a_preview_equals_the_later_invoices(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "2"), term_months=3)
    request = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2026-05-31"))
    preview = shop.billing.PreviewInvoices(request).invoices
    # 2 x 30.00 in advance for March, April and May, with 19 % tax
    assert [(each.invoice_date, each.net, each.gross) for each in preview] == [
        (deal.day("2026-03-01"), 6000, 7140),
        (deal.day("2026-04-01"), 6000, 7140),
        (deal.day("2026-05-01"), 6000, 7140),
    ]
    assert not shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices
    run = shop.billing.RunBilling(
        billing_pb2.RunBillingRequest(contracts=[order.contract], until=deal.day("2026-05-31"))
    )
    for planned, made in zip(preview, run.invoices, strict=True):
        assert (planned.net, planned.tax, planned.gross, planned.due_date) == (
            made.net,
            made.tax,
            made.gross,
            made.due_date,
        )
        assert list(planned.lines) == list(made.lines)
    again = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-05-31")))
    assert not again.invoices


def test_numbers_have_no_gap_and_a_final_invoice_never_changes(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    invoices = deal.invoiced(shop, order.contract, "2026-06-30")
    assert [each.number for each in invoices] == [f"WE-{n:06d}" for n in range(1, 5)]
    again = failure(shop.billing.FinalizeInvoice, billing_pb2.FinalizeInvoiceRequest(name=invoices[0].name))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BIL011")
    void = failure(shop.billing.VoidInvoice, billing_pb2.VoidInvoiceRequest(name=invoices[0].name))
    assert (void.code, void.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "BIL030")
    assert shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoices[0].name)) == invoices[0]
    listed = shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest(contract=order.contract)).invoices
    assert list(listed) == invoices


def test_an_invoice_is_found_by_its_number(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    invoices = deal.invoiced(shop, order.contract, "2026-04-30")
    drafted(shop)

    def found(number: str, **fields: Any) -> list[billing_pb2.Invoice]:
        request = billing_pb2.ListInvoicesRequest(number=number, **fields)
        return list(shop.billing.ListInvoices(request).invoices)

    assert found("WE-000002") == found("WE-000002", contract=order.contract) == [invoices[1]]
    assert found("WE-000009") == found("we-000002") == []
    assert len(found("")) == 3


def test_a_voided_draft_is_billed_again(shop: Served) -> None:
    draft = drafted(shop)
    voided = shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=draft.name))
    assert voided.state == billing_pb2.INVOICE_STATE_VOID
    gone = failure(shop.billing.GetInvoice, billing_pb2.GetInvoiceRequest(name=draft.name))
    assert gone.code is grpc.StatusCode.NOT_FOUND
    run = shop.billing.RunBilling(billing_pb2.RunBillingRequest(until=deal.day("2026-03-31")))
    assert [(each.net, list(each.lines)) for each in run.invoices] == [(draft.net, list(draft.lines))]


def test_usage_is_deduplicated_and_billed_in_arrears(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(*usage: tuple[str, str, str]) -> billing_pb2.RecordUsageResponse:
        records = [
            billing_pb2.UsageRecord(id=key, line="calls", day=deal.day(on), quantity=quantity)
            for key, on, quantity in usage
        ]
        return shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=records))

    first = record(("a", "2026-03-05", "150"), ("b", "2026-03-20", "50"))
    assert (first.recorded_count, first.duplicate_count) == (2, 0)
    second = record(("b", "2026-03-20", "50"), ("c", "2026-04-02", "7"))
    assert (second.recorded_count, second.duplicate_count) == (1, 1)
    records = [
        billing_pb2.UsageRecord(id="new", line="calls", day=deal.day("2026-03-20"), quantity="1"),
        billing_pb2.UsageRecord(id="b", line="calls", day=deal.day("2026-03-20"), quantity="51"),
        billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-06"), quantity="150"),
    ]
    other = failure(shop.billing.RecordUsage, billing_pb2.RecordUsageRequest(contract=order.contract, records=records))
    assert (other.code, other.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "USAGE_ID_REUSED")
    assert other.fields.keys() == {"records[1].id", "records[2].id"}
    assert not deal.invoiced(shop, order.contract, "2026-03-31")
    (invoice,) = deal.invoiced(shop, order.contract, "2026-04-01")
    # 200 calls in March at 0.05
    assert (invoice.net, invoice.lines[0].quantity) == (1000, "200")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30")))
    name = order.contract.replace("contracts/", "revenueContracts/")
    revenue = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name))
    assert revenue.recognized == 1000
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-04-30"))).valid


def test_a_day_that_costs_nothing_is_named_and_has_no_invoice(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-05"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))

    run = billing_pb2.RunBillingRequest(until=deal.day("2026-04-01"), contracts=[order.contract])
    # Less than half a cent: 0.05 a call.
    record("a", "0.05")
    ask = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=run.until)
    for answer in (shop.billing.PreviewInvoices(ask), shop.billing.RunBilling(run), shop.billing.RunBilling(run)):
        assert not answer.invoices
        (free,) = answer.free_days
        assert (free.contract, free.day, free.line_count) == (order.contract, deal.day("2026-04-01"), 1)
    record("b", "99.95")
    (draft,) = shop.billing.RunBilling(run).invoices
    assert draft.net == 500, "100 calls at 0.05, those that cost nothing before among them"
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-04-01"))).valid


def test_late_usage_of_a_draft_that_is_thrown_away_is_drafted_again_whenever_that_is(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-05"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))

    def drafts(until: str) -> list[billing_pb2.Invoice]:
        run = billing_pb2.RunBillingRequest(until=deal.day(until), contracts=[order.contract])
        return list(shop.billing.RunBilling(run).invoices)

    record("a", "100")
    deal.invoiced(shop, order.contract, "2026-04-01")
    deal.move_clock(shop, "2026-04-05T12:00:00Z")
    record("late", "200")
    (draft,) = drafts("2026-04-05")
    assert draft.net == 1000, "200 calls at 0.05"
    deal.move_clock(shop, "2026-12-01T12:00:00Z")
    shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=draft.name))
    record("too late", "400")
    (again,) = drafts("2026-12-01")
    assert (again.net, again.lines[0].quantity) == (1000, "200")
    assert not drafts("2026-12-01")


def test_usage_outside_all_service_is_kept_named_and_listed(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(**days: str) -> list[str]:
        records = [
            billing_pb2.UsageRecord(id=key, line="calls", day=deal.day(on), quantity="100") for key, on in days.items()
        ]
        asked = billing_pb2.RecordUsageRequest(contract=order.contract, records=records)
        return list(shop.billing.RecordUsage(asked).outside_service)

    def listed(**fields: Any) -> list[tuple[str, str]]:
        asked = billing_pb2.ListUsageRequest(contract=order.contract, **fields)
        return [(each.record.id, each.counted_line) for each in shop.billing.ListUsage(asked).usage]

    # The service is that of 1 March 2026 to 28 February 2027.
    assert record(a="2026-03-05", b="2026-02-28", c="2027-03-01", d="2027-02-28") == ["b", "c"]
    assert record(b="2026-02-28") == ["b"], "known before, and outside still"
    assert listed() == [("a", "calls"), ("b", ""), ("c", ""), ("d", "calls")]
    assert listed(outside_service=True) == [("b", ""), ("c", "")]
    first = billing_pb2.ListUsageRequest(contract=order.contract, outside_service=True, page_size=1)
    page = shop.billing.ListUsage(first)
    assert [each.record.id for each in page.usage] == ["b"]
    assert listed(outside_service=True, page_size=1, page_token=page.next_page_token) == [("c", "")]
    (draft,) = [each for each in deal.invoiced(shop, order.contract, "2026-04-01") if each.net]
    assert draft.net == 500, "100 calls of March at 0.05"
    end = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2026-05-01"), reason="closed")
    shop.contracts.TerminateContract(end)
    # Usage of the day of a cancellation still counts, later usage does not.
    assert record(e="2026-05-01", f="2026-05-02") == ["f"]
    assert listed(outside_service=True) == [("b", ""), ("c", ""), ("d", ""), ("f", "")]
    unknown = billing_pb2.ListUsageRequest(contract="contracts/none")
    assert failure(shop.billing.ListUsage, unknown).code is grpc.StatusCode.NOT_FOUND
    below = billing_pb2.ListUsageRequest(contract=order.contract, page_size=-1)
    assert [*failure(shop.billing.ListUsage, below).fields] == ["page_size"]


def test_usage_corrected_after_it_was_drafted_is_taken_off_the_draft(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-05"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))

    run = billing_pb2.RunBillingRequest(until=deal.day("2026-04-01"), contracts=[order.contract])
    record("a", "200")
    (draft,) = shop.billing.RunBilling(run).invoices
    record("b", "-60")
    ask = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2026-04-01"))
    (preview,) = shop.billing.PreviewInvoices(ask).invoices
    (changed,) = shop.billing.RunBilling(run).invoices
    # 200 calls at 0.05 are 10.00, 60 of them taken back are 3.00; 19 % of 7.00 is 1.33
    assert (draft.name, draft.net) == (changed.name, 1000)
    assert [each.amount for each in changed.lines] == [1000, -300]
    assert (changed.net, changed.tax, changed.gross) == (700, 133, 833)
    assert (preview.name, preview.gross, list(preview.lines)) == (changed.name, 833, list(changed.lines))
    assert changed.etag != draft.etag
    assert not shop.billing.RunBilling(run).invoices and not shop.billing.PreviewInvoices(ask).invoices
    record("c", "-140")
    (nothing,) = shop.billing.RunBilling(run).invoices
    assert (nothing.name, nothing.gross) == (draft.name, 0)
    record("d", "10")
    # 10 calls more are a line of their own, on the same day
    (more,) = shop.billing.RunBilling(run).invoices
    assert (more.net, more.name == draft.name) == (50, False)
    for each in (draft, more):
        shop.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=each.name))
    record("e", "-4")
    (note,) = shop.billing.RunBilling(run).credit_notes
    assert (note.invoice, note.net) == (more.name, 20)
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-04-30")))
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-04-30")))
    assert audit.valid, [each.message for each in audit.findings]


def test_credit_notes_are_listed_and_read(shop: Served) -> None:
    def note_on(invoice: str) -> billing_pb2.CreditNote:
        return shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice, reason="goodwill"))

    first, second = final(shop), final(shop)
    one, other = note_on(first.name), note_on(second.name)
    assert shop.billing.GetCreditNote(billing_pb2.GetCreditNoteRequest(name=one.name)) == one

    def listed(**where: Any) -> list[billing_pb2.CreditNote]:
        return list(shop.billing.ListCreditNotes(billing_pb2.ListCreditNotesRequest(**where)).credit_notes)

    assert listed() == [one, other]
    assert listed(invoice=second.name) == [other]
    assert listed(contract=first.lines[0].contract) == [one]
    page = shop.billing.ListCreditNotes(billing_pb2.ListCreditNotesRequest(page_size=1))
    assert list(page.credit_notes) == [one] and page.next_page_token
    assert listed(page_size=1, page_token=page.next_page_token) == [other]
    missing = failure(shop.billing.GetCreditNote, billing_pb2.GetCreditNoteRequest(name="creditNotes/none"))
    assert missing.code is grpc.StatusCode.NOT_FOUND
    wrong = billing_pb2.ListCreditNotesRequest(invoice="quotes/q", contract="k")
    assert failure(shop.billing.ListCreditNotes, wrong).fields.keys() == {"invoice", "contract"}


def test_payments_close_an_invoice_and_too_much_is_refused(shop: Served) -> None:
    draft, invoice = drafted(shop), final(shop)
    # net 30.00 with tax of 19 percent on it
    assert (invoice.gross, invoice.open, invoice.state) == (3570, 3570, billing_pb2.INVOICE_STATE_OPEN)

    def pay(amount: int, etag: str = "") -> billing_pb2.RecordPaymentRequest:
        return billing_pb2.RecordPaymentRequest(
            invoice=invoice.name, amount=amount, pay_date=deal.day("2026-03-01"), etag=etag
        )

    shop.billing.RecordPayment(pay(1000, invoice.etag))
    stale = failure(shop.billing.RecordPayment, pay(10, invoice.etag))
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    part = shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))
    assert (part.open, part.state) == (2570, billing_pb2.INVOICE_STATE_PARTLY_PAID)
    assert failure(shop.billing.RecordPayment, pay(2571)).reason == "PAY002"
    deal.move_clock(shop, "2026-05-01T00:00:00Z")
    late = shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))
    assert late.state == billing_pb2.INVOICE_STATE_OVERDUE
    shop.billing.RecordPayment(pay(2570))
    paid = shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))
    assert (paid.open, paid.state) == (0, billing_pb2.INVOICE_STATE_PAID)
    early = billing_pb2.RecordPaymentRequest(invoice=draft.name, amount=1, pay_date=deal.day("2026-03-01"))
    assert failure(shop.billing.RecordPayment, early).reason == "PAY001"


def test_a_payment_in_another_currency_is_refused(shop: Served) -> None:
    invoice = final(shop)
    pay = billing_pb2.RecordPaymentRequest(
        invoice=invoice.name, amount=3570, pay_date=deal.day("2026-03-01"), currency_code="USD"
    )
    told = failure(shop.billing.RecordPayment, pay)
    assert (told.code, told.reason, set(told.fields)) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "PAY007",
        {"currency_code"},
    )
    assert "is in EUR, and the money in USD" in told.message
    pay.currency_code = "EUR"
    assert shop.billing.RecordPayment(pay).amount == 3570


@pytest.mark.parametrize("past_fault", [False, True])
def test_credit_notes_take_off_no_more_than_is_left_and_lower_revenue(shop: Served, past_fault: bool) -> None:
    order = deal.ordered(shop)
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    line = invoice.lines[0].id

    def credit(amount: int) -> billing_pb2.IssueCreditNoteRequest:
        credited = billing_pb2.CreditedLine(line=line, amount=amount)
        return billing_pb2.IssueCreditNoteRequest(
            invoice=invoice.name, lines=[credited], reason="scratched", past_fault=past_fault
        )

    note = shop.billing.IssueCreditNote(credit(1000))
    # net 10.00 with tax of 19 percent on it
    assert (note.number, note.net, note.tax, note.gross) == ("CN-000001", 1000, 190, 1190)
    assert failure(shop.billing.IssueCreditNote, credit(4001)).fields.keys() == {"lines[0].amount"}
    rest = shop.billing.IssueCreditNote(billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, reason="all of it"))
    assert (rest.net, rest.tax, rest.gross) == (4000, 760, 4760)
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))
    balances = shop.revenue.GetTrialBalance(revenue_pb2.GetTrialBalanceRequest()).balances
    assert {each.account: each.balance for each in balances if each.balance} == {}
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-03-31")))
    assert audit.valid, [each.message for each in audit.findings]


def test_a_credit_note_is_not_older_than_its_invoice_and_says_that_nothing_was_paid(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    *_, invoice = deal.invoiced(shop, order.contract, "2026-05-31")
    assert invoice.invoice_date == deal.day("2026-05-01"), "billed two months ahead"

    def credited(amount: int) -> tuple[billing_pb2.CreditNote, billing_pb2.Invoice]:
        part = billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=amount)
        request = billing_pb2.IssueCreditNoteRequest(invoice=invoice.name, lines=[part], reason="goodwill")
        note = shop.billing.IssueCreditNote(request)
        return note, shop.billing.GetInvoice(billing_pb2.GetInvoiceRequest(name=invoice.name))

    note, part = credited(1000)
    assert note.issue_date == deal.day("2026-05-01")
    # 30.00 with 19 percent are 35.70; 10.00 credited are 11.90
    assert (part.open, part.state) == (3570 - 1190, billing_pb2.INVOICE_STATE_PARTLY_CREDITED)
    _, whole = credited(2000)
    assert (whole.open, whole.state) == (0, billing_pb2.INVOICE_STATE_CREDITED)
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-05-31")))
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-05-31")))
    assert audit.valid, [each.message for each in audit.findings]


def test_bad_requests_are_refused_with_every_fault(shop: Served) -> None:
    usage = billing_pb2.RecordUsageRequest(
        contract="contracts/x",
        records=[
            billing_pb2.UsageRecord(id="a", line="l", day=deal.day("2026-03-05"), quantity="NaN"),
            billing_pb2.UsageRecord(id="a", quantity="1"),
        ],
    )
    found = failure(shop.billing.RecordUsage, usage)
    assert found.fields.keys() == {"records[0].quantity", "records[1].id", "records[1].line", "records[1].day"}
    for key in ("a\0b", "a\nb", "\x7f", "\x85"):
        odd = billing_pb2.UsageRecord(id=key, line="l", day=deal.day("2026-03-05"), quantity="1")
        controlled = failure(
            shop.billing.RecordUsage, billing_pb2.RecordUsageRequest(contract="contracts/x", records=[odd])
        )
        assert "control characters" in controlled.fields["records[0].id"]
    empty = billing_pb2.RecordUsageRequest(contract="contracts/x")
    assert failure(shop.billing.RecordUsage, empty).fields.keys() == {"records"}
    order = deal.ordered(shop, deal.line("CALLS"), deal.line("MUG"), term_months=12)
    stray = [
        billing_pb2.UsageRecord(id=line, line=line, day=deal.day("2026-03-05"), quantity="1")
        for line in ("cals", "calls", "mug")
    ]
    unknown = failure(shop.billing.RecordUsage, billing_pb2.RecordUsageRequest(contract=order.contract, records=stray))
    assert unknown.fields == {
        "records[0].line": "`cals` is no line of the contract; did you mean `calls`?",
        "records[2].line": "`mug` is not charged by usage; by usage: calls",
    }
    for amount in (0, -5, 10**18):
        payment = billing_pb2.RecordPaymentRequest(invoice="invoices/x", amount=amount)
        assert failure(shop.billing.RecordPayment, payment).fields.keys() == {"amount", "pay_date"}
    note = billing_pb2.IssueCreditNoteRequest(invoice="invoices/x")
    assert failure(shop.billing.IssueCreditNote, note).fields.keys() == {"reason"}
    run = billing_pb2.RunBillingRequest(contracts=["x"])
    assert failure(shop.billing.RunBilling, run).fields.keys() == {"until", "contracts[0]"}
    nobody = billing_pb2.RunBillingRequest(contracts=["contracts/x"], until=deal.day("2026-03-01"))
    assert failure(shop.billing.RunBilling, nobody).code is grpc.StatusCode.NOT_FOUND
    preview = billing_pb2.PreviewInvoicesRequest(contract="contracts/x", until=deal.day("2026-03-01"))
    assert failure(shop.billing.PreviewInvoices, preview).code is grpc.StatusCode.NOT_FOUND
