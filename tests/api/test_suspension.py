"""Lines that pause and come back, through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cpq.v1 import billing_pb2, contract_pb2, metric_pb2, revenue_pb2

from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, renewal, shown, signed, tie_out
from tests.api.server import Served, failure

KEPT, EXTENDED = contract_pb2.SUSPENDED_TERM_KEPT, contract_pb2.SUSPENDED_TERM_EXTENDED
REQUEST = "8f6d0d0e-2f8a-4a62-9d0e-6f3f1d2f6a11"


def suspended(shop: Served, contract: str, start: str, **fields: Any) -> contract_pb2.SuspendContractResponse:
    request = contract_pb2.SuspendContractRequest(name=contract, start=deal.day(start), reason="rebuilding", **fields)
    return shop.contracts.SuspendContract(request, timeout=30)


def resumed(shop: Served, contract: str, start: str, **fields: Any) -> contract_pb2.ResumeContractResponse:
    request = contract_pb2.ResumeContractRequest(name=contract, start=deal.day(start), reason="open again", **fields)
    return shop.contracts.ResumeContract(request, timeout=30)


def mrr(shop: Served, on: str) -> list[str]:
    report = shop.metrics.GetMetric(metric_pb2.GetMetricRequest(name="metrics/mrr", until=deal.day(on)))
    return [each.value for each in report.figures]


def test_a_suspended_line_bills_and_earns_nothing_and_its_kept_term_ends_as_agreed(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    wish: dict[str, Any] = {"term": KEPT, "request_id": REQUEST}
    preview = suspended(shop, order.contract, "2026-04-11", term=KEPT, validate_only=True)
    assert not contract_of(shop, order.contract).changes
    done = suspended(shop, order.contract, "2026-04-11", **wish)
    assert suspended(shop, order.contract, "2026-04-11", **wish) == done, "sent again, it is answered again"
    # 300.00 for April: 20 of its 30 days are credited, 200.00, with 19 % tax 238.00
    assert [(each.net, each.gross) for each in done.credit_notes] == [(20000, 23800)]
    assert [each.net for each in preview.credit_notes] == [20000]
    assert list(done.contract.suspended_lines) == ["plan"]
    (change,) = done.contract.changes
    # 3600.00 were promised: 300.00 of March and 100.00 of April are kept
    assert (change.suspended_term, change.ends[0].released) == (KEPT, 320000)
    assert not drafted(shop, order.contract, "2026-07-15")
    tie_out(shop, "2026-07-15")
    back = resumed(shop, order.contract, "2026-07-16")
    assert not back.contract.suspended_lines
    (line,) = back.contract.changes[1].added_lines
    # 16 of the 31 days of July at 300.00 are 154.84, then seven months to the end of February: 2254.84
    assert (line.id, line.term_amount, line.period.end) == ("plan.2", 225484, deal.day("2027-03-01"))
    bills = [each[:2] for each in shown(drafted(shop, order.contract, "2027-03-01"))]
    assert bills[:2] == [("2026-07-16", 15484), ("2026-08-01", 30000)]
    assert sum(net for _, net in bills) == 225484
    tie_out(shop, "2027-03-01")
    recognised = shop.revenue.GetRevenueContract(
        revenue_pb2.GetRevenueContractRequest(name=order.contract.replace("contracts/", "revenueContracts/"))
    )
    assert recognised.recognized == 40000 + 225484


def test_an_extended_term_ends_later_and_all_of_its_price_stays_owed(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    suspended(shop, order.contract, "2026-04-11", term=EXTENDED)
    back = resumed(shop, order.contract, "2026-07-16")
    (line,) = back.contract.changes[1].added_lines
    # 96 days from 11 April to 16 July: 1 March 2027 becomes 5 June 2027; 3200.00 of the 3600.00 are left
    assert (line.term_amount, line.period.end) == (320000, deal.day("2027-06-05"))
    bills = [each[:2] for each in shown(drafted(shop, order.contract, "2027-12-31"))]
    # 154.84 for July, ten months of 300.00, and the rest for 1 to 4 June: 45.16
    assert bills == [
        ("2026-07-16", 15484),
        *((f"2026-{each:02}-01", 30000) for each in (8, 9, 10, 11, 12)),
        *((f"2027-{each:02}-01", 30000) for each in (1, 2, 3, 4, 5)),
        ("2027-06-01", 4516),
    ]
    tie_out(shop, "2027-12-31")


def test_recurring_revenue_leaves_suspended_days_out(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    suspended(shop, order.contract, "2026-04-11")
    resumed(shop, order.contract, "2026-07-16")
    days = ("2026-04-10", "2026-04-11", "2026-07-15", "2026-07-16")
    assert [mrr(shop, each) or ["0.00"] for each in days] == [["300.00"], ["0.00"], ["0.00"], ["300.00"]]


def test_usage_of_suspended_days_is_named_and_billed_by_nothing(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), deal.line("PLAN"), term_months=12)
    suspended(shop, order.contract, "2026-04-11", lines=["calls"])
    resumed(shop, order.contract, "2026-04-21")
    days = ("2026-04-10", "2026-04-15", "2026-04-21")
    records = [
        billing_pb2.UsageRecord(id=f"u{n}", line="calls", day=deal.day(on), quantity="100") for n, on in enumerate(days)
    ]
    kept = shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=records))
    assert list(kept.outside_service) == ["u1"]
    bills = drafted(shop, order.contract, "2026-05-01")
    usage = [each for bill in bills for each in bill.lines if each.sku == "CALLS"]
    assert [(each.quantity, each.amount) for each in usage] == [("100", 500), ("100", 500)]
    tie_out(shop, "2026-05-01")


def test_what_came_back_is_suspended_amended_and_renewed_like_any_line(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-03-01")
    suspended(shop, order.contract, "2026-03-16", term=EXTENDED)
    resumed(shop, order.contract, "2026-04-01")
    suspended(shop, order.contract, "2026-05-01", term=EXTENDED)
    resumed(shop, order.contract, "2026-06-01")
    assert [each.id for change in contract_of(shop, order.contract).changes for each in change.added_lines] == [
        "plan.2",
        "plan.3",
    ]
    made = amendment(shop, order.contract, "2026-07-01", changes=[quantity("plan.3", "20")])
    signed(shop, made)
    next_term = renewal(shop, order.contract, months=12)
    assert [each.id for each in next_term.quote.priced.lines] == ["plan.5"]
    # 16 days of March and the 31 of May: the term ends on 17 April 2027 in the place of 1 March
    assert contract_of(shop, order.contract).changes[-1].added_lines[0].period.end == deal.day("2027-04-17")
    assert shown(drafted(shop, order.contract, "2027-12-31")) == shown(made.impact.schedule_after)
    tie_out(shop, "2027-12-31")


def test_drafts_go_and_a_service_without_an_end_pauses_too(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "2"))
    march, *ahead = drafted(shop, order.contract, "2026-05-01")
    done = suspended(shop, order.contract, "2026-04-01")
    assert [each.name for each in done.voided_invoices] == [each.name for each in ahead]
    assert not drafted(shop, order.contract, "2026-06-30")
    (left,) = shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest(contract=order.contract)).invoices
    assert left == march, "what the pause does not concern stays"
    back = resumed(shop, order.contract, "2026-07-01")
    assert not back.contract.changes[1].added_lines[0].period.HasField("end")
    assert [each[:2] for each in shown(drafted(shop, order.contract, "2026-08-01"))] == [
        ("2026-07-01", 6000),
        ("2026-08-01", 6000),
    ]
    tie_out(shop, "2026-08-01")


def test_a_line_that_comes_back_on_a_new_bill_day_promises_what_it_bills_from_there(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=6)
    suspended(shop, order.contract, "2026-04-11")
    wish = contract_pb2.SetBillDayRequest(
        name=order.contract, bill_day=15, effective=deal.day("2026-04-15"), reason="salary day"
    )
    shop.contracts.SetBillDay(wish, timeout=30)
    (line,) = resumed(shop, order.contract, "2026-04-15").contract.changes[-1].added_lines
    # Four months of 300.00 from 15 April, and 15 to 31 August: 17 of 31 days, 164.52. Not cut at 1 May any more.
    assert line.term_amount == 136452
    bills = [each[:2] for each in shown(drafted(shop, order.contract, "2026-12-31"))][2:]
    assert bills == [*((f"2026-{each:02}-15", 30000) for each in (4, 5, 6, 7)), ("2026-08-15", 16452)]
    tie_out(shop, "2026-12-31")


def test_a_contract_that_pauses_is_terminated_for_good(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    suspended(shop, order.contract, "2026-04-11", term=EXTENDED)
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2026-06-01"), reason="closed")
    done = shop.contracts.TerminateContract(request, timeout=30)
    assert (list(done.contract.suspended_lines), list(done.credit_notes)) == ([], [])
    assert done.contract.changes[-1].ends[0].end == deal.day("2026-04-11")
    asked = contract_pb2.ResumeContractRequest(name=order.contract, start=deal.day("2026-07-01"), reason="open again")
    assert failure(shop.contracts.ResumeContract, asked).states == ["CON044"]
    assert not drafted(shop, order.contract, "2027-12-31")
    tie_out(shop, "2027-12-31")


def test_what_a_signed_change_replaces_later_pauses_from_there_only(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    signed(shop, amendment(shop, order.contract, "2026-07-01", changes=[quantity("plan", "20")]))
    asked = contract_pb2.SuspendContractRequest(name=order.contract, start=deal.day("2026-05-01"), reason="rebuilding")
    assert failure(shop.contracts.SuspendContract, asked).states == ["CON049"]
    assert list(suspended(shop, order.contract, "2026-07-01").contract.suspended_lines) == ["plan.2"]
    tie_out(shop, "2026-07-01")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"lines": ["plam"]}, "lines[0]"),
        ({"lines": ["mug"]}, "CON041"),
        ({"lines": ["plan", "plan"]}, "lines"),
        ({"start": deal.day("2028-01-01")}, "CON043"),
        ({"start": None}, "start"),
        ({"reason": ""}, "reason"),
        ({"term": EXTENDED}, "CON042"),
        ({"name": "contracts/none"}, "name"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused_at_its_place(shop: Served, fields: dict[str, Any], named: str) -> None:
    order = deal.ordered(shop, deal.line("MUG"), deal.line("PLAN"), deal.line("CALLS", "5", term_months=12))
    if "start" in fields and fields["start"]:
        ended = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2027-01-01"), reason="over")
        shop.contracts.TerminateContract(ended)
    asked = {"name": order.contract, "start": deal.day("2026-04-01"), "reason": "why", **fields}
    refused = failure(shop.contracts.SuspendContract, contract_pb2.SuspendContractRequest(**asked))
    assert named in {*refused.fields, *refused.states}


def test_what_does_not_pause_does_not_come_back(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), deal.line("PLAN", id="b"), term_months=12)

    def refused(start: str, *lines: str) -> list[str]:
        asked = contract_pb2.ResumeContractRequest(
            name=order.contract, start=deal.day(start), lines=lines, reason="open again"
        )
        return failure(shop.contracts.ResumeContract, asked).states

    assert refused("2026-05-01") == ["CON044"]
    suspended(shop, order.contract, "2026-04-11", lines=["plan"])
    assert refused("2026-05-01", "b") == ["CON044"]
    assert refused("2026-04-10") == ["CON046"]
    assert refused("2027-03-01") == ["CON045"]
