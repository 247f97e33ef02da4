"""Support that is a percent of the platform, added to a contract that runs; the shipped subscription book over gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import contract_pb2, pricing_pb2, quote_pb2

from engine.adapters.rule_folder import read_folder
from tests.api import deal
from tests.api.amending import amendment, quantity
from tests.api.server import Served, failure, served

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
    by_rules = quantity("support", "1", price=contract_pb2.PRICE_BASIS_RULES)
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
