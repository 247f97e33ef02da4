"""Another bill day in a running contract, through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cpq.v1 import billing_pb2, contract_pb2

from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, shown, signed, tie_out
from tests.api.server import Served, failure


def set_day(shop: Served, contract: str, bill_day: int, effective: str, **fields: Any) -> Any:
    request = contract_pb2.SetBillDayRequest(
        name=contract, bill_day=bill_day, effective=deal.day(effective), reason="salary day", **fields
    )
    return shop.contracts.SetBillDay(request, timeout=30)


def test_a_short_period_leads_to_the_new_day_and_the_quote_is_billed_whole(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=6)
    deal.invoiced(shop, order.contract, "2026-04-01")
    ahead = drafted(shop, order.contract, "2026-05-01")
    preview = set_day(shop, order.contract, 15, "2026-04-10", validate_only=True)
    assert not contract_of(shop, order.contract).changes
    key = "8f6d0d0e-2f8a-4a62-9d0e-6f3f1d2f6a10"
    done = set_day(shop, order.contract, 15, "2026-04-10", request_id=key)
    assert set_day(shop, order.contract, 15, "2026-04-10", request_id=key) == done, "sent again, it is answered again"
    assert [each.name for each in done.voided_invoices] == [each.name for each in ahead]
    assert (preview.contract.changes[0].bill_day, preview.voided_invoices) == (15, done.voided_invoices)
    (change,) = contract_of(shop, order.contract).changes
    assert (change.bill_day, change.reason, len(change.added_lines)) == (15, "salary day", 0)
    # April is paid. On 15 April the new day has come: 1 to 14 May are 14 of the 30 days from 15 April, 140.00.
    # Then months of 300.00, and of the six months the rest: 1800 - 600 - 140 - 900 = 160.00 for 15 to 31 August.
    assert [each[:2] for each in shown(drafted(shop, order.contract, "2026-12-31"))] == [
        ("2026-04-15", 14000),
        ("2026-05-15", 30000),
        ("2026-06-15", 30000),
        ("2026-07-15", 30000),
        ("2026-08-15", 16000),
    ]
    tie_out(shop, "2026-12-31")


def test_what_a_signed_change_ends_bills_what_was_agreed_then_on_whatever_day_it_turns_over(shop: Served) -> None:
    """Its last days were worked out from periods that are others now; price, bill and revenue stay one amount."""
    order = deal.ordered(shop, deal.line("PLAN", "1"), term_months=12)
    signed(shop, amendment(shop, order.contract, "2026-05-04", changes=[quantity("plan", "2")]))
    # March and April at 30.00, and 3 of the 31 days of May, 2.90: 62.90 of the 360.00 stay, 297.10 are released.
    assert contract_of(shop, order.contract).changes[0].ends[0].released == 29710
    set_day(shop, order.contract, 15, "2026-04-02")
    # May to 14 May would be 14 of 30 days now, and its first three 3.00.
    own = [
        line.amount
        for each in drafted(shop, order.contract, "2026-06-30")
        for line in each.lines
        if line.quote_line == "plan"
    ]
    assert own == [3000, 3000, 290]
    tie_out(shop, "2026-06-30")


def test_an_amendment_after_it_is_on_the_new_day(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-03-01")
    set_day(shop, order.contract, 16, "2026-03-20")
    made = amendment(shop, order.contract, "2026-04-16", changes=[quantity("plan", "20")])
    # 1 to 15 April for ten: 15 of the 31 days from 16 March of 300.00, 145.16; from 16 April 600.00 for twenty
    assert [each[:2] for each in shown(made.impact.schedule_after)][:3] == [
        ("2026-04-01", 14516),
        ("2026-04-16", 60000),
        ("2026-05-16", 60000),
    ]
    signed(shop, made)
    assert shown(drafted(shop, order.contract, "2027-03-01")) == shown(made.impact.schedule_after)
    tie_out(shop, "2027-03-01")


def test_usage_is_rated_once_in_one_period(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)
    days = ("2026-03-05", "2026-04-05", "2026-05-02", "2026-05-20")
    records = [
        billing_pb2.UsageRecord(id=f"u{n}", line="calls", day=deal.day(on), quantity="100") for n, on in enumerate(days)
    ]
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=records))
    deal.invoiced(shop, order.contract, "2026-05-01")
    late = contract_pb2.SetBillDayRequest(
        name=order.contract, bill_day=10, effective=deal.day("2026-03-20"), reason="too late"
    )
    refused = failure(shop.contracts.SetBillDay, late)
    assert refused.states == ["CON038"]
    set_day(shop, order.contract, 10, "2026-05-01")
    # 100 calls at 0.05 each: those of 1 to 9 May, then those of 10 May to 9 June
    assert [each[:2] for each in shown(drafted(shop, order.contract, "2026-06-10"))] == [
        ("2026-05-10", 500),
        ("2026-06-10", 500),
    ]
    tie_out(shop, "2026-06-10")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"bill_day": 32}, "bill_day"),
        ({"bill_day": 0}, "bill_day"),
        ({"effective": deal.day("2026-02-01")}, "CON037"),
        ({"reason": " "}, "reason"),
        ({"effective": None}, "effective"),
        ({"by": "users/nobody else"}, "by"),
        ({"name": "contracts/none"}, "name"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_place(shop: Served, fields: dict[str, Any], named: str) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    asked = {"name": order.contract, "bill_day": 15, "effective": deal.day("2026-04-01"), "reason": "why", **fields}
    refused = failure(shop.contracts.SetBillDay, contract_pb2.SetBillDayRequest(**asked))
    assert named in {*refused.fields, *refused.states}


def test_the_day_that_it_has_is_no_change(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    set_day(shop, order.contract, 15, "2026-04-01")
    again = contract_pb2.SetBillDayRequest(
        name=order.contract, bill_day=15, effective=deal.day("2026-05-01"), reason="again"
    )
    assert failure(shop.contracts.SetBillDay, again).states == ["CON036"]
