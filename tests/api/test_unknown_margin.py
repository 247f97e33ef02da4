"""A line without a cost: the totals name it, and approvals that read the margin say so; through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cpq.v1 import approval_pb2, pricing_pb2, quote_pb2

from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

POLICIES = (
    SMALL["approvals/policies.csv"].decode().replace("quote.discount_pct,", "quote.discount_pct,quote.margin_pct,")
)
ROWS = [each.replace(",", ",-,", 1) if each[:1] == ">" else each for each in POLICIES.splitlines()]
THIN = "-,< 20,thin,sales,manager,P2D,The margin is thin"
GUARD = "guards:\n  - {id: earn, margin_percent_min: 10}\n"
FILES = {
    **SMALL,
    "approvals/policies.csv": "\n".join([*ROWS, THIN, ""]).encode(),
    "prices/guards.yaml": GUARD.encode(),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def priced(shop: Served, *lines: pricing_pb2.LineInput) -> pricing_pb2.PricedQuote:
    return shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(*lines)), timeout=30)


def test_totals_name_the_lines_without_a_cost(shop: Served) -> None:
    known = priced(shop, deal.line("MUG", "4"))  # 4 x (12.50 - 5.00)
    assert (known.totals.margin, list(known.totals.lines_without_cost)) == (3_000, [])
    some = priced(shop, deal.line("MUG", "4"), deal.line("PLAN"), deal.line("BRD-1", id="o")).totals
    assert not some.HasField("margin") and not some.HasField("cost") and not some.margin_percent
    assert (list(some.lines_without_cost), some.lines_without_cost_count) == (["plan", "o"], 2)
    none = priced(shop, deal.line("PLAN")).totals  # costs are no matter here
    assert (list(none.lines_without_cost), none.lines_without_cost_count) == ([], 0)
    many = priced(shop, deal.line("MUG"), *(deal.line("BRD-1", id=f"o{n}") for n in range(25))).totals
    assert (len(many.lines_without_cost), many.lines_without_cost_count) == (20, 25)


def test_approvers_read_why_the_margin_is_unknown(shop: Served) -> None:
    route = priced(shop, deal.line("MUG", "4"), deal.line("PLAN")).approval_route
    (level,) = route.levels
    (reason,) = level.reasons
    assert (level.level, reason.policy, reason.note) == (
        "manager",
        "thin",
        "the margin is unknown: no cost for `plan`",
    )
    assert [(each.expression, each.value.WhichOneof("kind")) for each in reason.values] == [("quote.margin_pct", None)]
    assert priced(shop, deal.line("PLAN")).approval_route.levels[0].reasons[0].note == (
        "the margin is unknown: no line has a cost"
    )
    assert not priced(shop, deal.line("MUG")).approval_route.levels  # 60 %
    six = priced(shop, deal.line("MUG"), *(deal.line("BRD-1", id=f"o{n}") for n in range(6)))
    assert six.approval_route.levels[0].reasons[0].note.endswith("`o4` and 1 more")
    name = deal.create(shop, deal.line("MUG"), deal.line("PLAN")).name
    submitted = shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name), timeout=30)
    case = shop.approvals.GetApproval(approval_pb2.GetApprovalRequest(name=submitted.approval), timeout=30)
    assert case.requests[0].reasons[0].note == "the margin is unknown: no cost for `plan`"


def test_a_guard_on_the_margin_says_where_it_cannot_hold(shop: Served) -> None:
    request = pricing_pb2.ExplainPriceRequest(content=deal.content(deal.line("MUG"), deal.line("PLAN")))
    mug, plan = shop.pricing.ExplainPrice(request, timeout=30).waterfalls
    lost = {each.rule: each.reason for each in plan.losers}
    assert lost["earn"] == "its margin cannot be held: nobody stated a cost of the line"
    assert "earn" not in {each.rule for each in mug.losers}
