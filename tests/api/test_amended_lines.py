"""Changes of lines that are not plain: bundles, prices with tax, other units, usage under a later book, ramps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import billing_pb2, contract_pb2, rule_book_pb2

from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, renewal, shown, signed, tie_out
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL, TERMS

SUITE = """\
categories:
  suite:
    title: Suites
    charge: {kind: recurring, period: month, timing: advance}
    recognition: service
  desk:
    title: Desks
    charge: {kind: recurring, period: month, timing: advance}
    recognition: service
products:
  - {sku: SUITE, name: Suite, category: suite, list: {EUR: 10.00, USD: 11.00}}
  - {sku: DESK, name: Desk, category: desk, list: {EUR: 4.99, USD: 5.00}, units: {box: 10}}
bundles:
  - sku: SUITE
    title: Suite
    groups:
      - {id: desk, title: Desk, where: category = "desk", quantity_max: 9}
"""
FILES = {**SMALL, "catalog/suite.yaml": SUITE.encode()}


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, FILES) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def test_a_bundle_is_changed_with_its_parts(offices: Served) -> None:
    suite = deal.line("SUITE", "2", id="s")
    desks = deal.line("DESK", "3", id="d", parent="s", group="desk")
    order = deal.ordered(offices, suite, desks, term_months=12)
    deal.invoiced(offices, order.contract, "2026-03-01")
    made = amendment(offices, order.contract, "2026-04-01", changes=[quantity("s", "5")])
    lines = {each.id: each for each in made.quote.content.lines}
    assert (lines["d.2"].parent, lines["d.2"].group, lines["d.2"].quantity) == ("s.2", "desk", "3")
    # 5 x 10.00 and 5 x 3 x 4.99
    assert {each.id: each.net for each in made.quote.priced.lines} == {"s.2": 5000, "d.2": 7485}
    second = signed(offices, made)
    assert {each.id: each.replaces for each in second.items} == {"s.2": "s", "d.2": "d"}
    assert shown(drafted(offices, order.contract, "2027-03-01")) == shown(made.impact.schedule_after)
    tie_out(offices, "2027-03-01")
    part = failure(
        offices.contracts.CreateAmendmentQuote,
        contract_pb2.CreateAmendmentQuoteRequest(
            contract=order.contract, changes=[quantity("d.2", "1")], valid_until=deal.UNTIL
        ),
    )
    assert part.reasons == ["CON027"]
    swap = contract_pb2.LineChange(line="s.2", sku="PLAN")
    other = failure(
        offices.contracts.CreateAmendmentQuote,
        contract_pb2.CreateAmendmentQuoteRequest(contract=order.contract, changes=[swap], valid_until=deal.UNTIL),
    )
    assert other.reasons == ["CON028"]
    gone = amendment(offices, order.contract, "2026-05-01", cancels=["s.2"], content={"lines": [deal.line("PLAN")]})
    assert {each.line for each in gone.quote.amendment.successions} == {"s.2", "d.2"}
    renewed = renewal(offices, order.contract)
    assert {each.id: each.net for each in renewed.quote.priced.lines} == {"s.3": 5000, "d.3": 7485}


def test_boxes_stay_boxes(offices: Served) -> None:
    order = deal.ordered(offices, deal.line("DESK", "2", id="d", unit="box"), term_months=12)
    made = amendment(offices, order.contract, "2026-04-01", changes=[quantity("d", "3")])
    assert made.quote.content.lines[0].unit == "box"
    # 3 boxes of 10 at 4.99
    assert made.quote.priced.lines[0].net == 14970
    signed(offices, made)
    tie_out(offices, "2026-04-30")


def test_a_price_with_tax_is_kept_with_tax(tmp_path: Path) -> None:
    files = {**SMALL, "terms/terms.yaml": f"{TERMS}tax: {{included: true}}\n".encode()}
    del files["tests/prices.yaml"]  # it tells prices without tax
    with served(tmp_path, files) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        order = deal.ordered(shop, deal.line("PLAN", "7"), term_months=12, manual_discounts=[deal.discount("10")])
        # 7 x 30.00 less 10 % are 189.00 with tax; eight are 216.00
        made = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "8")])
        assert made.quote.priced.totals.gross == 21600
        uplift: dict[str, Any] = {"price": contract_pb2.RENEWAL_PRICE_UPLIFT, "index_percent": "5"}
        renewed = renewal(shop, order.contract, **uplift)
        # 158.82 before tax and 5 % are 166.76, with 19 % tax 198.45
        assert renewed.quote.priced.totals.gross in (19844, 19845)
        signed(shop, made)
        assert {each.gross for each in drafted(shop, order.contract, "2026-06-01")[1:]} == {21600}
        tie_out(shop, "2026-06-30")


def test_usage_under_a_later_book_is_rated_by_that(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    metered = b"""\
models:
  - id: calls
    sku: CALLS
    model: graduated
    tiers: [{up_to: 100, unit: {EUR: 0.10, USD: 0.10}}, {unit: {EUR: 0.01, USD: 0.01}}]
"""
    dearer = {**SMALL, "prices/calls.yaml": metered}
    sources = [rule_book_pb2.SourceFile(path=path, content=content) for path, content in dearer.items()]
    shop.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(files=sources), timeout=30)
    made = amendment(shop, order.contract, "2026-03-02", content={"lines": [deal.line("CALLS", "200")]})
    signed(shop, made)
    record = billing_pb2.UsageRecord(id="u", line="calls", day=deal.day("2026-03-10"), quantity="300")
    shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]), timeout=30)
    billed = drafted(shop, order.contract, "2026-04-01")
    used = [each for bill in billed for each in bill.lines if each.sku == "CALLS"]
    # 100 x 0.10 and 200 x 0.01
    assert [each.amount for each in used] == [1200]
    tie_out(shop, "2026-04-30")


def test_the_segments_of_a_ramp_are_lines_that_change_one_by_one(shop: Served) -> None:
    ramped = deal.line("PLAN", "10", ramp={"segment_months": 12, "uplift_percent": "5"})
    order = deal.ordered(shop, ramped, term_months=24)
    assert [each.id for each in contract_of(shop, order.contract).lines] == ["plan/1", "plan/2"]
    made = amendment(shop, order.contract, "2026-09-01", changes=[quantity("plan/1", "12"), quantity("plan/2", "12")])
    # 12 x 30.00 for the rest of the first year, 12 x 31.50 in the second
    assert {each.id: each.net for each in made.quote.priced.lines} == {"plan/1.2": 36000, "plan/2.2": 37800}
    signed(shop, made)
    found = [each[1] for each in shown(drafted(shop, order.contract, "2028-03-01"))]
    assert found == [30000] * 6 + [36000] * 6 + [37800] * 12
    tie_out(shop, "2028-03-01")


def test_usage_counts_for_the_line_of_its_day_whatever_id_the_meter_knows(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def used(key: str, line: str, on: str, calls: str) -> None:
        record = billing_pb2.UsageRecord(id=key, line=line, day=deal.day(on), quantity=calls)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[record]))

    used("reported before the change was signed", "calls", "2026-03-20", "1000")
    signed(shop, amendment(shop, order.contract, "2026-03-16", changes=[quantity("calls", "500")]))
    used("on the day before", "calls.2", "2026-03-15", "10")
    used("on the day of the change", "calls", "2026-03-16", "100")
    used("by a meter that knows of no change", "calls", "2026-04-02", "2000")
    billed = [
        (line.quote_line, line.quantity, line.amount)
        for each in drafted(shop, order.contract, "2026-05-01")
        for line in each.lines
    ]
    # 0.05 a call: 10 before 16 March, 1 000 and 100 from then on, 2 000 in April
    assert billed == [("calls", "10", 50), ("calls.2", "1100", 5500), ("calls.2", "2000", 10000)]
    tie_out(shop, "2026-05-01")
