"""Coupons through a real server: what invoices take off, what is left, and what revenue and the audit say of it."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, coupon_pb2, event_pb2, revenue_pb2

from tests.api import deal
from tests.api.server import Served, failure


def grant(server: Served, **fields: Any) -> coupon_pb2.Coupon:
    coupon = {"customer": "customers/anna", "display_name": "Welcome", **fields}
    return server.coupons.GrantCoupon(coupon_pb2.GrantCouponRequest(coupon=coupon))  # type: ignore[arg-type]


def euros(amount: int) -> dict[str, Any]:
    return {"amount_off": {"currency_code": "EUR", "amount": amount}}


def percent(text: str, invoices: int = 0) -> dict[str, Any]:
    return {"percent_off": {"percent": text, "invoices": invoices}}


def found(server: Served, name: str) -> coupon_pb2.Coupon:
    return server.coupons.GetCoupon(coupon_pb2.GetCouponRequest(name=name))


def run(server: Served, contract: str, until: str) -> list[billing_pb2.Invoice]:
    request = billing_pb2.RunBillingRequest(until=deal.day(until), contracts=[contract])
    return list(server.billing.RunBilling(request).invoices)


def ties_out(server: Served, until: str) -> None:
    server.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(until)))
    audit = server.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(until)))
    assert audit.valid, [each.message for each in audit.findings]


def revenue_of(server: Served, contract: str) -> revenue_pb2.RevenueContract:
    name = contract.replace("contracts/", "revenueContracts/")
    return server.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=name))


def test_an_amount_is_used_by_invoice_after_invoice_until_nothing_is_left(shop: Served) -> None:
    coupon = grant(shop, **euros(5_000))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    ask = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2026-05-31"))
    preview = shop.billing.PreviewInvoices(ask).invoices
    assert found(shop, coupon.name).amount_off.used == 0, "a preview uses nothing"
    invoices = deal.invoiced(shop, order.contract, "2026-05-31")
    # 30.00 a month: the first two take 30.00 and 20.00 off, the third nothing; 19 % of what is left
    assert [(each.discount, each.net, each.tax, each.gross) for each in invoices] == [
        (3000, 0, 0, 0),
        (2000, 1000, 190, 1190),
        (0, 3000, 570, 3570),
    ]
    assert [[(each.coupon, each.amount) for each in one.discounts] for one in invoices] == [
        [(coupon.name, 3000)],
        [(coupon.name, 2000)],
        [],
    ]
    assert [(each.lines[0].amount, each.lines[0].discount) for each in invoices] == [
        (3000, 3000),
        (3000, 2000),
        (3000, 0),
    ]
    assert [(each.gross, list(each.lines)) for each in preview] == [(each.gross, list(each.lines)) for each in invoices]
    after = found(shop, coupon.name)
    assert (after.amount_off.used, after.amount_off.left, after.used_up) == (5000, 0, True)
    assert invoices[0].state == billing_pb2.INVOICE_STATE_PAID, "nothing is owed"
    ties_out(shop, "2026-06-30")
    # 90.00 agreed less 50.00
    assert (revenue_of(shop, order.contract).price, revenue_of(shop, order.contract).recognized) == (4000, 4000)


def test_a_draft_that_is_voided_gives_the_coupon_back(shop: Served) -> None:
    coupon = grant(shop, **euros(1_000))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (draft,) = run(shop, order.contract, "2026-03-31")
    assert (draft.discount, found(shop, coupon.name).amount_off.left) == (1000, 0)
    ties_out(shop, "2026-03-31")
    shop.billing.VoidInvoice(billing_pb2.VoidInvoiceRequest(name=draft.name))
    assert found(shop, coupon.name).amount_off.left == 1000
    (again,) = run(shop, order.contract, "2026-03-31")
    assert (again.discount, again.gross) == (1000, draft.gross)
    events = shop.events.WatchEvents(
        event_pb2.WatchEventsRequest(entity=coupon.name.removeprefix("coupons/")), timeout=30
    )
    assert [each.event_type for each in events] == ["CouponGranted", "CouponUsed", "CouponGivenBack", "CouponUsed"]
    ties_out(shop, "2026-03-31")


def test_a_percent_for_some_invoices_of_some_products(shop: Served) -> None:
    coupon = grant(shop, **percent("10", invoices=2), products=["PLAN"])
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("CALLS", "100"), term_months=12)
    record = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="200")
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]))
    invoices = deal.invoiced(shop, order.contract, "2026-05-31")
    # a tenth of 30.00, in April beside 200 calls at 0.05 that it is not for; in May it has had its two invoices
    assert [(each.discount, each.net) for each in invoices] == [(300, 2700), (300, 3700), (0, 3000)]
    after = found(shop, coupon.name)
    assert (after.percent_off.used_invoices, after.used_up) == (2, True)
    ties_out(shop, "2026-05-31")


def test_usage_earns_what_the_coupon_leaves(shop: Served) -> None:
    grant(shop, **percent("25"))
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)
    record = billing_pb2.UsageRecord(id="a", line="calls", day=deal.day("2026-03-05"), quantity="200")
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]))
    (invoice,) = deal.invoiced(shop, order.contract, "2026-04-01")
    # 200 calls at 0.05 less a quarter
    assert (invoice.discount, invoice.net) == (250, 750)
    ties_out(shop, "2026-04-30")
    assert revenue_of(shop, order.contract).recognized == 750


def test_usage_corrected_on_a_draft_works_the_discount_out_anew(shop: Served) -> None:
    coupon = grant(shop, **euros(800))
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-05"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))

    record("a", "200")
    (draft,) = run(shop, order.contract, "2026-04-01")
    assert (draft.discount, draft.net) == (800, 200)
    record("b", "-140")
    (changed,) = run(shop, order.contract, "2026-04-01")
    # 60 calls at 0.05 are 3.00, all of which the coupon takes off; 5.00 are left of it
    assert (changed.name, changed.discount, changed.net, changed.gross) == (draft.name, 300, 0, 0)
    assert found(shop, coupon.name).amount_off.left == 500
    shop.billing.FinalizeInvoice(billing_pb2.FinalizeInvoiceRequest(name=draft.name))
    ties_out(shop, "2026-04-30")


@pytest.mark.parametrize("past_fault", [False, True])
def test_a_credit_note_keeps_the_share_of_the_discount(shop: Served, past_fault: bool) -> None:
    coupon = grant(shop, **euros(2_000))
    order = deal.ordered(shop)
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    # mugs for 50.00 less 20.00, with 19 %
    assert (invoice.net, invoice.gross) == (3000, 3570)
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31")))

    def credit(**fields: Any) -> billing_pb2.CreditNote:
        request = billing_pb2.IssueCreditNoteRequest(
            invoice=invoice.name, reason="scratched", past_fault=past_fault, **fields
        )
        return shop.billing.IssueCreditNote(request)

    note = credit(lines=[billing_pb2.CreditedLine(line=invoice.lines[0].id, amount=1000)])
    # 10.00 of 50.00 bore 4.00 of the 20.00
    assert (note.discount, note.net, note.tax, note.gross) == (400, 600, 114, 714)
    assert (note.lines[0].amount, note.lines[0].discount) == (-1000, -400)
    rest = credit()
    assert (rest.discount, rest.net, note.gross + rest.gross) == (1600, 2400, invoice.gross)
    assert found(shop, coupon.name).amount_off.left == 0, "what was used stays used"
    ties_out(shop, "2026-03-31")
    balances = shop.revenue.GetTrialBalance(revenue_pb2.GetTrialBalanceRequest()).balances
    assert {each.account: each.balance for each in balances if each.balance} == {}


@pytest.mark.parametrize("end", ["2026-03-01", "2026-04-16", "2026-05-01"])
def test_a_line_that_ends_early_ties_out_with_its_discount(shop: Served, end: str) -> None:
    grant(shop, **euros(4_500))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-30")
    ties_out(shop, "2026-03-31")
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day(end), reason="moves away")
    ended = shop.contracts.TerminateContract(request)
    notes = ended.credit_notes
    if end == "2026-04-16":
        # half of April: 15.00 of 30.00, which bore 7.50 of the 15.00 that were left of the coupon; 19 % of 7.50 is 1.43
        assert [(each.discount, each.net, each.tax) for each in notes] == [(750, 750, 143)]
    ties_out(shop, "2026-12-31")


def test_coupons_are_used_in_order_by_priority_then_age(shop: Served) -> None:
    last = grant(shop, **percent("50"), priority=2)
    first = grant(shop, **euros(1_000))
    second = grant(shop, **percent("10"))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    (draft,) = run(shop, order.contract, "2026-03-31")
    # 30.00 - 10.00 = 20.00; a tenth is 2.00; half of 18.00 is 9.00
    assert [(each.coupon, each.amount) for each in draft.discounts] == [
        (first.name, 1000),
        (second.name, 200),
        (last.name, 900),
    ]
    assert draft.net == 900
    listed = shop.coupons.ListCoupons(coupon_pb2.ListCouponsRequest(customer="customers/anna"))
    assert [each.name for each in listed.coupons] == [last.name, first.name, second.name]
    page = shop.coupons.ListCoupons(coupon_pb2.ListCouponsRequest(page_size=2))
    more = coupon_pb2.ListCouponsRequest(page_size=2, page_token=page.next_page_token)
    assert [each.name for each in shop.coupons.ListCoupons(more).coupons] == [second.name]
    ties_out(shop, "2026-03-31")


def test_several_contracts_of_a_run_share_a_coupon(shop: Served) -> None:
    coupon = grant(shop, **euros(4_000))
    orders = [deal.ordered(shop, deal.line("PLAN"), term_months=3) for _ in range(2)]
    contracts = [each.contract for each in orders]
    request = billing_pb2.RunBillingRequest(until=deal.day("2026-03-31"), contracts=contracts)
    assert [each.discount for each in shop.billing.RunBilling(request).invoices] == [3000, 1000]
    assert found(shop, coupon.name).used_up
    ties_out(shop, "2026-03-31")


def test_runs_at_once_do_not_use_the_same_rest_twice(shop: Served) -> None:
    coupon = grant(shop, **euros(4_000))
    contracts = [deal.ordered(shop, deal.line("PLAN"), term_months=3).contract for _ in range(4)]
    asked = [billing_pb2.RunBillingRequest(until=deal.day("2026-03-31"), contracts=[each]) for each in contracts]
    running = [shop.billing.RunBilling.future(each, timeout=60) for each in asked]
    discounts = [invoice.discount for each in running for invoice in each.result().invoices]
    # 30.00 of one, 10.00 of another, whoever comes first
    assert sorted(discounts) == [0, 0, 1000, 3000]
    assert found(shop, coupon.name).amount_off.used == 4_000
    ties_out(shop, "2026-03-31")


def test_a_coupon_is_for_its_contracts_and_days(shop: Served) -> None:
    orders = [deal.ordered(shop, deal.line("PLAN"), term_months=3) for _ in range(2)]
    period = {"start": deal.day("2026-04-01"), "end": deal.day("2026-05-01")}
    coupon = grant(shop, **percent("10"), contracts=[orders[1].contract], valid=period)
    drafts = [run(shop, each.contract, "2026-05-31") for each in orders]
    assert [[each.discount for each in own] for own in drafts] == [[0, 0, 0], [0, 300, 0]]
    ended = shop.coupons.EndCoupon(coupon_pb2.EndCouponRequest(name=coupon.name, end=deal.day("2026-04-15")))
    assert ended.valid.end == deal.day("2026-04-15")
    late = failure(shop.coupons.EndCoupon, coupon_pb2.EndCouponRequest(name=coupon.name, end=deal.day("2026-04-15")))
    assert "ends on 2026-04-15 already" in late.fields["end"]
    stale = coupon_pb2.EndCouponRequest(name=coupon.name, end=deal.day("2026-04-01"), etag=coupon.etag)
    assert failure(shop.coupons.EndCoupon, stale).code is grpc.StatusCode.ABORTED


def test_the_schedule_of_an_amendment_counts_the_coupon(shop: Served) -> None:
    grant(shop, **euros(4_000))
    order = deal.ordered(shop, deal.line("PLAN"), term_months=3)
    run(shop, order.contract, "2026-03-31")
    request = contract_pb2.CreateAmendmentQuoteRequest(
        contract=order.contract,
        effective=deal.day("2026-04-01"),
        changes=[contract_pb2.LineChange(line="plan", quantity="2")],
        valid_until=deal.UNTIL,
    )
    impact = shop.contracts.CreateAmendmentQuote(request).impact
    # 40.00 off 30.00 + 30.00 + 30.00, and off 30.00 + 60.00 + 60.00
    assert sum(each.net for each in impact.schedule_before) == 9000 - 4000
    assert sum(each.net for each in impact.schedule_after) == 15000 - 4000


def test_what_cannot_be_granted_is_refused_with_every_fault(shop: Served) -> None:
    def wrong(**coupon: Any) -> Any:
        return failure(shop.coupons.GrantCoupon, coupon_pb2.GrantCouponRequest(coupon=coupon))  # type: ignore[arg-type]

    assert wrong().fields.keys() == {"coupon.display_name", "coupon.customer", "coupon.off"}
    told = {"customer": "customers/anna", "display_name": "Welcome"}
    assert wrong(**told, **euros(0)).fields.keys() == {"coupon.amount_off.amount"}
    odd = {"amount_off": {"currency_code": "EURO", "amount": 1}}
    assert wrong(**told, **odd).fields.keys() == {"coupon.amount_off.currency_code"}
    assert wrong(**told, **percent("ten", -1)).fields.keys() == {
        "coupon.percent_off.percent",
        "coupon.percent_off.invoices",
    }
    period = {"start": deal.day("2026-04-01"), "end": deal.day("2026-04-01")}
    many = wrong(**told, **percent("101"), products=["PLAM"], contracts=["contracts/k-1"], valid=period)
    assert many.fields == {
        "coupon.percent_off.percent": "101 is not above 0 and at most 100",
        "coupon.valid.end": "2026-04-01 is not after 2026-04-01",
        "coupon.contracts[0]": "`contracts/k-1` is no contract of the customer",
        "coupon.products[0]": "there is no product `PLAM`; did you mean `PLAN`?",
    }
    nobody = wrong(customer="customers/bob", display_name="Welcome", **percent("10"))
    assert (nobody.code, nobody.fields.keys()) == (grpc.StatusCode.NOT_FOUND, {"coupon.customer"})
    missing = failure(shop.coupons.GetCoupon, coupon_pb2.GetCouponRequest(name="coupons/none"))
    assert missing.code is grpc.StatusCode.NOT_FOUND
