"""Support that is a percent of the platform, added to a contract that runs; the shipped subscription book over gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import contract_pb2, pricing_pb2, quote_pb2

from engine.adapters.rule_folder import read_folder
from engine.cli.command import main
from tests.api import deal
from tests.api.amending import amendment, quantity
from tests.api.server import Served, failure, served

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


def test_a_percent_of_lines_that_go_on_is_not_sold_for_nothing(platform: Served) -> None:
    contract = running(platform)
    request = asked(contract)
    request.content.CopyFrom(support())
    refused = failure(platform.contracts.CreateAmendmentQuote, request)
    assert (refused.code, refused.reasons) == (grpc.StatusCode.INVALID_ARGUMENT, ["CON035"])
    assert list(refused.fields) == ["content.lines[0]"]
    # One of the lines that it counts is a line of the quote, the other is not: that is not the whole either.
    request.changes.append(quantity("seats", "70"))
    assert failure(platform.contracts.CreateAmendmentQuote, request).reasons == ["CON035"]


def test_a_percent_counts_the_lines_that_the_change_names(platform: Served) -> None:
    contract = running(platform)
    named = (quantity("team", "1"), quantity("seats", "60"))
    made = amendment(platform, contract, "2026-04-01", changes=named, content=support())
    lines = {each.id: each for each in made.quote.priced.lines}
    # 25 % of the list: 49.00, and 10 x 20.00 + 40 x 18.00 + 10 x 15.00 = 1070.00; together 1119.00
    assert lines["plus"].net == 27975
    assert made.quote.amendment.successions


def test_what_has_no_percent_is_added_as_before(platform: Served) -> None:
    contract = running(platform, deal.line("SUPPORT", id="support"))
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "70")])
    assert [each.id for each in made.quote.priced.lines] == ["seats.2"]
    by_rules = quantity("support", "1", price=RULES_PRICE)
    refused = failure(platform.contracts.CreateAmendmentQuote, asked(contract, by_rules))
    assert (refused.reasons, list(refused.fields)) == (["CON035"], ["changes[0]"])


def test_a_percent_is_refused_in_the_draft_of_a_change_too(platform: Served) -> None:
    contract = running(platform)
    made = amendment(platform, contract, "2026-04-01", changes=[quantity("seats", "70")])
    change = quote_pb2.BatchUpdateQuoteLinesRequest(
        name=made.quote.name, upserts=[deal.line("SUPPORT-PLUS", id="plus")]
    )
    refused = failure(platform.quotes.BatchUpdateQuoteLines, change)
    assert (refused.reasons, list(refused.fields)) == (["CON035"], ["upserts[0]"])


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
