"""A year of one contract as its accountant walks through it, month end by month end; all amounts worked out by hand.

A plan of ten at 300.00 a month with support at 10 % of it, four mugs; a prepaid credit; a pause; five more of the plan;
a penalty that is expected; goodwill; a refund that is expected and then given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cpq.v1 import billing_pb2, metric_pb2, revenue_pb2

from tests.api import deal
from tests.api.amending import amendment, quantity, signed
from tests.api.server import Served, served
from tests.api.test_prepaid_service import BOUGHT, accounts, add
from tests.api.test_stated_facts import state
from tests.api.test_suspension import KEPT, resumed, suspended
from tests.fakes.rules import CATALOG, SMALL

SUPPORT = "products:\n  - {sku: SUP, name: Support, category: service}\n"
PERCENT = """\
percent_of_total:
  - {id: support, sku: SUP, percent: 10 %, of: 'line.sku = "PLAN"', basis: net}
"""
BOOK = {
    **SMALL,
    "catalog/products.yaml": CATALOG.replace("products:\n", SUPPORT).encode(),
    "prices/support.yaml": PERCENT.encode(),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, BOOK) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@dataclass
class Walk:
    """A contract on its way through the months."""

    shop: Served
    contract: str
    last: billing_pb2.Invoice | None = None

    @property
    def revenue(self) -> str:
        return self.contract.replace("contracts/", "revenueContracts/")

    def bill(self, until: str) -> list[tuple[int, int]]:
        """Net, and what prepaid credits paid, of what is billed."""
        made = deal.invoiced(self.shop, self.contract, until)
        self.last = made[-1] if made else self.last
        return [(each.net, each.prepaid) for each in made]

    def prices(self) -> dict[str, int]:
        """The prices of the obligations."""
        found = self.shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=self.revenue))
        return {each.id: each.price for each in found.obligations}

    def credit(self, sku: str, amount: int, reason: str) -> None:
        """Credit a line of the last invoice."""
        assert self.last is not None
        (line,) = [each for each in self.last.lines if each.sku == sku]
        wish = billing_pb2.CreditedLine(line=line.id, amount=amount)
        request = billing_pb2.IssueCreditNoteRequest(invoice=self.last.name, lines=[wish], reason=reason)
        self.shop.billing.IssueCreditNote(request, timeout=30)

    def position(self, on: str, functional: str = "") -> revenue_pb2.RevenuePosition:
        rates = [revenue_pb2.DatedRate(since=deal.day("2026-03-01"), rate="1.10")] if functional else []
        request = revenue_pb2.GetRevenuePositionRequest(
            name=self.revenue, until=deal.day(on), functional_currency_code=functional, rates=rates
        )
        return self.shop.revenue.GetRevenuePosition(request)

    def month_end(self, on: str, *, earned: int, billed: int, aside: int = 0, left: int) -> None:
        """Recognise, audit, and compare: what is earned and billed in all, set aside, and left to bill."""
        self.shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day(on)))
        audit = self.shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day(on)))
        assert audit.valid, [each.message for each in audit.findings]
        found = self.position(on)
        told = (found.recognized, found.billed, found.set_aside, found.unbilled_backlog)
        assert told == (earned, billed, aside, left), on
        net = billed - earned - aside
        assert (found.contract_liability, found.contract_asset) == (max(net, 0), max(-net, 0)), on
        assert (found.booked_liability, found.booked_asset) == (max(net, 0), max(-net, 0)), on
        assert found.rpo == net + left, on
        books = accounts(self.shop, on)
        assert sum(books.values()) == 0
        assert -books["revenue"] == earned
        assert -books.get("contract_clearing", 0) == net
        assert -books.get("refund_liability", 0) == aside


def metric(shop: Served, name: str, start: str, until: str) -> list[str]:
    since = deal.day(start) if start else None
    request = metric_pb2.GetMetricRequest(name=f"metrics/{name}", since=since, until=deal.day(until))
    return [each.value for each in shop.metrics.GetMetric(request).figures]


def test_a_year_of_a_contract_ties_out_at_each_month_end(shop: Served) -> None:
    add(shop, 50_000, source=BOUGHT, reference="bank 1")
    lines = deal.line("PLAN", "10", id="plan"), deal.line("SUP", id="sup"), deal.line("MUG", "4", id="mug")
    order = deal.ordered(shop, *lines, term_months=12)
    walk = Walk(shop, order.contract)
    # 12 x (300.00 + 30.00) + 4 x 12.50 = 4010.00; March: 330.00, with tax 392.70 of the 500.00 prepaid
    assert walk.bill("2026-03-31") == [(33000, 39270)]
    walk.month_end("2026-03-31", earned=33000, billed=33000, left=368000)

    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    # mugs 50.00 (59.50 with tax), April 330.00: the credit has 107.30 left
    assert walk.bill("2026-04-01") == [(5000, 5950), (33000, 4780)]
    paused = suspended(shop, walk.contract, "2026-04-11", term=KEPT)
    # 20 of the 30 days of April are credited: 220.00; of 330.00 a month 110.00 are earned
    assert [each.net for each in paused.credit_notes] == [22000]
    walk.month_end("2026-04-30", earned=33000 + 5000 + 11000, billed=49000, left=0)

    back = resumed(shop, walk.contract, "2026-05-01")
    # ten months are left: 3000.00 and 300.00
    assert [each.term_amount for each in back.contract.changes[-1].added_lines] == [300000, 30000]
    assert walk.bill("2026-05-31") == [(33000, 0)]
    walk.month_end("2026-05-31", earned=82000, billed=82000, left=297000)

    signed(shop, amendment(shop, walk.contract, "2026-07-01", changes=[quantity("plan.2", "15")]))
    # from July on 15 x 30.00 + 30.00 = 480.00 a month; 8 months are 3840.00
    assert walk.bill("2026-07-31") == [(33000, 0), (48000, 0)]
    walk.month_end("2026-07-31", earned=163000, billed=163000, left=384000 - 48000)

    # A penalty of 60.00 is expected: by 3600.00, 300.00 and 50.00 of 3950.00 it falls on plan 54.68, support 4.56 and
    # the mugs 0.76. Of that 1/8 (6.84), 3/10 (1.37) and all is satisfied; the rest of plan, 47.84, and support, 3.19,
    # is spread over seven months, the odd cents first: 6.84 and 0.46 in August.
    # 450.00 - 6.84 - 6.84 and 30.00 - 1.37 - 0.46 less 0.76: 463.73
    state(shop, walk.revenue, "2026-08-01", variable_amount={"amount": -6000})
    assert walk.bill("2026-08-31") == [(48000, 0)]
    assert walk.prices() == {
        "plan": 40000, "sup": 4000, "plan.2": 60000, "plan.3": 354532, "sup.2": 29544, "mug": 4924
    }  # fmt: skip
    walk.month_end("2026-08-31", earned=163000 + 46373, billed=211000, left=336000 - 48000 - 6000)
    # half a year is left at 480.00 less the penalty, of which the customer was billed too much so far
    assert walk.position("2026-08-31").contract_liability == 1627

    # A refund of 90.00 on the plan is expected: 886.32 of 3545.32 are satisfied, so 22.50 are no revenue any more, and
    # 67.50 are spread over six months: September earns 443.16 - 22.50 - 11.25 + 29.54 = 438.95
    state(shop, walk.revenue, "2026-09-01", expected_refund={"quote_line": "plan.3", "refund": 9000})
    assert walk.bill("2026-09-30") == [(48000, 0)]
    walk.month_end("2026-09-30", earned=209373 + 43895, billed=259000, aside=9000, left=240000 - 6000)
    # more is earned and set aside than billed: an asset beside the refund liability, in dollars at 1.10
    position = walk.position("2026-09-30", functional="USD")
    assert (position.contract_liability, position.contract_asset, position.set_aside) == (0, 3268, 9000)
    # 2590.00 x 1.10 billed, 2532.68 + 90.00 met it: 2884.95 by 1.10, and 35.95 are the asset
    told = position.functional
    assert (told.currency_code, told.billed, told.contract_liability, told.contract_asset) == ("USD", 284900, 0, 3595)

    # Goodwill of 30.00 on the support of September: of the price of support 5/10 are satisfied by the end of the month
    walk.credit("SUP", 3000, "goodwill")
    walk.month_end("2026-09-30", earned=253268 - 1500, billed=256000, aside=9000, left=234000)

    # The refund is given: released and credited, so that revenue stays. October earns 443.16 - 11.25 and 29.54 - 3.00
    assert walk.bill("2026-10-31") == [(48000, 0)]
    state(shop, walk.revenue, "2026-10-10", refund_release={"item": "s-2", "amount": 9000})
    walk.credit("PLAN", 9000, "refund")
    walk.month_end("2026-10-31", earned=251768 + 43191 + 2654, billed=295000, left=4 * 48000 - 6000)

    # 400.00, 40.00, 50.00, 600.00, 300.00 and 3600.00 less 60.00, 30.00 and 90.00: 4810.00 are earned in the end, and
    # the penalty is still to be given
    walk.bill("2027-02-28")
    walk.month_end("2027-02-28", earned=481000, billed=487000, left=-6000)


def test_the_figures_of_recurring_revenue_follow_the_pause_and_the_change(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10", id="plan"), deal.line("SUP", id="sup"), term_months=12)
    suspended(shop, order.contract, "2026-04-11", term=KEPT)
    resumed(shop, order.contract, "2026-05-01")
    signed(shop, amendment(shop, order.contract, "2026-07-01", changes=[quantity("plan.2", "15")]))
    # 300.00 + 30.00 a month, nothing in the pause, 450.00 + 30.00 from July on
    assert [metric(shop, "mrr", "", day) for day in ("2026-03-31", "2026-04-30", "2026-05-31", "2026-12-31")] == [
        ["330.00"],
        ["0.00"],
        ["330.00"],
        ["480.00"],
    ]
    assert metric(shop, "arr", "", "2026-12-31") == ["5760.00"]
    # new 330.00, lost 330.00, back 330.00, 150.00 more
    assert metric(shop, "mrr_movements", "2026-01-01", "2026-12-31") == ["480.00"]
    # of the 330.00 before April nothing is left at its end; of those before June 480.00, and none is less: 480 / 330
    assert metric(shop, "nrr", "2026-04-01", "2026-04-30") == ["0.000000"]
    assert metric(shop, "logo_churn_rate", "2026-04-01", "2026-04-30") == ["1.000000"]
    assert metric(shop, "nrr", "2026-06-01", "2026-12-31") == ["1.454545"]
    assert metric(shop, "grr", "2026-06-01", "2026-12-31") == ["1.000000"]
    assert metric(shop, "net_mrr_churn_rate", "2026-06-01", "2026-12-31") == ["-0.454545"]
