"""Support that is a percent of the platform, added to a contract that runs; the shipped subscription book over gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import contract_pb2, pricing_pb2, quote_pb2

from engine.adapters.rule_folder import read_folder
from engine.cli.command import main
from tests.api import deal
from tests.api.amending import amendment, drafted, quantity, shown, signed, tie_out
from tests.api.server import Served, served

RULES_PRICE = contract_pb2.PRICE_BASIS_RULES
RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, read_folder(RULES / "saas")) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        yield server


def running(platform: Served, *more: pricing_pb2.LineInput) -> str:
    """A team plan with 60 seats for a year."""
    seats = deal.line("SEAT", "60", id="seats")
    return deal.ordered(platform, deal.line("TEAM", id="team"), seats, *more, term_months=12).contract


def asked(contract: str, *changes: contract_pb2.LineChange) -> contract_pb2.CreateAmendmentQuoteRequest:
    effective = deal.day("2026-04-01")
    return contract_pb2.CreateAmendmentQuoteRequest(
        contract=contract, effective=effective, valid_until=deal.UNTIL, changes=changes
    )


def support(**fields: Any) -> pricing_pb2.QuoteContent:
    return pricing_pb2.QuoteContent(lines=[deal.line("SUPPORT-PLUS", id="plus")], **fields)


def net_of(made: contract_pb2.AmendmentQuote, line: str) -> int:
    return next(each.net for each in made.quote.priced.lines if each.id == line)


def test_an_added_percent_counts_the_lines_that_go_on(platform: Served) -> None:
    contract = running(platform)
    made = amendment(platform, contract, "2026-04-01", content=support())
    # 25 % of the list: 49.00, and 10 x 20.00 + 40 x 18.00 + 10 x 15.00 = 1070.00; together 1119.00
    assert net_of(made, "plus") == 27975
    assert [each.id for each in made.quote.priced.lines] == ["plus"]
    explained = pricing_pb2.ExplainPriceRequest(quote=made.quote.name, line_ids=["plus"])
    step = platform.pricing.ExplainPrice(explained).waterfalls[0].steps[0]
    assert "team (running), seats (running)" in str(step.inputs)


def test_a_percent_counts_changed_lines_and_those_that_go_on_together(platform: Served) -> None:
    contract = running(platform)
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "70")], content=support())
    # the list of 70: 200.00 + 720.00 + 20 x 15.00 = 1220.00; with 49.00, 25 % are 317.25
    assert net_of(made, "plus") == 31725
    gone = asked(contract)
    gone.cancels.append("seats")
    gone.content.CopyFrom(support())
    # 25 % of 49.00
    assert net_of(platform.contracts.CreateAmendmentQuote(gone, timeout=30), "plus") == 1225


def test_a_percent_counts_the_same_whether_the_change_names_its_lines(platform: Served) -> None:
    contract = running(platform)
    named = (quantity("team", "1"), quantity("seats", "60"))
    made = amendment(platform, contract, "2026-04-01", changes=named, content=support())
    assert net_of(made, "plus") == 27975
    assert made.quote.amendment.successions


def test_a_percent_of_what_was_agreed_counts_the_agreed_amounts(platform: Served) -> None:
    tenth = deal.discount("10")
    contract = deal.ordered(
        platform,
        deal.line("TEAM", id="team"),
        deal.line("SEAT", "60", id="seats"),
        term_months=12,
        manual_discounts=[tenth],
    ).contract
    made = amendment(platform, contract, "2026-04-01", content=deal.content(deal.line("SUPPORT", id="support")))
    # 10 % off 1119.00 leaves 44.10 + 963.00 = 1007.10; 15 % of it are 151.065
    assert net_of(made, "support") == 15107


def test_a_percent_is_priced_by_the_rules_again_beside_what_goes_on(platform: Served) -> None:
    contract = running(platform, deal.line("SUPPORT", id="support"))
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "70")])
    assert [each.id for each in made.quote.priced.lines] == ["seats.2"]
    by_rules = quantity("support", "1", price=RULES_PRICE)
    made = amendment(platform, contract, "2026-04-01", changes=[by_rules])
    # 15 % of 1119.00
    assert net_of(made, "support.2") == 16785


def test_a_percent_is_added_to_the_draft_of_a_change_and_follows_its_edits(platform: Served) -> None:
    contract = running(platform)
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("team", "1")])
    change = quote_pb2.BatchUpdateQuoteLinesRequest(
        name=made.quote.name, upserts=[deal.line("SUPPORT-PLUS", id="plus")]
    )
    edited = platform.quotes.BatchUpdateQuoteLines(change)
    assert {each.id: each.net for each in edited.priced.lines}["plus"] == 27975
    back = quote_pb2.BatchUpdateQuoteLinesRequest(name=made.quote.name, removals=["plus"])
    assert [each.id for each in platform.quotes.BatchUpdateQuoteLines(back).priced.lines] == ["team.2"]


def test_each_year_of_an_added_ramp_counts_the_year_of_the_contract(platform: Served) -> None:
    """The seats grow from 10 to 60 after a year: 10 x 20.00 = 200.00, then 1070.00; the team plan is 49.00."""
    second = pricing_pb2.RampSegment(number=2, quantity="60")
    ramped = deal.line("SEAT", "10", id="seats", ramp=pricing_pb2.Ramp(segment_months=12, segments=[second]))
    contract = deal.ordered(platform, deal.line("TEAM", id="team"), ramped, term_months=24).contract
    one = amendment(platform, contract, "2026-04-01", content=support())
    # 25 % of 249.00, and not of both years together
    assert net_of(one, "plus") == 6225
    first, later = one.quote.priced.warnings
    assert first == (
        "`plus` counts `seats/1` through its whole term, although that ends before it: "
        "give `plus` a ramp of its own to follow it"
    )
    assert later.startswith("`plus` does not count `seats/2`, since that begins after it")
    years = support()
    years.lines[0].term_months = 23
    years.lines[0].start.CopyFrom(deal.day("2026-04-01"))
    years.lines[0].ramp.segment_months = 11
    made = amendment(platform, contract, "2026-04-01", content=years)
    # 25 % of 249.00 to March 2027, then of 1119.00
    nets = {each.id: each.net for each in made.quote.priced.lines}
    assert nets == {"plus/1": 6225, "plus/2": 27975, "plus/3": 27975}
    assert not made.quote.priced.warnings


def test_a_percent_that_stays_and_a_kept_price_above_the_rules_are_named(platform: Served) -> None:
    contract = running(platform, deal.line("SUPPORT", id="support"))
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "70")])
    dearer, stays = made.impact.remarks
    # 70 at 1070.00 / 60 are 1248.33; by the tiers 200.00 + 720.00 + 20 x 15.00 = 1220.00
    assert "`seats.2`" in dearer and "1248.33" in dearer and "1220.00" in dearer and "--by-rules" in dearer
    # 15 % of 49.00 + 1070.00 = 167.85 was agreed; of the kept 49.00 + 1248.33 it is 194.60
    assert "`support` stays at 167.85 EUR" in stays and "SUPPORT" in stays and "194.60" in stays
    asked_again = contract_pb2.PreviewAmendmentRequest(quote=made.quote.name)
    assert platform.contracts.PreviewAmendment(asked_again, timeout=30).remarks == made.impact.remarks
    # Priced by the rules nothing is kept, and what is no platform leaves support as it is.
    fewer = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "10", price=RULES_PRICE)])
    assert [each.partition(" stays")[0] for each in fewer.impact.remarks] == ["`support`"]
    other = pricing_pb2.QuoteContent(lines=[deal.line("API", "1000", id="api")])
    assert not amendment(platform, contract, "2026-04-01", content=other).impact.remarks


def test_the_command_shows_what_is_kept(platform: Served, capsys: pytest.CaptureFixture[str]) -> None:
    contract = running(platform)
    words = ["contract", "amend", contract, "--effective", "2026-04-01", "--quantity", "seats=70", "--preview"]
    main([*words, "--valid-until", "2026-06-30", "--server", platform.running.address])
    assert "note: `seats.2` keeps the agreed price of a unit: 1248.33 EUR" in capsys.readouterr().out


def test_a_signed_percent_is_verified_billed_and_recognised(platform: Served) -> None:
    contract = running(platform)
    made = amendment(platform, contract, "2026-04-01", content=support())
    signed(platform, made)
    offer = f"{made.quote.name}/versions/1"
    assert platform.quotes.VerifyCertificate(quote_pb2.VerifyCertificateRequest(name=offer)).valid
    # 1119.00 a month, and from April on 279.75 of support with it
    assert [net for _, net, _ in shown(drafted(platform, contract, "2026-04-30"))] == [111900, 139875]
    tie_out(platform, "2026-04-30")


def test_segments_that_change_together_are_not_priced_together(platform: Served) -> None:
    """Three years of 8 seats, changed to 12 half a year after the start, by the rules."""
    ramps = [deal.line(sku, n, id=name, ramp={}) for sku, n, name in (("SEAT", "8", "seats"), ("SUPPORT", "1", "care"))]
    contract = deal.ordered(platform, *ramps, term_months=36).contract
    wanted = [*(("seats/1", "12"), ("seats/2", "12"), ("seats/3", "12")), *(("care/1", "1"), ("care/2", "1"))]
    changes = [quantity(line, n, price=RULES_PRICE) for line, n in wanted]
    made = amendment(platform, contract, "2026-09-01", changes=changes)
    # 10 x 20.00 and 2 x 18.00 in each year, and never the 36 of all: 236.00; 15 % of that is
    # 35.40. It starts with 236.00 + 35.40 a month.
    priced = made.quote.priced
    assert {each.id: each.net for each in priced.lines} == {
        "seats/1.2": 23600,
        "seats/2.2": 23600,
        "seats/3.2": 23600,
        "care/1.2": 3540,
        "care/2.2": 3540,
    }
    assert priced.totals.mrr == 23600 + 3540
    assert [each.segment for each in made.quote.content.lines] == [1, 2, 3, 1, 2]


def test_a_percent_does_not_count_what_begins_when_it_has_ended(platform: Served) -> None:
    ramps = [deal.line(sku, n, id=name, ramp={}) for sku, n, name in (("SEAT", "8", "seats"), ("SUPPORT", "1", "care"))]
    contract = deal.ordered(platform, *ramps, term_months=24).contract
    changes = [quantity("seats/2", "12"), quantity("care/1", "1", price=RULES_PRICE)]
    made = amendment(platform, contract, "2026-09-01", changes=changes)
    listed = net_of(made, "care/1.2")
    alone = amendment(platform, contract, "2026-09-01", changes=[quantity("care/1", "1", price=RULES_PRICE)])
    assert listed == net_of(alone, "care/1.2")


def test_one_line_through_the_whole_term_of_segments_is_beside_all_of_them(platform: Served) -> None:
    contract = deal.ordered(
        platform, deal.line("TEAM", id="team"), deal.line("SEAT", "8", id="seats", ramp={}), term_months=24
    ).contract
    changes = [quantity(each, "2") for each in ("team", "seats/1", "seats/2")]
    made = amendment(platform, contract, "2026-09-01", changes=changes)
    assert [each.segment for each in made.quote.content.lines] == [0, 1, 2]
