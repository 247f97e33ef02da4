"""Faults name fields by one form of path, whatever stands in the places of the lines; through a real server."""

from __future__ import annotations

from cpq.v1 import pricing_pb2, quote_pb2

from tests.api import deal
from tests.api.server import Served, failure

BAD = deal.line("MUG", "-1", id="bad")


def ramped(name: str = "plan", **fields: object) -> pricing_pb2.LineInput:
    return deal.line("PLAN", "2", id=name, ramp=pricing_pb2.Ramp(segment_months=12), **fields)


def test_a_line_behind_a_ramp_keeps_its_place(shop: Served) -> None:
    content = deal.content(ramped(), BAD, deal.line("MUG", ramp=pricing_pb2.Ramp()), term_months=36)
    found = failure(shop.pricing.PriceQuote, pricing_pb2.PriceQuoteRequest(content=content))
    assert found.fields.keys() == {"content.lines[1].quantity", "content.lines[2].ramp"}
    draft = quote_pb2.CreateQuoteRequest(quote=deal.draft(content))
    assert failure(shop.quotes.CreateQuote, draft).fields.keys() == {
        "quote.content.lines[1].quantity",
        "quote.content.lines[2].ramp",
    }


def test_lines_that_are_sent_are_named_by_their_place_in_the_request_others_by_that_in_the_quote(shop: Served) -> None:
    quote = deal.create(shop, deal.line("MUG", "4", id="m"), deal.line("BRD-1", id="b"), term_months=24)

    def edit(*upserts: pricing_pb2.LineInput, removals: tuple[str, ...] = ()) -> set[str]:
        request = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=upserts, removals=removals)
        return set(failure(shop.quotes.BatchUpdateQuoteLines, request).fields)

    assert edit(ramped(), BAD) == {"upserts[1].quantity"}
    assert edit(deal.line("BRD-1", id="x", parent="nobody"), BAD) == {"upserts[0].parent", "upserts[1].quantity"}
    assert edit(ramped("n", parent="m"), BAD, removals=("b",)) >= {"upserts[1].quantity"}


def test_a_quote_that_cannot_be_submitted_names_its_lines_as_it_holds_them(shop: Served) -> None:
    quote = deal.create(shop, deal.line("MUG", "4", id="m"), deal.line("BOX", id="box"))
    found = failure(shop.quotes.SubmitQuote, quote_pb2.SubmitQuoteRequest(name=quote.name))
    assert found.fields.keys() == {"content.lines[1]"}
    assert found.fields["content.lines[1]"].startswith("`box`: ")
