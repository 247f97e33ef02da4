"""An agreed price of a line that is a percent of others, from the quote to its renewal; the shipped subscription book
over gRPC.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import common_pb2, contract_pb2, pricing_pb2

from engine.adapters.rule_folder import read_folder
from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, renewal, shown, signed, tie_out
from tests.api.server import Served, served

RULES = Path(__file__).parents[2] / "rules"
RULES_PRICE = contract_pb2.PRICE_BASIS_RULES
PERCENT, TARGET = pricing_pb2.MANUAL_DISCOUNT_KIND_PERCENT, pricing_pb2.MANUAL_DISCOUNT_KIND_TARGET_PRICE


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, read_folder(RULES / "saas")) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        yield server


def asked(kind: Any = PERCENT, value: str = "10", **fields: Any) -> pricing_pb2.QuoteContent:
    """A team plan with 60 seats, 49.00 and 10 x 20.00 + 40 x 18.00 + 10 x 15.00 = 1070.00 a month; support is 15 % of
    these 1119.00, 167.85, with a discount by hand.
    """
    lines = deal.line("TEAM", id="team"), deal.line("SEAT", "60", id="seats"), deal.line("SUPPORT", id="support")
    manual = pricing_pb2.ManualDiscount(
        id="m",
        on=pricing_pb2.MANUAL_DISCOUNT_TARGET_LINE,
        kind=kind,
        value=value,
        target="support",
        reason="to win the deal",
        author="users/rep",
        **fields,
    )
    return deal.content(*lines, term_months=12, manual_discounts=[manual])


def running(platform: Served) -> str:
    content = asked()
    return deal.ordered(
        platform, *content.lines, term_months=12, manual_discounts=list(content.manual_discounts)
    ).contract


def test_an_agents_discount_on_support_is_given_and_told(platform: Served) -> None:
    request = pricing_pb2.PriceQuoteRequest(content=asked(value="20"), view=common_pb2.VIEW_WATERFALL)
    priced = platform.pricing.PriceQuote(request, timeout=30)
    support = next(each for each in priced.lines if each.id == "support")
    assert support.net == 13428  # 167.85 less 20 %
    assert [(each.step, each.after) for each in support.waterfall.steps] == [
        ("list price", "0.00"),
        ("percent of total", "167.85"),
        ("manual discount", "134.28"),
    ]
    # 33.57 of 1119.00 + 167.85
    assert (priced.totals.list, priced.totals.unlisted, priced.totals.discount_percent) == (111900, 16785, "2.6087")
    deep = pricing_pb2.PriceQuoteRequest(content=asked(value="95"))
    route = platform.pricing.PriceQuote(deep, timeout=30).approval_route
    assert [each.level for each in route.levels] == ["manager"]  # 159.46 of 1286.85 is 12.39 %, above 10


def test_a_renewal_at_the_same_price_keeps_the_agreed_support(platform: Served) -> None:
    contract = running(platform)
    (support,) = [each for each in contract_of(platform, contract).lines if each.id == "support"]
    assert support.amount == 15107  # 151.065
    made = renewal(platform, contract)
    assert {each.id: each.net for each in made.quote.priced.lines} == {
        "team.2": 4900,
        "seats.2": 107000,
        "support.2": 15107,
    }
    signed(platform, made)
    renewed = contract_of(platform, contract).changes[0].added_lines
    assert [each.amount for each in renewed if each.sku == "SUPPORT"] == [15107]
    last, first = shown(drafted(platform, contract, "2027-03-01"))[-2:]
    assert (last[0], last[1], first[0], first[1]) == ("2027-02-01", 127007, "2027-03-01", 127007)
    tie_out(platform, "2027-03-31")


def test_a_renewal_at_list_prices_takes_its_discount_off_support_once(tmp_path: Path) -> None:
    """Ten percent off: 44.10 and 963.00, and 15 % of these; of support at a percent of the list 10 % off its price."""
    files = read_folder(RULES / "saas")
    terms = files["terms/terms.yaml"].replace(
        b"contract: {", b"contract: {renewal: {price: list, list_discount_percent: 10}, "
    )
    with served(tmp_path, files | {"terms/terms.yaml": terms}) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        plus = deal.line("SUPPORT-PLUS", id="plus")
        contract = deal.ordered(server, *asked().lines, plus, term_months=12).contract
        made = renewal(server, contract)
        assert {each.id: each.net for each in made.quote.priced.lines} == {
            "team.2": 4410,
            "seats.2": 96300,
            "support.2": 15107,  # 15 % of 1007.10 is 151.065
            "plus.2": 25178,  # 25 % of 1119.00 is 279.75, less 10 % 251.775
        }


def test_an_amendment_keeps_the_agreed_support_until_it_is_priced_by_the_rules(platform: Served) -> None:
    contract = running(platform)
    more = quantity("seats", "70")
    kept = amendment(platform, contract, "2026-04-01", changes=[more, quantity("support", "1")])
    lines = {each.id: each.net for each in kept.quote.priced.lines}
    assert lines == {"seats.2": 124833, "support.2": 15107}  # 70 at 17.8333, and what was agreed
    # by the rules 15 % of 1119.00, and of 49.00 + 1248.33
    assert [each for each in kept.impact.remarks if "support" in each] == [
        "`support.2` stays at 151.07 EUR as agreed, but SUPPORT is a percent of lines that change: "
        "by the rules it would go from 167.85 EUR to 194.60 EUR"
    ]
    by_rules = amendment(
        platform,
        contract,
        "2026-04-01",
        changes=[more, quantity("team", "1"), quantity("support", "1", price=RULES_PRICE)],
    )
    # 15 % of 49.00 + 1248.33
    assert {each.id: each.net for each in by_rules.quote.priced.lines}["support.2"] == 19460


def test_a_final_price_of_support_takes_part_in_no_discount_on_the_order(platform: Served) -> None:
    content = asked(kind=TARGET, value="120", replaces=pricing_pb2.MANUAL_DISCOUNT_REPLACES_FINAL)
    content.manual_discounts.append(deal.discount("10"))
    content.manual_discounts[1].id = "all"
    priced = platform.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content), timeout=30)
    assert {each.id: each.net for each in priced.lines} == {"team": 4410, "seats": 96300, "support": 12000}
